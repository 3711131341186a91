import type { History } from "../../core/history.ts";
import type { LockHolder, LockKeys } from "../../core/lock.ts";
import type { RunEvent, RunOutcome } from "../../core/outcome.ts";
import type { Connection } from "./connection.ts";
import type { Keeper } from "./held_lock.ts";
import { createTables, type TablesChange } from "./history_store.ts";
import {
  acquireLock,
  awaitDeadRunners,
  findBackends,
  type LockRequest,
} from "./keeper.ts";
import { watchWorker } from "./mute_connection.ts";
import type { PatienceLimits } from "./patience.ts";
import type { Recorder } from "./record_sql.ts";
import { findRoute, requireRoute, type Route } from "./route.ts";
import { executeRun } from "./runner.ts";
import { withSecondConnection } from "./second_connection.ts";
import { runMark, runnerMark, type StatementLimits } from "./session.ts";
import type { PreparedStep } from "./step_context.ts";
import type { TrackingNames } from "./tracking_sql.ts";
import { Watch } from "./watch.ts";

/** How the lock of a tracking table is taken. */
export interface LockedWork {
  /** An open connection, which becomes the keeper of the lock. */
  readonly reader: Connection;
  readonly connect: () => Promise<Connection>;
  readonly names: TrackingNames;
  readonly keys: LockKeys;
  readonly lockTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: (event: RunEvent) => void;
}

/** What a run under the lock works with. */
export interface LockedRun extends LockedWork {
  /** Connects also when the run was told to stop meanwhile. */
  readonly reconnect: () => Promise<Connection>;
  readonly recorder: Recorder;
  readonly reason?: string | undefined;
  readonly limits: StatementLimits;
  readonly patience: PatienceLimits;
  readonly readHistory: (connection: Connection) => Promise<History>;
  /** Plans anew from a history; throws when there can be no plan. */
  readonly plan: (
    history: History,
    worker: Connection,
  ) => Promise<readonly PreparedStep[]>;
  /** Does what comes between the plan and its execution. */
  readonly prepare: (
    steps: readonly PreparedStep[],
    worker: Connection,
    signal: AbortSignal,
  ) => Promise<void>;
  /** Does what comes after the execution; it does not fail. */
  readonly conclude: (outcome: RunOutcome, worker: Connection) => Promise<void>;
  /** Whether a history, read while waiting, leaves anything to do. */
  readonly hasWork: (history: History) => boolean;
}

/**
 * Takes the lock, reads the history again, plans anew and executes: another
 * run may have changed everything since the first look. Undefined when nothing
 * is left to do.
 */
export async function runLocked(
  run: LockedRun,
): Promise<RunOutcome | undefined> {
  let known: number | undefined;
  const goOn = async (holder: LockHolder | undefined) => {
    // As long as the same one holds it, there is work left.
    if (holder !== undefined && holder.processId === known) return true;
    known = holder?.processId;
    return run.hasWork(await run.readHistory(run.reader));
  };
  return await withLock({ ...run, goOn }, async (keeper, worker) => {
    const mark = runMark(run.keys, run.recorder.runId);
    const { reader: connection } = run;
    using silence = watchWorker(worker, { connection, keeper, mark });
    const { history, route } = await settleHistory(run, worker);
    const steps = await run.plan(history, worker);
    if (steps.length === 0) return undefined;
    if (route === "pooler") await requireRoute(worker, steps, run.limits);
    const signal = stopSignal(run.signal, keeper);
    await run.prepare(steps, worker, signal);
    run.onEvent({ type: "run_started", steps: steps.map(({ step }) => step) });
    const { onEvent } = run;
    using watch = new Watch({ connection, keeper, mark, onEvent });
    const outcome = await executeRun({
      worker,
      route,
      recorder: run.recorder,
      signal,
      onEvent: watch.onEvent,
      reason: run.reason,
      limits: run.limits,
      patience: run.patience,
      connect: async () => silence.follow(await run.connect()),
      reconnect: run.reconnect,
    }, steps);
    await run.conclude(outcome, worker);
    return outcome;
  });
}

/** Creates or completes the tracking tables, and others, under the lock. */
export async function createTablesLocked(
  work: LockedWork,
  createOthers: (worker: Connection) => Promise<void>,
): Promise<TablesChange> {
  // deno-lint-ignore require-await -- the interface is asynchronous
  const goOn = async () => true;
  const change = await withLock(
    { ...work, goOn },
    async (_keeper, worker) => {
      const made = await createTables(worker, work.names);
      await createOthers(worker);
      return made;
    },
  );
  return change ?? "none";
}

/** Work under the lock, and how it is waited for. */
export interface LockedWait extends LockedWork {
  /** Whether the lock is still wanted, asked after each try. */
  readonly goOn: (holder: LockHolder | undefined) => Promise<boolean>;
}

/**
 * Does work under the lock; undefined when waiting for it was given up. The
 * work gets a second connection, as the first one holds the lock.
 */
export async function withLock<Result>(
  wait: LockedWait,
  work: (keeper: Keeper, worker: Connection) => Promise<Result | undefined>,
): Promise<Result | undefined> {
  await using keeper = await acquireLock(wait.reader, {
    ...lockRequest(wait),
    async goOn(holder) {
      if (wait.lockTimeoutMs > 0) {
        wait.onEvent({ type: "lock_waiting", holder });
      }
      return await wait.goOn(holder);
    },
  });
  if (keeper === undefined) return undefined;
  return await withSecondConnection(wait, (worker) => work(keeper, worker));
}

function lockRequest(
  { keys, lockTimeoutMs, signal }: LockedWork,
): Omit<LockRequest, "goOn"> {
  return { keys, timeoutMs: lockTimeoutMs, signal };
}

/** One round trip, unless a dead run's backend is still at work. */
async function settleHistory(
  run: LockedRun,
  worker: Connection,
): Promise<Settled> {
  const { names, keys } = run;
  const [backends, route, , history] = await Promise.all([
    findBackends(worker, runnerMark(keys)),
    findRoute(worker),
    createTables(worker, names),
    run.readHistory(worker),
  ]);
  if (backends.length === 0) return { history, route };
  await awaitRunners(run, worker);
  return { history: await run.readHistory(worker), route };
}

interface Settled {
  readonly history: History;
  readonly route: Route;
}

/** Waits, under the lock, for backends that a dead run has left at work. */
export async function awaitRunners(
  work: LockedWork,
  worker: Connection,
): Promise<void> {
  await awaitDeadRunners(worker, {
    ...lockRequest(work),
    // deno-lint-ignore require-await -- the interface is asynchronous
    async goOn(holder) {
      if (holder !== undefined) {
        work.onEvent({ type: "runner_waiting", holder });
      }
      return true;
    },
  });
}

/** Aborted by the caller's signal, and when the lock is lost. */
export function stopSignal(
  signal: AbortSignal | undefined,
  keeper: Keeper,
): AbortSignal {
  const controller = new AbortController();
  keeper.lost.then((error) => controller.abort(error));
  return signal === undefined
    ? controller.signal
    : AbortSignal.any([signal, controller.signal]);
}
