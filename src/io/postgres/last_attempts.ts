import type { FailedRollback, History } from "../../core/history.ts";
import { readingSql } from "./catalog_sql.ts";
import type { Connection } from "./connection.ts";
import { rowsOf } from "./history_store.ts";
import { PostgresError } from "./postgres_error.ts";
import lastAttemptsSql from "./sql/read_last_attempts.sql" with {
  type: "text",
};
import { fillIn, type TrackingNames } from "./tracking_sql.ts";

/** What the log says of the newest attempt of a version. */
export interface LastAttempt {
  /** Who made it, such as `deploy@app-1`. */
  readonly client: string;
  /** Set for a rollback that failed and was undone. */
  readonly failedRollback?: FailedRollback;
}

/**
 * The newest attempt of each version. None where there is no log, or none that
 * the role may read: it adds to a status that can do without.
 */
export async function readLastAttempts(
  connection: Connection,
  names: TrackingNames,
): Promise<ReadonlyMap<string, LastAttempt>> {
  try {
    const sql = readingSql(fillIn(lastAttemptsSql, names));
    const answers = await connection.run(sql, { maxRows: Infinity });
    return new Map(
      rowsOf(answers).map((row) => [row.version ?? "", parseAttempt(row)]),
    );
  } catch (error) {
    if (error instanceof PostgresError) return new Map();
    throw error;
  }
}

/** The history with what those attempts add to its entries. */
export function withLastAttempts(
  history: History,
  attempts: ReadonlyMap<string, LastAttempt>,
): History {
  const entries = history.entries.map((entry) => {
    const attempt = attempts.get(entry.version);
    if (attempt === undefined) return entry;
    const { client, failedRollback } = attempt;
    return entry.state === "applied" && failedRollback !== undefined
      ? { ...entry, client, failedRollback }
      : { ...entry, client };
  });
  return { ...history, entries };
}

function parseAttempt(
  row: Readonly<Record<string, string | undefined>>,
): LastAttempt {
  const client = row.client ?? "";
  if (row.is_failed_rollback !== "t") return { client };
  return {
    client,
    failedRollback: {
      error: row.error ?? "",
      failedAt: row.failed_at ?? "",
      ...(row.error_sqlstate !== undefined &&
        { sqlstate: row.error_sqlstate }),
    },
  };
}
