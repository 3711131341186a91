import type { Progress } from "../../core/history.ts";
import type { LockKeys } from "../../core/lock.ts";
import type { Step } from "../../core/plan/plan.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import { fillIn, type TrackingNames } from "./tracking_sql.ts";

/** Who writes the records of a run. */
export interface Recorder {
  readonly names: TrackingNames;
  readonly lock: LockKeys;
  /** A UUID. */
  readonly runId: string;
  /** The operating system's user and host name, such as `deploy@app-1`. */
  readonly client: string;
  readonly toolVersion: string;
}

/** A down script that is kept with the row. */
export interface KeptScript {
  readonly path: string;
  readonly checksum: string;
  readonly bytes: Uint8Array;
}

/** What a finished step leaves in the tables. */
export interface Finish {
  /** Statements sent in all attempts of the step. */
  readonly statements: number;
  readonly reason?: string;
  /** Absent in a rollback, and when there is no script to keep. */
  readonly kept?: KeptScript;
}

/** What a failed attempt leaves in the tables. */
export interface Failure {
  readonly remains: "nothing" | "part";
  readonly error: string;
  readonly sqlstate?: string;
  readonly statements: number;
  readonly durationMs: number;
  readonly reason?: string;
}

/**
 * Claims the step's version for this run, in the caller's transaction. It
 * fails with SQLSTATE 22P02 when the version is not in the state that the step
 * starts from, and waits for another runner that has claimed it.
 */
export function claimSql(recorder: Recorder, step: Step): string {
  const claim = step.direction === "migrate" && step.resume === undefined
    ? claimInsert(recorder, step)
    : claimUpdate(recorder, step);
  return requireRow(claim);
}

/** Records how far a step is that runs in several transactions. */
export function progressSql(
  recorder: Recorder,
  step: Step,
  progress: Omit<Progress, "isInDoubt">,
): string {
  const started = progress.statementStarted;
  return requireRow(
    `UPDATE ${recorder.names.table} SET success = FALSE, ` +
      `statements_done = ${progress.statementsDone}, ` +
      `statements_fingerprint = ${quoteLiteral(progress.fingerprint)}, ` +
      `statement_started = ${started === undefined ? "NULL" : started}, ` +
      `updated_at = clock_timestamp() ${ownRow(recorder, step)} RETURNING 1`,
  );
}

/** Records, in the step's last transaction, that it is done. */
export function finishSql(
  recorder: Recorder,
  step: Step,
  finish: Finish,
): string {
  const isMigrate = step.direction === "migrate";
  const change = isMigrate
    ? `applied_at = clock_timestamp(), execution_time_ms = ` +
      `least(round(extract(epoch FROM clock_timestamp() - started_at) * 1000)` +
      `, 2147483647)::integer, statements_done = ${finish.statements}`
    : `rolled_back_at = clock_timestamp(), rollback_reason = ` +
      `${textOrNull(finish.reason)}, statements_done = 0`;
  return [
    requireRow(
      `UPDATE ${recorder.names.table} SET success = TRUE, ${change}, ` +
        `direction = NULL, statements_fingerprint = NULL, ` +
        `statement_started = NULL, error = NULL, error_sqlstate = NULL, ` +
        `updated_at = clock_timestamp() ${ownRow(recorder, step)} RETURNING 1`,
    ),
    ...(isMigrate ? [keepScriptSql(recorder, step, finish.kept)] : []),
    logSql(recorder, step, {
      outcome: isMigrate ? "applied" : "rolled_back",
      startedAt: `(SELECT started_at FROM ${recorder.names.table} ` +
        `WHERE version = ${quoteLiteral(step.version)})`,
      statements: finish.statements,
      reason: finish.reason,
    }),
  ].join(";\n");
}

/** Records a failed attempt, in a transaction of its own. */
export function failureSql(
  recorder: Recorder,
  step: Step,
  failure: Failure,
): string {
  const log = logSql(recorder, step, {
    outcome: failure.remains === "part" ? "partial" : "failed",
    startedAt: `clock_timestamp() - ` +
      `${Math.round(failure.durationMs)} * interval '1 millisecond'`,
    statements: failure.statements,
    reason: failure.reason,
    error: failure.error,
    sqlstate: failure.sqlstate,
  });
  const state = failedState(recorder, step, failure);
  return state === undefined ? log : `${state};\n${log}`;
}

