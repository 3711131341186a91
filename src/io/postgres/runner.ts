import { LockstepError } from "../../errors.ts";
import type { RunOutcome, StepOutcome } from "../../core/outcome.ts";
import type { StepEnd } from "./aftermath.ts";
import { attemptStep } from "./attempt.ts";
import type { Connection } from "./connection.ts";
import { freshState, outcomeOf } from "./executor.ts";
import { DoneSteps } from "./done_steps.ts";
import { type Flight, SendAhead } from "./send_ahead.ts";
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
  const of = steps.length;
  const ahead = new SendAhead(
    steps,
    (index) => contextOf(context, workers.worker, { number: index + 1, of }),
  );
  for (const [index, prepared] of steps.entries()) {
    const { worker, failure } = workers;
    const flight = failure === undefined ? await ahead.next(index) : undefined;
    const stop = failure ?? stopReason(context.signal);
    // What is on its way has to end by itself.
    if (flight === undefined && stop !== undefined) {
      const outcomes = await done.makeDurable({ ...context, worker });
      return endRun(context, outcomes, {
        rest: steps.slice(index),
        error: stop,
      });
    }
    const place = { number: index + 1, of, done, ahead, flight };
    const end = await runStep({ ...context, worker }, prepared, place);
    if (end.error !== undefined) {
      const { earlier = done.outcomes, outcome, behind = [] } = end;
      const next = index + 1;
      tellBehind(
        context,
        { steps: steps.slice(next), number: next + 1, of },
        behind,
      );
      return endRun(context, [...earlier, outcome, ...behind], {
        rest: steps.slice(next + behind.length),
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

interface Place {
  /** Counts from 1. */
  readonly number: number;
  readonly of: number;
}

interface StepPlace extends Place {
  /** The steps before it. */
  readonly done: DoneSteps;
  /** The steps behind it. */
  readonly ahead: SendAhead;
  readonly flight: Flight | undefined;
}

function contextOf(
  context: RunContext,
  worker: Connection,
  { number, of }: Place,
): StepContext {
  return {
    ...context,
    worker,
    notices: { left: MAX_NOTICES, dropped: 0 },
    durability: number === of ? "wait" : "later",
  };
}

async function runStep(
  context: RunContext,
  prepared: PreparedStep,
  place: StepPlace,
): Promise<StepEnd> {
  const { flight, ahead, done } = place;
  announce(context, prepared, place);
  flight?.begin();
  const own = flight?.context ?? contextOf(context, context.worker, place);
  const { notices } = own;
  const end = await attemptStep(own, prepared, {
    search: { reconnect: context.reconnect, done },
    patience: context.patience,
    flight,
    drop: () => ahead.drop(),
  });
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
  { number, of }: Place,
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

/** Tells of steps that the server was given and may have done. */
function tellBehind(
  context: RunContext,
  { steps, number, of }: Place & { readonly steps: readonly PreparedStep[] },
  outcomes: readonly StepOutcome[],
): void {
  for (const [index, outcome] of outcomes.entries()) {
    const prepared = steps[index];
    if (prepared === undefined) return;
    announce(context, prepared, { number: number + index, of });
    context.onEvent({ type: "step_finished", outcome });
  }
}

function notRun(prepared: PreparedStep): StepOutcome {
  const { direction, version, name, path } = outcomeOf(
    prepared,
    freshState(prepared),
  );
  return { direction, version, name, path, status: "not_run" };
}
