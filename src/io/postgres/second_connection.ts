import { ConnectionError } from "../../errors.ts";
import { type Connection, describeTarget } from "./connection.ts";
import { sleep } from "./stop.ts";

/** How the second connection of a run is made. */
export interface SecondConnection {
  readonly connect: () => Promise<Connection>;
  readonly signal: AbortSignal | undefined;
}

const REFUSED_LIMIT_MS = 3_000;
const REFUSED_PAUSE_MS = 300;
const FIRST_ANSWER_LIMIT_MS = 10_000;

/**
 * Works with a second connection. A role may be allowed just one, and a pooler
 * with one connection to the server lets its clients wait for the other to go:
 * that is told, not waited for.
 *
 * @throws {ConnectionError} If there is none to be had.
 */
export async function withSecondConnection<Result>(
  second: SecondConnection,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  await using connection = await connectPatiently(second);
  let isMute = false;
  function giveUp(): void {
    isMute = true;
    connection.close();
  }
  const timer = setTimeout(giveUp, FIRST_ANSWER_LIMIT_MS);
  // Not waited for, so it costs no round trip.
  connection.run("SELECT 1").then(
    () => clearTimeout(timer),
    () => clearTimeout(timer),
  );
  try {
    return await work(connection);
  } catch (error) {
    throw isMute ? noAnswer(connection, error) : error;
  } finally {
    clearTimeout(timer);
  }
}

async function connectPatiently(
  { connect, signal }: SecondConnection,
): Promise<Connection> {
  const deadline = performance.now() + REFUSED_LIMIT_MS;
  while (true) {
    try {
      return await connect();
    } catch (error) {
      const isFull = error instanceof ConnectionError &&
        error.server?.sqlstate === "53300";
      if (!isFull) throw error;
      if (performance.now() > deadline) throw withHint(error);
    }
    await sleep(REFUSED_PAUSE_MS, signal);
  }
}

const HINT = "a run needs two connections at once: raise the limit of the " +
  "role or the pool, or end other sessions";

function withHint(error: ConnectionError): ConnectionError {
  return new ConnectionError("cannot_connect", error.message, {
    hint: HINT,
    cause: error,
    ...(error.server !== undefined && { server: error.server }),
  });
}

function noAnswer(connection: Connection, cause: unknown): ConnectionError {
  return new ConnectionError(
    "cannot_connect",
    `Cannot use a second connection to ${describeTarget(connection.target)} ` +
      `as the server did not answer on it for ` +
      `${FIRST_ANSWER_LIMIT_MS / 1000} s`,
    { hint: HINT, cause },
  );
}
