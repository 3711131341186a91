/**
 * The commands and queries of the document that lockstep was first asked for
 * with; "node database/migrate.js" is "lockstep" here. The TypeScript of that
 * document is in tests/postgres/api_test.ts.
 *
 * Not run, and why:
 * - "npm test …", "NODE_ENV=test npm test …", "createdb …", "df -h": they are
 *   not ours;
 * - "SELECT create_hypertable(…)" and "ALTER TABLE … SET (timescaledb.…)":
 *   they need TimescaleDB.
 */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { fileURLToPath } from "node:url";
// @ts-types="@types/pg"
import pg from "pg";
import downTemplate from "../fixtures/original/004_your_migration_name_down.sql" with {
  type: "text",
};
import upTemplate from "../fixtures/original/004_your_migration_name.sql" with {
  type: "text",
};
import tracker from "../fixtures/original/schema_migrations.sql" with {
  type: "text",
};
import { runLockstep } from "../helpers/cli.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import { withProject } from "../helpers/project.ts";
import { column, withRole, withRun } from "../helpers/run.ts";

const SAMPLE = fileURLToPath(new URL("../../migrations", import.meta.url));

/** Runs command lines on the sample, each of which must succeed. */
async function runLines(
  db: TestDatabase,
  cwd: string,
  lines: readonly string[],
): Promise<readonly string[]> {
  const outputs: string[] = [];
  for (const line of lines) {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)]
      .map(([, quoted, bare]) => quoted ?? bare ?? "");
    const result = await runLockstep(words.slice(1), {
      cwd,
      env: { DATABASE_URL: db.url, LANG: "C.UTF-8" },
    });
    equal(result.code, 0, `${line}\n${result.stdout}${result.stderr}`);
    outputs.push(result.stdout);
  }
  return outputs;
}

/** A project with the sample, and a database. */
async function withSample(
  test: (
    run: (...lines: string[]) => Promise<readonly string[]>,
    db: TestDatabase,
  ) => Promise<void>,
): Promise<void> {
  const files = Object.fromEntries(
    ["", "rollbacks/"].flatMap((folder) =>
      [...Deno.readDirSync(`${SAMPLE}/${folder}`)]
        .filter(({ isFile }) => isFile)
        .map(({ name }) => [
          folder + name,
          Deno.readTextFileSync(`${SAMPLE}/${folder}${name}`),
        ])
    ),
  );
  await withDatabase((db) =>
    withProject(
      files,
      (dir) => test((...lines) => runLines(db, dir, lines), db),
    )
  );
}

Deno.test("the command lines of the quick start move the sample", () =>
  withSample(async (run, db) => {
    const [before, preview, , partly] = await run(
      "lockstep status",
      "lockstep migrate --dry-run",
      "lockstep migrate 002",
      "lockstep status",
      "lockstep migrate",
    );
    const [, after, undry, , undone] = await run(
      "lockstep rollback --count 1",
      "lockstep status",
      "lockstep rollback --count 1 --dry-run",
      "lockstep rollback --to 001",
      "lockstep status",
    );

    match(before ?? "", /^0 applied, 3 pending/m);
    match(preview ?? "", /^Would apply 3 migrations\. Nothing was changed\.$/m);
    match(partly ?? "", /^2 applied, 1 pending/m);
    match(after ?? "", /^2 applied, 1 pending, 0 failed, 1 rolled back/m);
    match(
      undry ?? "",
      /^Would roll back 1 migration\. Nothing was changed\.$/m,
    );
    match(undone ?? "", /^1 applied, 2 pending, 0 failed, 2 rolled back/m);
    deepEqual(await applied(db), ["001"]);
  }));

Deno.test("the command lines of the examples create and roll back", () =>
  withSample(async (run, db) => {
    const [first] = await run('lockstep create "add user authentication"');
    const [second] = await run(
      'lockstep create "add portfolio rebalancing tables"',
    );
    await run("lockstep migrate --force", "lockstep rollback --count 2");

    const names = (slug: string) =>
      new RegExp(
        `^created migrations/\\d{14}_${slug}\\.sql\n` +
          `created migrations/rollbacks/\\d{14}_${slug}_down\\.sql$`,
        "m",
      );
    match(first ?? "", names("add_user_authentication"));
    match(second ?? "", names("add_portfolio_rebalancing_tables"));
    deepEqual(await applied(db), ["001", "002", "003"]);
  }));

Deno.test("migrate --force goes past a changed file", () =>
  withRun({ "001_a.sql": "SELECT 1;\n" }, async ({ done, json, write }) => {
    await done("migrate");
    await write({ "001_a.sql": "SELECT 2;\n", "002_b.sql": "SELECT 3;\n" });

    equal((await json("migrate")).error?.code, "checksum_mismatch");
    equal((await done("migrate", "--force")).migrationsApplied, 1);
  }));

