import { UsageError } from "../../errors.ts";
import type { Migration } from "../migration.ts";
import { isVersion, sameVersion } from "../migration_name.ts";
import type { HistoryView, TrackedRow } from "./history_view.ts";

/** What a version on the command line stands for. */
export interface Subject {
  readonly row?: TrackedRow;
  readonly migration?: Migration;
}

/**
 * The row and the file of a version; the row that writes it so comes first.
 *
 * @throws {UsageError} If there is neither.
 */
export function requireSubject(version: string, view: HistoryView): Subject {
  const row = findRow(version, view.rows);
  const migration = isVersion(version)
    ? view.migrations.find((one) => sameVersion(one.version, version))
    : undefined;
  if (row === undefined && migration === undefined) {
    throw new UsageError(
      "unknown_version",
      `Cannot repair "${version}" as no migration and no row has that version`,
      { hint: 'see "lockstep status"' },
    );
  }
  return {
    ...(row !== undefined && { row }),
    ...(migration !== undefined && { migration }),
  };
}

/** The other rows of the same number. */
export function findTwins(
  row: TrackedRow,
  rows: readonly TrackedRow[],
): readonly TrackedRow[] {
  const { version } = row.entry;
  return rows.filter((other) =>
    other !== row && isVersion(version) && isVersion(other.entry.version) &&
    sameVersion(other.entry.version, version)
  );
}

function findRow(
  version: string,
  rows: readonly TrackedRow[],
): TrackedRow | undefined {
  const exact = rows.find(({ entry }) => entry.version === version);
  if (exact !== undefined || !isVersion(version)) return exact;
  return rows.find(({ entry }) =>
    isVersion(entry.version) && sameVersion(entry.version, version)
  );
}
