import {
  chmod,
  type FileHandle,
  mkdir,
  open,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { checksumLine } from "../../core/backup/backup_file.ts";
import { showName } from "../../core/display.ts";
import { ConfigError, type ExecutionError } from "../../errors.ts";
import { backupError } from "./backup_error.ts";

/** A file that gets its name only when it is whole and on the disk. */
export interface UnfinishedFile extends AsyncDisposable {
  /** Where it is written. */
  readonly temporaryPath: string;
  /**
   * Gives it its name, with its checksum in a file beside it; both are on the
   * disk then.
   */
  finish(sha256: string): Promise<void>;
}

/**
 * A new file, which nobody else may read, in a folder that is made when it is
 * not there. Without `finish()` nothing is left of it.
 *
 * @throws {ConfigError} If the folder cannot be written to.
 */
export async function startFile(
  folder: string,
  name: string,
): Promise<UnfinishedFile> {
  const path = join(folder, name);
  const temporaryPath = join(folder, `.${name}.partial`);
  const checksumPath = `${path}.sha256`;
  try {
    await makeFolder(folder);
    const file = await open(temporaryPath, "wx", PRIVATE_FILE);
    await file.close();
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  let isFinished = false;
  return {
    temporaryPath,
    async finish(sha256) {
      try {
        await syncPath(temporaryPath);
        await writeFile(checksumPath, checksumLine(sha256, name), {
          mode: PRIVATE_FILE,
          flag: "wx",
        });
        await syncPath(checksumPath);
        await rename(temporaryPath, path);
      } catch (cause) {
        throw notKept(path, cause);
      }
      isFinished = true;
      await syncFolder(folder);
    },
    async [Symbol.asyncDispose]() {
      if (isFinished) return;
      await rm(temporaryPath, { force: true }).catch(() => {});
      await rm(checksumPath, { force: true }).catch(() => {});
    },
  };
}

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** A folder that was there stays as it is. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  await chmod(folder, PRIVATE_FOLDER);
  await syncFolder(dirname(folder));
}

async function syncPath(path: string): Promise<void> {
  await using file = await openForSync(path, "r+");
  await file.sync();
}

async function syncFolder(folder: string): Promise<void> {
  try {
    await using file = await openForSync(folder, "r");
    await file.sync();
  } catch {
    // Not every system lets a folder be opened or synced.
  }
}

async function openForSync(
  path: string,
  mode: "r" | "r+",
): Promise<Pick<FileHandle, "sync"> & AsyncDisposable> {
  const file = await open(path, mode);
  return {
    sync: () => file.sync(),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

function notKept(path: string, cause: unknown): ExecutionError {
  return backupError(
    "backup_failed",
    `Cannot keep the backup "${showName(path)}" as ${reasonOf(cause)}`,
    {
      hint: "free some space, or name another folder with --backup-dir",
      cause,
    },
  );
}

function unwritable(folder: string, cause: unknown): ConfigError {
  return new ConfigError(
    "unwritable_directory",
    `Cannot write backups to "${showName(folder)}" as ` +
      reasonOf(cause),
    {
      hint: "name another folder with --backup-dir, or change its permissions",
      cause,
    },
  );
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause
    ? String(cause.code)
    : "";
  return REASONS[code] ?? "the system refuses";
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not",
  EDQUOT: "the quota is used up",
  EEXIST: "a file of that name is in the way",
  ENOENT: "it cannot be made",
  ENOSPC: "the disk is full",
  ENOTDIR: "it is no folder",
  EPERM: "this user may not",
  EROFS: "the file system is read-only",
};
