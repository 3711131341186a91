import type { Progress } from "../../core/history.ts";
import type { MigrationDirectives } from "../../core/directives.ts";
import type { LockKeys } from "../../core/lock.ts";
import type { LogDirection } from "../../core/log_entry.ts";
import type { Step } from "../../core/plan/plan.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import { OPERATOR } from "./catalog_sql.ts";
import {
  allowRow,
  claimInsert,
  NOW,
  ofVersion,
  ownRow,
  requireRow,
  runId,
  storedPath,
} from "./claim_sql.ts";
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
  /** What its header asks for. */
  readonly directives: MigrationDirectives;
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
      `updated_at = ${NOW} ${openRow(recorder, step)}`,
    "NOT success",
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
    ? `applied_at = ${NOW}, execution_time_ms = ` +
      `least(pg_catalog.round(extract(epoch FROM ` +
      `${NOW} ${OPERATOR.minus} started_at) ${OPERATOR.times} 1000)` +
      `, 2147483647)::integer, statements_done = ${finish.statements}`
    : `rolled_back_at = ${NOW}, rollback_reason = ` +
      `${textOrNull(finish.reason)}, statements_done = 0`;
  return [
    requireRow(
      `UPDATE ${recorder.names.table} SET success = TRUE, ${change}, ` +
        `direction = NULL, statements_fingerprint = NULL, ` +
        `statement_started = NULL, error = NULL, error_sqlstate = NULL, ` +
        `updated_at = ${NOW} ${openRow(recorder, step)}`,
      `success AND rolled_back_at IS ${isMigrate ? "" : "NOT "}NULL`,
    ),
    ...(isMigrate ? [keepScriptSql(recorder, step, finish.kept)] : []),
    logSql(recorder, step, {
      outcome: isMigrate ? "applied" : "rolled_back",
      startedAt: `(SELECT started_at FROM ${recorder.names.table} ` +
        `WHERE ${ofVersion(step)})`,
      statements: finish.statements,
      reason: finish.reason,
    }),
  ].join(";\n");
}

/**
 * The row of a step that goes on: what comes late of a message whose connection
 * broke finds that the run has recorded the end of the step.
 */
function openRow(recorder: Recorder, step: Step): string {
  return `${ownRow(recorder, step)} AND error IS NULL`;
}

/** Records a failed attempt, in a transaction of its own. */
export function failureSql(
  recorder: Recorder,
  step: Step,
  failure: Failure,
): string {
  const log = logSql(recorder, step, {
    outcome: failure.remains === "part" ? "partial" : "failed",
    startedAt: `${NOW} ${OPERATOR.minus} ` +
      `interval '${Math.round(failure.durationMs)} milliseconds'`,
    statements: failure.statements,
    reason: failure.reason,
    error: failure.error,
    sqlstate: failure.sqlstate,
  });
  const state = failedState(recorder, step, failure);
  return state === undefined ? log : `${state};\n${log}`;
}

/** The expression that a log row's hash is, over the row `l`. */
export const ROW_HASH = "pg_catalog.encode(pg_catalog.sha256(" +
  "pg_catalog.convert_to(pg_catalog.jsonb_build_array(" +
  "l.previous_hash, l.run_id, l.version, l.name, l.direction, l.outcome, " +
  "extract(epoch FROM l.started_at), extract(epoch FROM l.finished_at), " +
  "l.statements, l.checksum, l.file_path, l.reason, l.error, " +
  "l.error_sqlstate, l.database_user, l.client_address, l.client, " +
  "l.tool_version, l.old_row)::pg_catalog.text, 'UTF8')), 'hex')";

/** Keeps a down script with the row of a version, or removes the one there. */
export function keepScriptSql(
  recorder: Recorder,
  step: Pick<Step, "version">,
  kept: KeptScript | undefined,
): string {
  const version = quoteLiteral(step.version);
  if (kept === undefined) {
    return `DELETE FROM ${recorder.names.rollbacks} WHERE ${ofVersion(step)}`;
  }
  const script = Buffer.from(kept.bytes).toString("base64");
  return `INSERT INTO ${recorder.names.rollbacks} ` +
    `(version, file_path, checksum, script, directives) VALUES (${version}, ` +
    `${quoteLiteral(storedPath(kept.path))}, ${quoteLiteral(kept.checksum)}, ` +
    `pg_catalog.decode('${script}', 'base64'), ` +
    `${quoteLiteral(JSON.stringify(kept.directives))}) ` +
    `ON CONFLICT (version) DO UPDATE SET file_path = excluded.file_path, ` +
    `checksum = excluded.checksum, script = excluded.script, ` +
    `directives = excluded.directives, ` +
    `saved_at = ${NOW}`;
}

/** What a row of the log is about. */
export interface LogSubject
  extends Pick<Step, "version" | "name" | "checksum" | "filePath"> {
  readonly direction: LogDirection;
}

/** What a row of the log tells of it. */
export interface LogRow {
  readonly outcome: string;
  /** An SQL expression. */
  readonly startedAt: string;
  readonly statements: number;
  readonly reason?: string | undefined;
  readonly error?: string | undefined;
  readonly sqlstate?: string | undefined;
  /** The row of the tracking table before a repair, as JSON. */
  readonly oldRow?: string | undefined;
}

/** Adds a row to the log, chained to the last one. */
export function logSql(
  recorder: Recorder,
  step: LogSubject,
  row: LogRow,
): string {
  const columns: Record<string, string> = {
    previous_hash: `(SELECT hash FROM ${recorder.names.log} ` +
      `ORDER BY id DESC LIMIT 1)`,
    run_id: runId(recorder),
    version: quoteLiteral(step.version),
    name: quoteLiteral(step.name),
    direction: quoteLiteral(step.direction),
    outcome: quoteLiteral(row.outcome),
    started_at: row.startedAt,
    finished_at: NOW,
    statements: String(row.statements),
    checksum: quoteLiteral(step.checksum),
    file_path: quoteLiteral(storedPath(step.filePath)),
    reason: textOrNull(row.reason),
    error: textOrNull(row.error),
    error_sqlstate: textOrNull(row.sqlstate),
    database_user: "session_user::pg_catalog.text",
    client_address: "pg_catalog.host(pg_catalog.inet_client_addr())",
    client: quoteLiteral(recorder.client),
    tool_version: quoteLiteral(recorder.toolVersion),
    old_row: `${textOrNull(row.oldRow)}::pg_catalog.jsonb`,
  };
  const names = Object.keys(columns).join(", ");
  const values = Object.entries(columns)
    .map(([name, value]) => `${value} AS ${name}`).join(", ");
  return fillIn(
    "SELECT pg_catalog.pg_advisory_xact_lock({keys});\n" + requireRow(
      "INSERT INTO {log} ({columns}, hash) SELECT {columns}, {hash} " +
        "FROM (SELECT {values}) l",
      "TRUE",
    ),
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
    // The claim of a resumed attempt may have been rolled back with it.
    return `UPDATE ${recorder.names.table} SET ${error}, ` +
      `run_id = ${runId(recorder)}, updated_at = ${NOW} ` +
      `WHERE ${ofVersion(step)} AND NOT success`;
  }
  if (step.direction === "rollback" || step.resume !== undefined) {
    return undefined;
  }
  const claim = claimInsert(recorder, step);
  return `${
    allowRow(claim, "NOT success")
  };\nUPDATE ${recorder.names.table} SET ${error} ` +
    `${ownRow(recorder, step)} AND NOT success`;
}

function textOrNull(text: string | undefined): string {
  return text === undefined ? "NULL" : quoteLiteral(text);
}
