import { LockstepError } from "../../errors.ts";
import type { RunOutcome, StepOutcome } from "../../core/outcome.ts";
import type { StepEnd } from "./aftermath.ts";
import { attemptStep } from "./attempt.ts";
import type { Connection } from "./connection.ts";
import { freshState, outcomeOf } from "./executor.ts";
import { DoneSteps } from "./done_steps.ts";
import type { PatienceLimits } from "./patience.ts";
import type { PreparedStep, StepContext } from "./step_context.ts";
import { stopReason } from "./stop.ts";

/** What the execution of a run works with. */
export interface RunContext
  extends Omit<StepContext, "durability" | "notices"> {
  readonly connect: () => Promise<Connection>;
  readonly patience: PatienceLimits;
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
    {
      search: { reconnect: context.reconnect, done: place.done },
      patience: context.patience,
    },
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
