import { HistoryError } from "../errors.ts";
import type { Connection } from "./postgres/connection.ts";
import { readHistory } from "./postgres/history_store.ts";
import type { TrackingNames } from "./postgres/tracking_sql.ts";

/**
 * Returns when nothing is recorded in the tracking table, or it is not there.
 *
 * @throws {HistoryError} If it has rows, or belongs to another tool.
 */
export async function requireUntracked(
  connection: Connection,
  names: TrackingNames,
  action: string,
): Promise<void> {
  const { entries } = await readHistory(connection, names);
  if (entries.length === 0) return;
  const count = entries.length === 1 ? "a row" : `${entries.length} rows`;
  throw new HistoryError(
    "already_tracked",
    `Cannot ${action} as ${names.table} has ${count} already`,
    {
      hint: '"lockstep status" shows them; to record a single version, use ' +
        '"lockstep repair --mark-applied"',
    },
  );
}
