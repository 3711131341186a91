import { maskSecrets } from "../../core/config/mask.ts";
import type { LockKeys } from "../../core/lock.ts";
import {
  assignRoles,
  type LockSession,
  type LockSessionRow,
} from "../../core/lock_session.ts";
import { quoteIdentifier, quoteLiteral } from "../../core/sql/quote.ts";
import { LockError } from "../../errors.ts";
import { readingSql } from "./catalog_sql.ts";
import type { Connection } from "./connection.ts";
import { PostgresError } from "./postgres_error.ts";
import { parseStatementMark, runnerMark } from "./session.ts";
import endSessionSql from "./sql/end_session.sql" with { type: "text" };
import sessionsSql from "./sql/read_lock_sessions.sql" with { type: "text" };
import { fillIn } from "./tracking_sql.ts";

/** Who holds the lock, who works for that run, and what dead runs left. */
export async function readLockSessions(
  connection: Connection,
  keys: LockKeys,
): Promise<readonly LockSession[]> {
  const sql = readingSql(fillIn(sessionsSql, wordsOf(keys)));
  const answer = (await connection.run(sql)).at(-1);
  const fields = answer?.fields ?? [];
  const rows = (answer?.rows ?? []).map((row) =>
    Object.fromEntries(fields.map((field, column) => [field, row[column]]))
  );
  return assignRoles(rows.map(toRow));
}

/**
 * Ends the session if it is still the one that was seen and still has to do
 * with the lock; false when it is not.
 *
 * @throws {LockError} If the role may not end it, with the GRANT in the hint.
 */
export async function endSession(
  connection: Connection,
  keys: LockKeys,
  session: LockSession,
): Promise<boolean> {
  const { processId, connectedAt } = session;
  const sql = fillIn(endSessionSql, {
    ...wordsOf(keys),
    pid: String(processId),
    connected_at: connectedAt === undefined
      ? "NULL"
      : quoteLiteral(connectedAt),
  });
  try {
    const [answer] = await connection.run(sql);
    return answer?.rows[0]?.[0] === "t";
  } catch (error) {
    const isRefusal = error instanceof PostgresError &&
      error.fields.sqlstate === "42501";
    throw isRefusal ? notAllowed(connection, session, error) : error;
  }
}

function wordsOf(keys: LockKeys): Record<string, string> {
  return {
    first: String(keys.first >>> 0),
    second: String(keys.second >>> 0),
    mark: quoteLiteral(runnerMark(keys)),
    time_format: `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`,
  };
}

function toRow(
  row: Readonly<Record<string, string | undefined>>,
): LockSessionRow {
  const { usename, address, since, state, query } = row;
  const { connected_at, query_start, state_since, waits_for } = row;
  const isHidden = row.is_hidden === "t";
  return {
    processId: Number(row.pid),
    holdsLock: row.holds_lock === "t",
    isSuperuser: row.is_superuser === "t",
    isHidden,
    ...(usename !== undefined && { user: usename }),
    ...(row.application_name && { application: row.application_name }),
    ...(address !== undefined && { address }),
    ...(connected_at !== undefined && { connectedAt: connected_at }),
    ...(since !== undefined && { since }),
    ...(query_start !== undefined && { queryStart: query_start }),
    ...(state !== undefined && { state }),
    ...(state_since !== undefined && { stateSince: state_since }),
    ...(waits_for !== undefined && { waitsFor: waits_for }),
    ...(!isHidden && query && describeQuery(query)),
  };
}

type QueryFacts = Pick<LockSession, "query" | "runId" | "version">;

function describeQuery(query: string): QueryFacts {
  const mark = parseStatementMark(query);
  const text = (mark?.statement ?? query).trimStart();
  const [line = ""] = text.split(/\r?\n/, 1);
  return {
    query: maskSecrets(line.replace(PASSWORD, "$1***")),
    ...(mark !== undefined && { runId: mark.runId, version: mark.version }),
  };
}

/** As in `ALTER ROLE app PASSWORD 'secret'`. */
const PASSWORD = /(\bPASSWORD\s+)E?'(?:[^']|'')*'?/gi;

function notAllowed(
  { target }: Connection,
  session: LockSession,
  cause: PostgresError,
): LockError {
  const { processId, user, isSuperuser } = session;
  return new LockError(
    "termination_refused",
    `Cannot end pid ${processId} as the role "${target.user}" may not: ` +
      cause.fields.message,
    {
      hint: isSuperuser
        ? `"${user}" is a superuser: have one run ` +
          `SELECT pg_terminate_backend(${processId})`
        : "have an administrator run: GRANT pg_signal_backend TO " +
          quoteIdentifier(target.user),
      server: cause.fields,
      cause,
    },
  );
}
