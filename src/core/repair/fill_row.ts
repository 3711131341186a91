import { dependenciesOf } from "../dependencies.ts";
import type { Migration } from "../migration.ts";
import type { TrackedRow } from "./history_view.ts";
import { type ColumnValue, type ColumnValues, NOW } from "./repair_change.ts";

/** The columns that a row has from the file of its version. */
export function fileColumns(
  migration: Migration,
  migrations: readonly Migration[],
): ColumnValues {
  return {
    name: migration.name,
    checksum: migration.up.checksum,
    file_path: migration.up.path,
    dependencies: dependenciesOf(migration, migrations),
  };
}

/**
 * The values for the empty columns of a row; undefined when one of them cannot
 * be known: whether it succeeded, or what only its lost file could say.
 */
export function fillEmpty(
  row: TrackedRow,
  migration: Migration | undefined,
  migrations: readonly Migration[],
): ColumnValues | undefined {
  const known: ColumnValues = {
    dependencies: [],
    ...(migration !== undefined && fileColumns(migration, migrations)),
    applied_at: row.columns["created_at"] ?? NOW,
    migration_type: "up",
  };
  const filled = row.empty.map((column): [string, ColumnValue] => [
    column,
    known[column],
  ]);
  return filled.every(([, value]) => value !== undefined)
    ? Object.fromEntries(filled)
    : undefined;
}
