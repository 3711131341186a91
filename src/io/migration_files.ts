import { setImmediate } from "node:timers/promises";
import { checkDependencies } from "../core/dependencies.ts";
import type { Finding } from "../core/finding.ts";
import { matchesAny } from "../core/glob.ts";
import type { Migration } from "../core/migration.ts";
import { type FilePair, pairFiles } from "../core/pairing.ts";
import { FileError } from "../errors.ts";
import {
  createFileBuffer,
  type ReadFile,
  readMigrationFile,
} from "./migration_file.ts";
import {
  asFinding,
  type FolderListing,
  type ListedFile,
  listFolder,
  type MigrationFolder,
  requireFolder,
  requireStillThere,
} from "./migration_folder.ts";
import { errorCode } from "./script_file.ts";

/** How a folder of migrations is read. */
export interface LoadOptions {
  /** Patterns of files to leave out, such as `*_draft.sql`. */
  readonly ignore?: readonly string[];
  /** What a relative folder starts from, and what paths are shown from. */
  readonly cwd: string;
}

/** The migrations of a folder and all that was found wrong with its files. */
export interface LoadedMigrations {
  /** By version. */
  readonly migrations: readonly Migration[];
  readonly findings: readonly Finding[];
}

/**
 * Reads and hashes every migration file of a folder, each once. Throws
 * `ConfigError` when there is no such folder; all else is a finding.
 */
export async function loadMigrations(
  dir: string,
  { ignore = [], cwd }: LoadOptions,
): Promise<LoadedMigrations> {
  const folder = requireFolder(dir, cwd);
  return await readListed(folder, listFolder(folder, matchesAny(ignore)));
}

/** Reads the files that a folder listed a moment ago; throws likewise. */
export async function readListed(
  folder: MigrationFolder,
  listing: FolderListing,
): Promise<LoadedMigrations> {
  const { pairs, findings } = pairFiles(listing.ups, listing.downs);
  const all = [...listing.findings, ...findings];
  const migrations: Migration[] = [];
  const reading = { folder, buffer: createFileBuffer(), findings: all };
  for (const [index, pair] of pairs.entries()) {
    // Connecting goes on meanwhile: the server's answers get their turn.
    if (index % PAIRS_PER_TURN === PAIRS_PER_TURN - 1) await setImmediate();
    const migration = await readPair(pair, reading);
    if (migration !== undefined) migrations.push(migration);
  }
  // With a file missing, those that depend on it are not to blame.
  if (migrations.length === pairs.length) {
    all.push(...checkDependencies(migrations));
  }
  return { migrations, findings: all };
}

const PAIRS_PER_TURN = 200;

interface Reading {
  readonly folder: MigrationFolder;
  readonly buffer: Uint8Array;
  readonly findings: Finding[];
}

async function readPair(
  pair: FilePair<ListedFile>,
  reading: Reading,
): Promise<Migration | undefined> {
  const up = await readOne(pair.up, "up", reading);
  const down = pair.down && await readOne(pair.down, "down", reading);
  if (up === undefined) return undefined;
  const { version, name } = pair.up;
  return down === undefined
    ? { version, name, up: up.file }
    : { version, name, up: up.file, down: down.file };
}

async function readOne(
  listed: ListedFile,
  direction: "up" | "down",
  { folder, buffer, findings }: Reading,
): Promise<ReadFile | undefined> {
  try {
    const read = await readMigrationFile(listed, direction, buffer);
    findings.push(...read.findings);
    return read;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (errorCode(error.cause) === "ENOENT") requireStillThere(folder);
    findings.push(asFinding(error));
    return undefined;
  }
}
