import { deepEqual, equal, match, ok } from "node:assert/strict";
import { lockKeys } from "../../src/core/lock.ts";
import {
  column,
  ending,
  logOf,
  placeOf,
  statesOf,
  stepsOf,
  tablesOf,
  withRun,
} from "../helpers/run.ts";

const TWO = {
  "001_users.sql": "CREATE TABLE users (id INT);\n",
  "002_orders.sql": "CREATE TABLE orders (id INT);\n",
};

const TEMPLATE = `-- Migration: 004_template.sql
-- Version: 004
-- Rollback: 004_template_down.sql

BEGIN;

CREATE TABLE example_table (id INT);

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 'example_table') THEN
        RAISE EXCEPTION 'Migration validation failed: example_table not created';
    END IF;
    RAISE NOTICE 'Migration 004 validation completed successfully';
END $$;

COMMIT;

-- Migration completion log
SELECT 'Migration 004 completed successfully' as status;
`;

Deno.test("migrate applies all pending migrations in the order of their versions", () =>
  withRun({
    "9_a.sql": "CREATE TABLE a (id INT);",
    "010_b.sql": "ALTER TABLE a ADD b INT;",
    "20250105120000_d.sql": "ALTER TABLE c ADD d INT;",
    "100_c.sql": "ALTER TABLE a RENAME TO c;",
  }, async ({ db, done }) => {
    const answer = await done("migrate");

    deepEqual(stepsOf(answer), [
      "9 done",
      "010 done",
      "100 done",
      "20250105120000 done",
    ]);
    equal(answer.migrationsApplied, 4);
    deepEqual(
      await column(db, "SELECT version FROM schema_migrations ORDER BY id"),
      ["9", "010", "100", "20250105120000"],
    );
  }));

Deno.test("migrate records name, checksum, path, time and run of a version", () =>
  withRun(TWO, async ({ db, done }) => {
    const { runId } = await done("migrate", "001");

    const rows = await db.query(
      `SELECT version, name, checksum, success, migration_type, file_path,
         run_id::text, rolled_back_at, error, execution_time_ms >= 0 AS took,
         applied_at BETWEEN now() - interval '1 minute' AND now() AS recent
       FROM schema_migrations`,
    );
    deepEqual(rows, [{
      version: "001",
      name: "users",
      // As sha256sum prints it.
      checksum:
        "58e7702b20f3e39e3a58072997bbd6307b96a7ed91068ac2eed59f748f1ad7bf",
      success: true,
      migration_type: "up",
      file_path: "migrations/001_users.sql",
      run_id: runId,
      rolled_back_at: null,
      error: null,
      took: true,
      recent: true,
    }]);
  }));

Deno.test("migrate records how long a migration took on the server", () =>
  withRun(
    { "001_slow.sql": "SELECT pg_sleep(0.3);" },
    async ({ db, done }) => {
      await done("migrate");

      const [ms] = await column(
        db,
        "SELECT execution_time_ms FROM schema_migrations",
      );
      ok(Number(ms) >= 300 && Number(ms) < 20_000, String(ms));
    },
  ));

Deno.test("migrate applies up to and including the version that is named", () =>
  withRun({ ...TWO, "003_c.sql": "" }, async ({ db, done, json }) => {
    const first = await done("migrate", "2");
    const again = await done("migrate", "001");
    const status = await json("status");

    deepEqual(stepsOf(first), ["001 done", "002 done"]);
    deepEqual(stepsOf(again), []);
    deepEqual(await tablesOf(db), ["orders", "users"]);
    deepEqual(statesOf(status), ["001 applied", "002 applied", "003 pending"]);
  }));

for (const version of ["7", "abc", "001_users"]) {
  Deno.test(`migrate refuses ${version} as no known version`, () =>
    withRun(TWO, async ({ db, json }) => {
      const answer = await json("migrate", version);

      deepEqual(ending(answer), [2, "unknown_version"]);
      ok(answer.error?.message.includes(`"${version}"`));
      deepEqual(await tablesOf(db), []);
    }));
}

Deno.test("migrate does nothing when nothing is pending", () =>
  withRun(TWO, async ({ db, done }) => {
    await done("migrate");
    const again = await done("migrate");

    deepEqual([again.migrationsApplied, again.runId], [0, undefined]);
    equal((await logOf(db)).length, 2);
  }));

