import { dirname, join, relative, resolve } from "node:path";
import type { ConfigFile } from "../core/config/config_file.ts";
import { positionAt } from "../core/config/config_positions.ts";
import { showName } from "../core/display.ts";
import { checkText } from "../core/sql/text_check.ts";
import { ConfigError, type ErrorDetails } from "../errors.ts";

/** What the file system says of a path, links followed. */
export interface FileFacts {
  /** One that is `hidden` is in a folder that may not be entered. */
  readonly kind: "file" | "folder" | "other" | "hidden";
  readonly sizeBytes: number;
  /** The number of the user that it belongs to. */
  readonly owner?: number;
}

/** The part of the file system that configuration files come from. */
export interface ConfigFileSystem {
  /** Undefined when nothing is there. */
  findFacts(path: string): FileFacts | undefined;
  readBytes(path: string): Uint8Array;
  /** The number of the user of this process, where users have one. */
  readonly userId: number | undefined;
}

/** Where to look for a configuration file. */
export interface ConfigPlace {
  readonly cwd: string;
  /** The path that somebody gave; without it, one is looked for upward. */
  readonly named?: string;
}

const FILE_NAME = "lockstep.toml";

/** The name of no file at all. */
const NONE = "/dev/null";

const MAX_BYTES = 1024 * 1024;

/**
 * The configuration file that counts, read and checked; undefined without
 * one. Only with one is the TOML parser loaded.
 *
 * @throws {ConfigError} If it cannot be read, trusted or understood.
 */
export async function readConfigFile(
  files: ConfigFileSystem,
  place: ConfigPlace,
): Promise<ConfigFile | undefined> {
  if (place.named === NONE) return undefined;
  const found = place.named === undefined
    ? findUpward(files, place.cwd)
    : nameFile(files, place.cwd, place.named);
  if (found === undefined) return undefined;
  requireReadable(found);
  const text = readText(files, found);
  const { parseConfig } = await import("./parse_config.ts");
  return parseConfig(text, found);
}

interface FoundFile {
  readonly fullPath: string;
  /** As messages name it. */
  readonly path: string;
  readonly dir: string;
  readonly origin: "found" | "named";
  readonly facts: FileFacts | undefined;
}

function findUpward(
  files: ConfigFileSystem,
  cwd: string,
): FoundFile | undefined {
  for (let folder = cwd;; folder = dirname(folder)) {
    const fullPath = join(folder, FILE_NAME);
    const facts = files.findFacts(fullPath);
    if (facts !== undefined && facts.kind !== "hidden") {
      const path = relative(cwd, fullPath);
      if (folder !== cwd) requireTrusted(files, { cwd, path, facts });
      const dir = relative(cwd, folder);
      return { fullPath, path, dir, origin: "found", facts };
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * A file that somebody else put into a folder like `/tmp` could make every
 * run below it use another folder of migrations.
 */
function requireTrusted(
  files: ConfigFileSystem,
  { cwd, path, facts: { owner } }: {
    readonly cwd: string;
    readonly path: string;
    readonly facts: FileFacts;
  },
): void {
  const { userId } = files;
  if (owner === undefined || userId === undefined) return;
  if ([userId, ROOT_USER, files.findFacts(cwd)?.owner].includes(owner)) return;
  const shown = showName(path);
  throw new ConfigError(
    "untrusted_config",
    `Cannot use "${shown}" as it belongs to another user`,
    {
      hint: `name it with --config if it is to be used, else --config ${NONE}`,
    },
  );
}

const ROOT_USER = 0;

function nameFile(
  files: ConfigFileSystem,
  cwd: string,
  named: string,
): FoundFile {
  const fullPath = resolve(cwd, named);
  const facts = files.findFacts(fullPath);
  return { fullPath, path: named, dir: dirname(named), origin: "named", facts };
}

function requireReadable({ path, facts }: FoundFile): void {
  if (facts === undefined) {
    throw unreadable(path, "there is no such file", { hint: "check the path" });
  }
  const { kind, sizeBytes } = facts;
  if (kind !== "file") {
    throw unreadable(path, NO_FILE[kind], {
      hint: kind === "folder"
        // Docker makes a folder of a file to be mounted that is not there.
        ? "put a file there; a mount of a file that is missing makes a folder"
        : "put a file there",
    });
  }
  if (sizeBytes > MAX_BYTES) {
    throw unreadable(path, "it is larger than 1 MB", {
      hint: "check the path; a configuration file is a few lines",
    });
  }
}

const NO_FILE = {
  folder: "it is a folder",
  other: "it is no file",
  hidden: "a folder above it may not be entered",
} as const;

function readText(
  files: ConfigFileSystem,
  { fullPath, path }: FoundFile,
): string {
  const bytes = readBytes(files, { fullPath, path });
  const text = checkText(bytes);
  if (typeof text === "string") return text;
  const { kind, offset } = text;
  const before = new TextDecoder().decode(bytes.subarray(0, offset));
  const reason = {
    nul_byte: "it has a NUL byte",
    utf16: "it is UTF-16",
    not_utf8: "it is not UTF-8",
  }[kind];
  throw badConfig(path, reason, {
    hint: "save it as UTF-8",
    location: { path, ...positionAt(before, before.length) },
  });
}

function readBytes(
  files: ConfigFileSystem,
  { fullPath, path }: Pick<FoundFile, "fullPath" | "path">,
): Uint8Array {
  try {
    return files.readBytes(fullPath);
  } catch (cause) {
    throw unreadable(path, "the system refuses", {
      hint: "check its permissions",
      cause,
    });
  }
}

function unreadable(
  path: string,
  reason: string,
  details: ErrorDetails,
): ConfigError {
  return new ConfigError("config_unreadable", say(path, reason), details);
}

function badConfig(
  path: string,
  reason: string,
  details: ErrorDetails,
): ConfigError {
  return new ConfigError("bad_config", say(path, reason), details);
}

function say(path: string, reason: string): string {
  return `Cannot read "${showName(path)}" as ${reason}`;
}
