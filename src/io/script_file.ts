import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  read,
  readSync,
  realpathSync,
} from "node:fs";
import { resolve, sep } from "node:path";
import { promisify } from "node:util";
import { showName } from "../core/display.ts";
import { FileError } from "../errors.ts";

/** Where a script is, for opening it and for showing it. */
export interface ScriptPlace {
  /** Absolute. */
  readonly realPath: string;
  /** As findings show it. */
  readonly path: string;
  /** The real path of the folder that no link may leave. */
  readonly root: string;
  /** What the folder lists is opened as it is, all else looked at first. */
  readonly kind: "file" | "unknown";
}

/** Which folder a path belongs to. */
export interface ScriptFolder {
  /** The folder of the migrations, as `loadMigrations()` takes it. */
  readonly dir: string;
  readonly cwd: string;
}

/**
 * Reads a file of the migrations folder in pieces of at most 64 KB, whose
 * buffer is used again for the next. Throws `FileError` for what is no file of
 * the folder.
 */
export async function* readFileChunks(
  path: string,
  { dir, cwd }: ScriptFolder,
): AsyncGenerator<Uint8Array, void, undefined> {
  const place = {
    path,
    realPath: resolve(cwd, path),
    root: realPathOf(resolve(cwd, dir), path),
    kind: "unknown",
  } as const;
  yield* readChunks(openScript(place), place);
}

/** The same for a file anywhere, links included. Throws `FileError`. */
export async function* readAnyFile(
  path: string,
  cwd: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const fullPath = resolve(cwd, path);
  if (!existsSync(fullPath)) throw noSuchFile(path);
  yield* readChunks(open(fullPath, path), { path });
}

function noSuchFile(path: string): FileError {
  return new FileError(
    "file_unreadable",
    `Cannot read "${showName(path)}" as there is no such file`,
    {
      hint: "check the path, which counts from the working directory",
      location: { path },
    },
  );
}

/**
 * Opens a file without following a link out of the folder and without ever
 * waiting, whatever the path has become. Throws `FileError`.
 */
export function openScript(place: ScriptPlace): number {
  if (place.kind === "file") return open(place.realPath, place.path);
  const target = realPathOf(place.realPath, place.path);
  if (!target.startsWith(place.root + sep)) throw linkOutside(place, target);
  const file = open(target, place.path);
  if (isStillThere(file, target)) return file;
  closeSync(file);
  throw changedMeanwhile(place.path);
}

/**
 * The size of an open file, in bytes. Throws `FileError` when it is a pipe, a
 * device or a folder.
 */
export function requireRegular(
  file: number,
  { path }: Pick<ScriptPlace, "path">,
): number {
  const status = fstatSync(file);
  if (!status.isFile()) throw notAFile(path);
  return status.size;
}

/**
 * Fills a buffer from the start of an open file; fewer bytes than fit mean
 * that there are no more. Throws `FileError`.
 */
export function readStart(
  file: number,
  buffer: Uint8Array,
  place: ScriptPlace,
): number {
  try {
    return fill(file, buffer, place);
  } catch (error) {
    requireRegular(file, place);
    throw asFileError(error, place.path);
  }
}

/** The error that a file system operation ended in, about a file. */
export function asFileError(error: unknown, path: string): FileError {
  if (error instanceof FileError) return error;
  const code = errorCode(error);
  if (code !== undefined && NOT_A_FILE.has(code)) return notAFile(path, error);
  return new FileError(
    "file_unreadable",
    `Cannot read "${showName(path)}" as ${stateOf(code, error)}`,
    { hint: hintFor(code), location: { path }, cause: error },
  );
}

/** The word for an error of the operating system, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  // Some of Deno's errors carry only the number, in their message.
  const [, number] = /\(os error (\d+)\)/.exec(error.message) ?? [];
  return number === undefined ? undefined : ERROR_NUMBERS[number];
}

/** Larger pieces are not faster, and their statements outlive collections. */
const CHUNK_BYTES = 64 * 1024;
const readAsync = promisify(read);

