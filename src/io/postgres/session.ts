import type { MigrationDirectives } from "../../core/directives.ts";
import type { LockKeys } from "../../core/lock.ts";
import { differs, OPERATOR } from "./catalog_sql.ts";

/**
 * The settings of each of our transactions. SET LOCAL, since a plain SET would
 * stay with the server connection behind a transaction pooler. A timeout of
 * the server must not end a healthy run, and the server must notice a dead
 * client while a long statement runs (documented since PostgreSQL 14; only
 * Linux servers can).
 */
export function transactionSettings(serverVersion: number): string {
  const settings = [
    "SET LOCAL idle_in_transaction_session_timeout = 0",
    "SELECT pg_catalog.set_config('client_connection_check_interval', '2s', " +
    `true) WHERE pg_catalog.version() ${OPERATOR.like} '%linux%'`,
  ];
  if (serverVersion >= 170000) {
    settings.push("SET LOCAL transaction_timeout = 0");
  }
  return settings.join("; ");
}

/** BEGIN with the modes that a script asks for, and our settings. */
export function beginSql(serverVersion: number, modes: string): string {
  return `BEGIN ${modes}; ${transactionSettings(serverVersion)}`;
}

/** Leaves a mark, behind BEGIN, that goes with the transaction. */
export const MARK_BEGUN =
  "SELECT pg_catalog.set_config('lockstep.begun', 'yes', true)";

/**
 * Ends the session if that mark is not there. For statements that are on their
 * way already, a BEGIN that failed would be no reason not to run, each on its
 * own: as when a request to cancel, or a timeout, met it.
 */
export const REQUIRE_BEGUN =
  "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid()) " +
  `WHERE ${
    differs("pg_catalog.current_setting('lockstep.begun', true)", "'yes'")
  }`;

/** How long statements may wait and run, where no directive says otherwise. */
export interface StatementLimits {
  /** How long one in a transaction waits for a lock; 0 without end. */
  readonly lockTimeoutMs: number;
  /** How long any may run; absent for what the server says. */
  readonly statementTimeoutMs?: number | undefined;
}

/**
 * How long a record may wait for a lock: for a row that another session has
 * claimed, or for a tracking table that one has locked.
 */
export const RECORD_LOCK_TIMEOUT = "SET LOCAL lock_timeout = 5000";

/** What limits the statements of a script until the end of a transaction. */
export function limitSettings(
  limits: StatementLimits,
  directives: MigrationDirectives,
): readonly string[] {
  const lockTimeout = directives.lockTimeoutMs ?? limits.lockTimeoutMs;
  const timeout = statementTimeout(limits, directives);
  return [
    `SET LOCAL lock_timeout = ${lockTimeout}`,
    ...(timeout === undefined
      ? []
      : [`SET LOCAL statement_timeout = ${timeout}`]),
  ];
}

/** How long a statement of a script may run, if anything of ours says so. */
export function statementTimeout(
  limits: StatementLimits,
  directives: MigrationDirectives,
): number | undefined {
  return directives.statementTimeoutMs ?? limits.statementTimeoutMs;
}

/**
 * The parts of DISCARD ALL that can run inside a transaction; DISCARD ALL
 * itself cannot. What a migration sets never reaches the next one, nor another
 * client of a pooler.
 */
export const CLEAN_SESSION = [
  "CLOSE ALL",
  "RESET ROLE",
  "SET SESSION AUTHORIZATION DEFAULT",
  "RESET ALL",
  "DEALLOCATE ALL",
  "UNLISTEN *",
  "SELECT pg_catalog.pg_advisory_unlock_all()",
  "DISCARD PLANS",
  "DISCARD TEMP",
  "DISCARD SEQUENCES",
].join("; ");

/**
 * Our own role, time and name resolution until the end of the transaction, for
 * records that are written while the script's session must go on: SET LOCAL
 * gives way to the script's own SET at COMMIT. The default search_path, as
 * triggers on the tracking tables may rely on it.
 */
export const OWN_SESSION = [
  "SET LOCAL SESSION AUTHORIZATION DEFAULT",
  "SET LOCAL ROLE NONE",
  "SET LOCAL search_path TO DEFAULT",
  "SET LOCAL statement_timeout = 0",
].join("; ");

/** The same as one query, for where there is no transaction block. */
export const OWN_SESSION_QUERY = "SELECT " +
  "pg_catalog.set_config('session_authorization', " +
  "(SELECT usename::pg_catalog.text FROM pg_catalog.pg_stat_activity " +
  `WHERE pid ${OPERATOR.equals} pg_catalog.pg_backend_pid()), true), ` +
  "pg_catalog.set_config('role', 'none', true), " +
  "pg_catalog.set_config('search_path', (SELECT reset_val " +
  `FROM pg_catalog.pg_settings WHERE name ${OPERATOR.equals} ` +
  "'search_path'), true), " +
  "pg_catalog.set_config('statement_timeout', '0', true)";

/**
 * The comment that each statement of a run starts with. It tells a later run,
 * which reads pg_stat_activity, that a dead runner's backend is still at work.
 */
export function statementMark(
  lock: LockKeys,
  { runId, version }: { readonly runId: string; readonly version: string },
): string {
  return `${runMark(lock, runId)}${version} */ `;
}

/** A statement that starts with such a comment, taken apart. */
export interface MarkedStatement {
  readonly runId: string;
  readonly version: string;
  readonly statement: string;
}

/** What that comment says, where a statement starts with one. */
export function parseStatementMark(query: string): MarkedStatement | undefined {
  const [mark, runId, version] =
    /^\/\* lockstep -?\d+ -?\d+ (\S+) (.*?) \*\/ /.exec(query) ?? [];
  if (mark === undefined || runId === undefined || version === undefined) {
    return undefined;
  }
  return { runId, version, statement: query.slice(mark.length) };
}

/** The start of that comment for all statements of a run. */
export function runMark(lock: LockKeys, runId: string): string {
  return `${runnerMark(lock)}${runId} `;
}

/** The start of that comment for every run on the same tracking table. */
export function runnerMark(lock: LockKeys): string {
  return `/* lockstep ${lock.first} ${lock.second} `;
}
