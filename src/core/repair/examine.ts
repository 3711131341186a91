import type { Finding } from "../finding.ts";
import { isBaseline } from "../history.ts";
import type { Migration } from "../migration.ts";
import { compareVersions, isVersion, versionKey } from "../migration_name.ts";
import { findNewestApplied } from "../plan/plan_migrate.ts";
import { indexByVersion, type VersionIndex } from "../plan/verify.ts";
import { examineRow } from "./examine_row.ts";
import type { HistoryView, LogFault, TrackedRow } from "./history_view.ts";

/** A finding with the row and the file that it is about. */
export interface Discovery {
  readonly finding: Finding;
  readonly row?: TrackedRow;
  readonly migration?: Migration;
}

/**
 * Everything that is wrong between files, history and log: that of the rows
 * first, by version.
 */
export function examineHistory(view: HistoryView): readonly Discovery[] {
  const files = indexByVersion(view.migrations);
  const rows = [...view.rows].sort(compareRows);
  const ofRows = rows.flatMap((row) => {
    const migration = isVersion(row.entry.version)
      ? files.find(row.entry.version)
      : undefined;
    const isResumable = !view.unresumable.includes(row.id);
    return examineRow(row, { migration, isResumable }).map((finding) => ({
      finding,
      row,
      ...(migration !== undefined && { migration }),
    }));
  });
  const others = [
    ...(view.order === "strict" ? findOutOfOrder(view) : []),
    ...view.fileFindings,
    ...view.damagedRollbacks.map(damagedRollback),
    ...view.logBreaks.map(brokenLog),
    ...view.unlogged.map(unloggedRow),
  ];
  return [
    ...ofRows,
    ...findDuplicates(rows, files),
    ...others.map((finding) => ({ finding })),
  ];
}

function compareRows(a: TrackedRow, b: TrackedRow): number {
  const [one, other] = [a.entry.version, b.entry.version];
  if (isVersion(one) && isVersion(other)) return compareVersions(one, other);
  if (isVersion(one) !== isVersion(other)) return isVersion(one) ? 1 : -1;
  return Number(a.id) - Number(b.id);
}

/** Rows of one number, as `1` and `001` are: all but the one that fits best. */
function findDuplicates(
  rows: readonly TrackedRow[],
  files: VersionIndex<Migration>,
): readonly Discovery[] {
  const groups = Map.groupBy(
    rows.filter(({ entry }) => isVersion(entry.version)),
    ({ entry }) => versionKey(entry.version),
  );
  return [...groups.values()].flatMap((group) => {
    const checksum = files.find(group[0]?.entry.version ?? "")?.up.checksum;
    const kept = group.find(({ entry }) => entry.checksum === checksum) ??
      group[0];
    return group.filter((row) => row !== kept).map((row) => ({
      finding: duplicateRow(row, kept ?? row),
      row,
    }));
  });
}

function duplicateRow(row: TrackedRow, kept: TrackedRow): Finding {
  const { version } = row.entry;
  const mark = "lockstep repair --mark-not-applied";
  return {
    severity: "error",
    code: "duplicate_row",
    message: `The rows of "${kept.entry.version}" and "${version}" have the ` +
      "same number",
    hint: kept.entry.state === row.entry.state
      ? `remove the one of "${version}" with "lockstep repair ${version}"`
      : `remove the one that is wrong with "${mark} ${version}" or ` +
        `"${mark} ${kept.entry.version}"`,
    version,
  };
}

/** What `migrate` refuses: a pending file older than an applied one. */
function findOutOfOrder({ migrations, rows }: HistoryView): readonly Finding[] {
  const entries = rows.map(({ entry }) => entry);
  const newest = findNewestApplied(entries);
  if (newest === undefined) return [];
  const known = indexByVersion(entries.filter((entry) => !isBaseline(entry)));
  return migrations.filter(({ version }) => {
    const state = known.find(version)?.state;
    return state !== "applied" && state !== "partly_rolled_back" &&
      compareVersions(version, newest.version) < 0;
  }).map(({ up, version }) => ({
    severity: "error",
    code: "out_of_order",
    message: `"${up.path}" is pending, and the newer version ` +
      `"${newest.version}_${newest.name}" is applied`,
    hint: "give the file a newer version, or apply it with " +
      '"lockstep migrate --allow-out-of-order"; if what it does is there ' +
      `already, run "lockstep repair --mark-applied ${version}"`,
    location: { path: up.path },
    version,
  }));
}

function damagedRollback(version: string): Finding {
  return {
    severity: "error",
    code: "damaged_rollback",
    message: `The down script that is kept for "${version}" is not what its ` +
      "checksum says",
    hint: "keep the down file of the version in the folder, which a rollback " +
      "takes first",
    version,
  };
}

function brokenLog({ id, version }: LogFault): Finding {
  return {
    severity: "error",
    code: "broken_log",
    message: `Row ${id} of the log ("${version}") does not fit the chain of ` +
      "hashes: it, or the row before it, was changed or removed by hand",
    hint: "compare the log with that of a backup; repair never touches it",
    version,
  };
}

function unloggedRow({ version }: LogFault): Finding {
  return {
    severity: "error",
    code: "unlogged_row",
    message: `The log lacks the run that brought "${version}" to where it is`,
    hint: "compare the log with that of a backup; repair never touches it",
    version,
  };
}
