import type {
  ColumnValue,
  RepairChange,
} from "../../core/repair/repair_change.ts";
import { quoteIdentifier, quoteLiteral } from "../../core/sql/quote.ts";
import { OPERATOR } from "./catalog_sql.ts";
import { NOW, requireRow, runId, storedPath } from "./claim_sql.ts";
import {
  keepScriptSql,
  type KeptScript,
  logSql,
  type Recorder,
} from "./record_sql.ts";

/** What goes with a change. */
export interface RepairRecord {
  readonly reason?: string | undefined;
  /** The down script of the migration that is marked as applied. */
  readonly kept?: KeptScript | undefined;
}

/**
 * Makes a change and adds it to the log, with the row as it was. It fails with
 * SQLSTATE 22P02 when the row is not as it was read.
 */
export function repairSql(
  recorder: Recorder,
  change: RepairChange,
  { reason, kept }: RepairRecord,
): string {
  const { version } = change;
  return [
    requireRow(changeSql(recorder, change), "TRUE"),
    ...(change.keepDownOf === undefined
      ? []
      : [keepScriptSql(recorder, { version }, kept)]),
    logSql(recorder, {
      direction: "repair",
      version,
      name: change.name,
      checksum: textIn(change, "checksum"),
      filePath: textIn(change, "file_path"),
    }, {
      outcome: change.action,
      startedAt: NOW,
      statements: 0,
      reason,
      oldRow: change.row?.json,
    }),
  ].join(";\n");
}

function changeSql(recorder: Recorder, change: RepairChange): string {
  const { table } = recorder.names;
  switch (change.write) {
    case "insert":
      return `INSERT INTO ${table} ${insertedValues(recorder, change)} ` +
        `ON CONFLICT (version) DO NOTHING`;
    case "update":
      return `UPDATE ${table} AS t SET ${assignments(recorder, change)} ` +
        `WHERE ${sameRow(change)}`;
    case "delete":
      return `DELETE FROM ${table} AS t WHERE ${sameRow(change)}`;
    default:
      return change.write satisfies never;
  }
}

/** The row as it was read: what anybody has changed since is not lost. */
function sameRow({ row }: RepairChange): string {
  const version = row?.columns["version"];
  const same = `pg_catalog.to_jsonb(t) ${OPERATOR.equals} ` +
    `${quoteLiteral(row?.json ?? "null")}::pg_catalog.jsonb`;
  // The index finds it.
  return version === undefined
    ? same
    : `t.version ${OPERATOR.equals} ${quoteLiteral(version)} AND ${same}`;
}

function assignments(recorder: Recorder, change: RepairChange): string {
  return columnsOf(recorder, change)
    .map(([column, value]) => `${quoteIdentifier(column)} = ${value}`)
    .join(", ");
}

function insertedValues(recorder: Recorder, change: RepairChange): string {
  const columns = columnsOf(recorder, change);
  const names = columns.map(([column]) => quoteIdentifier(column)).join(", ");
  const values = columns.map(([, value]) => value).join(", ");
  return `(${names}) VALUES (${values})`;
}

function columnsOf(
  recorder: Recorder,
  { set }: RepairChange,
): readonly (readonly [column: string, sql: string])[] {
  return [
    ...Object.entries(set).map(([column, value]) =>
      [column, valueSql(column, value)] as const
    ),
    ["run_id", runId(recorder)],
    ["updated_at", NOW],
  ];
}

function valueSql(column: string, value: ColumnValue): string {
  if (value === undefined) return "NULL";
  if (typeof value === "string") {
    return quoteLiteral(column === "file_path" ? storedPath(value) : value);
  }
  if (typeof value !== "object") return String(value);
  return "clock" in value
    ? NOW
    : `ARRAY[${
      value.map((text) => quoteLiteral(text)).join(", ")
    }]::pg_catalog.text[]`;
}

/** What the row says after the change, or said before it was removed. */
function textIn({ row, set }: RepairChange, column: string): string {
  const value = set[column] ?? row?.columns[column];
  return typeof value === "string" ? value : "";
}
