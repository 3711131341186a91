import { type Dirent, existsSync, readdirSync, realpathSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { showName } from "../core/display.ts";
import type { Finding } from "../core/finding.ts";
import { parseDownName, parseMigrationName } from "../core/migration_name.ts";
import type { NamedFile } from "../core/pairing.ts";
import { ConfigError, FileError } from "../errors.ts";
import { findLikelyFolder } from "./likely_folders.ts";
import { errorCode, type ScriptPlace } from "./script_file.ts";

/** A folder of migrations that was there when it was asked for. */
export interface MigrationFolder {
  /** From the working directory, as it is shown. */
  readonly path: string;
  /** Absolute, without links. */
  readonly realPath: string;
}

/** A migration file that a folder lists, not yet opened. */
export interface ListedFile extends NamedFile, ScriptPlace {}

/** What a folder lists. */
export interface FolderListing {
  readonly ups: readonly ListedFile[];
  readonly downs: readonly ListedFile[];
  /** About names and about what is no file. */
  readonly findings: readonly Finding[];
}

/** The folder inside the folder that holds the way back. */
export const ROLLBACKS = "rollbacks";

/** Finds the folder of the migrations; throws `ConfigError` without one. */
export function requireFolder(dir: string, cwd: string): MigrationFolder {
  const path = shownPath(dir, cwd);
  try {
    return { path, realPath: realPathOfFolder(resolve(cwd, dir), path) };
  } catch (error) {
    throw withLikelyFolder(error, cwd);
  }
}

/** Lists a folder of migrations; throws `ConfigError` if it is unreadable. */
export function listFolder(
  folder: MigrationFolder,
  isIgnored: (path: string) => boolean,
): FolderListing {
  const findings: Finding[] = [];
  const entries = readFolder(folder);
  const ups = listFiles(entries, {
    place: { ...folder, root: folder.realPath },
    isIgnored,
    parse: parseMigrationName,
    findings,
  });
  const rollbacks = entries.find(({ name }) => name === ROLLBACKS);
  const place = rollbacks && findRollbacks(folder, rollbacks, findings);
  const downs = place === undefined ? [] : listFiles(readFolder(place), {
    place,
    isIgnored: (name) => isIgnored(`${ROLLBACKS}/${name}`),
    parse: parseDownName,
    findings,
  });
  return { ups, downs, findings };
}

/** A folder as it is shown: from the working directory when below it. */
export function shownPath(dir: string, cwd: string): string {
  const fromHere = relative(cwd, resolve(cwd, dir)) || ".";
  return isAbsolute(dir) && fromHere.startsWith("..") ? dir : fromHere;
}

/** Throws `ConfigError` if a folder has vanished since it was found. */
export function requireStillThere({ path, realPath }: MigrationFolder): void {
  if (existsSync(realPath)) return;
  throw new ConfigError(
    "missing_directory",
    `Cannot read the migrations as the folder "${
      showName(path)
    }" vanished while it was read`,
    { hint: "restore the folder and run again" },
  );
}

/** A finding that says what an error about a file says. */
export function asFinding(error: FileError): Finding {
  return {
    severity: "error",
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.location === undefined ? {} : { location: error.location }),
  };
}

/** A folder of files, the root or one inside it. */
interface FilesPlace extends MigrationFolder {
  /** The real path of the folder that no link may leave. */
  readonly root: string;
}

interface ListOptions {
  readonly place: FilesPlace;
  readonly isIgnored: (path: string) => boolean;
  readonly parse: typeof parseMigrationName;
  readonly findings: Finding[];
}

function listFiles(
  entries: readonly Dirent[],
  options: ListOptions,
): readonly ListedFile[] {
  const files: ListedFile[] = [];
  for (const entry of entries) {
    if (!isCandidate(entry) || options.isIgnored(entry.name)) continue;
    const file = listFile(entry, options);
    if (file !== undefined) files.push(file);
  }
  return files;
}

/** Backups of editors have another ending or, as hidden files, a dot. */
function isCandidate(entry: Dirent): boolean {
  return !entry.name.startsWith(".") && /\.sql$/i.test(entry.name) &&
    !entry.isDirectory();
}

function listFile(
  entry: Dirent,
  { place, parse, findings }: ListOptions,
): ListedFile | undefined {
  const fileName = entry.name;
  const path = place.path === "." ? fileName : `${place.path}/${fileName}`;
  try {
    return {
      ...parse(fileName),
      path,
      realPath: `${place.realPath}${sep}${fileName}`,
      root: place.root,
      kind: entry.isFile() ? "file" : "unknown",
    };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    findings.push({ ...asFinding(error), location: { path } });
    return undefined;
  }
}

function readFolder({ path, realPath }: MigrationFolder): Dirent[] {
  try {
    return readdirSync(realPath, { withFileTypes: true });
  } catch (error) {
    throw asFolderError(error, path);
  }
}

/** The place of `rollbacks/`, which may be a link inside the folder. */
function findRollbacks(
  folder: MigrationFolder,
  entry: Dirent,
  findings: Finding[],
): FilesPlace | undefined {
  const path = folder.path === "." ? ROLLBACKS : `${folder.path}/${ROLLBACKS}`;
  if (!entry.isDirectory() && !entry.isSymbolicLink()) return undefined;
  const realPath = realPathOfFolder(`${folder.realPath}/${ROLLBACKS}`, path);
  if (realPath.startsWith(folder.realPath + sep)) {
    return { path, realPath, root: folder.realPath };
  }
  findings.push({
    severity: "error",
    code: "link_outside",
    message: `Cannot use "${showName(path)}" as it is a link out of the folder`,
    hint: "put a folder in its place",
    location: { path },
  });
  return undefined;
}

function realPathOfFolder(dir: string, shown: string): string {
  try {
    return realpathSync(dir);
  } catch (error) {
    throw asFolderError(error, shown);
  }
}

/** Names a folder that may be the one that is meant. */
function withLikelyFolder(error: unknown, cwd: string): unknown {
  const isMissing = error instanceof ConfigError &&
    error.code === "missing_directory";
  const likely = isMissing ? findLikelyFolder(cwd) : undefined;
  if (!isMissing || likely === undefined) return error;
  return new ConfigError(error.code, error.message, {
    hint: `"${likely}" has SQL files: name it with --migrations-dir, or in ` +
      'lockstep.toml; if another tool has written them, see "lockstep help ' +
      'adopt"',
    cause: error.cause,
  });
}

function asFolderError(error: unknown, path: string): ConfigError {
  const code = errorCode(error);
  const name = showName(path);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new ConfigError(
      "missing_directory",
      `Cannot read the migrations as there is no folder "${name}"`,
      {
        hint: `run "lockstep create <name>" to make it, or name another ` +
          `folder with --migrations-dir`,
        cause: error,
      },
    );
  }
  if (code === "ELOOP") {
    return new ConfigError(
      "unreadable_directory",
      `Cannot read the migrations as "${name}" is a loop of links`,
      { hint: "put a folder in its place, or remove it", cause: error },
    );
  }
  return new ConfigError(
    "unreadable_directory",
    `Cannot read the migrations as the folder "${name}" may not be read`,
    { hint: "give this user the right to read the folder", cause: error },
  );
}
