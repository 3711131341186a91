import { HistoryError } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import { type HistoryEntry, isBaseline } from "../history.ts";
import type { Migration } from "../migration.ts";
import { sameName, versionKey } from "../migration_name.ts";
import { settlingCommands } from "../repair/settling_commands.ts";

/** Finds entries and files of one version, however each writes it. */
export interface VersionIndex<Value> {
  find(version: string): Value | undefined;
}

/** An index of things that have a version. */
export function indexByVersion<Value extends { readonly version: string }>(
  values: readonly Value[],
): VersionIndex<Value> {
  const byKey = new Map(
    values.map((value) => [versionKey(value.version), value]),
  );
  return { find: (version) => byKey.get(versionKey(version)) };
}

/** How a file stands to the row that says it was applied. */
export type FileMatch = "same" | "renamed" | "changed" | "missing";

/** Compares the file of a version with its row. */
export function matchFile(
  entry: HistoryEntry,
  migration: Migration | undefined,
): FileMatch {
  if (migration === undefined) return "missing";
  if (migration.up.checksum !== entry.checksum) return "changed";
  return sameName(migration.name, entry.name) ? "same" : "renamed";
}

/**
 * Throws when two rows write one version in two ways, as a row added by hand
 * can: which of them says whether it is applied, nobody knows.
 */
export function requireOneRowEach(entries: readonly HistoryEntry[]): void {
  const [twin] = findTwinRows(entries);
  if (twin === undefined) return;
  const [first, second] = twin;
  throw new HistoryError(
    "duplicate_row",
    `Cannot plan as the tracking table has two rows for one version: ` +
      `"${first.version}" and "${second.version}"`,
    { hint: 'see "lockstep repair"' },
  );
}

/** Rows that write one version in two ways, in pairs. */
export function findTwinRows<Row extends { readonly version: string }>(
  rows: readonly Row[],
): readonly (readonly [Row, Row])[] {
  const byKey = new Map<string, Row>();
  return rows.flatMap((row) => {
    const key = versionKey(row.version);
    const earlier = byKey.get(key);
    byKey.set(key, row);
    return earlier === undefined ? [] : [[earlier, row] as const];
  });
}

/**
 * Where the applied entries and their files disagree: a file that changed
 * after it was applied, or that is gone. Baseline rows have no file.
 */
export function findIntegrityFindings(
  migrations: readonly Migration[],
  entries: readonly HistoryEntry[],
): readonly Finding[] {
  return findMismatches(migrations, entries)
    .filter(({ code }) => code !== "renamed_file");
}

/** Applied versions whose file has another name by now; they stop nothing. */
export function findRenamedFiles(
  migrations: readonly Migration[],
  entries: readonly HistoryEntry[],
): readonly Finding[] {
  return findMismatches(migrations, entries)
    .filter(({ code }) => code === "renamed_file");
}

/** What is wrong with the file of an applied version. */
export function compareFile(
  entry: HistoryEntry,
  migration: Migration | undefined,
): readonly Finding[] {
  if (migration === undefined) return [missingFile(entry)];
  switch (matchFile(entry, migration)) {
    case "changed":
      return [changedFile(entry, migration)];
    case "renamed":
      return [renamedFile(entry, migration)];
    default:
      return [];
  }
}

function findMismatches(
  migrations: readonly Migration[],
  entries: readonly HistoryEntry[],
): readonly Finding[] {
  const files = indexByVersion(migrations);
  return entries.filter((entry) => !isBaseline(entry)).flatMap((entry) => {
    const file = files.find(entry.version);
    if (entry.state === "applied") return compareFile(entry, file);
    // Whether the rest of it fits what is done is looked at when it resumes.
    const isLost = entry.state === "partly_applied" && file === undefined;
    return isLost ? [missingFile(entry)] : [];
  });
}

function missingFile({ version, filePath, state }: HistoryEntry): Finding {
  const isPart = state === "partly_applied";
  return {
    severity: "error",
    code: "missing_file",
    message: `The file of the ${isPart ? "partly " : ""}applied version ` +
      `"${version}" is gone: "${filePath}"`,
    hint: isPart
      ? `put the file back, or settle it with ${settlingCommands(version)}`
      : "put the file back, or, if the version is not applied any more, " +
        `say so with "lockstep repair --mark-not-applied ${version}"`,
    version,
  };
}

function changedFile({ version }: HistoryEntry, { up }: Migration): Finding {
  return {
    severity: "error",
    code: "checksum_mismatch",
    message: `"${up.path}" changed after it was applied`,
    hint: "restore the file as it was applied, or accept it as it is with " +
      `"lockstep repair ${version}"`,
    location: { path: up.path },
    version,
  };
}

function renamedFile(entry: HistoryEntry, { up }: Migration): Finding {
  return {
    severity: "warning",
    code: "renamed_file",
    message: `"${up.path}" was applied under the name ` +
      `"${entry.version}_${entry.name}"`,
    hint: "give the file its name back, or adopt the new one with " +
      `"lockstep repair ${entry.version}"`,
    location: { path: up.path },
    version: entry.version,
  };
}
