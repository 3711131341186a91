import type { HistoryReport } from "../core/report.ts";
import { connectionFindings } from "./loading.ts";
import { describeTarget } from "./postgres/connection.ts";
import { type LogQuery, readLog } from "./postgres/log_store.ts";
import { requireKnown } from "./postgres/postgres_error.ts";
import type { Target } from "./postgres/target.ts";

/** What was done to the database, newest first; no file is looked at. */
export async function readLogReport(
  target: Target,
  query: LogQuery,
): Promise<HistoryReport> {
  try {
    await using connection = await target.connect();
    return {
      kind: "history",
      success: true,
      target: describeTarget(connection.target),
      entries: await readLog(connection, target.names, query),
      warnings: await connectionFindings(target),
    };
  } catch (failure) {
    const error = requireKnown(failure);
    return {
      kind: "history",
      success: false,
      entries: [],
      warnings: [],
      error,
    };
  }
}
