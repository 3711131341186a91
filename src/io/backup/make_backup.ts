import { join, relative, resolve } from "node:path";
import {
  type BackupFile,
  backupName,
  restoreCommand,
} from "../../core/backup/backup_file.ts";
import type { PgProgram } from "../../core/backup/pg_program.ts";
import { quoteIdentifier } from "../../core/sql/quote.ts";
import type { Connection } from "../postgres/connection.ts";
import type { Environment } from "../postgres/libpq_environment.ts";
import { throwIfStopped } from "../postgres/stop.ts";
import type { Target } from "../postgres/target.ts";
import { startFile } from "./backup_folder.ts";
import { digestFile } from "./file_digest.ts";
import { holdSession } from "./hold_session.ts";
import { readContents } from "./read_contents.ts";
import { requireProgram } from "./pg_programs.ts";
import { requireDirect } from "./require_direct.ts";
import { runTool } from "./run_tool.ts";

/** What to back up. */
export interface BackupWish {
  /** A UUID. */
  readonly runId: string;
  /** Only these schemas; the whole database when there are none. */
  readonly schemas: readonly string[];
  /** Only this, by ids of the catalogs, where the method can. */
  readonly touched?: readonly string[] | undefined;
  /** Ends it, with nothing left behind. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes a backup of the database that a connection is to, under a name of its
 * own, which the file gets when it could be read back and is on the disk.
 *
 * @throws {ConfigError} If it cannot be begun.
 * @throws {ExecutionError} If it fails; then nothing is left of it.
 */
export async function makeBackup(
  target: Target,
  connection: Connection,
  wish: BackupWish,
): Promise<BackupFile> {
  const { cwd, backupDir, backupMethod: method } = target.settings;
  const writer = await startWriter(target, connection, wish);
  const folder = resolve(cwd, backupDir);
  const name = backupName({
    database: connection.target.database,
    time: new Date(),
    runId: wish.runId,
    method,
  });
  await using file = await startFile(folder, name);
  const digest = await writer.write(file.temporaryPath);
  throwIfStopped(wish.signal);
  await file.finish(digest.sha256);
  const path = shownPath(join(folder, name), cwd);
  const { pgDumpVersion } = writer;
  const made: BackupFile = {
    path,
    ...digest,
    method,
    ...(pgDumpVersion !== undefined && { pgDumpVersion }),
    restoreCommand: restoreCommand(path),
  };
  target.onEvent({ type: "backup_finished", file: made });
  return made;
}

/** Can write a backup to a file that is there, and has read it back then. */
export interface BackupWriter {
  readonly pgDumpVersion?: string;
  write(
    path: string,
  ): Promise<Pick<BackupFile, "sha256" | "sizeBytes">>;
}

async function startWriter(
  target: Target,
  connection: Connection,
  wish: BackupWish,
): Promise<BackupWriter> {
  if (target.settings.backupMethod === "copy") {
    const { startCopy } = await import("./copy/start_copy.ts");
    return await startCopy(target, connection, wish);
  }
  await requireDirect(connection);
  const tools = await findTools(target, connection);
  return {
    pgDumpVersion: tools.pgDump.version,
    async write(path) {
      await using _held = await holdSession(connection);
      await dump(path, { tools, wish, target });
      await requireReadable(path, { tools, wish });
      return await digestFile(path, wish.signal);
    },
  };
}

/** Fails where `makeBackup()` would before it begins. */
export async function requireMakeable(
  target: Target,
  connection: Connection,
  wish: BackupWish,
): Promise<void> {
  await startWriter(target, connection, wish);
}

interface Tools {
  readonly pgDump: PgProgram;
  readonly pgRestore: PgProgram;
  readonly env: Environment;
}

async function findTools(
  target: Target,
  connection: Connection,
): Promise<Tools> {
  const serverMajor = Math.trunc(connection.serverVersion / 10_000);
  const [pgDump, env] = await Promise.all([
    requireProgram("pg_dump", target.settings, serverMajor),
    target.libpqEnvironment(connection),
  ]);
  // An older one could not read what it wrote.
  const pgRestore = await requireProgram(
    "pg_restore",
    target.settings,
    pgDump.major,
  );
  return { pgDump, pgRestore, env };
}

async function dump(
  path: string,
  { tools: { pgDump, env }, wish, target }: {
    readonly tools: Tools;
    readonly wish: BackupWish;
    readonly target: Target;
  },
): Promise<void> {
  // 0 would wait without end.
  const lockWaitMs = Math.max(target.settings.lockRetryMs, 1);
  await runTool(pgDump, [
    "--format=custom",
    "--no-password",
    `--lock-wait-timeout=${lockWaitMs}`,
    `--file=${path}`,
    ...wish.schemas.map((schema) => `--schema=${quoteIdentifier(schema)}`),
    ...(wish.schemas.length === 0 ? [] : ["--strict-names"]),
  ], {
    env,
    signal: wish.signal,
    code: "backup_failed",
    action: "Cannot make a backup",
  });
}

/** Whether pg_restore can read what pg_dump has written. */
async function requireReadable(
  path: string,
  { tools: { pgRestore, env }, wish }: {
    readonly tools: Tools;
    readonly wish: BackupWish;
  },
): Promise<void> {
  await readContents(pgRestore, path, {
    env,
    signal: wish.signal,
    code: "backup_failed",
    action: "Cannot keep the backup that was made",
  });
}

function shownPath(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near.startsWith("..") ? path : near;
}