/** The expression that a log row's hash is, over the row `l`. */
export const ROW_HASH = "encode(sha256(convert_to(jsonb_build_array(" +
  "l.previous_hash, l.run_id, l.version, l.name, l.direction, l.outcome, " +
  "extract(epoch FROM l.started_at), extract(epoch FROM l.finished_at), " +
  "l.statements, l.checksum, l.file_path, l.reason, l.error, " +
  "l.error_sqlstate, l.database_user, l.client_address, l.client, " +
  "l.tool_version)::text, 'UTF8')), 'hex')";

/** A path that fits the column: the end of a long one is what tells it. */
export function storedPath(path: string): string {
  const points = [...path];
  return points.length <= 500 ? path : points.slice(-500).join("");
}

function claimInsert(recorder: Recorder, step: Step): string {
  const values = [
    quoteLiteral(step.version),
    quoteLiteral(step.name),
    "clock_timestamp()",
    quoteLiteral(step.checksum),
    "FALSE",
    "'up'",
    quoteLiteral(storedPath(step.filePath)),
    dependencyArray(step),
    `${quoteLiteral(recorder.runId)}::uuid`,
    "clock_timestamp()",
    "'migrate'",
  ];
  return `INSERT INTO ${recorder.names.table} AS t (version, name, ` +
    `applied_at, checksum, success, migration_type, file_path, ` +
    `dependencies, run_id, started_at, direction) ` +
    `VALUES (${values.join(", ")}) ` +
    `ON CONFLICT (version) DO UPDATE SET name = excluded.name, ` +
    `applied_at = excluded.applied_at, checksum = excluded.checksum, ` +
    `success = FALSE, execution_time_ms = NULL, rolled_back_at = NULL, ` +
    `rollback_reason = NULL, file_path = excluded.file_path, ` +
    `dependencies = excluded.dependencies, run_id = excluded.run_id, ` +
    `started_at = excluded.started_at, direction = 'migrate', ` +
    `statements_done = 0, statements_fingerprint = NULL, ` +
    `statement_started = NULL, error = NULL, error_sqlstate = NULL, ` +
    `updated_at = clock_timestamp() ` +
    `WHERE NOT (t.success AND t.rolled_back_at IS NULL) RETURNING 1`;
}

function claimUpdate(recorder: Recorder, step: Step): string {
  const from = step.resume === undefined
    ? "success AND rolled_back_at IS NULL"
    : `NOT success AND statements_done = ${step.resume.statementsDone}`;
  const started = step.resume === undefined
    ? ", statements_done = 0, statements_fingerprint = NULL, " +
      "statement_started = NULL"
    : "";
  return `UPDATE ${recorder.names.table} SET ` +
    `run_id = ${quoteLiteral(recorder.runId)}::uuid, ` +
    `direction = ${quoteLiteral(step.direction)}, ` +
    `checksum = ${quoteLiteral(step.checksum)}, ` +
    `success = FALSE, started_at = clock_timestamp()${started}, ` +
    `error = NULL, error_sqlstate = NULL, ` +
    `updated_at = clock_timestamp() ` +
    `WHERE version = ${quoteLiteral(step.version)} AND ${from} RETURNING 1`;
}

/**
 * Wraps a statement that returns a row a change so that no change is an error.
 * The text that is cast depends on the count, or the planner would raise the
 * error itself; so no PL/pgSQL is needed, which a database may lack.
 */
function requireRow(change: string): string {
  return `WITH change AS (${change}) SELECT CASE count(*) WHEN 0 THEN ` +
    `('no such row: ' || count(*))::integer END FROM change`;
}

function ownRow(recorder: Recorder, step: Step): string {
  return `WHERE version = ${quoteLiteral(step.version)} ` +
    `AND run_id = ${quoteLiteral(recorder.runId)}::uuid`;
}

