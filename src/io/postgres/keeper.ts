import { LockError } from "../../errors.ts";
import {
  describeHolder,
  type LockHolder,
  type LockKeys,
} from "../../core/lock.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import { readingSql } from "./catalog_sql.ts";
import type { Connection, StatementAnswer } from "./connection.ts";
import { keep, type Keeper, tryLock } from "./held_lock.ts";
import { runnerMark } from "./session.ts";
import liveRunnersSql from "./sql/read_live_runners.sql" with { type: "text" };
import lockHolderSql from "./sql/read_lock_holder.sql" with { type: "text" };
import tableLockersSql from "./sql/read_table_lockers.sql" with {
  type: "text",
};
import { sleep, throwIfStopped } from "./stop.ts";
import { fillIn, type TrackingNames } from "./tracking_sql.ts";

/** How the lock is waited for. */
export interface LockRequest {
  readonly keys: LockKeys;
  /** How long to wait for another run; 0 leaves at once. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Called before each new try; when it answers false, waiting has become
   * needless and `acquireLock()` returns undefined.
   */
  readonly goOn: (holder: LockHolder | undefined) => Promise<boolean>;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const RUNNER_POLL_MS = 250;

/**
 * Takes the run's lock in a transaction of its own that stays open: so it
 * holds through a transaction pooler, ends with the process, and cannot be
 * released by what a migration runs. It is polled, never waited for inside
 * the server, since such a wait deadlocks with CREATE INDEX CONCURRENTLY.
 *
 * @throws {LockError} If another run still holds it after `timeoutMs`.
 */
export async function acquireLock(
  connection: Connection,
  request: LockRequest,
): Promise<Keeper | undefined> {
  const deadline = performance.now() + request.timeoutMs;
  let pauseMs = FIRST_PAUSE_MS;
  while (true) {
    throwIfStopped(request.signal);
    if (await tryLock(connection, request.keys)) {
      return keep(connection, request.keys);
    }
    const holder = await findLockHolder(connection, request.keys);
    if (!await request.goOn(holder)) return undefined;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw lockTimeout(holder, request.timeoutMs);
    await sleep(
      Math.min(leftMs, pauseMs * (0.75 + Math.random() / 2)),
      request.signal,
    );
    pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
  }
}

/** Who holds the lock now, if anyone does. */
export async function findLockHolder(
  connection: Connection,
  keys: LockKeys,
): Promise<LockHolder | undefined> {
  const sql = fillIn(lockHolderSql, {
    first: String(keys.first >>> 0),
    second: String(keys.second >>> 0),
  });
  return holders(await connection.run(readingSql(sql)))[0];
}

/** Backends that are at work on a statement that starts with such a mark. */
export async function findBackends(
  connection: Connection,
  mark: string,
): Promise<readonly LockHolder[]> {
  const sql = fillIn(liveRunnersSql, { mark: quoteLiteral(mark) });
  return holders(await connection.run(readingSql(sql)));
}

/** Sessions whose open transactions have written to a tracking table. */
export async function findTableLockers(
  connection: Connection,
  { table }: TrackingNames,
): Promise<readonly LockHolder[]> {
  const sql = fillIn(tableLockersSql, { table: quoteLiteral(table) });
  return holders(await connection.run(readingSql(sql)));
}

/**
 * Ends sessions with such a mark that wait for their client in a transaction,
 * or for the rest of a message.
 */
export async function endIdleBackends(
  connection: Connection,
  mark: string,
): Promise<void> {
  await connection.run(readingSql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity " +
      "WHERE datname = current_database() AND pid <> pg_backend_pid() " +
      "AND (state LIKE 'idle in transaction%' " +
      "OR state = 'active' AND wait_event = 'ClientRead') " +
      `AND starts_with(query, ${quoteLiteral(mark)})`,
  ));
}

/**
 * Waits, with the lock held, for backends that a dead run on the same tracking
 * table has left at work.
 *
 * @throws {LockError} If one is still at work after `timeoutMs`.
 */
export async function awaitDeadRunners(
  connection: Connection,
  request: LockRequest,
): Promise<void> {
  const deadline = performance.now() + request.timeoutMs;
  const mark = runnerMark(request.keys);
  while (true) {
    const [runner] = await findBackends(connection, mark);
    if (runner === undefined) return;
    await request.goOn(runner);
    if (performance.now() > deadline) throw runnerAlive(runner);
    await sleep(RUNNER_POLL_MS, request.signal);
  }
}

function holders(answers: readonly StatementAnswer[]): readonly LockHolder[] {
  return (answers.at(-1)?.rows ?? []).map(
    ([pid, user, application, address, since]) => ({
      processId: Number(pid),
      ...(user !== undefined && { user }),
      ...(application ? { application } : {}),
      ...(address !== undefined && { address }),
      ...(since !== undefined && { since }),
    }),
  );
}

function lockTimeout(
  holder: LockHolder | undefined,
  timeoutMs: number,
): LockError {
  const who = holder === undefined
    ? "it ended just now"
    : describeHolder(holder);
  return new LockError(
    "lock_timeout",
    timeoutMs === 0
      ? `Cannot take the migration lock as another run holds it: ${who}`
      : `Cannot take the migration lock as another run has held it for ` +
        `${timeoutMs / 1000} s: ${who}`,
    {
      hint: "wait for that run to end, or wait longer with --lock-timeout; " +
        `"lockstep unlock" shows what it does, and ends it if it is stuck`,
    },
  );
}

function runnerAlive(runner: LockHolder): LockError {
  return new LockError(
    "runner_alive",
    "Cannot start as the server still works on a statement of an earlier " +
      `run: ${describeHolder(runner)}`,
    {
      hint: "wait for it to end, or end it with " +
        `"lockstep unlock --terminate --pid ${runner.processId}"`,
    },
  );
}