Deno.test("migrate creates the columns of the request first, then its own", () =>
  withRun(TWO, async ({ db, done }) => {
    await done("migrate");

    const columns = await db.query(
      `SELECT concat_ws(' ', column_name, data_type,
         character_maximum_length,
         CASE is_nullable WHEN 'NO' THEN 'NOT NULL' END,
         'DEFAULT ' || column_default) AS shown
       FROM information_schema.columns WHERE table_name = 'schema_migrations'
       ORDER BY ordinal_position`,
    );
    deepEqual(columns.map(({ shown }) => shown).slice(0, 13), [
      "id integer NOT NULL DEFAULT nextval('schema_migrations_id_seq'::regclass)",
      "version character varying 50 NOT NULL",
      "name character varying 255 NOT NULL",
      "applied_at timestamp with time zone NOT NULL DEFAULT now()",
      "checksum character varying 64 NOT NULL",
      "success boolean NOT NULL DEFAULT true",
      "execution_time_ms integer",
      "rolled_back_at timestamp with time zone",
      "rollback_reason text",
      "migration_type character varying 20 NOT NULL DEFAULT 'up'::character varying",
      "file_path character varying 500 NOT NULL",
      "created_at timestamp with time zone NOT NULL DEFAULT now()",
      "updated_at timestamp with time zone NOT NULL DEFAULT now()",
    ]);
  }));

Deno.test("migrate keeps the tracking queries of the request working", () =>
  withRun({
    ...TWO,
    "rollbacks/002_orders_down.sql": "DROP TABLE orders;",
  }, async ({ db, done, json, remove, write }) => {
    await done("migrate");
    await done("rollback", "--reason", "a try");
    await remove("002_orders.sql");
    await remove("rollbacks");
    await write({ "003_bad.sql": "SELECT 1/0;" });
    await json("migrate");

    const summary = await db.query("SELECT * FROM get_migration_status()");
    const view = await db.query("SELECT * FROM migration_status_view");
    const failed = await db.query(
      "SELECT * FROM schema_migrations WHERE success = FALSE",
    );
    const history = await db.query(
      "SELECT * FROM schema_migrations WHERE rolled_back_at IS NOT NULL",
    );

    deepEqual(summary.map(({ last_applied_at: _, ...row }) => row), [{
      total_migrations: "3",
      applied_migrations: "1",
      failed_migrations: "1",
      rolled_back_migrations: "1",
      last_version: "001",
    }]);
    deepEqual(view.map(({ version, status }) => `${version} ${status}`), [
      "001 applied",
      "002 rolled back",
      "003 failed",
    ]);
    deepEqual(
      failed.map((row) => [row["version"], row["error_sqlstate"]]),
      [["003", "22012"]],
    );
    deepEqual(
      history.map((row) => [row["version"], row["rollback_reason"]]),
      [["002", "a try"]],
    );
  }));

Deno.test("migrate takes a failed row that was set to success as applied", () =>
  withRun(
    { ...TWO, "003_bad.sql": "SELECT 1/0;" },
    async ({ db, done, json }) => {
      const failed = await json("migrate");
      await db.query(
        "UPDATE schema_migrations SET success = TRUE WHERE version = '003'",
      );
      const again = await done("migrate");
      const status = await done("status");

      deepEqual(ending(failed), [5, "statement_failed"]);
      equal(again.migrationsApplied, 0);
      equal(statesOf(status)[2], "003 applied");
    },
  ));

Deno.test("migrate runs the request's template with BEGIN, COMMIT and SELECT", () =>
  withRun({ "004_template.sql": TEMPLATE }, async ({ db, run, done }) => {
    const { code, stdout, stderr } = await run("migrate");
    const status = await done("status");

    equal(code, 0, stderr);
    ok(
      stderr.includes("status: Migration 004 completed successfully"),
      stderr,
    );
    ok(
      stderr.includes(
        "NOTICE: Migration 004 validation completed successfully",
      ),
      stderr,
    );
    ok(!stdout.includes("completed successfully"), stdout);
    ok(!stderr.includes("WARNING"), stderr);
    deepEqual(await tablesOf(db), ["example_table"]);
    deepEqual(statesOf(status), ["004 applied"]);
  }));

Deno.test("migrate rolls back what a file committed before its failed SELECT", () =>
  withRun({
    "004_template.sql": TEMPLATE.replace("SELECT 'Migration", "SELECT 1/0, '"),
  }, async ({ db, json }) => {
    const answer = await json("migrate");

    deepEqual(ending(answer), [5, "statement_failed"]);
    equal(placeOf(answer.error), "migrations/004_template.sql:20:1");
    deepEqual(await tablesOf(db), []);
  }));

Deno.test("migrate shows the rows of a final SELECT as a table on stderr", () =>
  withRun({
    "001_rows.sql":
      "CREATE TABLE t (a INT, b TEXT);\nINSERT INTO t SELECT i, NULL FROM generate_series(1, 9) i;\nTABLE t ORDER BY a;\n",
  }, async ({ run }) => {
    const { code, stderr } = await run("migrate");

    equal(code, 0, stderr);
    match(stderr, /^ {2}a +b\n {2}1\s/m);
    match(stderr, /^ {2}5\s*\n {2}and more rows$/m);
  }));

