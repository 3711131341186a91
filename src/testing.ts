/**
 * Databases for test suites: each test gets one of its own, with all migrations
 * applied, in the time that a copy takes. It works with any runner of tests.
 *
 * ```ts
 * import { withTestDatabase } from "@lockstep/lockstep/testing";
 *
 * await withTestDatabase({ migrationsDir: "migrations" }, async ({ url }) => {
 *   console.log(url.startsWith("postgres://"));
 * });
 * ```
 *
 * The first test applies the migrations to a template database, which is kept
 * for all later ones with the same files, also in other processes. Migrations
 * that make roles, which all databases of a server share, have to tolerate that
 * those are there.
 *
 * @module
 */
import process from "node:process";
import { siblingUrl } from "./core/connection/sibling_url.ts";
import type { ManagerOptions } from "./core/manager_options.ts";
import { DatabaseManager, type DatabaseOptions } from "./database_manager.ts";
import type { Connection } from "./io/postgres/connection.ts";
import { PostgresError } from "./io/postgres/postgres_error.ts";
import { makeTestDatabase } from "./io/testing/make_test_database.ts";
import { dropDatabase } from "./io/testing/template_database.ts";
import { testDatabaseRefusal } from "./io/testing/test_database_refusal.ts";
import { MigrationManager } from "./migration_manager.ts";

/**
 * Which server, and what is applied there. The database that the connection
 * options name is only connected to; its role must be allowed to create others.
 */
export interface TestDatabaseOptions extends
  DatabaseOptions,
  Pick<
    ManagerOptions,
    "cwd" | "ignore" | "migrationsDir" | "table" | "variables"
  > {
  /** Told of a database that is kept; a line on standard error without it. */
  readonly onKept?: (database: TestDatabase) => void;
}

/** A database for a single test. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  /** With the password, if the connection string had one. */
  readonly url: string;
  /** Drops it, with the sessions that are still in it. */
  drop(): Promise<void>;
  /** Leaves it there at the end of its scope, for somebody to look at. */
  keep(): void;
}

/**
 * A new database with all migrations applied, which is dropped at the end of
 * its `await using` scope, or by `drop()`.
 *
 * @throws {LockstepError} If it cannot be made.
 */
export async function createTestDatabase(
  options: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const { cwd = process.cwd(), table = "public.schema_migrations" } = options;
  const { ignore = [], migrationsDir = "migrations", variables } = options;
  const { databaseUrl, env = process.env } = options;
  const given = databaseUrl ?? env["DATABASE_URL"];
  return await onServer(options, async (server) => {
    const made = await makeTestDatabase(server, {
      settings: { cwd, ignore, migrationsDir, table, variables },
      urlOf: (where, database) => siblingUrl(given, { ...where, database }),
      migrate: (url) =>
        migrate({ ...options, databaseUrl: url }, { cwd, table }),
    });
    return testDatabase(options, made);
  });
}

/**
 * Runs a test with a database of its own, which is dropped when the test
 * passes, and kept when it fails.
 *
 * @throws What the test throws, or as {@linkcode createTestDatabase}.
 */
export async function withTestDatabase<Result>(
  options: TestDatabaseOptions,
  test: (database: TestDatabase) => Promise<Result>,
): Promise<Result> {
  const database = await createTestDatabase(options);
  try {
    const result = await test(database);
    await database[Symbol.asyncDispose]();
    return result;
  } catch (error) {
    (options.onKept ?? tellKept)(database);
    throw error;
  }
}

function testDatabase(
  options: TestDatabaseOptions,
  { name, url }: Pick<TestDatabase, "name" | "url">,
): TestDatabase {
  let isKept = false;
  const drop = () => onServer(options, (server) => dropDatabase(server, name));
  return {
    name,
    url,
    drop,
    keep() {
      isKept = true;
    },
    async [Symbol.asyncDispose]() {
      if (!isKept) await drop();
    },
  };
}

async function migrate(
  options: TestDatabaseOptions,
  settings: { readonly cwd: string; readonly table: string },
): Promise<void> {
  const { ignore, migrationsDir, variables } = options;
  await using database = new DatabaseManager(options);
  const manager = new MigrationManager(database, {
    ...settings,
    ...(ignore !== undefined && { ignore }),
    ...(migrationsDir !== undefined && { migrationsDir }),
    ...(variables !== undefined && { variables }),
    backup: "never",
  });
  const report = await manager.migrate();
  if (report.error !== undefined) throw report.error;
}

async function onServer<Result>(
  options: TestDatabaseOptions,
  work: (server: Connection) => Promise<Result>,
): Promise<Result> {
  await using database = new DatabaseManager({ ...options, maxConnections: 1 });
  await using server = await database.connect();
  try {
    return await work(server);
  } catch (error) {
    throw error instanceof PostgresError ? testDatabaseRefusal(error) : error;
  }
}

function tellKept({ name }: TestDatabase): void {
  process.stderr.write(`The test database "${name}" is kept\n`);
}
