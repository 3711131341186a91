import type { Step } from "../../core/plan/plan.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import { differs, OPERATOR } from "./catalog_sql.ts";
import type { Recorder } from "./record_sql.ts";

/**
 * Claims the step's version for this run, in the caller's transaction. It
 * fails with SQLSTATE 22P02 when the version is not in the state that the step
 * starts from, and waits for another runner that has claimed it. A run claims a
 * version only once: what comes late of a message whose connection broke finds
 * that the run has given the version up. A step that was sent before the end of
 * the one that it follows was known fails likewise if this run has not done it.
 */
export function claimSql(
  recorder: Recorder,
  step: Step,
  follows?: Step,
): string {
  const claim = step.direction === "migrate" && step.resume === undefined
    ? claimInsert(recorder, step)
    : claimUpdate(recorder, step);
  const earlier = follows === undefined
    ? ""
    : ` AND ${isDoneSql(recorder, follows)}`;
  return requireRow(claim, `NOT success${earlier}`);
}

/** Whether this run has done a step, and committed it. */
function isDoneSql(recorder: Recorder, step: Step): string {
  const end = step.direction === "migrate" ? "NULL" : "NOT NULL";
  return `EXISTS (SELECT FROM ${recorder.names.table} ` +
    `${ownRow(recorder, step)} AND success AND direction IS NULL ` +
    `AND rolled_back_at IS ${end})`;
}

/**
 * Gives a rollback up whose claim was rolled back, so that no claim of this run
 * can come after it. Of a migration the record of the failure does the same.
 */
export function giveUpSql(recorder: Recorder, step: Step): string {
  return `UPDATE ${recorder.names.table} ` +
    `SET run_id = ${runId(recorder)} WHERE ${ofVersion(step)} ` +
    `AND success AND rolled_back_at IS NULL`;
}

/** The claim of a version of which nothing is there, or that was rolled back. */
export function claimInsert(recorder: Recorder, step: Step): string {
  const values = [
    quoteLiteral(step.version),
    quoteLiteral(step.name),
    NOW,
    quoteLiteral(step.checksum),
    "FALSE",
    "'up'",
    quoteLiteral(storedPath(step.filePath)),
    dependencyArray(step),
    runId(recorder),
    NOW,
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
    `updated_at = ${NOW} WHERE ${UNTOUCHED} AND ${notOurs("t.", recorder)}`;
}

/** The time of the server while a statement runs, as SQL. */
export const NOW = "pg_catalog.clock_timestamp()";

/** A path that fits the column: the end of a long one is what tells it. */
export function storedPath(path: string): string {
  const points = [...path];
  return points.length <= 500 ? path : points.slice(-500).join("");
}

/**
 * Wraps a statement so that it is an error when it changes no row, or when a
 * trigger made something else of the row than `asWritten` says. The text that
 * is cast depends on the count, or the planner would raise the error itself; so
 * no PL/pgSQL is needed, which a database may lack.
 */
export function requireRow(change: string, asWritten: string): string {
  return countRows(change, asWritten, `rows ${OPERATOR.equals} 0`);
}

/**
 * Wraps a statement that may change no row so that it is an error when a
 * trigger made something else of the row than `asWritten` says.
 */
export function allowRow(change: string, asWritten: string): string {
  return countRows(change, `NOT (${asWritten})`, `rows ${OPERATOR.above} 0`);
}

function countRows(change: string, isSo: string, isWrong: string): string {
  return `WITH change AS (${change} RETURNING ${isSo} AS is_so) ` +
    `SELECT CASE WHEN ${isWrong} THEN pg_catalog.concat(` +
    `'the row is not as it was written: ', rows)::integer END FROM ` +
    `(SELECT pg_catalog.count(*) AS rows FROM change WHERE is_so) counted`;
}

/** The condition that the row of the step is one that this run has claimed. */
export function ownRow(recorder: Recorder, step: Step): string {
  return `WHERE ${ofVersion(step)} ` +
    `AND run_id ${OPERATOR.equals} ${runId(recorder)}`;
}

/** The condition that a row is that of the step's version. */
export function ofVersion({ version }: Pick<Step, "version">): string {
  return `version ${OPERATOR.equals} ${quoteLiteral(version)}`;
}

/** The id of the run as SQL. */
export function runId({ runId }: Recorder): string {
  return `${quoteLiteral(runId)}::pg_catalog.uuid`;
}

/** Not applied, and no other run is part-way in it. */
const UNTOUCHED = "(t.rolled_back_at IS NOT NULL AND t.success OR " +
  `NOT t.success AND t.statements_done ${OPERATOR.equals} 0 ` +
  "AND t.statement_started IS NULL " +
  `AND ${differs("t.direction", "'rollback'")})`;

function claimUpdate(recorder: Recorder, step: Step): string {
  const started = step.resume === undefined
    ? ", statements_done = 0, statements_fingerprint = NULL, " +
      "statement_started = NULL"
    : "";
  return `UPDATE ${recorder.names.table} SET ` +
    `run_id = ${runId(recorder)}, ` +
    `direction = ${quoteLiteral(step.direction)}, ` +
    `checksum = ${quoteLiteral(step.checksum)}, ` +
    `name = ${quoteLiteral(step.name)}, ` +
    `file_path = ${quoteLiteral(storedPath(step.filePath))}, ` +
    `dependencies = ${dependencyArray(step)}, ` +
    `success = FALSE, started_at = ${NOW}${started}, ` +
    `error = NULL, error_sqlstate = NULL, updated_at = ${NOW} ` +
    `WHERE ${ofVersion(step)} ` +
    `AND ${startOf(step)} AND ${notOurs("", recorder)}`;
}

function startOf({ resume }: Step): string {
  return resume === undefined
    ? "success AND rolled_back_at IS NULL"
    : `NOT success AND statements_done ${OPERATOR.equals} ` +
      resume.statementsDone;
}

function notOurs(prefix: "" | "t.", recorder: Recorder): string {
  return differs(`${prefix}run_id`, runId(recorder));
}

function dependencyArray(step: Step): string {
  const versions = step.dependencies.map((version) => quoteLiteral(version));
  return `ARRAY[${versions.join(", ")}]::pg_catalog.text[]`;
}
