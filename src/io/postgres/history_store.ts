import { TOOL_TITLES } from "../../core/adopt/tool_titles.ts";
import { HistoryError } from "../../errors.ts";
import { readKeptDirectives } from "../../core/directives.ts";
import type { History, KeptRollback } from "../../core/history.ts";
import {
  ALL_COLUMNS,
  foreignTableOwner,
  type HistoryRow,
  parseHistoryRow,
  REQUIRED_COLUMNS,
  rowOfJson,
} from "../../core/history_row.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import { CATALOG_FIRST, readingSql } from "./catalog_sql.ts";
import type { Connection, StatementAnswer } from "./connection.ts";
import {
  historyError,
  readMissingGrants,
  rightsError,
} from "./history_rights.ts";
import { PostgresError } from "./postgres_error.ts";
import { ROW_HASH } from "./record_sql.ts";
import historySql from "./sql/read_history.sql" with { type: "text" };
import logBreaksSql from "./sql/read_log_breaks.sql" with { type: "text" };
import stateSql from "./sql/read_tracking_state.sql" with { type: "text" };
import {
  fillIn,
  namesAsText,
  type TrackingNames,
  type TrackingObject,
  trackingObjects,
} from "./tracking_sql.ts";

/** What `createTables()` had to do. */
export type TablesChange = "created" | "completed" | "none";

/**
 * Reads the tracking table, in one round trip when it is as this version of
 * the tool makes it. Nothing is created or changed.
 *
 * @throws {HistoryError} If the table belongs to another tool, or if the role
 * may not read it.
 */
export async function readHistory(
  connection: Connection,
  names: TrackingNames,
): Promise<History> {
  try {
    const answers = await connection.run(
      readingSql(fillIn(historySql, names)),
      { maxRows: Infinity },
    );
    return { tables: "ready", entries: rowsOf(answers).map(parseHistoryRow) };
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    if (error.fields.sqlstate === "42P01") {
      return { tables: "missing", entries: [] };
    }
    if (error.fields.sqlstate === "42703") {
      return await readIncomplete(connection, names);
    }
    throw await historyError(connection, names, error);
  }
}

/** The down scripts that the database keeps, by version, without their text. */
export async function readKeptRollbacks(
  connection: Connection,
  names: TrackingNames,
): Promise<ReadonlyMap<string, KeptRollback>> {
  try {
    const answers = await connection.run(
      readingSql(
        "SELECT version, file_path, checksum, directives " +
          `FROM ${names.rollbacks}`,
      ),
      { maxRows: Infinity },
    );
    return new Map(
      rowsOf(answers).map((row) => [row.version ?? "", {
        path: row.file_path ?? "",
        checksum: row.checksum ?? "",
        directives: readKeptDirectives(row.directives),
      }]),
    );
  } catch (error) {
    if (error instanceof PostgresError && error.fields.sqlstate === "42P01") {
      return new Map();
    }
    throw await historyError(connection, names, error);
  }
}

/** The bytes of the down script that the database keeps for a version. */
export async function readKeptScript(
  connection: Connection,
  names: TrackingNames,
  version: string,
): Promise<Uint8Array | undefined> {
  const answers = await connection.run(readingSql(
    `SELECT encode(script, 'base64') AS script FROM ${names.rollbacks} ` +
      `WHERE version = ${quoteLiteral(version)}`,
  ));
  const script = rowsOf(answers)[0]?.script;
  return script === undefined ? undefined : Buffer.from(script, "base64");
}

/**
 * Creates what is missing of the tracking tables. The caller holds the run's
 * lock: two CREATE TABLE IF NOT EXISTS at once can fail with duplicate keys.
 *
 * @throws {HistoryError} If the role lacks a grant, with the GRANTs in the
 * hint, or if the table belongs to another tool.
 */
export async function createTables(
  connection: Connection,
  names: TrackingNames,
): Promise<TablesChange> {
  const [tables, grants] = await Promise.allSettled([
    readTables(connection, names),
    readMissingGrants(connection, names),
  ]);
  // A table that is not ours lacks columns to be granted.
  if (tables.status === "rejected") throw tables.reason;
  const { hasSchema, hasTable, missing } = tables.value;
  if (missing.length === 0) {
    if (grants.status === "rejected") throw grants.reason;
    requireGrants(connection, names, grants.value);
    return "none";
  }
  const schema = hasSchema ? "" : `CREATE SCHEMA ${names.schema};`;
  const ddl = missing.map((object) => object.ddl).join("\n");
  try {
    // One message is one transaction, and a failed one leaves none open for
    // what the caller has sent after it.
    await connection.run(`${CATALOG_FIRST};\n${schema}\n${ddl}`);
  } catch (error) {
    throw await historyError(connection, names, error);
  }
  const lacking = await readMissingGrants(connection, names);
  requireGrants(connection, names, lacking);
  return hasTable ? "completed" : "created";
}