Deno.test("the templates of both files run as they are", () =>
  withRun({
    "003_previous_migration.sql": "SELECT 1;\n",
    "004_your_migration_name.sql": upTemplate,
    "rollbacks/004_your_migration_name_down.sql": downTemplate,
  }, async ({ db, done }) => {
    const exists = "SELECT to_regclass('example_table') IS NOT NULL";

    await done("migrate");
    const between = await column(db, exists);
    await done("rollback");

    deepEqual([between, await column(db, exists)], [[true], [false]]);
  }));

Deno.test("migrate goes on with the tracking table of the document", () =>
  withRun({ "001_a.sql": "SELECT 1;\n" }, async ({ db, done }) => {
    await db.query(tracker);

    await done("migrate");

    deepEqual(await applied(db), ["001"]);
  }));

Deno.test("a lock of the document's key does not stand in the way of a run", () =>
  withRun({ "001_a.sql": "SELECT 1;\n" }, async ({ db, done }) => {
    const taken = await column(db, "SELECT pg_try_advisory_lock(12345)");
    await done("migrate");
    const released = await column(db, "SELECT pg_advisory_unlock(12345)");

    deepEqual([taken, released], [[true], [true]]);
  }));

Deno.test("the queries of the tracking tables answer on the sample", () =>
  withSample(async (run, db) => {
    await run("lockstep migrate", "lockstep rollback --count 1");

    const [summary] = await db.query("SELECT * FROM get_migration_status()");
    const recent = await db.query("SELECT * FROM migration_status_view");
    const failed = await db.query(
      "SELECT * FROM schema_migrations WHERE success = FALSE",
    );
    const rolledBack = await db.query(
      "SELECT * FROM schema_migrations WHERE rolled_back_at IS NOT NULL",
    );

    ok(summary !== undefined);
    equal(recent.length, 3);
    deepEqual(failed, []);
    deepEqual(rolledBack.map(({ version }) => version), ["003"]);
  }));

Deno.test("the update of a failed version makes it an applied one", () =>
  withRun({ "001_a.sql": "SELECT wrong;\n" }, async ({ db, json, done }) => {
    await json("migrate");
    const failed = await db.query(
      "SELECT * FROM schema_migrations WHERE success = FALSE",
    );
    await db.query(
      "UPDATE schema_migrations SET success = TRUE WHERE version = '001'",
    );

    deepEqual(failed.map(({ version }) => version), ["001"]);
    equal((await done("status")).appliedMigrations, 1);
  }));

Deno.test("statements of the document on indexes, batches, cursors and transactions run in a migration", () =>
  withRun({
    "001_tables.sql": "CREATE TABLE table_name (column_name int);\n" +
      "CREATE TABLE large_table (id int, new_column int, calculated_value int);\n" +
      "INSERT INTO large_table SELECT n, NULL, n FROM generate_series(1, 10001) n;\n",
    "002_index.sql":
      "CREATE INDEX CONCURRENTLY idx_example ON table_name(column_name);\n",
    "003_batch.sql":
      "-- Process in batches of 10000 rows\nUPDATE large_table \nSET new_column = calculated_value \nWHERE id BETWEEN 1 AND 10000;\n\n" +
      "-- Use cursor for memory efficiency\nDECLARE migration_cursor CURSOR FOR SELECT * FROM large_table;\n",
    "004_safety.sql":
      "BEGIN;\n-- Migration code\n-- If anything fails, entire migration rolls back\nCOMMIT;\n",
  }, async ({ db, done }) => {
    await done("migrate");

    deepEqual(
      await column(db, "SELECT count(new_column)::int FROM large_table"),
      [10000],
    );
    deepEqual(
      await column(
        db,
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'idx_example'::regclass",
      ),
      [true],
    );
  }));

Deno.test("the grants of the document let a role write to the sample", () =>
  withSample(async (run, db) => {
    await run("lockstep migrate");
    await withRole(db, async ({ name }) => {
      await db.query(
        `GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA trading TO ${name};
         GRANT ALL PRIVILEGES ON ALL SEQUENCES IN SCHEMA trading TO ${name};`,
      );

      deepEqual(
        await column(
          db,
          `SELECT has_table_privilege('${name}', 'trading.orders', 'INSERT')`,
        ),
        [true],
      );
    });
  }));

// What `lockstep unlock` is for. Only its own sessions are shown to a role.
Deno.test("the query that cancels lock holders of the document cancels itself", () =>
  withDatabase((db) =>
    withRole(db, async ({ url }) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();

      await rejects(
        client.query(
          "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_advisory_lock%'",
        ),
        /canceling statement due to user request/,
      );

      await client.end();
    })
  ));

Deno.test("the tables that init --sql prints are those of psql -f", () =>
  withSample(async (run, db) => {
    const [sql] = await run("lockstep init --sql");
    await db.query(sql ?? "");
    const [status] = await run("lockstep status");

    match(status ?? "", /^0 applied, 3 pending/m);
    deepEqual(await applied(db), []);
  }));

async function applied(db: TestDatabase): Promise<readonly unknown[]> {
  return await column(
    db,
    "SELECT version::text FROM schema_migrations " +
      "WHERE success AND rolled_back_at IS NULL ORDER BY 1",
  );
}
