import {
  ConnectionError,
  ExecutionError,
  FileError,
  InterruptedError,
  type LockstepError,
} from "../../errors.ts";
import { maskValues } from "../../core/config/mask.ts";
import type { StepOutcome, StepStatus } from "../../core/outcome.ts";
import { secretValues } from "../../core/sql/variables.ts";
import { placeCopyError } from "../copy_error.ts";
import type { Connection } from "./connection.ts";
import { outcomeOf } from "./executor.ts";
import { failureSql } from "./record_sql.ts";
import { remainsOf, type StepState } from "./segment_run.ts";
import { beginSql, CLEAN_SESSION, RECORD_LOCK_TIMEOUT } from "./session.ts";
import type { PreparedStep, StepContext } from "./step_context.ts";
import { stopReason } from "./stop.ts";

/** How a step ended. */
export interface StepEnd {
  readonly outcome: StepOutcome;
  readonly error?: LockstepError;
  /** The connection broke before the failure was recorded. */
  readonly lost?: ConnectionError;
  /** The earlier steps of the run, when they were looked at again. */
  readonly earlier?: readonly StepOutcome[];
  /** Steps that were sent behind it, as far as they may have been run. */
  readonly behind?: readonly StepOutcome[];
}

/** A step that did not come to its end. */
export interface BrokenStep {
  readonly context: StepContext;
  readonly prepared: PreparedStep;
  readonly state: StepState;
  /** Absent where no answer to it was awaited. */
  readonly durationMs?: number;
  /** Why it had failed already when its connection broke. */
  readonly failure?: LockstepError | undefined;
}

/** Ends the open transaction of a failed step, and records the attempt. */
export async function endFailedStep(
  step: BrokenStep,
  error: LockstepError,
): Promise<StepEnd> {
  const { worker } = step.context;
  const { script } = step.prepared;
  const placed = await placeCopyError(error, script, step.state.copyLine);
  const told = toldToStop(step, placed);
  const isPart = remainsOf(step.prepared, step.state) === "part";
  const end = {
    outcome: brokenOutcome(step, isPart ? "partial" : "failed"),
    error: told,
  };
  try {
    await worker.run(`ROLLBACK; ${CLEAN_SESSION}`);
    await recordFailure(worker, step, told);
  } catch (failure) {
    if (failure instanceof ConnectionError) return { ...end, lost: failure };
    // The step's own error tells more than that it could not be recorded.
    warnUnrecorded(step, failure);
  }
  return end;
}

/** A stop that left nothing part-way is an interruption, no failure. */
function toldToStop(step: BrokenStep, error: LockstepError): LockstepError {
  // A file that changed may be run again, but not one that is part-way.
  if (
    error instanceof FileError &&
    remainsOf(step.prepared, step.state) === "part"
  ) return partError(step, error, `. ${error.message}`);
  const reason = stopReason(step.context.signal);
  const isStop = error.server?.sqlstate === "57014" ||
    (error instanceof ExecutionError && error.code === "cancelled");
  if (reason === undefined || !isStop) return error;
  const isPart = remainsOf(step.prepared, step.state) === "part";
  if (!isPart) return reason;
  const why = reason instanceof InterruptedError ? "" : `. ${reason.message}`;
  return partError(step, error, why);
}

/** The error of a step of which a part is committed. */
export function partError(
  { prepared, state }: BrokenStep,
  error: LockstepError,
  why: string,
): ExecutionError {
  const { version, name, direction } = prepared.step;
  return new ExecutionError(
    "cancelled",
    `Stopped "${version}_${name}" part-way: ${state.done} of its ` +
      `${prepared.plan.statementCount} statements are committed${why}`,
    {
      remains: "part",
      hint: `run "lockstep ${direction}" again to go on`,
      cause: error,
      ...(error.location !== undefined && { location: error.location }),
    },
  );
}

/** Writes a failed attempt into the log, and into the row where that is due. */
export async function recordFailure(
  connection: Connection,
  { context, prepared, state, durationMs = 0 }: BrokenStep,
  error: LockstepError,
): Promise<void> {
  const { recorder, reason } = context;
  const sqlstate = error.server?.sqlstate;
  const sql = failureSql(recorder, prepared.step, {
    remains: remainsOf(prepared, state),
    error: maskValues(error.message, secretValues(prepared.script.variables)),
    statements: state.sent,
    durationMs,
    ...(sqlstate !== undefined && { sqlstate }),
    ...(reason !== undefined && { reason }),
  });
  await connection.run(
    `${beginSql(connection.serverVersion, "")}; ${RECORD_LOCK_TIMEOUT}; ` +
      `${sql}; COMMIT`,
  );
}

/** Tells that a failed attempt is not in the log, and why. */
export function warnUnrecorded(
  { context, prepared }: BrokenStep,
  error: unknown,
): void {
  context.onEvent({
    type: "notice",
    step: prepared.step,
    notice: {
      severity: "WARNING",
      message: "The failed attempt could not be recorded: " +
        (error instanceof Error ? error.message : String(error)),
    },
  });
}

/** The outcome of a step that did not come to its end. */
export function brokenOutcome(
  step: BrokenStep,
  status: StepStatus,
): StepOutcome {
  return {
    ...outcomeOf(step.prepared, step.state),
    status,
    ...(step.durationMs !== undefined && { durationMs: step.durationMs }),
  };
}
