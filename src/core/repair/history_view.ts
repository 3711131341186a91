import type { Finding } from "../finding.ts";
import type { HistoryEntry } from "../history.ts";
import { type HistoryRow, parseHistoryRow, rowOfJson } from "../history_row.ts";
import type { Migration } from "../migration.ts";

/** A row of the tracking table with all that is in it. */
export interface TrackedRow {
  /** Its primary key. */
  readonly id: string;
  /** Every column, as `to_jsonb()` writes the row. */
  readonly json: string;
  readonly columns: HistoryRow;
  readonly entry: HistoryEntry;
  /** Columns that must have a value and have none. */
  readonly empty: readonly string[];
}

/** A row of the log that does not fit. */
export interface LogFault {
  readonly id: string;
  readonly version: string;
}

/** Files, history and log, read at one time: what `verify` looks at. */
export interface HistoryView {
  readonly migrations: readonly Migration[];
  /** What is wrong with the files by themselves. */
  readonly fileFindings: readonly Finding[];
  readonly rows: readonly TrackedRow[];
  /** Rows of the log that do not fit the chain of hashes; the first few. */
  readonly logBreaks: readonly LogFault[];
  /** Rows of the tracking table whose last run is not in the log. */
  readonly unlogged: readonly LogFault[];
  /** Versions whose kept down script is not what its checksum says. */
  readonly damagedRollbacks: readonly string[];
  /**
   * Ids of rows that stopped part-way and cannot go on, as the statements that
   * are committed are no longer what the file says.
   */
  readonly unresumable: readonly string[];
  /** Whether a pending file may be older than an applied one. */
  readonly order: "strict" | "any";
}

/** The row that the database wrote as a JSON document. */
export function parseTrackedRow(json: string): TrackedRow {
  const columns = rowOfJson(json);
  return {
    id: columns["id"] ?? "",
    json,
    columns,
    entry: parseHistoryRow(columns),
    empty: FILLED_COLUMNS.filter((name) =>
      // A table made by hand may lack columns that are added later.
      name in columns && (columns[name] ?? "") === ""
    ),
  };
}

/** The row as people know it, such as `003_add_email`. */
export function rowLabel({ id, entry }: TrackedRow): string {
  if (entry.version === "") return `row ${id}`;
  return entry.name === "" || entry.version.endsWith(entry.name)
    ? entry.version
    : `${entry.version}_${entry.name}`;
}

const FILLED_COLUMNS: readonly string[] = [
  "version",
  "name",
  "applied_at",
  "checksum",
  "success",
  "migration_type",
  "file_path",
  "dependencies",
];
