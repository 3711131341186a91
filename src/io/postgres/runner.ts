import { ConnectionError, LockstepError } from "../../errors.ts";
import type { RunOutcome, StepOutcome } from "../../core/outcome.ts";
import { endFailedStep, settleLostStep, type StepEnd } from "./aftermath.ts";
import type { Connection } from "./connection.ts";
import { executeStep, freshState, outcomeOf } from "./executor.ts";
import type { PreparedStep, StepContext } from "./step_context.ts";
import { stopReason } from "./stop.ts";

/** What the execution of a run works with. */
export interface RunContext
  extends Omit<StepContext, "durability" | "notices"> {
  readonly connect: () => Promise<Connection>;
  /** Connects also when the run was told to stop, to ask what became of it. */
  readonly reconnect: () => Promise<Connection>;
}

/** Runs steps in order until the first that does not come to its end. */
export async function executeRun(
  context: RunContext,
  steps: readonly PreparedStep[],
): Promise<RunOutcome> {
  await using workers = new WorkerStack(context);
  let error: LockstepError | undefined;
  const outcomes: StepOutcome[] = [];
  for (const [index, prepared] of steps.entries()) {
    error ??= stopReason(context.signal);
    if (error !== undefined) {
      outcomes.push(notRun(prepared));
      continue;
    }
    const place = { number: index + 1, of: steps.length };
    const { worker } = workers;
    const end = await runStep({ ...context, worker }, prepared, place);
    outcomes.push(end.outcome);
    error = end.error;
    if (error === undefined && prepared.changesSessionDefaults) {
      error = await workers.renew();
    }
  }
  return {
    runId: context.recorder.runId,
    steps: outcomes,
    ...(error !== undefined && { error }),
  };
}

/** The worker of a run, and the ones that took its place. */
class WorkerStack implements AsyncDisposable {
  readonly #connect: () => Promise<Connection>;
  readonly #renewed: Connection[] = [];
  #worker: Connection;

  constructor({ worker, connect }: RunContext) {
    this.#worker = worker;
    this.#connect = connect;
  }

  get worker(): Connection {
    return this.#worker;
  }

  /** Goes on with a new session; what prevents that comes back. */
  async renew(): Promise<LockstepError | undefined> {
    try {
      this.#worker = await this.#connect();
      this.#renewed.push(this.#worker);
      return undefined;
    } catch (error) {
      if (error instanceof LockstepError) return error;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#renewed.map((worker) => worker.close()));
  }
}

interface StepPlace {
  /** Counts from 1. */
  readonly number: number;
  readonly of: number;
}

async function runStep(
  context: RunContext,
  prepared: PreparedStep,
  place: StepPlace,
): Promise<StepEnd> {
  announce(context, prepared, place);
  const isLast = place.number === place.of;
  const notices = { left: MAX_NOTICES, dropped: 0 };
  const end = await attemptStep(
    { ...context, notices, durability: isLast ? "wait" : "later" },
    prepared,
    context.reconnect,
  );
  if (notices.dropped > 0) {
    const { dropped } = notices;
    context.onEvent({ type: "notices_dropped", step: prepared.step, dropped });
  }
  context.onEvent({ type: "step_finished", outcome: end.outcome });
  return end;
}

/** Of one step; more are counted, not shown. */
const MAX_NOTICES = 500;
const CANCEL_POLL_MS = 100;

async function attemptStep(
  context: StepContext,
  prepared: PreparedStep,
  reconnect: () => Promise<Connection>,
): Promise<StepEnd> {
  const state = freshState(prepared);
  const start = performance.now();
  const broken = () => ({
    context,
    prepared,
    state,
    durationMs: performance.now() - start,
  });
  try {
    await cancelOnAbort(context, () => executeStep(context, prepared, state));
    return {
      outcome: {
        ...outcomeOf(prepared, state),
        status: "done",
        durationMs: performance.now() - start,
      },
    };
  } catch (error) {
    if (error instanceof ConnectionError) {
      return await settleLostStep(broken(), error, reconnect);
    }
    if (!(error instanceof LockstepError)) throw error;
    return await endFailedStep(broken(), error);
  }
}

/**
 * Cancels what the worker runs once the signal is aborted, again and again
 * until the work has ended: a request that arrives between two statements
 * does nothing.
 */
async function cancelOnAbort(
  { worker, signal }: StepContext,
  work: () => Promise<void>,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let request: Promise<void> | undefined;
  let isOver = false;
  function cancel(): void {
    request = worker.cancel().catch(() => {}).finally(() => {
      if (!isOver) timer = setTimeout(cancel, CANCEL_POLL_MS);
    });
  }
  signal.addEventListener("abort", cancel, { once: true });
  try {
    await work();
  } finally {
    isOver = true;
    signal.removeEventListener("abort", cancel);
    clearTimeout(timer);
    // One that is still under way would hit the statement that comes next.
    await request;
  }
}

function announce(
  context: RunContext,
  { step }: PreparedStep,
  { number, of }: StepPlace,
): void {
  context.onEvent({
    type: "step_started",
    step,
    number,
    of,
    ...(step.resume !== undefined && {
      resumedAt: step.resume.statementsDone,
    }),
  });
}

function notRun(prepared: PreparedStep): StepOutcome {
  const { direction, version, name, path } = outcomeOf(
    prepared,
    freshState(prepared),
  );
  return { direction, version, name, path, status: "not_run" };
}