Deno.test("migrate tells what it does on stderr, and the result on stdout", () =>
  withRun(TWO, async ({ run }) => {
    const { stdout, stderr } = await run("migrate");

    equal(
      stderr,
      "Applying 2 migrations\n[1/2] 001_users\n[2/2] 002_orders\n",
    );
    match(
      stdout,
      /^target: .*\n✓ {2}001_users .*\n✓ {2}002_orders .*\nApplied 2/,
    );
  }));

Deno.test("migrate --quiet shows no notices and no rows", () =>
  withRun({ "004_template.sql": TEMPLATE }, async ({ run }) => {
    const { code, stdout, stderr } = await run("migrate", "--quiet");

    deepEqual([code, stdout, stderr], [0, "", ""]);
  }));

for (
  const [what, text] of [
    ["an empty file", ""],
    ["a file of comments", "-- nothing yet\n/* at\nall */\n"],
    ["a file of semicolons", ";;\n ;"],
    ["a lone BEGIN and COMMIT", "BEGIN;\nCOMMIT;\n"],
  ] as const
) {
  Deno.test(`migrate records ${what} with zero statements`, () =>
    withRun({ "001_empty.sql": text }, async ({ db, done }) => {
      const answer = await done("migrate");

      deepEqual(answer.steps.map((step) => [step.status, step.statements]), [
        ["done", 0],
      ]);
      deepEqual(
        await db.query(
          "SELECT m.version, m.success, l.statements FROM schema_migrations m JOIN schema_migrations_log l USING (version)",
        ),
        [{ version: "001", success: true, statements: 0 }],
      );
    }));
}

Deno.test("migrate takes no lock when nothing is pending", () =>
  withRun(TWO, async ({ db, done, json, write }) => {
    await done("migrate");
    const other = await db.connect();
    const { first, second } = lockKeys(12345, '"public"."schema_migrations"');
    await other.query(`SELECT pg_advisory_lock(${first}, ${second})`);

    const idle = await json("migrate", "--lock-timeout", "0");
    await write({ "003_new.sql": "" });
    const busy = await json("migrate", "--lock-timeout", "0", "--force");

    deepEqual(ending(idle), [0, ""]);
    deepEqual(ending(busy), [4, "lock_timeout"]);
  }));

Deno.test("migrate applies COPY data that follows its statement", () =>
  withRun({
    "001_copy.sql":
      "CREATE TABLE t (a INT, b TEXT);\nCOPY t FROM stdin;\n1\tone; two\n2\t\\N\n\\.\nINSERT INTO t VALUES (3, 'three');\n",
  }, async ({ db, done }) => {
    const answer = await done("migrate");

    deepEqual(answer.steps.map(({ statements }) => statements), [3]);
    deepEqual(await db.query("SELECT a, b FROM t ORDER BY a"), [
      { a: 1, b: "one; two" },
      { a: 2, b: null },
      { a: 3, b: "three" },
    ]);
  }));

Deno.test("migrate joins the modes of the file's BEGIN to its own", () =>
  withRun({
    "001_modes.sql":
      "BEGIN ISOLATION LEVEL SERIALIZABLE;\nCREATE TABLE t AS SELECT current_setting('transaction_isolation') AS level;\nCOMMIT;\n",
  }, async ({ db, done }) => {
    await done("migrate");

    deepEqual(await column(db, "SELECT level FROM t"), ["serializable"]);
  }));

Deno.test("migrate runs a file whose statements have psql's corner cases", () =>
  withRun({
    "001_odd.sql": [
      "CREATE FUNCTION f() RETURNS TEXT LANGUAGE plpgsql AS $body$",
      "BEGIN\n  RETURN $$a;b$$; -- ';",
      "END $body$;",
      "CREATE FUNCTION g() RETURNS INT LANGUAGE sql",
      "BEGIN ATOMIC SELECT 1; SELECT 2; END;",
      "CREATE TABLE \"se;mi\" (a$b TEXT DEFAULT E'\\';');",
      "/* a /* nested; */ comment; */ SELECT f() || ';' AS last",
    ].join("\n"),
  }, async ({ db, done, run }) => {
    const dry = await run("migrate", "--dry-run");
    const answer = await done("migrate");

    equal(dry.code, 0, dry.stderr);
    deepEqual(answer.steps.map(({ statements }) => statements), [4]);
    deepEqual(await column(db, "SELECT g()"), [2]);
  }));