function keepScriptSql(
  recorder: Recorder,
  step: Step,
  kept: KeptScript | undefined,
): string {
  const version = quoteLiteral(step.version);
  if (kept === undefined) {
    return `DELETE FROM ${recorder.names.rollbacks} WHERE version = ${version}`;
  }
  const script = Buffer.from(kept.bytes).toString("base64");
  return `INSERT INTO ${recorder.names.rollbacks} ` +
    `(version, file_path, checksum, script) VALUES (${version}, ` +
    `${quoteLiteral(storedPath(kept.path))}, ${quoteLiteral(kept.checksum)}, ` +
    `decode('${script}', 'base64')) ` +
    `ON CONFLICT (version) DO UPDATE SET file_path = excluded.file_path, ` +
    `checksum = excluded.checksum, script = excluded.script, ` +
    `saved_at = clock_timestamp()`;
}

interface LogRow {
  readonly outcome: string;
  /** An SQL expression. */
  readonly startedAt: string;
  readonly statements: number;
  readonly reason?: string | undefined;
  readonly error?: string | undefined;
  readonly sqlstate?: string | undefined;
}

function logSql(recorder: Recorder, step: Step, row: LogRow): string {
  const columns: Record<string, string> = {
    previous_hash: `(SELECT hash FROM ${recorder.names.log} ` +
      `ORDER BY id DESC LIMIT 1)`,
    run_id: `${quoteLiteral(recorder.runId)}::uuid`,
    version: quoteLiteral(step.version),
    name: quoteLiteral(step.name),
    direction: quoteLiteral(step.direction),
    outcome: quoteLiteral(row.outcome),
    started_at: row.startedAt,
    finished_at: "clock_timestamp()",
    statements: String(row.statements),
    checksum: quoteLiteral(step.checksum),
    file_path: quoteLiteral(storedPath(step.filePath)),
    reason: textOrNull(row.reason),
    error: textOrNull(row.error),
    error_sqlstate: textOrNull(row.sqlstate),
    database_user: "session_user::text",
    client_address: "host(inet_client_addr())",
    client: quoteLiteral(recorder.client),
    tool_version: quoteLiteral(recorder.toolVersion),
  };
  const names = Object.keys(columns).join(", ");
  const values = Object.entries(columns)
    .map(([name, value]) => `${value} AS ${name}`).join(", ");
  return fillIn(
    "SELECT pg_advisory_xact_lock({keys});\n" +
      "INSERT INTO {log} ({columns}, hash) SELECT {columns}, {hash} " +
      "FROM (SELECT {values}) l",
    {
      // Two rows that followed the same row would break the chain, and a run
      // that has lost its lock may still record its failure.
      keys: `${recorder.lock.first}, ${recorder.lock.second ^ 1}`,
      log: recorder.names.log,
      columns: names,
      hash: ROW_HASH,
      values,
    },
  );
}

function failedState(
  recorder: Recorder,
  step: Step,
  failure: Failure,
): string | undefined {
  const error = `error = ${quoteLiteral(failure.error)}, ` +
    `error_sqlstate = ${textOrNull(failure.sqlstate)}`;
  if (failure.remains === "part") {
    return `UPDATE ${recorder.names.table} SET ${error}, ` +
      `updated_at = clock_timestamp() ${
        ownRow(recorder, step)
      } AND NOT success`;
  }
  if (step.direction === "rollback" || step.resume !== undefined) {
    return undefined;
  }
  const claim = claimInsert(recorder, step);
  return `WITH failed AS (${claim}) SELECT count(*) FROM failed;\n` +
    `UPDATE ${recorder.names.table} SET ${error} ` +
    `${ownRow(recorder, step)} AND NOT success`;
}

function dependencyArray(step: Step): string {
  const versions = step.dependencies.map((version) => quoteLiteral(version));
  return `ARRAY[${versions.join(", ")}]::text[]`;
}

function textOrNull(text: string | undefined): string {
  return text === undefined ? "NULL" : quoteLiteral(text);
}