/** What there is of the tracking tables. */
export interface Tables {
  readonly hasSchema: boolean;
  readonly hasTable: boolean;
  /** What is not there, or not as this version of the tool makes it. */
  readonly missing: readonly TrackingObject[];
}

/**
 * Looks which of the tracking tables are there.
 *
 * @throws {HistoryError} If the table belongs to another tool.
 */
export async function readTables(
  connection: Connection,
  names: TrackingNames,
): Promise<Tables> {
  const state = await readState(connection, names);
  const columns: readonly string[] = JSON.parse(state.columns ?? "[]");
  const hasTable = state.has_table === "t";
  if (hasTable) requireOwnTable(names, columns);
  requireOwnView(names, state);
  const isTableComplete = ALL_COLUMNS.every((name) => columns.includes(name));
  const missing = trackingObjects(names).filter((object) =>
    object.name === "table"
      ? !isTableComplete
      : state[`has_${object.name}`] !== "t"
  );
  return { hasSchema: state.has_schema === "t", hasTable, missing };
}

/** A record that is refused at its end would cost the whole migration. */
function requireGrants(
  connection: Connection,
  names: TrackingNames,
  grants: readonly string[],
): void {
  if (grants.length === 0) return;
  const said = "it may not write all of the tracking tables";
  throw rightsError(connection, names, { grants, said });
}

/** Ids and versions of log rows that do not fit the chain of hashes. */
export async function readLogBreaks(
  connection: Connection,
  names: TrackingNames,
): Promise<readonly HistoryRow[]> {
  const sql = fillIn(logBreaksSql, { log: names.log, row_hash: ROW_HASH });
  return rowsOf(await connection.run(readingSql(sql)));
}

async function readIncomplete(
  connection: Connection,
  names: TrackingNames,
): Promise<History> {
  const state = await readState(connection, names);
  requireOwnTable(names, JSON.parse(state.columns ?? "[]"));
  const answers = await connection.run(readingSql(
    `SELECT to_jsonb(t) AS entry FROM ${names.table} t ORDER BY applied_at`,
  ));
  const entries = rowsOf(answers).map((row) =>
    parseHistoryRow(rowOfJson(row.entry ?? "{}"))
  );
  return { tables: "incomplete", entries };
}

async function readState(
  connection: Connection,
  names: TrackingNames,
): Promise<HistoryRow> {
  const sql = fillIn(stateSql, namesAsText(names));
  return rowsOf(await connection.run(readingSql(sql)))[0] ?? {};
}

function requireOwnTable(
  names: TrackingNames,
  columns: readonly string[],
): void {
  const missing = REQUIRED_COLUMNS.filter((name) => !columns.includes(name));
  if (missing.length === 0) return;
  const owner = foreignTableOwner(columns);
  throw new HistoryError(
    "foreign_table",
    `Cannot use ${names.table} as the history as it is a table of ` +
      `${owner}: it has no column "${missing[0]}"`,
    {
      hint: `keep the history elsewhere, for example with ${OTHER_TABLE}` +
        adoptHint(owner),
    },
  );
}

const OTHER_TABLE = "--table lockstep.schema_migrations";

/** Who finds the table of another tool probably comes from that tool. */
function adoptHint(owner: string): string {
  const names = Object.entries(TOOL_TITLES)
    .filter(([, title]) => owner.includes(title))
    .map(([name]) => name);
  return names.length === 0
    ? ""
    : `; to take over what ${owner} has applied, run "lockstep adopt ` +
      `${OTHER_TABLE} --from ${names.join('", or "--from ')}"`;
}

/** A view of that name that does not show the history is somebody else's. */
function requireOwnView(names: TrackingNames, state: HistoryRow): void {
  if (state.has_view !== "t" || state.has_own_view === "t") return;
  throw new HistoryError(
    "foreign_table",
    `Cannot keep the history in ${names.table} as its view ${names.view} is ` +
      `already something else, which does not read that table`,
    {
      hint: "rename what has that name, or keep the history elsewhere, for " +
        `example with ${OTHER_TABLE}`,
    },
  );
}

/** The rows of the last answer, by the names of their columns. */
export function rowsOf(
  answers: readonly StatementAnswer[],
): readonly HistoryRow[] {
  const answer = answers.at(-1);
  return (answer?.rows ?? []).map((row) =>
    Object.fromEntries(
      (answer?.fields ?? []).map((field, column) => [field, row[column]]),
    )
  );
}
