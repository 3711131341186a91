import { checksumOf } from "../../core/checksum.ts";
import type { HistoryRow } from "../../core/history_row.ts";
import {
  type LogFault,
  parseTrackedRow,
  type TrackedRow,
} from "../../core/repair/history_view.ts";
import { readingSql } from "./catalog_sql.ts";
import type { Connection } from "./connection.ts";
import { historyError } from "./history_rights.ts";
import {
  readHistory,
  readKeptScript,
  readLogBreaks,
  rowsOf,
} from "./history_store.ts";
import { PostgresError } from "./postgres_error.ts";
import unloggedSql from "./sql/read_unlogged.sql" with { type: "text" };
import { fillIn, type TrackingNames } from "./tracking_sql.ts";

/** The tracking tables with all that is in them and that is wrong in them. */
export interface TrackedState {
  readonly rows: readonly TrackedRow[];
  readonly logBreaks: readonly LogFault[];
  readonly unlogged: readonly LogFault[];
  readonly damagedRollbacks: readonly string[];
}

/**
 * Reads the tracking tables from end to end. Nothing is created or changed,
 * and tables that are not there count as empty.
 *
 * @throws {HistoryError} As {@linkcode readHistory}.
 */
export async function readTrackedState(
  connection: Connection,
  names: TrackingNames,
): Promise<TrackedState> {
  // Refuses the table of another tool.
  const { tables } = await readHistory(connection, names);
  if (tables === "missing") return EMPTY_STATE;
  const read = { connection, names };
  return {
    rows: await readRows(read),
    logBreaks: await orEmpty(
      read,
      async () => (await readLogBreaks(connection, names)).map(faultOf),
    ),
    unlogged: await orEmpty(
      read,
      async () =>
        rowsOf(await connection.run(readingSql(fillIn(unloggedSql, names))))
          .map(faultOf),
    ),
    damagedRollbacks: await orEmpty(
      read,
      () => findDamagedRollbacks(connection, names),
    ),
  };
}

const EMPTY_STATE: TrackedState = {
  rows: [],
  logBreaks: [],
  unlogged: [],
  damagedRollbacks: [],
};

interface Reading {
  readonly connection: Connection;
  readonly names: TrackingNames;
}

async function readRows(
  { connection, names }: Reading,
): Promise<readonly TrackedRow[]> {
  const answers = await connection.run(
    readingSql(`SELECT to_jsonb(t)::text AS entry FROM ${names.table} t`),
    { maxRows: Infinity },
  );
  return rowsOf(answers).map((row) => parseTrackedRow(row["entry"] ?? "{}"));
}

/** Tables made by hand, or not by this version, may lack some of it. */
async function orEmpty<Item>(
  { connection, names }: Reading,
  read: () => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof PostgresError)) throw error;
    const isMissing = ["42P01", "42703"].includes(error.fields.sqlstate);
    if (isMissing) return [];
    throw await historyError(connection, names, error);
  }
}

function faultOf(row: HistoryRow): LogFault {
  return { id: row["id"] ?? "", version: row["version"] ?? "" };
}

/**
 * The server hashes the bytes as they are, which is right for nearly all; of
 * the others the checksum leaves out line endings and a byte-order mark.
 */
async function findDamagedRollbacks(
  connection: Connection,
  names: TrackingNames,
): Promise<readonly string[]> {
  const answers = await connection.run(
    `SELECT version, checksum FROM ${names.rollbacks} ` +
      `WHERE encode(sha256(script), 'hex') <> checksum ORDER BY version`,
    { maxRows: Infinity },
  );
  const damaged: string[] = [];
  for (const { version = "", checksum } of rowsOf(answers)) {
    const script = await readKeptScript(connection, names, version);
    if (script === undefined || checksumOf(script) !== checksum) {
      damaged.push(version);
    }
  }
  return damaged;
}
