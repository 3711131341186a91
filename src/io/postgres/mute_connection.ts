import { quoteLiteral } from "../../core/sql/quote.ts";
import type { Connection } from "./connection.ts";
import type { Keeper } from "./held_lock.ts";
import muteConnectionSql from "./sql/read_mute_connection.sql" with {
  type: "text",
};
import { fillIn } from "./tracking_sql.ts";
import { readAside } from "./watch.ts";

/** Looks after a connection until it is disposed of. */
export interface ConnectionWatch extends Disposable {
  /** From now on it looks after this connection. */
  follow(connection: Connection): Connection;
}

type Answer = Readonly<Record<string, string | undefined>> | undefined;
type Ask = (sql: string) => Promise<Answer>;

const LOOK_MS = 5_000;
const MUTE_LIMIT_MS = 60_000;
/** Longer than what is cancelled then is waited for. */
const LOST_LIMIT_MS = 20_000;

/** Who holds the lock of a run. */
export interface WatchingKeeper {
  readonly connection: Connection;
  readonly keeper: Pick<Keeper, "lost" | "renew">;
  /** What the statements of the run start with. */
  readonly mark: string;
}

/**
 * Gives the worker's connection up when an answer is awaited, nothing has
 * moved for a minute, and the server, asked by the keeper of the lock, has
 * waited for the worker just as long: what one has sent does not reach the
 * other, and where the network drops it silently both would wait for ever.
 * Without a keeper the worker has to end soon in any case.
 */
export function watchWorker(
  worker: Connection,
  { connection, keeper, mark }: WatchingKeeper,
): ConnectionWatch {
  async function ask(sql: string): Promise<Answer> {
    const [rows] = await readAside(connection, sql);
    // What has looked is something that a concurrent index build waits for.
    await keeper.renew();
    return rows?.[0];
  }
  const text = quoteLiteral(mark);
  const watch = watchSilence(
    worker,
    (connection) => waitsForUs(ask, connection, text),
  );
  let limit: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  keeper.lost.then(() => {
    if (!isOver) limit = setTimeout(watch.giveUp, LOST_LIMIT_MS);
  });
  return {
    follow: watch.follow,
    [Symbol.dispose]() {
      isOver = true;
      clearTimeout(limit);
      watch[Symbol.dispose]();
    },
  };
}

/** The same for a run's only connection: a new one is made to ask. */
export function watchReader(
  reader: Connection,
  connect: () => Promise<Connection>,
): ConnectionWatch {
  async function ask(sql: string): Promise<Answer> {
    await using asker = await connect();
    const [answer] = await asker.run(sql);
    return { is_mute: answer?.rows[0]?.[0] };
  }
  return watchSilence(
    reader,
    (connection) => waitsForUs(ask, connection, "NULL"),
  );
}

interface SilenceWatch extends ConnectionWatch {
  giveUp(): void;
}

function watchSilence(
  connection: Connection,
  isMute: (connection: Connection) => Promise<boolean>,
): SilenceWatch {
  let followed = new Stillness(connection);
  let askAgainAt = 0;
  async function look(): Promise<void> {
    const asked = followed;
    const now = performance.now();
    if (asked.lastsMs() < MUTE_LIMIT_MS || now < askAgainAt) return;
    askAgainAt = Infinity;
    // The loss of the connection that asks is found out elsewhere.
    const isSo = await isMute(asked.connection).catch(() => false);
    askAgainAt = performance.now() + MUTE_LIMIT_MS;
    if (!isSo || asked.lastsMs() < MUTE_LIMIT_MS) return;
    asked.connection.abandon(new Error(SILENCE));
  }
  const timer = setInterval(look, LOOK_MS);
  return {
    follow(next) {
      followed = new Stillness(next);
      return next;
    },
    giveUp() {
      followed.connection.abandon(new Error("the migration lock is lost"));
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

const SILENCE = `nothing has come through for ${MUTE_LIMIT_MS / 1000} s, and ` +
  "the server waits as well";

/** For how long an answer is awaited while nothing moves. */
class Stillness {
  readonly connection: Connection;
  #bytes = 0;
  #since = performance.now();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  lastsMs(): number {
    const { isAwaited, bytes } = this.connection.traffic;
    const now = performance.now();
    if (!isAwaited || bytes !== this.#bytes) this.#since = now;
    this.#bytes = bytes;
    return now - this.#since;
  }
}

async function waitsForUs(
  ask: Ask,
  { processId }: Connection,
  mark: string,
): Promise<boolean> {
  const answer = await ask(fillIn(muteConnectionSql, {
    pid: String(processId),
    mark,
    seconds: String(MUTE_LIMIT_MS / 1000),
  }));
  return answer?.is_mute === "t";
}
