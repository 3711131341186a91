import type { HistoryEntry } from "../../../src/core/history.ts";
import type { Migration, MigrationFile } from "../../../src/core/migration.ts";
import type { MigrationHeader } from "../../../src/core/migration_header.ts";
import {
  downFileName,
  parseMigrationName,
} from "../../../src/core/migration_name.ts";

/** What a migration of a test has besides its name. */
export interface SampleOptions {
  /** As its header writes them. */
  readonly dependencies?: readonly string[];
  readonly directives?: MigrationHeader["directives"];
  /** Whether it has a down file, and what that file's directives are. */
  readonly down?: MigrationHeader["directives"];
}

/** The migration `001_a`; its checksum is that of `applied("001", "a")`. */
export function migration(
  stem: string,
  { dependencies = [], directives = {}, down }: SampleOptions = {},
): Migration {
  const named = parseMigrationName(`${stem}.sql`);
  const up = file(`migrations/${stem}.sql`, {
    dependencies,
    directives,
    ...(dependencies.length > 0 && { dependenciesLine: 5 }),
  });
  return {
    ...named,
    up: { ...up, checksum: `sum of ${named.name}` },
    ...(down !== undefined && {
      down: file(`migrations/rollbacks/${downFileName(named)}`, {
        dependencies: [],
        directives: down,
      }),
    }),
  };
}

/** The row of a migration that is applied. */
export function applied(version: string, name: string): HistoryEntry {
  return entry(version, name, {});
}

/** A row of the tracking table, applied unless it says otherwise. */
export function entry(
  version: string,
  name: string,
  more: Partial<HistoryEntry>,
): HistoryEntry {
  return {
    version,
    name,
    checksum: `sum of ${name}`,
    filePath: `migrations/${version}_${name}.sql`,
    state: "applied",
    appliedAt: "2025-01-05T12:00:00.000Z",
    dependencies: [],
    ...more,
  };
}

function file(path: string, header: MigrationHeader): MigrationFile {
  return { path, header, checksum: `sum of ${path}`, sizeBytes: 10 };
}
