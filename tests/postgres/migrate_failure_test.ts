import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readLogBreaks } from "../../src/io/postgres/history_store.ts";
import { trackingNames } from "../../src/io/postgres/tracking_sql.ts";
import { connectTo } from "../helpers/connecting.ts";
import {
  ending,
  logOf,
  placeOf,
  statesOf,
  stepsOf,
  tablesOf,
  withRole,
  withRun,
} from "../helpers/run.ts";

const THREE = {
  "001_users.sql": "CREATE TABLE users (id INT);\n",
  "002_bad.sql":
    "CREATE TABLE half (id INT);\nINSERT INTO nowhere VALUES (1);\nCREATE TABLE rest (id INT);\n",
  "003_orders.sql": "CREATE TABLE orders (id INT);\n",
};

Deno.test("migrate leaves nothing of a file that fails, and stops there", () =>
  withRun(THREE, async ({ db, json }) => {
    const answer = await json("migrate");

    deepEqual(ending(answer), [5, "statement_failed"]);
    deepEqual(stepsOf(answer), ["001 done", "002 failed", "003 not_run"]);
    deepEqual([answer.success, answer.migrationsApplied], [false, 1]);
    deepEqual(await tablesOf(db), ["users"]);
  }));

Deno.test("migrate says how to declare a variable of psql", () =>
  withRun({ "001_v.sql": "SELECT 1 + :n;\n" }, async ({ json }) => {
    const answer = await json("migrate", "--backup", "never");

    deepEqual(ending(answer), [5, "statement_failed"]);
    match(answer.error?.hint ?? "", /declare it with --var name=value/);
  }));

Deno.test("migrate lists for people what was applied, failed and not run", () =>
  withRun(THREE, async ({ run }) => {
    const { code, stdout } = await run("migrate");

    equal(code, 5);
    match(stdout, /^✓ {2}001_users /m);
    match(stdout, /^✗ {2}002_bad .*failed, undone$/m);
    match(stdout, /^\S {2}003_orders .*not run$/m);
    match(stdout, /^Applied 1 of 3 migrations in .*, 1 failed, 1 not run\.$/m);
  }));

Deno.test("migrate records a failure with its error and SQLSTATE", () =>
  withRun(THREE, async ({ db, json }) => {
    const { runId } = await json("migrate");
    const status = await json("status");

    const rows = await db.query(
      `SELECT version, name, error, error_sqlstate, execution_time_ms,
         rolled_back_at, statements_done, run_id::text
       FROM schema_migrations WHERE success = FALSE`,
    );
    deepEqual(rows, [{
      version: "002",
      name: "bad",
      error:
        'Cannot apply "002_bad" as a statement failed: relation "nowhere" does not exist',
      error_sqlstate: "42P01",
      execution_time_ms: null,
      rolled_back_at: null,
      statements_done: 0,
      run_id: runId,
    }]);
    deepEqual(statesOf(status), ["001 applied", "002 failed", "003 pending"]);
    equal(status.versions[1]?.sqlstate, "42P01");
  }));

Deno.test("migrate replaces the failed row once the file is fixed", () =>
  withRun(THREE, async ({ db, json, done, write }) => {
    await json("migrate");
    await write({ "002_bad.sql": "CREATE TABLE half (id INT);\n" });
    const answer = await done("migrate");

    deepEqual(stepsOf(answer), ["002 done", "003 done"]);
    const rows = await db.query(
      `SELECT version, success, error, error_sqlstate, direction
       FROM schema_migrations WHERE version = '002'`,
    );
    deepEqual(rows, [{
      version: "002",
      success: true,
      error: null,
      error_sqlstate: null,
      direction: null,
    }]);
    deepEqual(await logOf(db), [
      "001 migrate applied",
      "002 migrate failed",
      "002 migrate applied",
      "003 migrate applied",
    ]);
  }));

Deno.test("migrate logs who failed, from where, with which statement count", () =>
  withRun(THREE, async ({ db, json }) => {
    const { runId } = await json("migrate");

    const [row] = await db.query(
      `SELECT run_id::text, error_sqlstate, database_user, file_path,
         client LIKE '%@%' AS has_client, client_address IS NOT NULL AS has_address,
         tool_version <> '' AS has_version, finished_at >= started_at AS in_order
       FROM schema_migrations_log WHERE outcome = 'failed'`,
    );
    deepEqual(row, {
      run_id: runId,
      error_sqlstate: "42P01",
      database_user: "postgres",
      file_path: "migrations/002_bad.sql",
      has_client: true,
      has_address: true,
      has_version: true,
      in_order: true,
    });
  }));

