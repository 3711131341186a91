import type { BackupFile } from "../../core/backup/backup_file.ts";
import type { BackupReport } from "../../core/backup/backup_report.ts";
import type { Finding } from "../../core/finding.ts";
import type { LockstepError } from "../../errors.ts";
import { connectionFindings } from "../loading.ts";
import { describeTarget } from "../postgres/connection.ts";
import { requireKnown } from "../postgres/postgres_error.ts";
import type { Target } from "../postgres/target.ts";
import { recordBackup } from "./backup_log.ts";
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
  const recorded = await recordBackup(connection, recorder, {
    outcome: "backup",
    file: draft.file,
    note: describeScope(schemas),
    durationMs: performance.now() - start,
  });
  if (recorded === "no_log") draft.warnings = [...draft.warnings, NOT_RECORDED];
}

const NOT_RECORDED: Finding = {
  severity: "warning",
  code: "backup_not_recorded",
  message: "The backup is not in the log as the tracking tables are not there",
  hint: "its checksum is in the file beside it",
};

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
