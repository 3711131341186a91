import { withoutAppliedDependencies } from "../core/dependencies.ts";
import type { Finding } from "../core/finding.ts";
import type { HistoryView } from "../core/repair/history_view.ts";
import type { Loaded } from "./loading.ts";
import type { Connection } from "./postgres/connection.ts";
import type { Target } from "./postgres/target.ts";
import { readTrackedState } from "./postgres/tracked_rows.ts";

/** Puts the tracking tables, read through a connection, beside the files. */
export async function readHistoryView(
  connection: Connection,
  { names, settings }: Target,
  { migrations, findings }: Pick<Loaded, "migrations" | "findings">,
): Promise<HistoryView> {
  const state = await readTrackedState(connection, names);
  const entries = state.rows.map(({ entry }) => entry);
  return {
    ...state,
    migrations,
    fileFindings: withoutAppliedDependencies(findings, entries)
      .filter(concernsHistory),
    order: settings.order,
  };
}

/** Advice on headers and names is no disagreement. */
function concernsHistory({ severity, code }: Finding): boolean {
  return severity === "error" || code === "orphan_rollback";
}
