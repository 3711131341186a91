import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { startPostgres } from "../../scripts/embedded_postgres.ts";
import {
  DatabaseManager,
  getMigrationManager,
  LockstepError,
  MigrationManager,
  type RunEvent,
} from "../../src/mod.ts";
import { type DatabaseOptions, withDatabase } from "../helpers/database.ts";
import { findPgDump } from "../helpers/dump.ts";
import { type ProjectFiles, withProject } from "../helpers/project.ts";

const pgDumpMajor = await findPgDump();

const FILES: ProjectFiles = {
  "001_users.sql": "CREATE TABLE users (id int);\n",
  "002_orders.sql": "CREATE TABLE orders (id int);\n",
  "rollbacks/001_users_down.sql": "DROP TABLE users;\n",
  "rollbacks/002_orders_down.sql": "DROP TABLE orders;\n",
};

interface Bench {
  readonly url: string;
  readonly dir: string;
  /** What was printed by the example. */
  readonly console: FakeConsole;
}

class FakeConsole {
  readonly lines: unknown[][] = [];
  readonly log = (...values: unknown[]) => void this.lines.push(values);
  readonly error = this.log;
}

/** A project and a database that the shared managers work on. */
function withShared(
  files: ProjectFiles,
  test: (bench: Bench) => Promise<void>,
  options: DatabaseOptions = {},
): Promise<void> {
  return withDatabase(({ url }) =>
    withProject(files, async (dir) => {
      const database = DatabaseManager.getInstance({
        databaseUrl: url,
        env: {},
      });
      getMigrationManager({ cwd: dir });
      try {
        await test({ url, dir, console: new FakeConsole() });
      } finally {
        await database.close();
      }
    }), options);
}

Deno.test("the example of the basic use runs", () =>
  withShared(FILES, async ({ console }) => {
    const migrationManager = getMigrationManager();

    const status = await migrationManager.getStatus();
    console.log(
      `Applied: ${status.appliedMigrations}, Pending: ${status.pendingMigrations}`,
    );

    const result = await migrationManager.migrate({ dryRun: false });
    if (result.success) {
      console.log(`Applied ${result.migrationsApplied} migrations`);
    } else {
      console.error("Migration failed:", result.error);
    }

    const history = await migrationManager.getHistory();

    deepEqual(console.lines, [["Applied: 0, Pending: 2"], [
      "Applied 2 migrations",
    ]]);
    deepEqual(
      history.map(({ version, outcome }) => `${version} ${outcome}`),
      ["002 applied", "001 applied"],
    );
  }));

Deno.test("the example with the DatabaseManager runs", () =>
  withShared(FILES, async ({ console, dir }) => {
    const dbManager = DatabaseManager.getInstance();
    const migrationManager = new MigrationManager(dbManager, { cwd: dir });

    const validation = await migrationManager.isSetupValid();
    if (!validation.valid) {
      console.error("Migration setup issues:", validation.errors);
      return;
    }

    const result = await migrationManager.migrate();

    deepEqual([console.lines, result.success], [[], true]);
  }));

Deno.test({
  name:
    "the example with the DatabaseManager makes a backup before it migrates",
  ignore: pgDumpMajor === undefined,
  async fn() {
    if (pgDumpMajor === undefined) return;
    await using server = await startPostgres({ major: pgDumpMajor });
    await withShared(FILES, async ({ console, dir }) => {
      const dbManager = DatabaseManager.getInstance();
      const migrationManager = new MigrationManager(dbManager, { cwd: dir });

      const validation = await migrationManager.isSetupValid();
      if (!validation.valid) {
        console.error("Migration setup issues:", validation.errors);
        return;
      }

      const backup = await migrationManager.createBackup();
      if (!backup.success) {
        console.error("Backup failed:", backup.error);
        return;
      }

      const result = await migrationManager.migrate();

      deepEqual([console.lines, result.success], [[], true]);
      ok((await Deno.stat(join(dir, backup.path ?? ""))).size > 0);
    }, { server: server.url });
  },
});

