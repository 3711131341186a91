import type {
  ForeignRow,
  ForeignTable,
  ForeignTool,
} from "../../core/adopt/foreign.ts";
import {
  parseQualifiedName,
  quoteLiteral,
  quoteQualifiedName,
} from "../../core/sql/quote.ts";
import { foreignTableOwner, REQUIRED_COLUMNS } from "../../core/history_row.ts";
import { showName } from "../../core/display.ts";
import { HistoryError, UsageError } from "../../errors.ts";
import type { Connection } from "../postgres/connection.ts";
import { rowsOf } from "../postgres/history_store.ts";
import { PostgresError, refusedError } from "../postgres/postgres_error.ts";
import type { TrackingNames } from "../postgres/tracking_sql.ts";

/** The tables of another tool, as they are at one moment. */
export interface ForeignTables {
  /** The name of the one with the history, as the server has it. */
  readonly historyTable: string;
  readonly rows: ReadonlyMap<string, readonly ForeignRow[]>;
}

/**
 * Reads the tables of another tool and changes nothing about them.
 *
 * @throws {UsageError} If there is no such table.
 * @throws {HistoryError} If it is another tool's, or is to be ours.
 */
export async function readForeignTables(
  connection: Connection,
  tool: ForeignTool,
  { names, historyTable }: {
    readonly names: TrackingNames;
    /** What the tool's history is called, where it is not as usual. */
    readonly historyTable: string | undefined;
  },
): Promise<ForeignTables> {
  const rows = new Map<string, readonly ForeignRow[]>();
  let history = "";
  for (const table of tool.tables) {
    const isHistory = table.role === "history";
    const wanted = isHistory ? historyTable ?? table.name : table.name;
    const name = await findTable(connection, wanted);
    if (isHistory) {
      if (name === undefined) throw noHistory(tool, wanted);
      await requireTable(connection, name, { tool, table, names });
      history = name;
    }
    if (name !== undefined) {
      rows.set(table.role, await readRows(connection, name));
    }
  }
  return { historyTable: history, rows };
}

/** A table that a tool keeps its history in. */
export interface FoundHistory {
  readonly tool: ForeignTool;
  readonly table: string;
}

/** The histories of other tools that have rows. */
export async function findForeignHistories(
  connection: Connection,
  tools: readonly ForeignTool[],
): Promise<readonly FoundHistory[]> {
  const found: FoundHistory[] = [];
  for (const tool of tools) {
    const history = tool.tables.find(isHistoryTable);
    const table = history && await findTable(connection, history.name);
    if (history === undefined || table === undefined) continue;
    const [answer] = await connection.run(`SELECT * FROM ${table} LIMIT 1`);
    const columns = answer?.fields ?? [];
    const isFilled = (answer?.rows.length ?? 0) > 0;
    if (isFilled && isTableOf(history, columns)) found.push({ tool, table });
  }
  return found;
}

/** Not ours, and not that of a tool which calls its table the same. */
async function requireTable(
  connection: Connection,
  name: string,
  { tool, table, names }: {
    readonly tool: ForeignTool;
    readonly table: ForeignTable;
    readonly names: TrackingNames;
  },
): Promise<void> {
  const [answer] = await connection.run(`SELECT * FROM ${name} LIMIT 0`);
  const columns = answer?.fields ?? [];
  if (!isTableOf(table, columns)) throw otherTable(tool, name, columns);
  if (name === await findTable(connection, names.table)) {
    throw sameTable(tool, names);
  }
}

function isTableOf(
  { columns, isExact }: ForeignTable,
  found: readonly string[],
): boolean {
  return columns.every((column) => found.includes(column)) &&
    (isExact !== true || found.length === columns.length);
}

function isHistoryTable({ role }: ForeignTable): boolean {
  return role === "history";
}

/** Its name with the schema, in quotes; undefined when it is not there. */
async function findTable(
  connection: Connection,
  name: string,
): Promise<string | undefined> {
  const parsed = parseQualifiedName(name);
  if (parsed === undefined) throw badName(name);
  const [row] = rowsOf(
    await connection.run(
      "SELECT format('%I.%I', n.nspname, c.relname) AS name " +
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace " +
        `WHERE c.oid = to_regclass(${
          quoteLiteral(quoteQualifiedName(parsed))
        }) AND c.relkind IN ('r', 'p', 'v', 'f')`,
    ),
  );
  return row?.["name"];
}

/** Every value as text: numbers of 64 bits stay whole. */
async function readRows(
  connection: Connection,
  name: string,
): Promise<readonly ForeignRow[]> {
  try {
    const answers = await connection.run(
      "SELECT (SELECT jsonb_object_agg(key, value) " +
        `FROM jsonb_each_text(to_jsonb(t)))::text AS row FROM ${name} t`,
      { maxRows: Infinity },
    );
    return rowsOf(answers).map(({ row }) => withoutNulls(row ?? "{}"));
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    throw refusedError(error);
  }
}

function withoutNulls(json: string): ForeignRow {
  const columns: Record<string, string | null> = JSON.parse(json);
  return Object.fromEntries(
    Object.entries(columns).flatMap(([name, value]) =>
      value === null ? [] : [[name, value]]
    ),
  );
}

function badName(name: string): UsageError {
  return new UsageError(
    "invalid_argument",
    `Cannot use "${showName(name)}" as the history as it is no name of a table`,
    { hint: "write it as --history-table name or schema.name" },
  );
}

function noHistory({ title }: ForeignTool, wanted: string): UsageError {
  return new UsageError(
    "invalid_argument",
    `Cannot adopt from ${title} as there is no table "${showName(wanted)}"`,
    {
      hint: "name the table of its history with --history-table, or another " +
        "database with --database-url",
    },
  );
}

function otherTable(
  { title }: ForeignTool,
  name: string,
  columns: readonly string[],
): HistoryError {
  const isOurs = REQUIRED_COLUMNS.every((column) => columns.includes(column));
  const owner = isOurs ? "lockstep" : foreignTableOwner(columns);
  return new HistoryError(
    "foreign_table",
    `Cannot adopt from ${title} as ${name} is not its table but one of ${owner}`,
    { hint: "name the table of its history with --history-table" },
  );
}

function sameTable(
  { title }: ForeignTool,
  { table }: TrackingNames,
): HistoryError {
  return new HistoryError(
    "foreign_table",
    `Cannot adopt from ${title} into ${table} as that is its own table, ` +
      "which stays as it is",
    {
      hint: "keep our history elsewhere: add --table " +
        "lockstep.schema_migrations here, and set it for all that follows",
    },
  );
}
