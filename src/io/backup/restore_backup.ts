import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  listToRestore,
  listUnrestored,
  type TableName,
} from "../../core/backup/archive.ts";
import type {
  RestorePreview,
  RestoreReport,
} from "../../core/backup/backup_report.ts";
import type { Finding } from "../../core/finding.ts";
import { showName } from "../../core/display.ts";
import { ConfigError, LockstepError } from "../../errors.ts";
import { connectionFindings } from "../loading.ts";
import type { Connection } from "../postgres/connection.ts";
import { stopSignal, withLock } from "../postgres/locked_run.ts";
import { requireKnown } from "../postgres/postgres_error.ts";
import type { Recorder } from "../postgres/record_sql.ts";
import { requireWritable, type Target } from "../postgres/target.ts";
import { keepSchema } from "../schema/stored_schema.ts";
import { type BackupRecord, recordBackup } from "./backup_log.ts";
import {
  examineBackup,
  type ExaminedBackup,
  requireFile,
} from "./examine_backup.ts";
import { holdSession } from "./hold_session.ts";
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
  await using backup = await examine(target, connection, wish.path);
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
    const done = await restoreLocked(target, connection, backup);
    draft.runId = done.runId;
    draft.warnings = [...draft.warnings, ...done.findings];
    draft.status = "done";
  }
}

/** A backup that could be restored, and how. */
interface Restorable
  extends Pick<ExaminedBackup, "preview" | "findings">, AsyncDisposable {
  restore(restoring: Restoring): Promise<readonly Finding[]>;
}

async function examine(
  target: Target,
  connection: Connection,
  path: string,
): Promise<Restorable> {
  const fullPath = resolve(target.settings.cwd, path);
  requireFile(fullPath, path);
  const { examineCopy, isCopy } = await import("./copy/examine_copy.ts");
  if (await isCopy(fullPath)) {
    const { loadCopy } = await import("./copy/load_copy.ts");
    const copy = await examineCopy(target, connection, { path, fullPath });
    return {
      ...copy,
      async restore({ worker, signal }) {
        await loadCopy(worker, { ...copy, signal });
        return [];
      },
    };
  }
  await requireDirect(connection);
  // A big file is read for long, and a question may wait for its answer.
  const held = await holdSession(connection);
  try {
    const backup = await examineBackup(target, connection, path);
    return {
      ...backup,
      restore: async (restoring) =>
        (await restore(restoring, backup)).map(extensionData),
      [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
    };
  } catch (error) {
    await held[Symbol.asyncDispose]();
    throw error;
  }
}

async function restoreLocked(
  target: Target,
  reader: Connection,
  backup: Restorable,
): Promise<{ readonly runId: string; readonly findings: readonly Finding[] }> {
  const recorder = target.recorder();
  let findings: readonly Finding[] = [];
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
    findings = await restoreAndRecord(
      { target, worker, recorder, signal },
      backup,
    );
  });
  return { runId: recorder.runId, findings };
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
  backup: Restorable,
): Promise<readonly Finding[]> {
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
  let found: readonly Finding[];
  try {
    found = await backup.restore(restoring);
  } catch (error) {
    if (error instanceof LockstepError) {
      await record({ outcome: "restore_failed", error: error.message });
    }
    throw error;
  }
  try {
    await record({ outcome: "restored" });
    if (restoring.target.settings.snapshot === "auto") {
      await keepSchema(worker, recorder);
    }
    return found;
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return [...found, notRecorded(error)];
  }
}

function extensionData({ schema, name }: TableName): Finding {
  return {
    severity: "warning",
    code: "extension_data_kept",
    message: `The rows of "${schema}.${name}" stay as they were, as the ` +
      "table belongs to an extension that is there",
    hint: "pg_restore --data-only --table brings them back, once the table " +
      "is empty",
  };
}

/** The rest of it is in the database, and nothing takes that back. */
function notRecorded({ message }: LockstepError): Finding {
  return {
    severity: "warning",
    code: "restore_not_recorded",
    message: "The log has only the beginning of this restore, which is done, " +
      `as its end could not be written (${message})`,
  };
}

async function restore(
  { target, worker, signal }: Restoring,
  { fullPath, preview, contents, pgRestore }: ExaminedBackup,
): Promise<readonly TableName[]> {
  await using _held = await holdSession(worker);
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
  return listUnrestored(contents, kept);
}

/** A value of a connection string. */
function quoteValue(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

async function temporaryFile(
  text: string,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await makeTemporaryFolder();
  const path = join(folder, "list");
  await writeFile(path, text, { mode: 0o600 });
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true }).catch(() => {});
    },
  };
}

async function makeTemporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), "lockstep-restore-"));
  } catch (cause) {
    throw new ConfigError(
      "unwritable_directory",
      `Cannot restore as no file can be made in "${showName(tmpdir())}"`,
      { hint: "name with TMPDIR a folder that can be written to", cause },
    );
  }
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
