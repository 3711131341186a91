import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import type { AdoptedFile } from "../../core/adopt/plan_adopt.ts";
import { showName } from "../../core/display.ts";
import { ConfigError, UsageError } from "../../errors.ts";
import { ROLLBACKS, shownPath } from "../migration_folder.ts";
import { errorCode } from "../script_file.ts";

/** A folder of migrations to be written. */
export interface FilesTarget {
  readonly dir: string;
  readonly cwd: string;
}

/**
 * Returns when the folder has no other migrations than those to be written: an
 * earlier attempt may have left some of them.
 *
 * @throws {UsageError} If something is in the way.
 */
export function requireFree(
  { dir, cwd }: FilesTarget,
  files: readonly AdoptedFile[],
): void {
  const root = resolve(cwd, dir);
  const planned = new Map(files.map(({ path, text }) => [path, text]));
  const present = [
    ...sqlFiles(root),
    ...sqlFiles(join(root, ROLLBACKS)).map((name) => `${ROLLBACKS}/${name}`),
  ];
  const other = present.find((path) =>
    planned.get(path) !== readFileSync(join(root, path), "utf8")
  );
  if (other !== undefined) throw inTheWay(other, shownPath(dir, cwd));
}

/**
 * Writes files that are not there yet, and does the work that they are for.
 * When it fails they go again, and the folders that were made.
 *
 * @throws {ConfigError} If the folder cannot be written to.
 */
export async function withFiles<Result>(
  target: FilesTarget,
  files: readonly AdoptedFile[],
  work: () => Promise<Result>,
): Promise<Result> {
  const removeFiles = writeFiles(target, files);
  try {
    return await work();
  } catch (error) {
    removeFiles();
    throw error;
  }
}

function writeFiles(
  { dir, cwd }: FilesTarget,
  files: readonly AdoptedFile[],
): () => void {
  const root = resolve(cwd, dir);
  const written: string[] = [];
  const made: string[] = [];
  const undo = () => {
    for (const path of written) rmSync(path, { force: true });
    // One that has got something else meanwhile stays.
    for (const folder of made.toReversed()) removeEmpty(folder);
  };
  try {
    for (const { path, text } of files) {
      const full = join(root, path);
      const first = mkdirSync(dirname(full), { recursive: true });
      if (first !== undefined) made.push(first, dirname(full));
      if (existsSync(full)) continue;
      writeWhole(full, text);
      written.push(full);
    }
    return undo;
  } catch (error) {
    undo();
    throw unwritable(error, shownPath(dir, cwd));
  }
}

/** A run that is killed leaves no part of a file under its name. */
function writeWhole(path: string, text: string): void {
  const partial = join(dirname(path), `.lockstep-${process.pid}.partial`);
  try {
    writeFileSync(partial, text);
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
}

function sqlFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".sql"));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw unwritable(error, folder);
  }
}

function removeEmpty(folder: string): void {
  try {
    if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
  } catch {
    // It is gone, or may not be removed; neither hides why we stopped.
  }
}

function inTheWay(path: string, folder: string): UsageError {
  return new UsageError(
    "file_exists",
    `Cannot write migrations to "${showName(folder)}" as it has files ` +
      `already, such as "${showName(path)}"`,
    { hint: "name a folder of its own with --migrations-dir, here and later" },
  );
}

function unwritable(error: unknown, folder: string): unknown {
  if (!(error instanceof Error)) return error;
  return new ConfigError(
    "unwritable_directory",
    `Cannot write migrations as the folder "${
      showName(folder)
    }" cannot be written to`,
    {
      hint: `give this user the right to write there, or name another folder ` +
        `with --migrations-dir (the system said: ${showName(error.message)})`,
      cause: error,
    },
  );
}
