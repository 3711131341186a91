import { ConnectionError, type LockstepError } from "../../errors.ts";
import type { HistoryEntry } from "../../core/history.ts";
import type { StepStatus } from "../../core/outcome.ts";
import type { Direction } from "../../core/plan/plan.ts";
import {
  brokenOutcome,
  type BrokenStep,
  partError,
  recordFailure,
  type StepEnd,
  warnUnrecorded,
} from "./aftermath.ts";
import { giveUpSql } from "./claim_sql.ts";
import type { Connection } from "./connection.ts";
import type { DoneSteps } from "./done_steps.ts";
import { readHistory } from "./history_store.ts";
import { endIdleBackends, findBackends } from "./keeper.ts";
import { reasonOf } from "./reason_text.ts";
import type { Recorder } from "./record_sql.ts";
import type { Flight } from "./send_ahead.ts";
import { remainsOf } from "./segment_run.ts";
import { beginSql, RECORD_LOCK_TIMEOUT, runMark } from "./session.ts";
import { sleep } from "./stop.ts";

/** What finding out about a lost step needs. */
export interface Search {
  /** Connects anew, also when the run was told to stop. */
  readonly reconnect: () => Promise<Connection>;
  /** The run's earlier steps. */
  readonly done: DoneSteps;
  /** Steps that were sent behind the lost one. */
  readonly behind?: readonly Flight[];
}

/**
 * Finds out what became of a step whose connection broke, by asking the
 * server over a new one: the tracking row tells whether COMMIT happened.
 */
export async function settleLostStep(
  step: BrokenStep,
  error: ConnectionError,
  { reconnect, done, behind = [] }: Search,
): Promise<StepEnd> {
  try {
    const asked = await ask(step.context.recorder, reconnect);
    await using _connection = asked.connection;
    return {
      ...await settleInTurn(asked, [step, ...behind], error),
      earlier: done.lookAgain(({ version, direction }) =>
        statusOf(asked.entries.get(version), direction)
      ),
    };
  } catch (failure) {
    const isKnown = step.failure !== undefined;
    if (isKnown || !(failure instanceof ConnectionError)) {
      warnUnrecorded(step, failure);
    }
    const status = isKnown ? failedStatus(step) : "unknown";
    return {
      outcome: brokenOutcome(step, status),
      error: lostError(step, error, status),
      earlier: done.lookAgain(() => "unknown"),
      ...(!isKnown && {
        behind: behind.map((flight) => brokenOutcome(flight, "unknown")),
      }),
    };
  }
}

/** None is done but after the one before it. */
async function settleInTurn(
  asked: Asked,
  [step, ...behind]: readonly [BrokenStep, ...(readonly BrokenStep[])],
  error: ConnectionError,
): Promise<StepEnd> {
  const found = noteProgress(step, asked.entries);
  const status = found === "done"
    ? found
    : await giveUp(asked.connection, step, error);
  const outcome = brokenOutcome(step, status);
  const [next, ...rest] = behind;
  if (status !== "done" || next === undefined) {
    return { outcome, error: lostError(step, error, status) };
  }
  const end = await settleInTurn(asked, [next, ...rest], error);
  return { ...end, outcome, behind: [end.outcome, ...end.behind ?? []] };
}

const ASK_AGAIN_MS = 30_000;
const BACKEND_WAIT_MS = 60_000;
const BACKEND_POLL_MS = 250;

interface Asked {
  readonly connection: Connection;
  readonly entries: ReadonlyMap<string, HistoryEntry>;
}

/**
 * Reads the rows over a new connection, or the next: a server that crashes
 * still takes connections for a moment, and then ends them with all others.
 */
async function ask(
  recorder: Recorder,
  reconnect: Search["reconnect"],
): Promise<Asked> {
  const deadline = performance.now() + ASK_AGAIN_MS;
  while (true) {
    const connection = await reconnect();
    try {
      await awaitBackends(connection, recorder);
      return { connection, entries: await readEntries(connection, recorder) };
    } catch (error) {
      await connection.close();
      const isLost = error instanceof ConnectionError;
      if (!isLost || performance.now() > deadline) throw error;
    }
    await sleep(BACKEND_POLL_MS);
  }
}