async function* readChunks(
  file: number,
  place: Pick<ScriptPlace, "path">,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const size = requireRegular(file, place);
    // To hand a small file to another thread takes longer than to read it.
    const isSmall = size < CHUNK_BYTES;
    const buffer = new Uint8Array(isSmall ? size + 1 : CHUNK_BYTES);
    while (true) {
      const count = isSmall
        ? readSync(file, buffer, 0, buffer.length, null)
        : (await readAsync(file, buffer, 0, buffer.length, null)).bytesRead;
      if (count === 0) return;
      yield buffer.subarray(0, count);
    }
  } catch (error) {
    throw asFileError(error, place.path);
  } finally {
    closeSync(file);
  }
}

const ERROR_NUMBERS: Readonly<Record<string, string>> = {
  "2": "ENOENT",
  "13": "EACCES",
  "20": "ENOTDIR",
  "21": "EISDIR",
  "29": "ESPIPE",
  "40": "ELOOP",
  "62": "ELOOP",
};

/** A loop of links, a socket, a folder, a pipe (which cannot be sought). */
const NOT_A_FILE = new Set(["ELOOP", "ENXIO", "EISDIR", "ESPIPE"]);

/**
 * Asking for the kind of each file would take as long as all the rest. What
 * is no file betrays itself here: a pipe and a terminal cannot be read at a
 * position, and an endless device fills the buffer. The first read names no
 * position, as that would take as long again.
 */
function fill(file: number, buffer: Uint8Array, place: ScriptPlace): number {
  let length = 0;
  while (length < buffer.length) {
    const size = buffer.length - length;
    const count = readSync(file, buffer, length, size, length || null);
    if (count === 0) break;
    length += count;
  }
  if (length === 0 || length === buffer.length) requireRegular(file, place);
  return length;
}

/** O_NOFOLLOW would do nothing: Deno resolves links to check permissions. */
function open(realPath: string, path: string): number {
  try {
    return openSync(realPath, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw asFileError(error, path);
  }
}

/** Whether a path still is the file that was opened, and no link to it. */
function isStillThere(file: number, target: string): boolean {
  const opened = fstatSync(file);
  const there = lstatSync(target, { throwIfNoEntry: false });
  return there?.ino === opened.ino && there.dev === opened.dev;
}

function realPathOf(path: string, shown: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw asFileError(error, shown);
  }
}

function linkOutside({ path }: ScriptPlace, target: string): FileError {
  return new FileError(
    "link_outside",
    `Cannot use "${showName(path)}" as it is a link out of the folder, to "${
      showName(target)
    }"`,
    { hint: "put a copy of the file in its place", location: { path } },
  );
}

function changedMeanwhile(path: string): FileError {
  return new FileError(
    "file_changed",
    `Cannot read "${showName(path)}" as it was replaced at the same moment`,
    { hint: "run again", location: { path } },
  );
}

function notAFile(path: string, cause?: unknown): FileError {
  const isLoop = errorCode(cause) === "ELOOP";
  return new FileError(
    "not_a_file",
    `Cannot use "${showName(path)}" as it is ${
      isLoop ? "a loop of links" : "no file but a pipe, a device or a folder"
    }`,
    {
      hint: "put a file in its place, or remove it",
      location: { path },
      cause,
    },
  );
}

function stateOf(code: string | undefined, error: unknown): string {
  if (code === "ENOENT") return "it, or what it links to, does not exist";
  if (isDenied(code, error)) return "this user may not read it";
  return `the system answered "${
    error instanceof Error ? showName(error.message) : String(error)
  }"`;
}

function hintFor(code: string | undefined): string {
  return code === "ENOENT"
    ? "restore the file and run again"
    : "give this user the right to read the file";
}

function isDenied(code: string | undefined, error: unknown): boolean {
  return code === "EACCES" || code === "EPERM" ||
    (error instanceof Error && error.name === "NotCapable");
}
