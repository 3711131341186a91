import {
  ConnectionError,
  ExecutionError,
  InterruptedError,
  type LockstepError,
} from "../../errors.ts";
import type { HistoryEntry } from "../../core/history.ts";
import type { StepOutcome, StepStatus } from "../../core/outcome.ts";
import { placeCopyError } from "../copy_error.ts";
import type { Connection } from "./connection.ts";
import { outcomeOf } from "./executor.ts";
import { readHistory } from "./history_store.ts";
import { findBackends } from "./keeper.ts";
import { failureSql } from "./record_sql.ts";
import { remainsOf, type StepState } from "./segment_run.ts";
import { beginSql, CLEAN_SESSION, runMark } from "./session.ts";
import type { PreparedStep, StepContext } from "./step_context.ts";
import { sleep, stopReason } from "./stop.ts";

/** How a step ended. */
export interface StepEnd {
  readonly outcome: StepOutcome;
  readonly error?: LockstepError;
}

/** A step that did not come to its end. */
export interface BrokenStep {
  readonly context: StepContext;
  readonly prepared: PreparedStep;
  readonly state: StepState;
  readonly durationMs: number;
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
  try {
    await worker.run(`ROLLBACK; ${CLEAN_SESSION}`);
    await recordFailure(worker, step, told);
  } catch (failure) {
    // The step's own error tells more than that it could not be recorded.
    warnUnrecorded(step, failure);
  }
  const isPart = remainsOf(step.prepared, step.state) === "part";
  return {
    outcome: brokenOutcome(step, isPart ? "partial" : "failed"),
    error: told,
  };
}

/**
 * Finds out what became of a step whose connection broke, by asking the
 * server over a new one: the tracking row tells whether COMMIT happened.
 */
export async function settleLostStep(
  step: BrokenStep,
  error: ConnectionError,
  reconnect: () => Promise<Connection>,
): Promise<StepEnd> {
  let connection: Connection | undefined;
  try {
    connection = await reconnect();
    await waitForBackend(connection, step);
    const status = await readStatus(connection, step);
    if (status !== "done") await recordFailure(connection, step, error);
    return {
      outcome: brokenOutcome(step, status),
      error: lostError(step, error, status),
    };
  } catch (failure) {
    if (!(failure instanceof ConnectionError)) warnUnrecorded(step, failure);
    return {
      outcome: brokenOutcome(step, "unknown"),
      error: lostError(step, error, "unknown"),
    };
  } finally {
    await connection?.close();
  }
}

const BACKEND_WAIT_MS = 60_000;
const BACKEND_POLL_MS = 250;

/** A stop that left nothing part-way is an interruption, no failure. */
function toldToStop(step: BrokenStep, error: LockstepError): LockstepError {
  const reason = stopReason(step.context.signal);
  const isStop = error.server?.sqlstate === "57014" ||
    (error instanceof ExecutionError && error.code === "cancelled");
  if (reason === undefined || !isStop) return error;
  const isPart = remainsOf(step.prepared, step.state) === "part";
  if (!isPart || !(reason instanceof InterruptedError)) return reason;
  return new ExecutionError("cancelled", cancelledMessage(step), {
    remains: "part",
    hint: `run "lockstep ${step.prepared.step.direction}" again to go on`,
    cause: error,
  });
}

function cancelledMessage({ prepared, state }: BrokenStep): string {
  const { version, name } = prepared.step;
  return `Stopped "${version}_${name}" part-way: ${state.done} of its ` +
    `${prepared.plan.statementCount} statements are committed`;
}

async function recordFailure(
  connection: Connection,
  { context, prepared, state, durationMs }: BrokenStep,
  error: LockstepError,
): Promise<void> {
  const { recorder, reason } = context;
  const sqlstate = error.server?.sqlstate;
  const sql = failureSql(recorder, prepared.step, {
    remains: remainsOf(prepared, state),
    error: error.message,
    statements: state.sent,
    durationMs,
    ...(sqlstate !== undefined && { sqlstate }),
    ...(reason !== undefined && { reason }),
  });
  await connection.run(
    `${beginSql(connection.serverVersion, "")}; ${sql}; COMMIT`,
  );
}

function warnUnrecorded({ context, prepared }: BrokenStep, error: unknown) {
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

function brokenOutcome(step: BrokenStep, status: StepStatus): StepOutcome {
  return {
    ...outcomeOf(step.prepared, step.state),
    status,
    durationMs: step.durationMs,
  };
}

/** The server may work on for a while after the connection broke. */
async function waitForBackend(
  connection: Connection,
  { context }: BrokenStep,
): Promise<void> {
  const deadline = performance.now() + BACKEND_WAIT_MS;
  const mark = runMark(context.recorder.lock, context.recorder.runId);
  while ((await findBackends(connection, mark)).length > 0) {
    if (performance.now() > deadline) {
      throw new ConnectionError(
        "connection_lost",
        "The server still works on the migration",
      );
    }
    await sleep(BACKEND_POLL_MS);
  }
}

async function readStatus(
  connection: Connection,
  { context, prepared }: BrokenStep,
): Promise<StepStatus> {
  const { names, runId } = context.recorder;
  const history = await readHistory(connection, names);
  const entry = history.entries.find((one) =>
    one.version === prepared.step.version && one.runId === runId
  );
  return statusOf(entry, prepared);
}

function statusOf(
  entry: HistoryEntry | undefined,
  { step }: PreparedStep,
): StepStatus {
  switch (entry?.state) {
    case "applied":
      return step.direction === "migrate" ? "done" : "failed";
    case "rolled_back":
      return step.direction === "rollback" ? "done" : "failed";
    case "partly_applied":
    case "partly_rolled_back":
      return "partial";
    default:
      return "failed";
  }
}

function lostError(
  { prepared }: BrokenStep,
  error: ConnectionError,
  status: StepStatus,
): ConnectionError {
  const { version, name, direction } = prepared.step;
  const found = status === "unknown"
    ? "the server cannot be asked what became of it"
    : status === "done"
    ? "the server has committed it"
    : status === "partial"
    ? "a part of it is committed"
    : "the server has rolled it back";
  return new ConnectionError(
    "connection_lost",
    `Cannot go on after "${version}_${name}" as the connection broke; ` +
      `${found}: ${error.message}`,
    {
      hint: status === "unknown"
        ? 'see "lockstep status" once the server can be reached'
        : `run "lockstep ${direction}" again`,
      cause: error,
      ...(error.server !== undefined && { server: error.server }),
    },
  );
}
