import { FOREIGN_TOOLS } from "../../core/adopt/foreign_tools.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import { HistoryError } from "../../errors.ts";
import { findForeignHistories } from "../adopt/foreign_history.ts";
import type { Connection } from "../postgres/connection.ts";
import type { TrackingNames } from "../postgres/tracking_sql.ts";

/**
 * Returns when no other tool keeps a history in the database.
 *
 * @throws {HistoryError} If one does.
 */
export async function requireNoOtherHistory(
  connection: Connection,
): Promise<void> {
  const found = await findForeignHistories(connection, FOREIGN_TOOLS);
  const [first] = found;
  if (first === undefined) return;
  const names = found.filter(({ table }) => table === first.table)
    .map(({ tool }) => tool.name);
  throw new HistoryError(
    "already_tracked",
    `Cannot record a baseline as ${first.table} has the history of ` +
      names.join(" or "),
    { hint: `take it over with "lockstep adopt --from ${names[0]}"` },
  );
}

/** Whether the database has a table, a view or the like that is not ours. */
export async function hasTables(
  connection: Connection,
  names: TrackingNames,
): Promise<boolean> {
  const own = [
    names.table,
    names.log,
    names.rollbacks,
    names.snapshots,
    names.view,
  ]
    .map((name) => quoteLiteral(name)).join(", ");
  const [answer] = await connection.run(
    "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace " +
      "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') " +
      "AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' " +
      `AND c.oid <> ALL (ARRAY(SELECT to_regclass(name)::oid ` +
      `FROM unnest(ARRAY[${own}]) name WHERE to_regclass(name) IS NOT NULL)) ` +
      "LIMIT 1",
  );
  return (answer?.rows.length ?? 0) > 0;
}
