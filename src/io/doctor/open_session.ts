import type { PoolerMode } from "../../core/doctor/judge_session.ts";
import type { HistoryRow } from "../../core/history_row.ts";
import { ConnectionError } from "../../errors.ts";
import type { Connection } from "../postgres/connection.ts";
import { PostgresError } from "../postgres/postgres_error.ts";
import type { Target } from "../postgres/target.ts";
import type { Session } from "./examination.ts";
import sessionSql from "./sql/read_session.sql" with { type: "text" };

/** A connection and what is known of it. */
export interface OpenSession extends AsyncDisposable {
  readonly connection: Connection;
  readonly session: Session;
}

/** Logs in and takes the first look, with a watch in the hand. */
export async function openSession(target: Target): Promise<OpenSession> {
  const start = performance.now();
  const connection = await target.connect();
  const loginMs = performance.now() - start;
  try {
    const session = await readSession(connection, target, loginMs);
    return {
      connection,
      session,
      [Symbol.asyncDispose]: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** The rows of the last answer, by the names of their columns. */
export async function askRows(
  connection: Connection,
  sql: string,
): Promise<readonly HistoryRow[]> {
  const answer = (await connection.run(sql)).at(-1);
  const fields = answer?.fields ?? [];
  return (answer?.rows ?? []).map((row) =>
    Object.fromEntries(fields.map((field, column) => [field, row[column]]))
  );
}

async function readSession(
  connection: Connection,
  target: Target,
  loginMs: number,
): Promise<Session> {
  const asked = { clock: Date.now(), at: performance.now() };
  const [row = {}] = await askRows(connection, sessionSql);
  const roundTripMs = performance.now() - asked.at;
  return {
    loginMs,
    roundTripMs,
    clockAheadMs: Number(row.clock_ms) - (asked.clock + roundTripMs / 2),
    pooler: await findPooler(connection, target, row.pid ?? ""),
    row,
  };
}

/**
 * Behind a pooler, the process that the connection names is not the server's.
 * Its mode is found with a second client: while that one is in a transaction,
 * the first one keeps its own connection to the server in session mode only.
 */
async function findPooler(
  connection: Connection,
  target: Target,
  pid: string,
): Promise<PoolerMode> {
  if (Number(pid) === connection.processId) return "none";
  try {
    await using second = await target.connect();
    const timer = setTimeout(() => second.close(), SECOND_LIMIT_MS);
    try {
      await second.run("BEGIN");
      const [other] = await askRows(second, PID);
      if (other?.pid === pid) return "transaction";
      const [own] = await askRows(connection, PID);
      return own?.pid === pid ? "session" : "transaction";
    } finally {
      clearTimeout(timer);
    }
  } catch (error) {
    return modeAfter(error);
  }
}

const PID = "SELECT pg_backend_pid() AS pid";
const SECOND_LIMIT_MS = 3_000;

function modeAfter(error: unknown): PoolerMode {
  const isKnown = error instanceof PostgresError ||
    error instanceof ConnectionError;
  if (!isKnown) throw error;
  if (/statement pooling/.test(error.message)) return "statement";
  // A full pool lets a second client wait in session mode.
  return "session";
}
