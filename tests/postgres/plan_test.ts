import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  column,
  ending,
  placeOf,
  stepsOf,
  tablesOf,
  withRun,
} from "../helpers/run.ts";

const FILES = {
  "001_users.sql":
    "-- Description: users\nBEGIN;\nCREATE TABLE users (\n  id INT\n);\nCOMMIT;\nSELECT 'made' AS status;\n",
  "002_index.sql": "CREATE INDEX CONCURRENTLY users_id ON users (id);\n",
  "003_empty.sql": "-- nothing\n",
  "rollbacks/001_users_down.sql": "DROP TABLE users;\n",
  "rollbacks/002_index_down.sql": "DROP INDEX CONCURRENTLY users_id;\n",
  "rollbacks/003_empty_down.sql": "",
};

const EVERYTHING =
  "SELECT count(*)::int FROM pg_class WHERE relnamespace NOT IN " +
  "(SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')";

Deno.test("migrate --dry-run prints each step with its segments and SQL", () =>
  withRun(FILES, async ({ run }) => {
    const { code, stdout, stderr } = await run("migrate", "--dry-run");

    equal(code, 0, stderr);
    match(
      stdout,
      /^\[1\/3\] apply 001_users\n {2}migrations\/001_users\.sql\n {2}in one transaction, 2 statements/m,
    );
    ok(
      stdout.includes(
        "  3 | CREATE TABLE users (\n  4 |   id INT\n  5 | )\n  7 | SELECT 'made' AS status\n",
      ),
      stdout,
    );
    match(
      stdout,
      /^ {2}outside a transaction, 1 statement.*: CREATE INDEX CONCURRENTLY cannot run inside a transaction block/m,
    );
    ok(stdout.includes("  1 | CREATE INDEX CONCURRENTLY users_id ON users"));
    match(stdout, /^ {2}no statements: it is only recorded$/m);
    match(stdout, /^Would apply 3 migrations\. Nothing was changed\.$/m);
  }));

Deno.test("migrate --dry-run changes nothing, not even the tracking table", () =>
  withRun(FILES, async ({ db, done }) => {
    const before = await column(db, EVERYTHING);
    await done("migrate", "--dry-run");

    deepEqual([before, await column(db, EVERYTHING)], [[0], [0]]);
  }));

Deno.test("migrate --dry-run creates no schema for the tracking table", () =>
  withRun(FILES, async ({ db, done }) => {
    await done("migrate", "--dry-run", "--table", "ops.history");

    deepEqual(await column(db, "SELECT to_regnamespace('ops')"), [null]);
  }));

Deno.test("migrate --dry-run shows only what is pending, up to the version named", () =>
  withRun(FILES, async ({ db, done }) => {
    await done("migrate", "001");
    const answer = await done("migrate", "002", "--dry-run");

    equal(answer.kind, "plan");
    deepEqual(answer.steps.map(({ version }) => version), ["002"]);
    deepEqual(
      await column(db, "SELECT version FROM schema_migrations"),
      ["001"],
    );
  }));

Deno.test("migrate --dry-run says so when nothing is pending", () =>
  withRun(FILES, async ({ done, run }) => {
    await done("migrate");
    const { code, stdout } = await run("migrate", "--dry-run");

    equal(code, 0);
    match(stdout, /^Nothing to apply\.$/m);
  }));

Deno.test("migrate --dry-run finds what is wrong as migrate does", () =>
  withRun(
    { ...FILES, "004_bad.sql": "SELECT 1;\nSELECT 'open;\n" },
    async ({ json }) => {
      const answer = await json("migrate", "--dry-run");

      deepEqual(ending(answer), [3, "unterminated"]);
      equal(placeOf(answer.error), "migrations/004_bad.sql:2:8");
    },
  ));

Deno.test("migrate --dry-run waits for no lock and takes none", () =>
  withRun(FILES, async ({ db, done }) => {
    await done("init");
    const other = await db.connect();
    await other.query(
      "BEGIN; LOCK TABLE schema_migrations IN EXCLUSIVE MODE",
    );
    await done("migrate", "--dry-run", "--lock-timeout", "0");
  }));

Deno.test("rollback --dry-run prints the steps back and changes nothing", () =>
  withRun(FILES, async ({ db, done, run }) => {
    await done("migrate");
    const before = await db.query("SELECT * FROM schema_migrations ORDER BY 1");
    const answer = await done("rollback", "--to", "0", "--dry-run");
    const { stdout } = await run("rollback", "--to", "0", "--dry-run");

    deepEqual(
      answer.steps.map(({ version, path, segments }) => [
        version,
        path,
        segments.map(({ mode, statements }) => [
          mode,
          ...statements.map(({ sql }) => sql),
        ]),
      ]),
      [
        ["003", "migrations/rollbacks/003_empty_down.sql", []],
        ["002", "migrations/rollbacks/002_index_down.sql", [[
          "non_transactional",
          "DROP INDEX CONCURRENTLY users_id",
        ]]],
        ["001", "migrations/rollbacks/001_users_down.sql", [[
          "transactional",
          "DROP TABLE users",
        ]]],
      ],
    );
    match(stdout, /^\[2\/3\] roll back 002_index$/m);
    match(stdout, /^Would roll back 3 migrations\. Nothing was changed\.$/m);
    deepEqual(
      await db.query("SELECT * FROM schema_migrations ORDER BY 1"),
      before,
    );
    deepEqual(await tablesOf(db), ["users"]);
    equal((await column(db, "SELECT id FROM schema_migrations_log")).length, 3);
  }));

Deno.test("a dry run works for a role that may only read", () =>
  withRun(FILES, async ({ db, done }) => {
    await done("migrate", "002");
    await db.query(
      `ALTER DATABASE ${db.name} SET default_transaction_read_only = on`,
    );
    const answer = await done("migrate", "--dry-run");

    deepEqual(answer.steps.map(({ version }) => version), ["003"]);
  }));

Deno.test("migrate runs what its dry run has shown", () =>
  withRun(FILES, async ({ done }) => {
    const plan = await done("migrate", "--dry-run");
    const run = await done("migrate");

    deepEqual(
      plan.steps.map(({ version, segments }) => [
        version,
        segments.flatMap(({ statements }) => statements).length,
      ]),
      run.steps.map(({ version, statements }) => [version, statements]),
    );
    equal(stepsOf(run).length, 3);
  }));
