import { ConnectionError, LockError } from "../../errors.ts";
import {
  describeHolder,
  type LockHolder,
  type LockKeys,
} from "../../core/lock.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import type { Connection, StatementAnswer } from "./connection.ts";
import { runnerMark, transactionSettings } from "./session.ts";
import liveRunnersSql from "./sql/read_live_runners.sql" with { type: "text" };
import lockHolderSql from "./sql/read_lock_holder.sql" with { type: "text" };
import tableLockersSql from "./sql/read_table_lockers.sql" with {
  type: "text",
};
import { sleep, throwIfStopped } from "./stop.ts";
import { fillIn, type TrackingNames } from "./tracking_sql.ts";

/** The lock of a run, held until `release()` or the end of its connection. */
export interface Keeper extends AsyncDisposable {
  /** Resolves with the reason when the lock is lost without `release()`. */
  readonly lost: Promise<LockError>;
  release(): Promise<void>;
}

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

const BEAT_MS = 5_000;
const BEAT_LIMIT_MS = 15_000;
const RELEASE_LIMIT_MS = 2_000;
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
    if (await tryLock(connection, request.keys)) return keep(connection);
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
  return holders(await connection.run(sql))[0];
}

/** Backends that are at work on a statement that starts with such a mark. */
export async function findBackends(
  connection: Connection,
  mark: string,
): Promise<readonly LockHolder[]> {
  const sql = fillIn(liveRunnersSql, { mark: quoteLiteral(mark) });
  return holders(await connection.run(sql));
}

/** Sessions whose open transactions have written to a tracking table. */
export async function findTableLockers(
  connection: Connection,
  { table }: TrackingNames,
): Promise<readonly LockHolder[]> {
  const sql = fillIn(tableLockersSql, { table: quoteLiteral(table) });
  return holders(await connection.run(sql));
}

/** Ends sessions with such a mark that wait in a transaction. */
export async function endIdleBackends(
  connection: Connection,
  mark: string,
): Promise<void> {
  await connection.run(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity " +
      "WHERE datname = current_database() AND pid <> pg_backend_pid() " +
      "AND state LIKE 'idle in transaction%' " +
      `AND starts_with(query, ${quoteLiteral(mark)})`,
  );
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

async function tryLock(
  connection: Connection,
  keys: LockKeys,
): Promise<boolean> {
  const answers = await connection.run(
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; " +
      `${transactionSettings(connection.serverVersion)}; ` +
      `SELECT pg_try_advisory_xact_lock(${keys.first}, ${keys.second})`,
  );
  if (answers.at(-1)?.rows[0]?.[0] === "t") return true;
  await connection.run("ROLLBACK");
  return false;
}

function keep(connection: Connection): Keeper {
  let isReleased = false;
  let lose: (error: LockError) => void = () => {};
  const lost = new Promise<LockError>((resolve) => {
    lose = (error) => {
      if (!isReleased) resolve(error);
    };
  });
  connection.lost.then((error) => lose(lockLost(error)));
  const timer = setInterval(() => beat(connection, lose), BEAT_MS);
  async function release(): Promise<void> {
    if (isReleased) return;
    isReleased = true;
    clearInterval(timer);
    // A failed ROLLBACK means that the connection is gone, and the lock too;
    // one without an answer, that closing the connection has to do.
    const released = connection.run("ROLLBACK").catch(() => {});
    await within(released, RELEASE_LIMIT_MS);
  }
  return { lost, release, [Symbol.asyncDispose]: release };
}

async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, limitMs);
  await Promise.race([work, limit.promise]);
  clearTimeout(timer);
}

async function beat(
  connection: Connection,
  lose: (error: LockError) => void,
): Promise<void> {
  const mute = setTimeout(
    () =>
      lose(lockLost(
        new ConnectionError(
          "connection_lost",
          `The server did not answer for ${BEAT_LIMIT_MS / 1000} s`,
        ),
      )),
    BEAT_LIMIT_MS,
  );
  try {
    await connection.run("SELECT 1");
  } catch (error) {
    lose(lockLost(error));
  } finally {
    clearTimeout(mute);
  }
}

function holders(answers: readonly StatementAnswer[]): readonly LockHolder[] {
  return (answers[0]?.rows ?? []).map(
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
        `if it is stuck, end it with SELECT pg_terminate_backend(${
          holder?.processId ?? "pid"
        })`,
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
        `SELECT pg_terminate_backend(${runner.processId})`,
    },
  );
}

function lockLost(cause: unknown): LockError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new LockError(
    "lock_lost",
    `Cannot go on as the connection that holds the migration lock is gone: ${why}`,
    {
      cause,
      hint: "run the same command again: what was committed is recorded",
    },
  );
}
