import type { Finding } from "../finding.ts";
import type { Migration } from "../migration.ts";
import { isVersion } from "../migration_name.ts";
import { compareFile } from "../plan/verify.ts";
import { fillEmpty } from "./fill_row.ts";
import { rowLabel, type TrackedRow } from "./history_view.ts";
import { settlingCommands } from "./settling_commands.ts";

/** What is known of the file of a row. */
export interface RowFile {
  readonly migration: Migration | undefined;
  /** Whether a step that stopped part-way can go on with it. */
  readonly isResumable: boolean;
}

/** What is wrong with a row of the tracking table and with its file. */
export function examineRow(
  row: TrackedRow,
  file: RowFile,
): readonly Finding[] {
  const { version } = row.entry;
  if (version === "") return [namelessRow(row)];
  const incomplete = row.empty.length === 0 ? [] : [incompleteRow(row, file)];
  if (isVersion(version)) return [...incomplete, ...examineState(row, file)];
  return BASELINE.test(version) ? incomplete : [oddVersion(row)];
}

/** A version such as `000_initial_state`, which a person puts in. */
const BASELINE = /^[0-9]+_./;

function examineState(row: TrackedRow, file: RowFile): readonly Finding[] {
  switch (row.entry.state) {
    case "applied":
      return examineApplied(row, file);
    case "rolled_back":
      return [];
    case "failed":
      return row.empty.includes("success") ? [] : [failedRow(row)];
    case "partly_applied":
    case "partly_rolled_back":
      return [partWay(row, file)];
    default:
      return row.entry.state satisfies never;
  }
}

/** What the row does not say cannot disagree with the file. */
function examineApplied(
  { entry, empty }: TrackedRow,
  { migration }: RowFile,
): readonly Finding[] {
  if (migration === undefined) return compareFile(entry, undefined);
  return compareFile({
    ...entry,
    ...(empty.includes("checksum") && { checksum: migration.up.checksum }),
    ...(empty.includes("name") && { name: migration.name }),
  }, migration);
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

function incompleteRow(row: TrackedRow, { migration }: RowFile): Finding {
  const { version } = row.entry;
  const isKnown = fillEmpty(row, migration, []) !== undefined;
  return {
    severity: "error",
    code: "incomplete_row",
    message: `The row of "${rowLabel(row)}" has nothing in ` +
      row.empty.join(", "),
    hint: isKnown
      ? `fill it in with "lockstep repair ${version}"`
      : `say what is true with "lockstep repair --mark-applied ${version}" ` +
        `or "--mark-not-applied ${version}"`,
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

function partWay(row: TrackedRow, file: RowFile): Finding {
  const { version, state, progress } = row.entry;
  const isMigrate = state === "partly_applied";
  const obstacle = findObstacle(row, file);
  const settle = settlingCommands(version);
  return {
    severity: obstacle === undefined ? "warning" : "error",
    code: state,
    message: `"${rowLabel(row)}" stopped part-way on its way ` +
      `${isMigrate ? "forward" : "back"}, with ` +
      `${progress?.statementsDone ?? 0} statements committed` +
      (obstacle === undefined ? "" : `, and ${obstacle}`),
    hint: obstacle === undefined
      ? `go on with "lockstep ${isMigrate ? "migrate" : "rollback"}", or ` +
        `settle it with ${settle}`
      : `put the file back as it was, or settle it with ${settle}`,
    version,
  };
}

/** Why a step that stopped part-way cannot go on. */
function findObstacle(
  { entry: { state } }: TrackedRow,
  { migration, isResumable }: RowFile,
): string | undefined {
  if (!isResumable) return "these are no longer what the file says";
  return state === "partly_applied" && migration === undefined
    ? "its file is gone"
    : undefined;
}
