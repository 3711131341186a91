import type { CreateReport } from "../core/report.ts";
import type { RunSettings } from "../core/run_settings.ts";
import { ConfigError, LockstepError } from "../errors.ts";
import { readAuthor } from "./author.ts";
import { createMigration } from "./create_migration.ts";
import { type LoadedMigrations, loadMigrations } from "./migration_files.ts";

/** Writes the two files of a new migration, and makes the folder if need be. */
export async function createFiles(
  settings: RunSettings,
  name: string,
): Promise<CreateReport> {
  try {
    const { cwd, migrationsDir, env } = settings;
    const loaded = await loadOrNothing(settings);
    const { version, paths } = createMigration({
      dir: migrationsDir,
      cwd,
      name,
      author: await readAuthor({ cwd, env }),
      now: new Date(),
      loaded,
    });
    return {
      kind: "create",
      success: true,
      version,
      ...paths,
      warnings: loaded.findings,
    };
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return { kind: "create", success: false, warnings: [], error };
  }
}

async function loadOrNothing(
  { cwd, migrationsDir, ignore }: RunSettings,
): Promise<LoadedMigrations> {
  try {
    return await loadMigrations(migrationsDir, { ignore, cwd });
  } catch (error) {
    const isMissing = error instanceof ConfigError &&
      error.code === "missing_directory";
    if (!isMissing) throw error;
    return { migrations: [], findings: [] };
  }
}
