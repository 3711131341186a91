import type { Finding } from "../finding.ts";
import type { Migration } from "../migration.ts";
import { isVersion } from "../migration_name.ts";
import { matchFile } from "../plan/verify.ts";
import { rowLabel, type TrackedRow } from "./history_view.ts";

/** What is wrong with a row of the tracking table and with its file. */
export function examineRow(
  row: TrackedRow,
  migration: Migration | undefined,
): readonly Finding[] {
  const { version } = row.entry;
  if (version === "") return [namelessRow(row)];
  return [
    ...(isVersion(version) || BASELINE.test(version) ? [] : [oddVersion(row)]),
    ...(row.empty.length === 0 ? [] : [incompleteRow(row)]),
    ...(isVersion(version) ? examineState(row, migration) : []),
  ];
}

/** A version such as `000_initial_state`, which a person puts in. */
const BASELINE = /^[0-9]+_./;

function examineState(
  row: TrackedRow,
  migration: Migration | undefined,
): readonly Finding[] {
  switch (row.entry.state) {
    case "applied":
      return examineApplied(row, migration);
    case "rolled_back":
      return [];
    case "failed":
      return row.empty.includes("success") ? [] : [failedRow(row)];
    case "partly_applied":
    case "partly_rolled_back":
      return [partWay(row, migration)];
    default:
      return row.entry.state satisfies never;
  }
}

function examineApplied(
  row: TrackedRow,
  migration: Migration | undefined,
): readonly Finding[] {
  if (migration === undefined) return [missingFile(row)];
  const { entry, empty } = row;
  // What the row does not say cannot disagree with the file.
  const match = matchFile({
    ...entry,
    ...(empty.includes("checksum") && { checksum: migration.up.checksum }),
    ...(empty.includes("name") && { name: migration.name }),
  }, migration);
  if (match === "changed") return [changedFile(row, migration)];
  return match === "renamed" ? [renamedFile(row, migration)] : [];
}

function namelessRow(row: TrackedRow): Finding {
  return {
    severity: "error",
    code: "odd_version",
    message: `The row with the id ${row.id} has no version`,
    hint: 'remove it with "lockstep repair", which keeps its values in the log',
  };
}

function oddVersion({ id, entry: { version } }: TrackedRow): Finding {
  return {
    severity: "warning",
    code: "odd_version",
    message: `The version "${version}" of the row with the id ${id} is no ` +
      'number, and no baseline such as "000_initial_state"',
    hint: `remove the row with "lockstep repair --mark-not-applied ${version}"`,
    version,
  };
}

function incompleteRow(row: TrackedRow): Finding {
  const { version } = row.entry;
  return {
    severity: "error",
    code: "incomplete_row",
    message: `The row of "${rowLabel(row)}" has nothing in ` +
      row.empty.join(", "),
    hint: `fill it with "lockstep repair ${version}", or say what is true ` +
      `with "--mark-applied ${version}" or "--mark-not-applied ${version}"`,
    version,
  };
}

function missingFile(row: TrackedRow): Finding {
  const { version, filePath } = row.entry;
  return {
    severity: "error",
    code: "missing_file",
    message: `"${rowLabel(row)}" is applied, and its file is gone: ` +
      `"${filePath}"`,
    hint: "put the file back, or, if the version is not applied any more, " +
      `run "lockstep repair --mark-not-applied ${version}"`,
    version,
  };
}

function changedFile({ entry }: TrackedRow, { up }: Migration): Finding {
  return {
    severity: "error",
    code: "checksum_mismatch",
    message: `"${up.path}" changed after it was applied`,
    hint: "restore the file as it was applied, or accept it as it is with " +
      `"lockstep repair ${entry.version}"`,
    location: { path: up.path },
    version: entry.version,
  };
}

function renamedFile(row: TrackedRow, { up }: Migration): Finding {
  const { version } = row.entry;
  return {
    severity: "warning",
    code: "renamed_file",
    message: `"${up.path}" was applied under the name "${rowLabel(row)}"`,
    hint: "give the file its name back, or adopt the new one with " +
      `"lockstep repair ${version}"`,
    location: { path: up.path },
    version,
  };
}

function failedRow(row: TrackedRow): Finding {
  const { version, error } = row.entry;
  const why = error === undefined ? "" : `: ${error.split("\n")[0]}`;
  return {
    severity: "warning",
    code: "failed_row",
    message: `"${rowLabel(row)}" failed and is not applied${why}`,
    hint: 'mend the file and run "lockstep migrate", or remove the row with ' +
      `"lockstep repair ${version}"`,
    version,
  };
}

function partWay(row: TrackedRow, migration: Migration | undefined): Finding {
  const { version, state, progress } = row.entry;
  const isMigrate = state === "partly_applied";
  const next = isMigrate ? "migrate" : "rollback";
  const isLost = isMigrate && migration === undefined;
  return {
    severity: isLost ? "error" : "warning",
    code: state,
    message: `"${rowLabel(row)}" stopped part-way on its way ` +
      `${isMigrate ? "forward" : "back"}, with ` +
      `${progress?.statementsDone ?? 0} statements committed` +
      (isLost ? ", and its file is gone" : ""),
    hint: `go on with "lockstep ${next}"` +
      `${isLost ? " once the file is back" : ""}, or settle it with ` +
      `"lockstep repair --mark-applied ${version}", ` +
      `"--mark-not-applied ${version}" or "--retry ${version}"`,
    version,
  };
}
