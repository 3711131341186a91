import type { Finding } from "./finding.ts";
import { type History, type HistoryEntry, isBaseline } from "./history.ts";
import type { Migration } from "./migration.ts";
import { compareVersions } from "./migration_name.ts";
import { findNewestApplied } from "./plan/plan_migrate.ts";
import { findTwinRows, indexByVersion, matchFile } from "./plan/verify.ts";
import type { VersionState, VersionStatus } from "./report.ts";

/** How every version stands, files and history together, oldest first. */
export function compareStatus(
  migrations: readonly Migration[],
  history: History,
): readonly VersionStatus[] {
  const files = indexByVersion(migrations);
  const entries = indexByVersion(history.entries);
  const newest = findNewestApplied(history.entries);
  const baselines = history.entries.filter(isBaseline)
    .map((entry) => entryStatus(entry, undefined));
  const known = history.entries.filter((entry) => !isBaseline(entry))
    .map((entry) => entryStatus(entry, files.find(entry.version)));
  const pending = migrations
    .filter((migration) => entries.find(migration.version) === undefined)
    .map((migration) => pendingStatus(migration, newest));
  const byVersion = [...known, ...pending].sort((a, b) =>
    compareVersions(a.version, b.version)
  );
  return [...baselines, ...byVersion];
}

/** Migrations that have a file and are not applied. */
export function countPending(
  migrations: readonly Migration[],
  history: History,
): number {
  const entries = indexByVersion(history.entries);
  return migrations.filter(({ version }) => {
    const state = entries.find(version)?.state;
    return state !== "applied" && state !== "partly_rolled_back";
  }).length;
}

/** Versions that are in one of these states. */
export function countStates(
  versions: readonly VersionStatus[],
  states: readonly VersionState[],
): number {
  return versions.filter(({ state }) => states.includes(state)).length;
}

/** What in the history keeps `migrate` from running, as warnings. */
export function findStatusWarnings(
  versions: readonly VersionStatus[],
): readonly Finding[] {
  const twins = findTwinRows(versions).map(([first, second]) => ({
    severity: "warning" as const,
    code: "duplicate_row",
    message: `"${first.version}" and "${second.version}" are rows of one ` +
      `version`,
  }));
  const states = versions.flatMap((version) => {
    const warning = STATE_WARNINGS[version.state];
    if (warning === undefined) return [];
    return [{
      severity: "warning" as const,
      code: warning.code,
      message: `"${version.version}_${version.name}" ${warning.text}`,
      ...(version.path !== undefined && version.state !== "missing" &&
        { location: { path: version.path } }),
      version: version.version,
    }];
  });
  return [...twins, ...states];
}

/** By the codes that `verify` and the errors of a run have for the same. */
const STATE_WARNINGS: Readonly<
  Partial<Record<VersionState, { code: string; text: string }>>
> = {
  changed: { code: "checksum_mismatch", text: "changed after it was applied" },
  missing: { code: "missing_file", text: "is applied, but its file is gone" },
  out_of_order: {
    code: "out_of_order",
    text: "is older than the newest applied version",
  },
  partly_applied: {
    code: "partly_applied",
    text: "stopped part-way; the next migrate goes on with it",
  },
  partly_rolled_back: {
    code: "partly_rolled_back",
    text: "stopped part-way on its way back; the next rollback goes on with it",
  },
};

function entryStatus(
  entry: HistoryEntry,
  migration: Migration | undefined,
): VersionStatus {
  const { executionTimeMs, rolledBackAt, rollbackReason } = entry;
  const { error, sqlstate, updatedAt, failedRollback, client } = entry;
  return {
    version: entry.version,
    name: entry.name,
    state: stateOf(entry, migration),
    appliedAt: entry.appliedAt,
    rollback: migration?.down !== undefined
      ? "file"
      : entry.keptRollback !== undefined
      ? "kept"
      : "none",
    path: migration?.up.path ?? entry.filePath,
    ...(executionTimeMs !== undefined && { executionTimeMs }),
    ...(rolledBackAt !== undefined && { rolledBackAt }),
    ...(rollbackReason !== undefined && { rollbackReason }),
    ...(error !== undefined && { error }),
    ...(sqlstate !== undefined && { sqlstate }),
    ...(error !== undefined && updatedAt !== undefined &&
      { errorAt: updatedAt }),
    ...(failedRollback !== undefined && { failedRollback }),
    ...(client !== undefined && { client }),
    ...(entry.progress !== undefined && {
      statementsDone: entry.progress.statementsDone,
    }),
  };
}

function stateOf(
  entry: HistoryEntry,
  migration: Migration | undefined,
): VersionState {
  if (isBaseline(entry)) return "baseline";
  if (entry.state !== "applied") return entry.state;
  const match = matchFile(entry, migration);
  return match === "missing" || match === "changed" ? match : "applied";
}

function pendingStatus(
  migration: Migration,
  newest: HistoryEntry | undefined,
): VersionStatus {
  const isOlder = newest !== undefined &&
    compareVersions(migration.version, newest.version) < 0;
  return {
    version: migration.version,
    name: migration.name,
    state: isOlder ? "out_of_order" : "pending",
    rollback: migration.down === undefined ? "none" : "file",
    path: migration.up.path,
  };
}