Deno.test("readLogBreaks() finds none after applied, failed and rolled back steps", () =>
  withRun({
    ...THREE,
    "rollbacks/001_users_down.sql": "DROP TABLE users;",
  }, async ({ db, json, done, remove }) => {
    await json("migrate");
    await json("migrate");
    await remove("002_bad.sql");
    await done("rollback", "--reason", "für \\ 'immer'");
    await done("migrate");

    await using connection = await connectTo(db.url);
    const names = trackingNames("schema_migrations");
    equal((await logOf(db)).length, 6);
    deepEqual(await readLogBreaks(connection, names), []);
  }));

for (
  const [what, sql, version] of [
    [
      "edited",
      "UPDATE schema_migrations_log SET error = NULL WHERE version = '002'",
      "002",
    ],
    [
      "removed",
      "DELETE FROM schema_migrations_log WHERE version = '002'",
      "003",
    ],
  ] as const
) {
  Deno.test(`readLogBreaks() shows a row of the log that was ${what}`, () =>
    withRun(THREE, async ({ db, json, done, write }) => {
      await json("migrate");
      await write({ "002_bad.sql": "" });
      await done("migrate");
      await db.query(sql);

      await using connection = await connectTo(db.url);
      const names = trackingNames("schema_migrations");
      const breaks = await readLogBreaks(connection, names);
      equal(breaks[0]?.version, version);
    }));
}

/** A failing file, the place of its error, and the caret line below it. */
const PLACES: Readonly<Record<string, readonly [string, string, string]>> = {
  "of a plain statement": [
    "SELECT 1;\n\nSELECT a,\n  wrong\nFROM (SELECT 1 AS a) t;\n",
    "4:3",
    "4 |   wrong\n  |   ^\n",
  ],
  "of a second statement on a line": [
    "SELECT 1; SELECT wrong;\n",
    "1:18",
    "  |                  ^\n",
  ],
  "after text of several bytes": [
    "SELECT 'äöü €', '🚀🚀', wrong;\n",
    "1:23",
    "1 | SELECT 'äöü €', '🚀🚀', wrong\n  |                         ^\n",
  ],
  "after a byte-order mark": ["\ufeffSELECT wrong;\n", "1:8", "  |        ^\n"],
  "after Windows line ends": [
    "SELECT 1,\r\n  2;\r\nSELECT 1,\r\n  wrong;\r\n",
    "4:3",
    "4 |   wrong\n  |   ^\n",
  ],
  "after a comment at the start of the statement": [
    "/* a */ SELECT /* ü */ wrong;\n",
    "1:24",
    "  |                        ^\n",
  ],
  "of a syntax error": ["CREATE TABEL t (a INT);\n", "1:8", "  |        ^\n"],
  "of a RAISE in a DO block": [
    "SELECT 1;\nDO $$\nBEGIN\n  PERFORM 1;\n  RAISE EXCEPTION 'no';\nEND $$;\n",
    "5:3",
    "5 |   RAISE EXCEPTION 'no';\n  |   ^\n",
  ],
  "of a RAISE on the first line of a DO block": [
    "DO $x$ BEGIN\nRAISE EXCEPTION 'no'; END $x$;\n",
    "2:1",
    "2 | RAISE EXCEPTION 'no'; END $x$\n  | ^\n",
  ],
  "of a RAISE in a DO block with its language first": [
    "DO LANGUAGE plpgsql $$\nBEGIN\n\tRAISE EXCEPTION 'no';\nEND $$;\n",
    "3:2",
    "3 |",
  ],
  "of a query inside a DO block": [
    "CREATE TABLE t (id INT);\nDO $$\nDECLARE ü INT;\nBEGIN\n  ü := 1;\n  DELETE FROM t\n  WHERE id = ü AND nope;\nEND $$;\n",
    "7:20",
    "7 |   WHERE id = ü AND nope;\n  |                    ^\n",
  ],
  "of a query that PL/pgSQL rewrites in a DO block": [
    "DO $$\nDECLARE v INT;\nBEGIN\n  v := 1;\n  SELECT nope INTO v FROM pg_class;\nEND $$;\n",
    "5:3",
    "5 |   SELECT nope INTO v FROM pg_class;\n  |   ^\n",
  ],
  "of an expression inside a DO block": [
    "DO $$\nDECLARE v INT;\nBEGIN\n  v := 1 + nope;\nEND $$;\n",
    "4:12",
    "4 |   v := 1 + nope;\n  |            ^\n",
  ],
  "of a function that a DO block calls": [
    "CREATE FUNCTION f() RETURNS INT LANGUAGE plpgsql AS $$\nBEGIN\n  RAISE EXCEPTION 'no';\nEND $$;\n\nDO $$\nBEGIN\n  PERFORM f();\nEND $$;\n",
    "8:3",
    "8 |   PERFORM f();\n  |   ^\n",
  ],
  "of a function body that cannot be compiled": [
    "SELECT 1;\nCREATE FUNCTION f() RETURNS INT LANGUAGE plpgsql AS $$\nBEGIN\n  RETRUN 1;\nEND $$;\n",
    "4:3",
    "4 |   RETRUN 1;\n  |   ^\n",
  ],
  "of an unknown column in a body of SQL": [
    "CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS $$\n  SELECT 1;\n  SELECT nope;\n$$;\n",
    "3:10",
    "3 |   SELECT nope;\n  |          ^\n",
  ],
  "of a function that a statement calls": [
    "CREATE FUNCTION f() RETURNS INT LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1/0;\nEND $$;\n  SELECT f();\n",
    "5:3",
    "5 |   SELECT f()\n  |   ^\n",
  ],
};

