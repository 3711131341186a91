import type { Step } from "../../core/plan/plan.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import type { Recorder } from "./record_sql.ts";

/**
 * Claims the step's version for this run, in the caller's transaction. It
 * fails with SQLSTATE 22P02 when the version is not in the state that the step
 * starts from, and waits for another runner that has claimed it. A run claims a
 * version only once: what comes late of a message whose connection broke finds
 * that the run has given the version up.
 */
export function claimSql(recorder: Recorder, step: Step): string {
  const claim = step.direction === "migrate" && step.resume === undefined
    ? claimInsert(recorder, step)
    : claimUpdate(recorder, step);
  return requireRow(claim);
}

/**
 * Gives a rollback up whose claim was rolled back, so that no claim of this run
 * can come after it. Of a migration the record of the failure does the same.
 */
export function giveUpSql(recorder: Recorder, step: Step): string {
  return `UPDATE ${recorder.names.table} ` +
    `SET run_id = ${quoteLiteral(recorder.runId)}::uuid ` +
    `WHERE version = ${quoteLiteral(step.version)} ` +
    `AND success AND rolled_back_at IS NULL`;
}

/** The claim of a version of which nothing is there, or that was rolled back. */
export function claimInsert(recorder: Recorder, step: Step): string {
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
    `WHERE ${UNTOUCHED} AND t.${notOurs(recorder)} RETURNING 1`;
}

/** A path that fits the column: the end of a long one is what tells it. */
export function storedPath(path: string): string {
  const points = [...path];
  return points.length <= 500 ? path : points.slice(-500).join("");
}

/**
 * Wraps a statement that returns a row a change so that no change is an error.
 * The text that is cast depends on the count, or the planner would raise the
 * error itself; so no PL/pgSQL is needed, which a database may lack.
 */
export function requireRow(change: string): string {
  return `WITH change AS (${change}) SELECT CASE count(*) WHEN 0 THEN ` +
    `('no such row: ' || count(*))::integer END FROM change`;
}

/** The condition that the row of the step is one that this run has claimed. */
export function ownRow(recorder: Recorder, step: Step): string {
  return `WHERE version = ${quoteLiteral(step.version)} ` +
    `AND run_id = ${quoteLiteral(recorder.runId)}::uuid`;
}

/** Not applied, and no other run is part-way in it. */
const UNTOUCHED = "(t.rolled_back_at IS NOT NULL AND t.success OR " +
  "NOT t.success AND t.statements_done = 0 AND t.statement_started IS NULL " +
  "AND t.direction IS DISTINCT FROM 'rollback')";

function claimUpdate(recorder: Recorder, step: Step): string {
  const started = step.resume === undefined
    ? ", statements_done = 0, statements_fingerprint = NULL, " +
      "statement_started = NULL"
    : "";
  return `UPDATE ${recorder.names.table} SET ` +
    `run_id = ${quoteLiteral(recorder.runId)}::uuid, ` +
    `direction = ${quoteLiteral(step.direction)}, ` +
    `checksum = ${quoteLiteral(step.checksum)}, ` +
    `name = ${quoteLiteral(step.name)}, ` +
    `file_path = ${quoteLiteral(storedPath(step.filePath))}, ` +
    `dependencies = ${dependencyArray(step)}, ` +
    `success = FALSE, started_at = clock_timestamp()${started}, ` +
    `error = NULL, error_sqlstate = NULL, ` +
    `updated_at = clock_timestamp() ` +
    `WHERE version = ${quoteLiteral(step.version)} ` +
    `AND ${startOf(step)} AND ${notOurs(recorder)} RETURNING 1`;
}

function startOf({ resume }: Step): string {
  return resume === undefined
    ? "success AND rolled_back_at IS NULL"
    : `NOT success AND statements_done = ${resume.statementsDone}`;
}

function notOurs({ runId }: Recorder): string {
  return `run_id IS DISTINCT FROM ${quoteLiteral(runId)}::uuid`;
}

function dependencyArray(step: Step): string {
  const versions = step.dependencies.map((version) => quoteLiteral(version));
  return `ARRAY[${versions.join(", ")}]::text[]`;
}
