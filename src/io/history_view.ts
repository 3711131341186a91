import { withoutAppliedDependencies } from "../core/dependencies.ts";
import type { Finding } from "../core/finding.ts";
import { indexByVersion } from "../core/plan/verify.ts";
import type { HistoryView, TrackedRow } from "../core/repair/history_view.ts";
import type { Loaded } from "./loading.ts";
import type { Connection } from "./postgres/connection.ts";
import type { Target } from "./postgres/target.ts";
import { readTrackedState } from "./postgres/tracked_rows.ts";
import { isResumable } from "./resume_place.ts";

type Files = Pick<Loaded, "migrations" | "findings">;

/** Puts the tracking tables, read through a connection, beside the files. */
export async function readHistoryView(
  connection: Connection,
  target: Target,
  files: Files,
): Promise<HistoryView> {
  const { names, settings } = target;
  const state = await readTrackedState(connection, names);
  const entries = state.rows.map(({ entry }) => entry);
  return {
    ...state,
    migrations: files.migrations,
    fileFindings: withoutAppliedDependencies(files.findings, entries)
      .filter(concernsHistory),
    unresumable: await findUnresumable(state.rows, target, files),
    order: settings.order,
  };
}

/** Advice on headers and names is no disagreement. */
function concernsHistory({ severity, code }: Finding): boolean {
  return severity === "error" || code === "orphan_rollback";
}

async function findUnresumable(
  rows: readonly TrackedRow[],
  { settings }: Target,
  { migrations }: Files,
): Promise<readonly string[]> {
  const files = indexByVersion(migrations);
  const stuck: string[] = [];
  for (const { id, entry } of rows) {
    const { progress, state, version } = entry;
    if (progress === undefined) continue;
    const migration = files.find(version);
    const file = state === "partly_applied" ? migration?.up : migration?.down;
    if (file === undefined) continue;
    if (!await isResumable(file, progress, settings)) stuck.push(id);
  }
  return stuck;
}