/**
 * The server may work on for a while after the connection broke. A session
 * that waits for its client in a transaction would wait, and hold its locks,
 * until the system finds the client gone, which can take hours.
 */
export async function awaitBackends(
  connection: Connection,
  { lock, runId }: Recorder,
): Promise<void> {
  const deadline = performance.now() + BACKEND_WAIT_MS;
  const mark = runMark(lock, runId);
  while ((await findBackends(connection, mark)).length > 0) {
    if (performance.now() > deadline) {
      throw new ConnectionError(
        "connection_lost",
        "The server still works on the migration",
      );
    }
    await sleep(BACKEND_POLL_MS);
    await endIdleBackends(connection, mark);
  }
}

/** The rows that this run was the last to touch, by version. */
async function readEntries(
  connection: Connection,
  { names, runId }: Recorder,
): Promise<ReadonlyMap<string, HistoryEntry>> {
  const { entries } = await readHistory(connection, names);
  return new Map(
    entries.filter((entry) => entry.runId === runId)
      .map((entry) => [entry.version, entry]),
  );
}

/** The server may have committed more than it could tell. */
function noteProgress(
  { prepared: { step }, state }: BrokenStep,
  entries: ReadonlyMap<string, HistoryEntry>,
): StepStatus {
  const entry = entries.get(step.version);
  const status = statusOf(entry, step.direction);
  if (status === "partial") state.isClaimed = true;
  state.done = entry?.progress?.statementsDone ?? state.done;
  return status;
}

/**
 * Records the failure, which also keeps what may still be on its way to the
 * server from claiming the version, and looks at the row once more.
 */
async function giveUp(
  connection: Connection,
  step: BrokenStep,
  error: ConnectionError,
): Promise<StepStatus> {
  const { recorder } = step.context;
  const { direction, resume } = step.prepared.step;
  await recordFailure(connection, step, step.failure ?? error);
  if (direction === "rollback" && resume === undefined) {
    await connection.run(
      `${beginSql(connection.serverVersion, "")}; ${RECORD_LOCK_TIMEOUT}; ` +
        `${giveUpSql(recorder, step.prepared.step)}; COMMIT`,
    );
  }
  const entries = await readEntries(connection, recorder);
  const status = noteProgress(step, entries);
  return status === "failed" ? failedStatus(step) : status;
}

function failedStatus({ prepared, state }: BrokenStep): StepStatus {
  return remainsOf(prepared, state) === "part" ? "partial" : "failed";
}

function statusOf(
  entry: HistoryEntry | undefined,
  direction: Direction,
): StepStatus {
  switch (entry?.state) {
    case "applied":
      return direction === "migrate" ? "done" : "failed";
    case "rolled_back":
      return direction === "rollback" ? "done" : "failed";
    case "partly_applied":
    case "partly_rolled_back":
      return "partial";
    default:
      return "failed";
  }
}

function lostError(
  step: BrokenStep,
  error: ConnectionError,
  status: StepStatus,
): LockstepError {
  const { failure } = step;
  const isPart = status === "partial";
  if (failure !== undefined && isPart === (failure.exit === "partial")) {
    return failure;
  }
  if (status === "partial") return partError(step, error, `. ${error.message}`);
  const { version, name, direction } = step.prepared.step;
  const found = status === "unknown"
    ? "the server cannot be asked what became of it"
    : status === "done"
    ? "the server has committed it"
    : "the server has rolled it back";
  return new ConnectionError(
    "connection_lost",
    `Cannot go on after "${version}_${name}" as ${reasonOf(error)}; ${found}`,
    {
      hint: status === "unknown"
        ? 'see "lockstep status" once the server can be reached; an error ' +
          "that it then shows is of an earlier attempt"
        : `run "lockstep ${direction}" again`,
      cause: error,
      ...(error.server !== undefined && { server: error.server }),
    },
  );
}
