import type { StatusReport, VersionState, VersionStatus } from "./report.ts";

/** Which versions a status is to list. */
export interface StatusSelection {
  readonly only: "all" | "pending";
  /** How many of the newest; absent for all. */
  readonly limit?: number;
}

/** The status with only those versions; its counts are still of all. */
export function selectVersions(
  report: StatusReport,
  { only, limit }: StatusSelection,
): StatusReport {
  const wanted = only === "all"
    ? report.versions
    : report.versions.filter(isToBeDone);
  const versions = limit === undefined
    ? wanted
    : wanted.slice(Math.max(0, wanted.length - limit));
  const omittedVersions = wanted.length - versions.length;
  return {
    ...report,
    versions,
    ...(only === "pending" && { isOnlyPending: true as const }),
    ...(omittedVersions > 0 && { omittedVersions }),
  };
}

/** How many versions are in each state; a state without any is left out. */
export function countByState(
  versions: readonly VersionStatus[],
): StatusReport["states"] {
  const counts: Partial<Record<VersionState, number>> = {};
  for (const { state } of versions) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Versions that are applied, or would be, and cannot be rolled back. */
export function countWithoutRollback(
  versions: readonly VersionStatus[],
): number {
  return versions.filter(({ rollback, state }) =>
    rollback === "none" && state !== "baseline" && state !== "rolled_back"
  ).length;
}

function isToBeDone({ state }: VersionStatus): boolean {
  return TO_BE_DONE.includes(state);
}

/** What the next runs have to take up. */
const TO_BE_DONE: readonly VersionState[] = [
  "pending",
  "out_of_order",
  "failed",
  "rolled_back",
  "partly_applied",
  "partly_rolled_back",
];