for (const [what, [text, place, caret]] of Object.entries(PLACES)) {
  Deno.test(`migrate shows the place ${what}`, () =>
    withRun({ "001_bad.sql": text }, async ({ run }) => {
      const { code, stderr } = await run("migrate");

      equal(code, 5, stderr);
      ok(stderr.includes(`  --> migrations/001_bad.sql:${place}\n`), stderr);
      ok(stderr.includes(caret), stderr);
    }));
}

Deno.test("migrate shows detail, hint, constraint and object of the server", () =>
  withRun({
    "001_bad.sql": `CREATE TABLE t (a INT CONSTRAINT positive CHECK (a > 0));
DO $$ BEGIN
  RAISE EXCEPTION 'no' USING DETAIL = 'the detail', HINT = 'the hint', ERRCODE = 'P0042';
END $$;\n`,
    "002_bad.sql": "",
  }, async ({ run, write }) => {
    const raised = await run("migrate");
    await write({
      "001_bad.sql":
        "CREATE TABLE t (a INT CONSTRAINT positive CHECK (a > 0));\nINSERT INTO t VALUES (-1);\n",
    });
    const checked = await run("migrate");

    match(raised.stderr, /^sqlstate: P0042\ndetail: the detail$/m);
    match(raised.stderr, /^server hint: the hint$/m);
    match(raised.stderr, /^hint: nothing of it is left/m);
    match(checked.stderr, /^sqlstate: 23514$/m);
    match(checked.stderr, /^detail: Failing row contains \(-1\)\.$/m);
    match(checked.stderr, /^object: public\.t$/m);
    match(checked.stderr, /^constraint: positive$/m);
  }));

Deno.test("migrate shows what a failing COPY row was", () =>
  withRun({
    "001_copy.sql": "CREATE TABLE t (a INT);\nCOPY t FROM stdin;\n1\nx\n\\.\n",
  }, async ({ db, json }) => {
    const answer = await json("migrate");

    deepEqual(ending(answer), [5, "statement_failed"]);
    equal(answer.error?.server?.["where"], 'COPY t, line 2, column a: "x"');
    equal(placeOf(answer.error), "migrations/001_copy.sql:4:1");
    deepEqual(await tablesOf(db), []);
  }));

