import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listToRestore } from "../../core/backup/archive.ts";
import type {
  RestorePreview,
  RestoreReport,
} from "../../core/backup/backup_report.ts";
import type { Finding } from "../../core/finding.ts";
import { LockstepError } from "../../errors.ts";
import { connectionFindings } from "../loading.ts";
import type { Connection } from "../postgres/connection.ts";
import { stopSignal, withLock } from "../postgres/locked_run.ts";
import { requireKnown } from "../postgres/postgres_error.ts";
import type { Recorder } from "../postgres/record_sql.ts";
import { requireWritable, type Target } from "../postgres/target.ts";
import { type BackupRecord, recordBackup } from "./backup_log.ts";
import { examineBackup, type ExaminedBackup } from "./examine_backup.ts";
import { readKeptObjects } from "./kept_objects.ts";
import { requireDirect } from "./require_direct.ts";
import { runTool } from "./run_tool.ts";

/** What to restore, and how it is decided. */
export interface RestoreWish {
  /** From the working directory. */
  readonly path: string;
  readonly isDryRun: boolean;
  /** Asked before anything is done; absent, it is done. */
  readonly decide?:
    | ((preview: RestorePreview) => Promise<boolean>)
    | undefined;
}

/**
 * Brings a backup back: under the lock, in one transaction, all but the log of
 * the migrations, to which a row is added.
 */
export async function restoreBackup(
  target: Target,
  wish: RestoreWish,
): Promise<RestoreReport> {
  const draft: Draft = { warnings: [] };
  try {
    await attempt(target, wish, draft);
    return report(draft);
  } catch (failure) {
    return report(draft, requireKnown(failure));
  }
}

interface Draft {
  preview?: RestorePreview;
  status?: RestoreReport["status"];
  runId?: string;
  warnings: readonly Finding[];
}

async function attempt(
  target: Target,
  wish: RestoreWish,
  draft: Draft,
): Promise<void> {
  await using connection = await target.connect();
  requireWritable(connection);
  await requireDirect(connection);
  const backup = await examineBackup(target, connection, wish.path);
  draft.preview = backup.preview;
  draft.warnings = [
    ...await connectionFindings(target),
    ...backup.findings,
  ];
  if (wish.isDryRun) {
    draft.status = "proposed";
  } else if (await wish.decide?.(backup.preview) === false) {
    draft.status = "declined";
  } else {
    draft.runId = await restoreLocked(target, connection, backup);
    draft.status = "done";
  }
}

async function restoreLocked(
  target: Target,
  reader: Connection,
  backup: ExaminedBackup,
): Promise<string> {
  const recorder = target.recorder();
  await withLock({
    reader,
    connect: () => target.connect(),
    names: target.names,
    keys: target.lock,
    lockTimeoutMs: target.settings.lockTimeoutMs,
    signal: target.signal,
    onEvent: target.onEvent,
    // deno-lint-ignore require-await -- the interface is asynchronous
    goOn: async () => true,
  }, async (keeper, worker) => {
    const signal = stopSignal(target.signal, keeper);
    await restoreAndRecord({ target, worker, recorder, signal }, backup);
  });
  return recorder.runId;
}

interface Restoring {
  readonly target: Target;
  readonly worker: Connection;
  readonly recorder: Recorder;
  readonly signal: AbortSignal;
}

/** The log tells of it also when nobody is left to say how it ended. */
async function restoreAndRecord(
  restoring: Restoring,
  backup: ExaminedBackup,
): Promise<void> {
  const { worker, recorder } = restoring;
  const start = performance.now();
  const record = (more: Pick<BackupRecord, "outcome" | "error">) =>
    recordBackup(worker, recorder, {
      file: backup.preview,
      note: `of ${backup.preview.createdAt}`,
      durationMs: performance.now() - start,
      ...more,
    });
  await record({ outcome: "restoring" });
  const { path, target } = backup.preview;
  restoring.target.onEvent({ type: "restore_started", path, target });
  try {
    await restore(restoring, backup);
  } catch (error) {
    if (error instanceof LockstepError) {
      await record({ outcome: "restore_failed", error: error.message });
    }
    throw error;
  }
  await record({ outcome: "restored" });
}

async function restore(
  { target, worker, signal }: Restoring,
  { fullPath, preview, contents, pgRestore }: ExaminedBackup,
): Promise<void> {
  const kept = await readKeptObjects(worker, target.settings.table);
  await using list = await temporaryFile(listToRestore(contents, kept));
  const env = await target.libpqEnvironment(worker);
  await runTool(pgRestore, [
    "--clean",
    "--if-exists",
    "--single-transaction",
    "--no-subscriptions",
    "--no-password",
    `--use-list=${list.path}`,
    // Without a database it would print the SQL; the rest is in variables.
    `--dbname=dbname=${quoteValue(worker.target.database)}`,
    fullPath,
  ], {
    env,
    signal,
    code: "restore_failed",
    action: `Cannot restore "${preview.path}"`,
  });
}

/** A value of a connection string. */
function quoteValue(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

async function temporaryFile(
  text: string,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "lockstep-restore-"));
  const path = join(folder, "list");
  await writeFile(path, text, { mode: 0o600 });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true }).catch(() => {});
    },
  };
}

function report(draft: Draft, error?: LockstepError): RestoreReport {
  return {
    kind: "restore",
    success: error === undefined,
    ...draft.preview,
    ...(draft.status !== undefined && { status: draft.status }),
    ...(draft.runId !== undefined && { runId: draft.runId }),
    warnings: draft.warnings,
    ...(error !== undefined && { error }),
  };
}
