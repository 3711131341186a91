import { ConnectionError, LockError, LockstepError } from "../../errors.ts";
import {
  brokenOutcome,
  type BrokenStep,
  endFailedStep,
  type StepEnd,
} from "./aftermath.ts";
import { freshState, outcomeOf, sendStep } from "./executor.ts";
import { findTableLockers } from "./keeper.ts";
import { type Search, settleLostStep } from "./lost_step.ts";
import { isBlocked, Patience, type PatienceLimits } from "./patience.ts";
import { PostgresError } from "./postgres_error.ts";
import type { Flight } from "./send_ahead.ts";
import { cancelled, remainsOf, type StepState } from "./segment_run.ts";
import { CLEAN_SESSION } from "./session.ts";
import {
  type PreparedStep,
  refusedError,
  type StepContext,
} from "./step_context.ts";
import { sleep, stopReason } from "./stop.ts";

/** What a step is tried with. */
export interface Trial {
  readonly search: Search;
  readonly patience: PatienceLimits;
  /** The first try, where that is on its way already. */
  readonly flight?: Flight | undefined;
  /** Waits until nothing is on its way, and answers what was. */
  readonly drop: () => Promise<readonly Flight[]>;
}

/**
 * Runs a step to its end, whatever that is. One that the locks of others keep
 * out is rolled back and tried again while patience lasts: if it waited with
 * locks of its own, all others would queue behind it.
 */
export async function attemptStep(
  context: StepContext,
  prepared: PreparedStep,
  trial: Trial,
): Promise<StepEnd> {
  const { flight, drop, search } = trial;
  const state = flight?.state ?? freshState(prepared);
  const patience = new Patience(trial.patience);
  const start = performance.now();
  const send = async () => await (await sendStep(context, prepared, state))();
  let work = flight === undefined ? send : () => flight.landed;
  const broken = () => ({
    context,
    prepared,
    state,
    durationMs: performance.now() - start,
  });
  try {
    while (true) {
      const error = await tryStep(broken(), work);
      if (error === undefined) return doneStep(broken());
      await drop();
      work = send;
      if (!isKeptOut(error, state)) {
        return await failStep(broken(), error, trial);
      }
      const pauseMs = patience.pauseAfter(error);
      if (pauseMs === undefined) {
        return await giveUp(
          broken(),
          patience.explain(prepared.step, error),
          trial,
        );
      }
      if (
        !await pause(broken(), error, { pauseMs, attempt: patience.attempts })
      ) {
        return await failStep(broken(), cancelled(prepared, state), trial);
      }
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const behind = await drop();
    return await settleLostStep(broken(), error, { ...search, behind });
  }
}

/** Answers what made the step fail, unless that is its connection. */
async function tryStep(
  { context, prepared, state }: BrokenStep,
  work: () => Promise<void>,
): Promise<LockstepError | undefined> {
  try {
    await cancelOnAbort(context, work);
    return undefined;
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    if (error instanceof LockstepError) return error;
    if (!(error instanceof PostgresError)) throw error;
    return refusedError(prepared.step, error, remainsOf(prepared, state));
  }
}

/** What is not in a transaction may not be run a second time. */
function isKeptOut(error: LockstepError, state: StepState): boolean {
  return error instanceof LockError || state.isAtomic && isBlocked(error);
}

function doneStep(step: BrokenStep): StepEnd {
  return { outcome: brokenOutcome(step, "done") };
}

async function failStep(
  step: BrokenStep,
  error: LockstepError,
  { search }: Trial,
): Promise<StepEnd> {
  const end = await endFailedStep(step, error);
  return end.lost === undefined
    ? end
    : await settleLostStep({ ...step, failure: end.error }, end.lost, search);
}

async function giveUp(
  step: BrokenStep,
  error: LockstepError,
  trial: Trial,
): Promise<StepEnd> {
  if (!(error instanceof LockError)) return await failStep(step, error, trial);
  // Its row cannot be written either.
  await rollBack(step.context);
  const { prepared, state } = step;
  return {
    outcome: { ...outcomeOf(prepared, state), status: "not_run" },
    error,
  };
}

/** Lets go of all locks and waits; false when told to stop meanwhile. */
async function pause(
  { context, prepared }: BrokenStep,
  error: LockstepError,
  { pauseMs, attempt }: { readonly pauseMs: number; readonly attempt: number },
): Promise<boolean> {
  const { step } = prepared;
  await rollBack(context);
  if (error instanceof LockError) {
    const holders = await findTableLockers(
      context.worker,
      context.recorder.names,
    );
    context.onEvent({ type: "runner_waiting", holder: holders[0] });
  } else {
    context.onEvent({ type: "step_retrying", step, attempt, pauseMs, error });
  }
  await sleep(pauseMs, context.signal).catch(() => {});
  return !context.signal.aborted;
}

async function rollBack({ worker }: StepContext): Promise<void> {
  await worker.run(`ROLLBACK; ${CLEAN_SESSION}`);
}

const CANCEL_POLL_MS = 100;
const CANCEL_LIMIT_MS = 15_000;

/**
 * Cancels what the worker runs once the signal is aborted, again and again
 * until the work has ended: a request that arrives between two statements
 * does nothing. Without the lock the work must end, also when the server no
 * longer answers: then the connection is given up.
 */
export async function cancelOnAbort(
  { worker, signal }: Pick<StepContext, "worker" | "signal">,
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
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
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
