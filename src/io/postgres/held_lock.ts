import { ConnectionError, LockError } from "../../errors.ts";
import type { LockKeys } from "../../core/lock.ts";
import type { Connection, StatementAnswer } from "./connection.ts";
import { reasonOf } from "./reason_text.ts";
import { transactionSettings } from "./session.ts";

/** The lock of a run, held until `release()` or the end of its connection. */
export interface Keeper extends AsyncDisposable {
  /** Resolves with the reason when the lock is lost without `release()`. */
  readonly lost: Promise<LockError>;
  /**
   * Goes on in a new transaction, without ever letting the lock go: for when
   * something waits for the present one to end. Rejects as `Connection.run()`,
   * and the lock is lost then.
   */
  renew(): Promise<void>;
  release(): Promise<void>;
}

const BEAT_MS = 5_000;
const BEAT_LIMIT_MS = 15_000;
const RELEASE_LIMIT_MS = 2_000;

/** Begins a transaction with the lock; answers false, with none, without it. */
export async function tryLock(
  connection: Connection,
  keys: LockKeys,
): Promise<boolean> {
  const answers = await connection.run(lockSql(connection, keys));
  if (isYes(answers.at(-1))) return true;
  await connection.run("ROLLBACK");
  return false;
}

/** Keeps the lock that `tryLock()` has taken. */
export function keep(connection: Connection, keys: LockKeys): Keeper {
  let isReleased = false;
  let lose: (error: LockError) => void = () => {};
  const lost = new Promise<LockError>((resolve) => {
    lose = (error) => {
      if (!isReleased) resolve(error);
    };
  });
  connection.lost.then((error) => lose(lockLost(error)));
  const timer = setInterval(() => beat(connection, lose), BEAT_MS);
  async function renew(): Promise<void> {
    if (isReleased) return;
    try {
      await renewLock(connection, keys);
    } catch (error) {
      lose(lockLost(error));
      throw error;
    }
  }
  async function release(): Promise<void> {
    if (isReleased) return;
    isReleased = true;
    clearInterval(timer);
    // A failed ROLLBACK means that the connection is gone, and the lock too;
    // one without an answer, that closing the connection has to do.
    const released = connection.run("ROLLBACK").catch(() => {});
    await within(released, RELEASE_LIMIT_MS);
  }
  return { lost, renew, release, [Symbol.asyncDispose]: release };
}

function lockSql({ serverVersion }: Connection, keys: LockKeys): string {
  return "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; " +
    `${transactionSettings(serverVersion)}; ` +
    `SELECT pg_catalog.pg_try_advisory_xact_lock(${keys.first}, ${keys.second})`;
}

/**
 * The session holds the lock too while its transactions change. All goes in
 * one message: a pooler keeps to one connection of the server inside it, and
 * the server comes to its end also when the client has gone.
 */
async function renewLock(
  connection: Connection,
  keys: LockKeys,
): Promise<void> {
  const numbers = `${keys.first}, ${keys.second}`;
  const answers = await connection.run(
    `SELECT pg_catalog.pg_try_advisory_lock(${numbers}); COMMIT; ` +
      `${
        lockSql(connection, keys)
      }; SELECT pg_catalog.pg_advisory_unlock(${numbers})`,
  );
  if (answers.slice(-2).every(isYes)) return;
  throw new ConnectionError(
    "connection_lost",
    "The server gave the lock to another run",
  );
}

function isYes(answer: StatementAnswer | undefined): boolean {
  return answer?.rows[0]?.[0] === "t";
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
    // No SELECT: that takes a snapshot, and CREATE INDEX CONCURRENTLY waits for
    // every transaction that has one at a certain moment, to its very end.
    await connection.run("SHOW transaction_isolation");
  } catch (error) {
    lose(lockLost(error));
  } finally {
    clearTimeout(mute);
  }
}

async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, limitMs);
  await Promise.race([work, limit.promise]);
  clearTimeout(timer);
}

function lockLost(cause: unknown): LockError {
  return new LockError(
    "lock_lost",
    `Cannot go on as the connection that holds the migration lock is gone: ${
      reasonOf(cause)
    }`,
    {
      cause,
      hint: "run the same command again: what was committed is recorded",
    },
  );
}
