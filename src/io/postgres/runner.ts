import { ConnectionError, LockError, LockstepError } from "../../errors.ts";
import type { RunOutcome, StepOutcome } from "../../core/outcome.ts";
import { endFailedStep, type StepEnd } from "./aftermath.ts";
import type { Connection } from "./connection.ts";
import { executeStep, freshState, outcomeOf } from "./executor.ts";
import { DoneSteps } from "./done_steps.ts";
import { type Search, settleLostStep } from "./lost_step.ts";
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
  const done = new DoneSteps();
  for (const [index, prepared] of steps.entries()) {
    const { worker } = workers;
    const stop = workers.failure ?? stopReason(context.signal);
    if (stop !== undefined) {
      const outcomes = await done.makeDurable({ ...context, worker });
      return endRun(context, outcomes, {
        rest: steps.slice(index),
        error: stop,
      });
    }
    const place = { number: index + 1, of: steps.length, done };
    const end = await runStep({ ...context, worker }, prepared, place);
    if (end.error !== undefined) {
      return endRun(context, [...end.earlier ?? done.outcomes, end.outcome], {
        rest: steps.slice(index + 1),
        error: end.error,
      });
    }
    done.add(end.outcome);
    if (prepared.changesSessionDefaults) await workers.renew();
  }
  return endRun(context, done.outcomes, { rest: [], error: workers.failure });
}

function endRun(
  { recorder }: RunContext,
  outcomes: readonly StepOutcome[],
  { rest, error }: {
    readonly rest: readonly PreparedStep[];
    readonly error: LockstepError | undefined;
  },
): RunOutcome {
  return {
    runId: recorder.runId,
    steps: [...outcomes, ...rest.map((prepared) => notRun(prepared))],
    ...(error !== undefined && { error }),
  };
}

/** The worker of a run, and the ones that took its place. */
class WorkerStack implements AsyncDisposable {
  readonly #connect: () => Promise<Connection>;
  readonly #renewed: Connection[] = [];
  #worker: Connection;
  #failure: LockstepError | undefined;

  constructor({ worker, connect }: RunContext) {
    this.#worker = worker;
    this.#connect = connect;
  }

  get worker(): Connection {
    return this.#worker;
  }

  /** Why there is no new session. */
  get failure(): LockstepError | undefined {
    return this.#failure;
  }

  /** Goes on with a new session, unless something prevents that. */
  async renew(): Promise<void> {
    try {
      this.#worker = await this.#connect();
      this.#renewed.push(this.#worker);
    } catch (error) {
      if (!(error instanceof LockstepError)) throw error;
      this.#failure = error;
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
  /** The steps before it. */
  readonly done: DoneSteps;
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
    { reconnect: context.reconnect, done: place.done },
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
const CANCEL_LIMIT_MS = 15_000;

async function attemptStep(
  context: StepContext,
  prepared: PreparedStep,
  search: Search,
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
      return await settleLostStep(broken(), error, search);
    }
    if (!(error instanceof LockstepError)) throw error;
    return await endFailedStep(broken(), error);
  }
}

/**
 * Cancels what the worker runs once the signal is aborted, again and again
 * until the work has ended: a request that arrives between two statements
 * does nothing. Without the lock the work must end, also when the server no
 * longer answers: then the connection is given up.
 */
async function cancelOnAbort(
  { worker, signal }: StepContext,
  work: () => Promise<void>,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let limit: ReturnType<typeof setTimeout> | undefined;
  let request: Promise<void> | undefined;
  let isOver = false;
  function cancel(): void {
    if (stopReason(signal) instanceof LockError) {
      limit ??= setTimeout(() => worker.close(), CANCEL_LIMIT_MS);
    }
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
    clearTimeout(limit);
    // One that is still under way would hit the statement that comes next.
    await request;
  }
}

function announce(
  context: RunContext,
  { step }: PreparedStep,
  { number, of }: Omit<StepPlace, "done">,
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
