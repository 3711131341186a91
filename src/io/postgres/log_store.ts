import { type LogEntry, parseLogRow } from "../../core/log_entry.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import type { Connection } from "./connection.ts";
import { readingSql } from "./catalog_sql.ts";
import { historyError } from "./history_rights.ts";
import { rowsOf } from "./history_store.ts";
import { PostgresError } from "./postgres_error.ts";
import logSql from "./sql/read_log.sql" with { type: "text" };
import { fillIn, type TrackingNames } from "./tracking_sql.ts";

/** Which rows of the log are wanted. */
export interface LogQuery {
  /** Only of this version, with or without leading zeros. */
  readonly version?: string | undefined;
  /** The newest so many; all when absent. */
  readonly limit?: number | undefined;
}

/** The log, newest first; empty before the tracking tables are there. */
export async function readLog(
  connection: Connection,
  names: TrackingNames,
  { version, limit }: LogQuery,
): Promise<readonly LogEntry[]> {
  const sql = fillIn(logSql, {
    log: names.log,
    version: version === undefined ? "NULL" : quoteLiteral(version),
    limit: limit === undefined ? "ALL" : String(limit),
  });
  try {
    const answers = await connection.run(readingSql(sql), {
      maxRows: Infinity,
    });
    return rowsOf(answers).map(parseLogRow);
  } catch (error) {
    if (error instanceof PostgresError && error.fields.sqlstate === "42P01") {
      return [];
    }
    throw await historyError(connection, names, error);
  }
}