Deno.test("the example of a complete cycle runs", () =>
  withShared(FILES, async ({ console }) => {
    const migrationManager = getMigrationManager();

    const initialStatus = await migrationManager.getStatus();
    console.log("Initial:", initialStatus);

    const migrateResult = await migrationManager.migrate({ dryRun: false });
    console.log("Migrate:", migrateResult);

    const finalStatus = await migrationManager.getStatus();
    console.log("Final:", finalStatus);

    const rollbackResult = await migrationManager.rollback({ count: 1 });
    console.log("Rollback:", rollbackResult);

    deepEqual(
      [
        initialStatus.pendingMigrations,
        migrateResult.migrationsApplied,
        finalStatus.appliedMigrations,
        rollbackResult.migrationsRolledBack,
      ],
      [2, 2, 2, 1],
    );
  }));

Deno.test("a failure comes back as an error, and nothing is thrown", () =>
  withShared({ "001_bad.sql": "SELECT 1 / 0;\n" }, async () => {
    const result = await getMigrationManager().migrate();

    equal(result.success, false);
    ok(result.error instanceof LockstepError);
    equal(result.error.code, "statement_failed");
    equal(result.error.location?.line, 1);
  }));

Deno.test("isSetupValid() says what is in the way", async () => {
  await using database = new DatabaseManager({
    databaseUrl: "postgres://app@127.0.0.1:1/app",
    env: {},
  });
  await withProject({}, async (dir) => {
    const manager = new MigrationManager(database, { cwd: dir });

    const { valid, errors } = await manager.isSetupValid();

    equal(valid, false);
    match(errors.join("\n"), /connection was refused/);
    await rejects(manager.getHistory(), { code: "cannot_connect" });
  });
});

Deno.test("a dry run answers with the plan", () =>
  withShared(FILES, async () => {
    const plan = await getMigrationManager().migrate({ dryRun: true });

    deepEqual(plan.steps.map(({ version }) => version), ["001", "002"]);
    equal((await getMigrationManager().getStatus()).appliedMigrations, 0);
  }));

Deno.test("events tell of the run, and a signal stops it", () =>
  withShared(
    { ...FILES, "002_orders.sql": "SELECT pg_sleep(60);\n" },
    async ({ dir }) => {
      const events: RunEvent[] = [];
      const stop = new AbortController();
      const manager = new MigrationManager(DatabaseManager.getInstance(), {
        cwd: dir,
        signal: stop.signal,
        onEvent(event) {
          events.push(event);
          if (event.type === "step_started" && event.step.version === "002") {
            stop.abort("SIGTERM");
          }
        },
      });

      const result = await manager.migrate();

      deepEqual([result.success, result.error?.code], [false, "interrupted"]);
      deepEqual(result.steps.map(({ status }) => status), ["done", "failed"]);
      ok(events.some(({ type }) => type === "run_started"));
    },
  ));

Deno.test("a listener that throws does not stop the run", () =>
  withShared(FILES, async ({ dir }) => {
    const manager = new MigrationManager(DatabaseManager.getInstance(), {
      cwd: dir,
      onEvent() {
        throw new Error("of the listener");
      },
    });

    equal((await manager.migrate()).migrationsApplied, 2);
  }));

Deno.test("two managers of one database keep their own settings", () =>
  withShared(FILES, async ({ dir }) => {
    const database = DatabaseManager.getInstance();
    const [one, other] = ["ops.one", "ops.other"].map((table) =>
      new MigrationManager(database, { cwd: dir, table })
    );
    ok(one !== undefined && other !== undefined);

    equal((await one.migrate({ version: "001" })).migrationsApplied, 1);

    equal((await one.getStatus()).appliedMigrations, 1);
    equal((await other.getStatus()).appliedMigrations, 0);
  }));

Deno.test("getMigrationManager() is the same as long as its database is", () =>
  withShared(FILES, async ({ url }) => {
    const first = getMigrationManager();
    equal(getMigrationManager(), first);

    await DatabaseManager.getInstance().close();
    DatabaseManager.getInstance({ databaseUrl: url, env: {} });

    ok(getMigrationManager() !== first);
    await DatabaseManager.getInstance().close();
  }));
