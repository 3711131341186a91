import type { Blockage } from "../../core/blocker.ts";
import type {
  AdvancedSequence,
  TriedStep,
} from "../../core/dry_run/dry_run_report.ts";
import type { History } from "../../core/history.ts";
import type { RunEvent } from "../../core/outcome.ts";
import type { LockstepError } from "../../errors.ts";
import { cancelOnAbort } from "../postgres/attempt.ts";
import type { Connection } from "../postgres/connection.ts";
import { findBackends } from "../postgres/keeper.ts";
import {
  awaitRunners,
  type LockedWork,
  stopSignal,
  withLock,
} from "../postgres/locked_run.ts";
import { watchWorker } from "../postgres/mute_connection.ts";
import { requireKnown } from "../postgres/postgres_error.ts";
import type { Recorder } from "../postgres/record_sql.ts";
import {
  beginSql,
  CLEAN_SESSION,
  runMark,
  runnerMark,
  type StatementLimits,
} from "../postgres/session.ts";
import type { PreparedStep } from "../postgres/step_context.ts";
import { throwIfStopped } from "../postgres/stop.ts";
import { Watch } from "../postgres/watch.ts";
import { DeferredConstraints } from "./deferred_constraints.ts";
import type { DryContext } from "./dry_session.ts";
import { NewEnumValues } from "./new_enum_values.ts";
import { Observer } from "./observer.ts";
import { advancedSequences, readSequences } from "./sequences.ts";
import { triedStep } from "./step_record.ts";
import { tryStep } from "./try_step.ts";

/** What an executed dry run works with under the lock of a run. */
export interface LockedDryRun extends LockedWork {
  readonly recorder: Recorder;
  readonly limits: StatementLimits;
  readonly readHistory: (connection: Connection) => Promise<History>;
  /** Plans anew from a history; throws when there can be no plan. */
  readonly plan: (
    history: History,
    worker: Connection,
  ) => Promise<readonly PreparedStep[]>;
  readonly hasWork: (history: History) => boolean;
}

/** What was tried and undone. */
export interface DryOutcome {
  readonly steps: readonly TriedStep[];
  readonly sequences: readonly AdvancedSequence[];
  readonly walBytes?: number;
  readonly error?: LockstepError;
}

/**
 * Takes the lock of a run, plans anew and runs all steps in one transaction,
 * which is rolled back. Undefined when nothing is left to do.
 */
export async function runDryLocked(
  run: LockedDryRun,
): Promise<DryOutcome | undefined> {
  const goOn = async () => run.hasWork(await run.readHistory(run.reader));
  return await withLock({ ...run, goOn }, async (keeper, worker) => {
    const mark = runMark(run.keys, run.recorder.runId);
    const { reader: connection } = run;
    using _silence = watchWorker(worker, { connection, keeper, mark });
    const backends = await findBackends(worker, runnerMark(run.keys));
    if (backends.length > 0) await awaitRunners(run, worker);
    const steps = await run.plan(await run.readHistory(worker), worker);
    if (steps.length === 0) return undefined;
    const signal = stopSignal(run.signal, keeper);
    let blockage: Blockage | undefined;
    const onEvent = (event: RunEvent) => {
      if (event.type === "blocked") blockage = event.blockage;
      if (event.type === "unblocked") blockage = undefined;
      run.onEvent(event);
    };
    using watch = new Watch({ connection, keeper, mark, onEvent });
    const context = {
      worker,
      recorder: run.recorder,
      route: "direct" as const,
      signal,
      onEvent: watch.onEvent,
      notices: { left: 0, dropped: 0 },
      limits: run.limits,
      durability: "later" as const,
      lastBlockage: () => blockage,
    };
    return await tryAndUndo(context, steps);
  });
}

type Surroundings = Omit<
  DryContext,
  "observer" | "enums" | "constraints" | "skipped"
>;

async function tryAndUndo(
  surroundings: Surroundings,
  steps: readonly PreparedStep[],
): Promise<DryOutcome> {
  const { worker } = surroundings;
  const observer = await Observer.open(worker);
  const before = await readSequences(worker);
  const context: DryContext = {
    ...surroundings,
    observer,
    enums: new NewEnumValues(),
    constraints: new DeferredConstraints(worker),
    skipped: [],
  };
  const tried = await trySteps(context, steps);
  const { error } = tried;
  const touched = error === undefined
    ? new Set(observer.touchedSequences)
    : undefined;
  const after = await undo(worker);
  return { ...tried, sequences: advancedSequences(before, after, touched) };
}

/** A connection that is lost has undone all by itself. */
async function undo(
  worker: Connection,
): Promise<Awaited<ReturnType<typeof readSequences>>> {
  try {
    await worker.run(`ROLLBACK; ${CLEAN_SESSION}`);
    return await readSequences(worker);
  } catch (error) {
    requireKnown(error);
    return undefined;
  }
}

async function trySteps(
  context: DryContext,
  steps: readonly PreparedStep[],
): Promise<Omit<DryOutcome, "sequences">> {
  const { worker, onEvent, observer } = context;
  const tried: TriedStep[] = [];
  let failure: LockstepError | undefined;
  onEvent({
    type: "run_started",
    steps: steps.map(({ step }) => step),
    isDryRun: true,
  });
  async function work(): Promise<void> {
    await worker.run(beginSql(worker.serverVersion, ""));
    await observer.look();
    for (const [index, prepared] of steps.entries()) {
      throwIfStopped(context.signal);
      const { step } = prepared;
      const number = index + 1;
      onEvent({ type: "step_started", step, number, of: steps.length });
      const end = await tryStep(context, prepared);
      tried.push(end.step);
      failure = end.error;
      const { direction, version, name, path, status } = end.step;
      const outcome = { direction, version, name, path, status };
      onEvent({ type: "step_finished", outcome });
      if (failure !== undefined) return;
    }
  }
  try {
    await cancelOnAbort(context, work);
  } catch (error) {
    failure = requireKnown(error);
  }
  const rest = steps.slice(tried.length);
  return {
    steps: [...tried, ...rest.map((one) => triedStep(one, "not_run"))],
    walBytes: observer.walBytes,
    ...(failure !== undefined && { error: failure }),
  };
}