Deno.test("migrate shows notices and warnings with their place on stderr", () =>
  withRun({
    "001_notice.sql":
      "DROP TABLE IF EXISTS gone;\nDO $$\nBEGIN\n  RAISE NOTICE 'from the block'\n    USING DETAIL = 'the detail';\n  RAISE WARNING 'watch out';\nEND $$;\n",
  }, async ({ run }) => {
    const { code, stdout, stderr } = await run("migrate");

    equal(code, 0, stderr);
    ok(
      stderr.includes(
        '  NOTICE: table "gone" does not exist, skipping (migrations/001_notice.sql:1:1)\n',
      ),
      stderr,
    );
    ok(
      stderr.includes(
        "  NOTICE: from the block (migrations/001_notice.sql:4:3)\n    detail: the detail\n",
      ),
      stderr,
    );
    ok(
      stderr.includes(
        "  WARNING: watch out (migrations/001_notice.sql:6:3)\n",
      ),
      stderr,
    );
    ok(!stdout.includes("from the block"), stdout);
  }));

Deno.test("migrate --quiet shows the error and nothing else", () =>
  withRun({
    "001_bad.sql": "DO $$ BEGIN RAISE NOTICE 'hello'; END $$;\nSELECT 1/0;\n",
  }, async ({ run }) => {
    const { code, stdout, stderr } = await run("migrate", "--quiet");

    equal(code, 5);
    equal(stdout, "");
    ok(stderr.startsWith("error[statement_failed]: "), stderr);
    ok(!stderr.includes("hello"), stderr);
  }));

Deno.test("migrate fails on a deferred constraint as the migration's own fault", () =>
  withRun({
    "001_deferred.sql": `CREATE TABLE a (id INT PRIMARY KEY);
CREATE TABLE b (a INT CONSTRAINT b_to_a REFERENCES a DEFERRABLE INITIALLY DEFERRED);
INSERT INTO b VALUES (1);\n`,
  }, async ({ db, json }) => {
    const answer = await json("migrate");

    deepEqual(ending(answer), [5, "statement_failed"]);
    equal(answer.error?.server?.["constraint"], "b_to_a");
    equal(answer.error?.location?.path, "migrations/001_deferred.sql");
    deepEqual(await tablesOf(db), []);
    deepEqual(await logOf(db), ["001 migrate failed"]);
  }));

Deno.test("migrate records a migration that left its session in another role", () =>
  withRun({}, async ({ db, json, done, write }) => {
    await withRole(db, async (role) => {
      await write({
        "001_role.sql": `SET ROLE ${role.name};\nSELECT 1;\n`,
        "002_bad.sql": `SET ROLE ${role.name};\nSELECT 1/0;\n`,
        "003_alone.sql":
          `SET ROLE ${role.name};\nVACUUM pg_class;\nSELECT current_user;\n`,
      });
      await done("migrate", "001");
      const failed = await json("migrate");
      await write({ "002_bad.sql": "" });
      await done("migrate");

      deepEqual(ending(failed), [5, "statement_failed"]);
      deepEqual(await logOf(db), [
        "001 migrate applied",
        "002 migrate failed",
        "002 migrate applied",
        "003 migrate applied",
      ]);
    });
  }));

Deno.test("migrate fails and undoes a migration that drops the tracking table", () =>
  withRun({
    "001_a.sql": "CREATE TABLE a (id INT);",
    "002_drop.sql": "DROP TABLE schema_migrations CASCADE;",
  }, async ({ db, json }) => {
    const answer = await json("migrate");
    const status = await json("status");

    deepEqual(ending(answer), [5, "record_failed"]);
    match(answer.error?.hint ?? "", /tracking tables/);
    deepEqual(statesOf(status), ["001 applied", "002 failed"]);
    deepEqual(await logOf(db), ["001 migrate applied", "002 migrate failed"]);
  }));

for (
  const [what, sql] of [
    [
      "a statement_timeout",
      "SET LOCAL statement_timeout = '20ms';\nSELECT pg_sleep(9);",
    ],
    [
      "its own cancellation",
      "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(9);",
    ],
  ] as const
) {
  Deno.test(`migrate reports ${what} as a failed statement`, () =>
    withRun({ "001_slow.sql": sql }, async ({ json }) => {
      const answer = await json("migrate");

      deepEqual(ending(answer), [5, "statement_failed"]);
      equal(answer.error?.server?.["sqlstate"], "57014");
    }));
}

Deno.test("migrate obeys the directive statement_timeout in a transaction", () =>
  withRun({
    "001_slow.sql": "-- lockstep: statement_timeout=100ms\nSELECT pg_sleep(9);",
  }, async ({ json }) => {
    const answer = await json("migrate");

    equal(answer.error?.server?.["sqlstate"], "57014");
  }));
