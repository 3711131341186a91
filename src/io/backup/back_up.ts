import type { BackupFile } from "../../core/backup/backup_file.ts";
import type { BackupReport } from "../../core/backup/backup_report.ts";
import type { Finding } from "../../core/finding.ts";
import { InterruptedError, LockstepError } from "../../errors.ts";
import { connectionFindings } from "../loading.ts";
import { type Connection, describeTarget } from "../postgres/connection.ts";
import { requireKnown } from "../postgres/postgres_error.ts";
import type { Recorder } from "../postgres/record_sql.ts";
import type { Target } from "../postgres/target.ts";
import { type BackupRecord, recordBackup } from "./backup_log.ts";
import { makeBackup } from "./make_backup.ts";

/** Makes a backup because somebody asked for one. */
export async function backUp(
  target: Target,
  schemas: readonly string[],
): Promise<BackupReport> {
  const draft: Draft = { warnings: [] };
  try {
    await attempt(target, schemas, draft);
    return report(draft);
  } catch (failure) {
    return report(draft, requireKnown(failure));
  }
}

interface Draft {
  target?: string;
  runId?: string;
  file?: BackupFile;
  warnings: readonly Finding[];
}

async function attempt(
  target: Target,
  schemas: readonly string[],
  draft: Draft,
): Promise<void> {
  await using connection = await target.connect();
  draft.target = describeTarget(connection.target);
  draft.warnings = await connectionFindings(target);
  const recorder = target.recorder();
  const start = performance.now();
  target.onEvent({ type: "backup_started", reason: undefined });
  draft.file = await makeBackup(target, connection, {
    runId: recorder.runId,
    schemas,
    signal: target.signal,
  });
  draft.runId = recorder.runId;
  const found = await record(connection, recorder, {
    outcome: "backup",
    file: draft.file,
    note: describeScope(schemas),
    durationMs: performance.now() - start,
  });
  draft.warnings = [...draft.warnings, ...found];
}

/** A standby, or a role that may only read, is good enough for a backup. */
async function record(
  connection: Connection,
  recorder: Recorder,
  backup: BackupRecord,
): Promise<readonly Finding[]> {
  try {
    const recorded = await recordBackup(connection, recorder, backup);
    return recorded === "recorded"
      ? []
      : [notRecorded("the tracking tables are not there")];
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    if (error instanceof InterruptedError) throw error;
    return [notRecorded(`that could not be written (${error.message})`)];
  }
}

function notRecorded(reason: string): Finding {
  return {
    severity: "warning",
    code: "backup_not_recorded",
    message: `The backup is not in the log as ${reason}`,
    hint: "its checksum is in the file beside it",
  };
}

function describeScope(schemas: readonly string[]): string | undefined {
  return schemas.length === 0 ? undefined : `only ${schemas.join(", ")}`;
}

function report(draft: Draft, error?: LockstepError): BackupReport {
  return {
    kind: "backup",
    success: error === undefined,
    ...(draft.target !== undefined && { target: draft.target }),
    ...(draft.runId !== undefined && { runId: draft.runId }),
    ...draft.file,
    warnings: draft.warnings,
    ...(error !== undefined && { error }),
  };
}
