import { basename, resolve } from "node:path";
import type { Finding } from "../core/finding.ts";
import type { LintFile } from "../core/lint/rule.ts";
import type { Migration, MigrationFile } from "../core/migration.ts";
import type { RunSettings } from "../core/run_settings.ts";
import { ConfigError } from "../errors.ts";
import { upFileOf } from "./lint_file.ts";
import { loadMigrations } from "./migration_files.ts";

/** What is linted, and what is wrong with the names of the folder. */
export interface ChosenFiles {
  readonly files: readonly LintFile[];
  readonly findings: readonly Finding[];
}

/** The files of these paths, or all of the folder when there are none. */
export async function chooseLintFiles(
  { migrationsDir, cwd, ignore }: RunSettings,
  paths: readonly string[],
): Promise<ChosenFiles> {
  const isAll = paths.length === 0;
  const find = (known: readonly LintFile[]) =>
    paths.map((path) => findFile(path, known, cwd));
  try {
    const loaded = await loadMigrations(migrationsDir, { ignore, cwd });
    const known = filesOf(loaded.migrations);
    return isAll
      ? { files: known, findings: loaded.findings }
      : { files: find(known), findings: [] };
  } catch (error) {
    // Files can be anywhere, so no folder is needed for them.
    if (isAll || !(error instanceof ConfigError)) throw error;
    return { files: find([]), findings: [] };
  }
}

/** All that leads forwards, then all that leads back. */
function filesOf(migrations: readonly Migration[]): readonly LintFile[] {
  const ups = migrations.map(upFileOf);
  const downs = migrations.flatMap(({ version, down }) =>
    down === undefined ? [] : [downFileOf(version, down)]
  );
  return [...ups, ...downs];
}

function downFileOf(version: string, down: MigrationFile): LintFile {
  const migration = { header: down.header, hasRollback: true, version };
  return { path: down.path, direction: "down", migration };
}

function findFile(
  path: string,
  known: readonly LintFile[],
  cwd: string,
): LintFile {
  const full = resolve(cwd, path);
  const file = known.find((one) => resolve(cwd, one.path) === full);
  if (file !== undefined) return { ...file, path };
  const isDown = /_down\.sql$/i.test(basename(path));
  return { path, direction: isDown ? "down" : "up" };
}
