import type { Finding } from "../finding.ts";
import { type HistoryEntry, isBaseline } from "../history.ts";
import type { Migration } from "../migration.ts";
import { versionKey } from "../migration_name.ts";

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

/**
 * Where the applied entries and their files disagree: a file that changed
 * after it was applied, or that is gone. Baseline rows have no file.
 */
export function findIntegrityFindings(
  migrations: readonly Migration[],
  entries: readonly HistoryEntry[],
): readonly Finding[] {
  const files = indexByVersion(migrations);
  return entries
    .filter((entry) => entry.state === "applied" && !isBaseline(entry))
    .flatMap((entry) => compareEntry(entry, files.find(entry.version)));
}

function compareEntry(
  entry: HistoryEntry,
  migration: Migration | undefined,
): readonly Finding[] {
  if (migration === undefined) {
    return [{
      severity: "error",
      code: "missing_file",
      message: `The file of the applied version "${entry.version}" is gone: ` +
        `"${entry.filePath}"`,
      hint: "put the file back",
    }];
  }
  if (migration.up.checksum === entry.checksum) return [];
  return [{
    severity: "error",
    code: "checksum_mismatch",
    message: `"${migration.up.path}" changed after it was applied`,
    hint: "restore the file as it was applied",
    location: { path: migration.up.path },
  }];
}
