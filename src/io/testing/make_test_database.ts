import { resolve } from "node:path";
import { templateName } from "../../core/testing/template_name.ts";
import { testDatabaseName } from "../../core/testing/test_database_name.ts";
import type { RunSettings } from "../../core/run_settings.ts";
import { toFileError } from "../file_findings.ts";
import { loadMigrations } from "../migration_files.ts";
import type { Connection, ConnectionTarget } from "../postgres/connection.ts";
import { copyTemplate } from "./template_database.ts";

/** What test databases are made from. */
export interface TestDatabaseWork {
  readonly settings: Pick<
    RunSettings,
    "cwd" | "ignore" | "migrationsDir" | "table" | "variables"
  >;
  /** The URL of another database of a server. */
  readonly urlOf: (where: ConnectionTarget, database: string) => string;
  /** Applies all migrations to a new database. */
  readonly migrate: (databaseUrl: string) => Promise<void>;
}

/**
 * Makes a database with all migrations applied.
 *
 * @throws {FileError} If a file cannot be used.
 * @throws {PostgresError} If the server refuses.
 */
export async function makeTestDatabase(
  server: Connection,
  { settings, urlOf, migrate }: TestDatabaseWork,
): Promise<{ readonly name: string; readonly url: string }> {
  const { cwd, ignore, table, variables } = settings;
  const folder = testFolder(settings);
  const { migrations, findings } = await loadMigrations(folder, {
    ignore,
    cwd,
  });
  const error = toFileError(findings);
  if (error !== undefined) throw error;
  const template = templateName({ migrations, table, variables });
  const name = testDatabaseName(template, crypto.randomUUID());
  const fill = (database: string) => migrate(urlOf(server.target, database));
  await copyTemplate(server, { name: template, folder, fill }, name);
  return { name, url: urlOf(server.target, name) };
}

/** The folder of the migrations, as test databases are known by. */
export function testFolder(
  { cwd, migrationsDir }: Pick<RunSettings, "cwd" | "migrationsDir">,
): string {
  return resolve(cwd, migrationsDir);
}
