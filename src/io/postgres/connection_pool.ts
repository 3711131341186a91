import { ConnectionError } from "../../errors.ts";
import type { ConnectPatience } from "./connect_attempts.ts";
import type { Connection } from "./connection.ts";
import { LentConnection } from "./lent_connection.ts";
import { orAbort } from "./time_limit.ts";

/** How many connections there are, and what they are at. */
export interface PoolCounts {
  readonly inUse: number;
  readonly idle: number;
  /** Callers that wait for one. */
  readonly waiting: number;
}

/** What a pool is made with. */
export interface PoolOptions {
  readonly open: (patience: ConnectPatience) => Promise<Connection>;
  readonly maxConnections: number;
  /** How long one that is not in use is kept; 0 closes it at once. */
  readonly idleTimeoutMs: number;
}

interface Idle {
  readonly connection: Connection;
  readonly timer: ReturnType<typeof setTimeout>;
}

const WAIT_LIMIT_MS = 30_000;
const CLEAN_LIMIT_MS = 2_000;

/** Connections that are lent, and kept for a while for the next borrower. */
export class ConnectionPool implements AsyncDisposable {
  readonly #options: PoolOptions;
  readonly #idle: Idle[] = [];
  readonly #waiting: (() => void)[] = [];
  #inUse = 0;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get counts(): PoolCounts {
    return {
      inUse: this.#inUse,
      idle: this.#idle.length,
      waiting: this.#waiting.length,
    };
  }

  /**
   * A session as a new one, whose `close()` gives it back.
   *
   * @throws {ConnectionError} If none can be had.
   */
  async lend(patience: ConnectPatience = {}): Promise<Connection> {
    await this.#awaitTurn(patience.signal);
    try {
      const connection = await this.#findIdle() ??
        await this.#options.open(patience);
      return new LentConnection(connection, () => this.#takeBack(connection));
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** Closes what is idle now, and the rest when it is given back. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const idle = this.#idle.splice(0);
    for (const { timer } of idle) clearTimeout(timer);
    await Promise.all(idle.map(({ connection }) => connection.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #awaitTurn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#isClosed) throw closedError();
    if (this.#inUse >= this.#options.maxConnections) {
      const turn = Promise.withResolvers<void>();
      this.#waiting.push(turn.resolve);
      const timer = setTimeout(
        () => turn.reject(this.#busyError()),
        WAIT_LIMIT_MS,
      );
      try {
        await (signal === undefined
          ? turn.promise
          : orAbort(turn.promise, signal));
      } catch (error) {
        this.#passOn(turn.resolve);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    }
    this.#inUse++;
  }

  /** A turn that came when nobody wanted it any more is for the next one. */
  #passOn(turn: () => void): void {
    const place = this.#waiting.indexOf(turn);
    if (place >= 0) this.#waiting.splice(place, 1);
    else this.#waiting.shift()?.();
  }

  async #findIdle(): Promise<Connection | undefined> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (await isAlive(idle.connection)) return idle.connection;
      await idle.connection.close();
    }
    return undefined;
  }

  async #takeBack(connection: Connection): Promise<void> {
    const isKept = this.#options.idleTimeoutMs > 0 && !this.#isClosed &&
      await makeClean(connection);
    if (isKept) this.#keep(connection);
    else await connection.close();
    this.#leave();
  }

  #keep(connection: Connection): void {
    const timer = setTimeout(() => {
      const place = this.#idle.findIndex((idle) => idle.timer === timer);
      if (place >= 0) this.#idle.splice(place, 1);
      connection.close();
    }, this.#options.idleTimeoutMs);
    this.#idle.push({ connection, timer });
  }

  #leave(): void {
    this.#inUse--;
    this.#waiting.shift()?.();
  }

  #busyError(): ConnectionError {
    return new ConnectionError(
      "cannot_connect",
      `Cannot get a connection as all ${this.#options.maxConnections} are in ` +
        `use for ${WAIT_LIMIT_MS / 1000} s`,
      { hint: "allow more with maxConnections, or give back what is not used" },
    );
  }
}

function closedError(): ConnectionError {
  return new ConnectionError(
    "cannot_connect",
    "Cannot get a connection as the database manager is closed",
    { hint: "make a new one" },
  );
}

/** One that was idle may have been cut without a word. */
async function isAlive(connection: Connection): Promise<boolean> {
  try {
    await connection.run("SELECT 1");
    return true;
  } catch {
    return false;
  }
}

/** One that is still at work, or mute, is not worth waiting for. */
async function makeClean(connection: Connection): Promise<boolean> {
  // DISCARD ALL refuses to share a message with anything.
  const cleaned = Promise.all([
    connection.run("ROLLBACK"),
    connection.run("DISCARD ALL"),
  ]).then(() => true, () => false);
  const limit = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => limit.resolve(false), CLEAN_LIMIT_MS);
  const isClean = await Promise.race([cleaned, limit.promise]);
  clearTimeout(timer);
  return isClean;
}
