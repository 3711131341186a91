import type { FailedRollback, History } from "../../core/history.ts";
import { readingSql } from "./catalog_sql.ts";
import type { Connection } from "./connection.ts";
import { rowsOf } from "./history_store.ts";
import { PostgresError } from "./postgres_error.ts";
import failedRollbacksSql from "./sql/read_failed_rollbacks.sql" with {
  type: "text",
};
import { fillIn, type TrackingNames } from "./tracking_sql.ts";

/**
 * Rollbacks that failed and left their version applied, by version, unless
 * something was done with it since. None where there is no log, or none that
 * the role may read: it adds to a status that can do without.
 */
export async function readFailedRollbacks(
  connection: Connection,
  names: TrackingNames,
): Promise<ReadonlyMap<string, FailedRollback>> {
  try {
    const sql = readingSql(fillIn(failedRollbacksSql, names));
    const answers = await connection.run(sql, { maxRows: Infinity });
    return new Map(
      rowsOf(answers).map((row) => [row.version ?? "", {
        error: row.error ?? "",
        failedAt: row.failed_at ?? "",
        ...(row.error_sqlstate !== undefined &&
          { sqlstate: row.error_sqlstate }),
      }]),
    );
  } catch (error) {
    if (error instanceof PostgresError) return new Map();
    throw error;
  }
}

/** The history with those rollbacks at their versions. */
export function withFailedRollbacks(
  history: History,
  failed: ReadonlyMap<string, FailedRollback>,
): History {
  const entries = history.entries.map((entry) => {
    const failedRollback = failed.get(entry.version);
    return entry.state !== "applied" || failedRollback === undefined
      ? entry
      : { ...entry, failedRollback };
  });
  return { ...history, entries };
}
