import { entryState, type HistoryEntry } from "./history.ts";

/** A row of the tracking table: column names and values as text. */
export type HistoryRow = Readonly<Record<string, string | undefined>>;

/** The columns without which a table is not a tracking table of ours. */
export const REQUIRED_COLUMNS: readonly string[] = [
  "version",
  "name",
  "applied_at",
  "checksum",
  "success",
  "rolled_back_at",
  "file_path",
];

/** All columns of a tracking table that this version of the tool has made. */
export const ALL_COLUMNS: readonly string[] = [
  ...REQUIRED_COLUMNS,
  "id",
  "execution_time_ms",
  "rollback_reason",
  "migration_type",
  "created_at",
  "updated_at",
  "dependencies",
  "run_id",
  "started_at",
  "direction",
  "statements_done",
  "statements_fingerprint",
  "statement_started",
  "error",
  "error_sqlstate",
];

/** The entry that a row of the tracking table stands for. */
export function parseHistoryRow(row: HistoryRow): HistoryEntry {
  const statementsDone = Number(row.statements_done ?? "0");
  const statementStarted = numberOf(row.statement_started);
  const state = entryState({
    success: row.success === "t" || row.success === "true",
    isRolledBack: row.rolled_back_at !== undefined,
    direction: row.direction,
    statementsDone,
    statementStarted,
  });
  const isPart = state === "partly_applied" || state === "partly_rolled_back";
  const executionTimeMs = numberOf(row.execution_time_ms);
  return {
    version: row.version ?? "",
    name: row.name ?? "",
    checksum: row.checksum ?? "",
    filePath: row.file_path ?? "",
    state,
    appliedAt: row.applied_at ?? "",
    dependencies: textsIn(row.dependencies),
    ...(executionTimeMs !== undefined && { executionTimeMs }),
    ...optional("rolledBackAt", row.rolled_back_at),
    ...optional("rollbackReason", row.rollback_reason),
    ...optional("error", row.error),
    ...optional("sqlstate", row.error_sqlstate),
    ...optional("updatedAt", row.updated_at),
    ...optional("runId", row.run_id),
    ...(isPart && {
      progress: {
        statementsDone,
        fingerprint: row.statements_fingerprint ?? "",
        ...(statementStarted !== undefined && { statementStarted }),
        isInDoubt: isInDoubt(row),
      },
    }),
  };
}

/** The row that `to_jsonb()` has made a JSON document of. */
export function rowOfJson(json: string): HistoryRow {
  const row: Readonly<Record<string, unknown>> = JSON.parse(json);
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, textOf(name, value)]),
  );
}

/**
 * A crash records no error, and a lost connection none of a statement: only
 * the end of the session, classes 08 and 57P of SQLSTATE.
 */
function isInDoubt({ error_sqlstate: sqlstate }: HistoryRow): boolean {
  return sqlstate === undefined || /^(?:08|57P)/.test(sqlstate);
}

/** An array may be edited by hand, too, and hold NULL or other arrays. */
function textsIn(json: string | undefined): readonly string[] {
  const values: unknown = JSON.parse(json ?? "[]");
  if (!Array.isArray(values)) return [];
  return values.flat(Infinity).filter((value) => typeof value === "string");
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function optional(
  name: string,
  value: string | undefined,
): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

/** A value as the server would write it in a text column. */
function textOf(name: string, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (name.endsWith("_at")) return instantOf(String(value));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** ISO 8601, but for what is no moment, such as `infinity`. */
function instantOf(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}

/** Columns that tell another tool's table, most telling first. */
const FOREIGN_COLUMNS: readonly (readonly [column: string, tool: string])[] = [
  ["installed_rank", "Flyway"],
  ["dirty", "golang-migrate"],
  ["version_id", "goose"],
  ["tstamp", "goose"],
  ["orderexecuted", "Liquibase"],
  ["applied_steps_count", "Prisma"],
  ["execution_time", "sqlx"],
  ["inserted_at", "Ecto"],
  ["migration_time", "knex"],
  ["run_on", "node-pg-migrate"],
];

/** Which tool a table with these columns probably belongs to. */
export function foreignTableOwner(columns: readonly string[]): string {
  const known = FOREIGN_COLUMNS.find(([column]) => columns.includes(column));
  if (known !== undefined) return known[1];
  return columns.length === 1 && columns[0] === "version"
    ? "dbmate or Rails"
    : "another application";
}
