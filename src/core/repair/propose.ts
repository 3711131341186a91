import type { Migration } from "../migration.ts";
import type { Discovery } from "./examine.ts";
import { fileColumns, fillEmpty } from "./fill_row.ts";
import type { HistoryView, TrackedRow } from "./history_view.ts";
import { rowLabel } from "./history_view.ts";
import { findTwins } from "./find_row.ts";
import type { RepairChange } from "./repair_change.ts";

/**
 * The change that settles a finding; undefined for one that a person has to
 * decide, or that no change of the tracking table can settle.
 */
export function proposeChange(
  { finding, row, migration }: Discovery,
  view: HistoryView,
): RepairChange | undefined {
  if (row === undefined) return undefined;
  switch (finding.code) {
    case "checksum_mismatch":
      return migration && acceptFile(row, migration, view.migrations);
    case "renamed_file":
      return migration && adoptFile(row, migration);
    case "incomplete_row":
      return completeRow(row, migration, view.migrations);
    case "failed_row":
      return removeRow(row, `remove the failed row of "${rowLabel(row)}"`);
    case "duplicate_row":
      return removeDuplicate(row, view.rows);
    case "odd_version":
      return row.entry.version === ""
        ? removeRow(row, `remove the row with the id ${row.id}`)
        : undefined;
    default:
      return undefined;
  }
}

/** A change that takes a row out of the table; the log keeps its values. */
export function removeRow(row: TrackedRow, message: string): RepairChange {
  return {
    action: "remove_row",
    version: row.entry.version,
    name: row.entry.name,
    message,
    write: "delete",
    row,
    set: {},
  };
}

function acceptFile(
  row: TrackedRow,
  migration: Migration,
  migrations: readonly Migration[],
): RepairChange {
  return {
    action: "accept_checksum",
    version: row.entry.version,
    name: migration.name,
    message: `accept "${migration.up.path}" as it is now`,
    write: "update",
    row,
    set: fileColumns(migration, migrations),
  };
}

function adoptFile(row: TrackedRow, { name, up }: Migration): RepairChange {
  return {
    action: "adopt_file",
    version: row.entry.version,
    name,
    message: `adopt "${up.path}" as the file of "${rowLabel(row)}"`,
    write: "update",
    row,
    set: { name, file_path: up.path },
  };
}

function completeRow(
  row: TrackedRow,
  migration: Migration | undefined,
  migrations: readonly Migration[],
): RepairChange | undefined {
  const set = fillEmpty(row, migration, migrations);
  if (set === undefined) return undefined;
  const { version, name } = row.entry;
  return {
    action: "complete_row",
    version,
    name: migration?.name ?? name,
    message: `fill in ${row.empty.join(", ")} of "${rowLabel(row)}"`,
    write: "update",
    row,
    set,
  };
}

/** Only where the version stands as it stood, whichever of them goes. */
function removeDuplicate(
  row: TrackedRow,
  rows: readonly TrackedRow[],
): RepairChange | undefined {
  const isAlike = findTwins(row, rows)
    .every(({ entry }) => entry.state === row.entry.state);
  return isAlike
    ? removeRow(row, `remove the row of "${rowLabel(row)}", one too many`)
    : undefined;
}
