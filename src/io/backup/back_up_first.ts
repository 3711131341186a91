import {
  type BackupDecision,
  decideByMode,
} from "../../core/backup/backup_decision.ts";
import type { RunBackup } from "../../core/backup/backup_report.ts";
import type { Finding } from "../../core/finding.ts";
import { ConfigError, ExecutionError, LockstepError } from "../../errors.ts";
import type { Connection } from "../postgres/connection.ts";
import type { Recorder } from "../postgres/record_sql.ts";
import type { PreparedStep } from "../postgres/step_context.ts";
import type { Target } from "../postgres/target.ts";
import { recordBackup } from "./backup_log.ts";
import { decideBackup } from "./decide_backup.ts";
import { makeBackup, requireMakeable } from "./make_backup.ts";

/** A run that holds the lock and has not changed anything yet. */
export interface RunToBackUp {
  readonly target: Target;
  readonly worker: Connection;
  readonly recorder: Recorder;
  readonly signal: AbortSignal;
}

/** The backup that was made before a run, if one was, and what was seen. */
export interface BackedUp {
  readonly backup?: RunBackup;
  readonly findings: readonly Finding[];
}

/**
 * Makes a backup before a run, if it needs one.
 *
 * @throws {LockstepError} If it cannot be made; then the run must not go on.
 */
export async function backUpFirst(
  run: RunToBackUp,
  prepared: readonly PreparedStep[],
): Promise<BackedUp> {
  const { target, worker } = run;
  const planned = await decideBackup(worker, target, prepared);
  const { decision, findings, touched } = planned;
  if (decision.decision !== "made") return { findings };
  try {
    const backup = await makeAndRecord(run, decision, {
      note: describeRun(prepared),
      touched,
    });
    return { findings, backup };
  } catch (error) {
    throw withWayOut(error);
  }
}

/**
 * The same for work that destroys nothing that a backup holds; only `always`
 * makes one then.
 */
export async function backUpIfAlways(
  run: RunToBackUp,
  note: string,
): Promise<RunBackup | undefined> {
  const decision = decideByMode(run.target.settings.backup);
  if (decision?.decision !== "made") return undefined;
  try {
    return await makeAndRecord(run, decision, { note });
  } catch (error) {
    throw withWayOut(error);
  }
}

/** The decision for a plan that is not run, and what would be in its way. */
export async function previewBackup(
  target: Target,
  connection: Connection,
  prepared: readonly PreparedStep[],
): Promise<{
  readonly decision: BackupDecision;
  readonly findings: readonly Finding[];
}> {
  const planned = await decideBackup(connection, target, prepared);
  if (planned.decision.decision !== "made") return planned;
  const obstacle = await findObstacle(target, connection, planned.touched);
  return {
    ...planned,
    findings: [...planned.findings, ...obstacle],
  };
}

async function makeAndRecord(
  { target, worker, recorder, signal }: RunToBackUp,
  { reason }: BackupDecision,
  { note, touched }: {
    readonly note: string;
    readonly touched?: readonly string[] | undefined;
  },
): Promise<RunBackup> {
  target.onEvent({ type: "backup_started", reason });
  const start = performance.now();
  const { runId } = recorder;
  const isPart = touched !== undefined &&
    target.settings.backupMethod === "copy";
  const file = await makeBackup(target, worker, {
    runId,
    schemas: [],
    touched,
    signal,
  });
  await recordBackup(worker, recorder, {
    outcome: "backup",
    file,
    note: isPart ? `${note}; only what it changes` : note,
    durationMs: performance.now() - start,
  });
  return { ...file, reason };
}

/** As the log has it. */
function describeRun(prepared: readonly PreparedStep[]): string {
  const names = prepared.map(({ step }) =>
    `${step.direction} of ${step.version}`
  );
  const more = names.length > 1 ? " and more" : "";
  return `before the ${names[0] ?? "run"}${more}`;
}

async function findObstacle(
  target: Target,
  connection: Connection,
  touched: readonly string[] | undefined,
): Promise<readonly Finding[]> {
  try {
    const { signal } = target;
    const wish = { runId: "", schemas: [], touched, signal };
    await requireMakeable(target, connection, wish);
    return [];
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    const { code, message, hint } = error;
    return [{
      severity: "warning",
      code,
      message,
      ...(hint !== undefined && { hint }),
    }];
  }
}

/** Says, besides, how to go without; why there is to be one was told before. */
function withWayOut(error: unknown): unknown {
  if (error instanceof ExecutionError) {
    const { code, message, remains } = error;
    const details = { ...detailsWith(error), remains };
    return new ExecutionError(code, message, details);
  }
  if (error instanceof ConfigError) {
    const { code, message } = error;
    return new ConfigError(code, message, detailsWith(error));
  }
  return error;
}

function detailsWith(
  cause: LockstepError,
): { readonly hint: string; readonly cause: LockstepError } {
  const way = "--backup never goes without a backup";
  const hint = cause.hint === undefined ? way : `${cause.hint}; ${way}`;
  return { hint, cause };
}
