import { deepEqual, equal, match, ok } from "node:assert/strict";
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

const VALID =
  "SELECT c.relname || CASE WHEN i.indisvalid THEN ' valid' ELSE ' invalid' END " +
  "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid " +
  "WHERE c.relname ~ '^idx' ORDER BY 1";

Deno.test("migrate builds indexes CONCURRENTLY that a file wraps in BEGIN and COMMIT", () =>
  withRun({
    "001_index.sql": `BEGIN;
CREATE TABLE t (a INT, b INT);
CREATE INDEX CONCURRENTLY idx_a ON t (a);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS idx_b ON t (b);
INSERT INTO t VALUES (1, 1);
COMMIT;
SELECT 'done' AS status;\n`,
  }, async ({ db, done, run }) => {
    const dry = await done("migrate", "--dry-run");
    const { code, stderr } = await run("migrate");

    deepEqual(
      dry.steps[0]?.segments.map(({ mode, statements }) => [
        mode,
        statements.map(({ line }) => line),
      ]),
      [
        ["transactional", [2]],
        ["non_transactional", [3, 4]],
        ["transactional", [5, 7]],
      ],
    );
    equal(code, 0, stderr);
    ok(stderr.includes("status: done"), stderr);
    deepEqual(await column(db, VALID), ["idx_a valid", "idx_b valid"]);
    deepEqual(
      await db.query(
        "SELECT success, statements_done, statement_started, statements_fingerprint, direction FROM schema_migrations",
      ),
      [{
        success: true,
        statements_done: 5,
        statement_started: null,
        statements_fingerprint: null,
        direction: null,
      }],
    );
    deepEqual(await logOf(db), ["001 migrate applied"]);
  }));

for (
  const sql of [
    "VACUUM t;",
    "VACUUM (ANALYZE) t;",
    "REINDEX TABLE CONCURRENTLY t;",
    "REINDEX INDEX CONCURRENTLY t_pkey;",
    "CREATE INDEX CONCURRENTLY ON t (id);",
    "CREATE INDEX CONCURRENTLY idx ON t (id); DROP INDEX CONCURRENTLY idx;",
    "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;",
    "ALTER SYSTEM SET application_name = 'x'; ALTER SYSTEM RESET application_name;",
  ]
) {
  Deno.test(`migrate runs ${sql} outside a transaction`, () =>
    withRun({
      "001_t.sql": `CREATE TABLE t (id INT PRIMARY KEY);
CREATE TABLE p (id INT) PARTITION BY LIST (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);\n`,
      "002_alone.sql": `BEGIN;\n${sql}\nCOMMIT;\n`,
    }, async ({ done }) => {
      const answer = await done("migrate");

      deepEqual(stepsOf(answer), ["001 done", "002 done"]);
    }));
}

Deno.test("migrate creates and drops a database in a migration", () =>
  withRun({}, async ({ db, done, write }) => {
    const name = `${db.name}_made`;
    await write({
      "001_db.sql": `CREATE DATABASE ${name};\n`,
      "rollbacks/001_db_down.sql": `DROP DATABASE ${name};\n`,
    });
    const exists =
      `SELECT count(*)::int FROM pg_database WHERE datname = '${name}'`;
    await done("migrate");
    const between = await column(db, exists);
    await done("rollback");

    deepEqual([between, await column(db, exists)], [[1], [0]]);
  }));

Deno.test("migrate commits a new enum value before a statement that uses it", () =>
  withRun({
    "001_enum.sql": "CREATE TYPE mood AS ENUM ('sad');\n",
    "002_value.sql": `BEGIN;
ALTER TYPE mood ADD VALUE 'ok';
CREATE TABLE people (mood mood DEFAULT 'ok');
INSERT INTO people VALUES ('ok');
COMMIT;\n`,
  }, async ({ db, done }) => {
    const dry = await done("migrate", "--dry-run");
    await done("migrate");

    equal(dry.steps[1]?.segments.length, 2);
    match(dry.steps[1]?.segments[1]?.reason ?? "", /"ok" that line 2 adds/);
    deepEqual(await column(db, "SELECT mood::text FROM people"), ["ok"]);
  }));

const UNIQUE = {
  "001_data.sql":
    "CREATE TABLE t (a INT);\nINSERT INTO t VALUES (1), (1), (2);\n",
  "002_unique.sql": `CREATE TABLE first (id INT);
CREATE UNIQUE INDEX CONCURRENTLY idx_unique ON t (a);
CREATE TABLE last (id INT);
INSERT INTO first SELECT count(*) FROM first;\n`,
  "003_more.sql": "CREATE TABLE more (id INT);\n",
};

Deno.test("a failed CONCURRENTLY build stops the migration part-way with exit 6", () =>
  withRun(UNIQUE, async ({ db, json }) => {
    const answer = await json("migrate");
    const status = await json("status");

    deepEqual(ending(answer), [6, "statement_failed"]);
    deepEqual(stepsOf(answer), ["001 done", "002 partial", "003 not_run"]);
    equal(placeOf(answer.error), "migrations/002_unique.sql:2:1");
    deepEqual(await column(db, VALID), ["idx_unique invalid"]);
    deepEqual(await tablesOf(db), ["first", "t"]);
    deepEqual(statesOf(status), [
      "001 applied",
      "002 partly_applied",
      "003 pending",
    ]);
    deepEqual(
      await db.query(
        `SELECT success, direction, statements_done, statement_started,
           error_sqlstate, length(statements_fingerprint) > 0 AS has_fingerprint
         FROM schema_migrations WHERE version = '002'`,
      ),
      [{
        success: false,
        direction: "migrate",
        statements_done: 1,
        statement_started: 1,
        error_sqlstate: "23505",
        has_fingerprint: true,
      }],
    );
    deepEqual((await logOf(db)).at(-1), "002 migrate partial");
    deepEqual(
      await column(db, "SELECT status FROM migration_status_view"),
      ["applied", "partly applied"],
    );
  }));

Deno.test("migrate resumes after a failed build, and rebuilds the invalid index", () =>
  withRun(UNIQUE, async ({ db, json, done, run }) => {
    await json("migrate");
    await db.query("DELETE FROM t WHERE ctid = '(0,2)'");
    const dry = await done("migrate", "--dry-run");
    const { code, stderr } = await run("migrate");

    equal(dry.steps[0]?.resumedAt, 1);
    deepEqual(
      dry.steps[0]?.segments.flatMap(({ statements }) =>
        statements.map(({ line }) => line)
      ),
      [2, 3, 4],
    );
    equal(code, 0, stderr);
    ok(stderr.includes("002_unique, going on at statement 2"), stderr);
    deepEqual(await column(db, VALID), ["idx_unique valid"]);
    deepEqual(await tablesOf(db), ["first", "last", "more", "t"]);
    deepEqual(await column(db, "SELECT id FROM first"), [0]);
    deepEqual(
      await db.query(
        "SELECT success, direction, error FROM schema_migrations WHERE version = '002'",
      ),
      [{ success: true, direction: null, error: null }],
    );
    deepEqual((await logOf(db)).slice(1), [
      "002 migrate partial",
      "002 migrate applied",
      "003 migrate applied",
    ]);
  }));

Deno.test("migrate fails again part-way while the cause is still there", () =>
  withRun(UNIQUE, async ({ db, json }) => {
    await json("migrate");
    const again = await json("migrate");

    deepEqual(ending(again), [6, "statement_failed"]);
    deepEqual(await column(db, VALID), ["idx_unique invalid"]);
    deepEqual(await tablesOf(db), ["first", "t"]);
  }));

Deno.test("migrate refuses to resume when a committed statement was edited", () =>
  withRun(UNIQUE, async ({ db, json, write }) => {
    await json("migrate");
    await write({
      "002_unique.sql": UNIQUE["002_unique.sql"].replace(
        "first (id INT)",
        "first (id BIGINT)",
      ),
    });
    const answer = await json("migrate", "--force");

    deepEqual(ending(answer), [3, "resume_changed"]);
    match(
      answer.error?.message ?? "",
      /committed, up to its statement 1, changed/,
    );
    deepEqual(await tablesOf(db), ["first", "t"]);
  }));

Deno.test("migrate refuses to resume when committed statements were removed", () =>
  withRun(UNIQUE, async ({ json, write }) => {
    await json("migrate");
    await write({ "002_unique.sql": "-- nothing left\n" });
    const answer = await json("migrate");

    deepEqual(ending(answer), [3, "resume_changed"]);
  }));

Deno.test("migrate resumes after later statements and comments were edited", () =>
  withRun(UNIQUE, async ({ db, json, done, write }) => {
    await json("migrate");
    await write({
      "002_unique.sql": `-- a new comment

CREATE TABLE first (id INT);
CREATE INDEX CONCURRENTLY idx_unique ON t (a);
CREATE TABLE other (id INT);\n`,
    });
    const answer = await done("migrate");
    const again = await done("migrate");

    deepEqual(stepsOf(answer), ["002 done", "003 done"]);
    deepEqual(stepsOf(again), []);
    deepEqual(await column(db, VALID), ["idx_unique valid"]);
    deepEqual(await tablesOf(db), ["first", "more", "other", "t"]);
  }));

Deno.test("migrate keeps the error of the newest attempt with the row", () =>
  withRun({
    "001_part.sql": "VACUUM pg_class;\nSELECT 1/0;\nCREATE TABLE t (id INT);\n",
  }, async ({ db, json, write }) => {
    await json("migrate");
    await write({
      "001_part.sql": "VACUUM pg_class;\nSELECT nope;\n",
    });
    const { runId } = await json("migrate");

    deepEqual(
      await db.query(
        "SELECT error_sqlstate, run_id::text FROM schema_migrations",
      ),
      [{ error_sqlstate: "42703", run_id: runId }],
    );
  }));

Deno.test("migrate undoes a transactional segment that fails, and resumes there", () =>
  withRun({
    "001_part.sql": `CREATE TABLE t (a INT);
CREATE INDEX CONCURRENTLY idx ON t (a);
INSERT INTO t VALUES (1);
INSERT INTO missing VALUES (1);
INSERT INTO t VALUES (2);\n`,
  }, async ({ db, json, done }) => {
    const failed = await json("migrate");
    const between = await column(db, "SELECT a FROM t");
    await db.query("CREATE TABLE missing (a INT)");
    await done("migrate");

    deepEqual(ending(failed), [6, "statement_failed"]);
    deepEqual(between, []);
    deepEqual(await column(db, "SELECT a FROM t ORDER BY a"), [1, 2]);
    deepEqual(await column(db, "SELECT a FROM missing"), [1]);
  }));

Deno.test("a first segment that fails leaves nothing, with exit 5", () =>
  withRun({
    "001_part.sql":
      "CREATE TABLE t (a INT);\nSELECT 1/0;\nCREATE INDEX CONCURRENTLY idx ON t (a);\n",
  }, async ({ db, json }) => {
    const answer = await json("migrate");
    const status = await json("status");

    deepEqual(ending(answer), [5, "statement_failed"]);
    deepEqual(await tablesOf(db), []);
    deepEqual(statesOf(status), ["001 failed"]);
  }));

Deno.test("migrate does not take an index of the same name for its own", () =>
  withRun({
    "001_t.sql": "CREATE TABLE t (a INT, b INT);\nCREATE INDEX idx ON t (a);\n",
    "002_index.sql": "CREATE INDEX CONCURRENTLY idx ON t (b);\n",
  }, async ({ db, json }) => {
    const first = await json("migrate");
    const again = await json("migrate");

    deepEqual(ending(first), [6, "statement_failed"]);
    equal(first.error?.server?.["sqlstate"], "42P07");
    deepEqual(ending(again), [6, "statement_failed"]);
    deepEqual(
      await column(db, "SELECT pg_get_indexdef('idx'::regclass)"),
      ["CREATE INDEX idx ON public.t USING btree (a)"],
    );
  }));

Deno.test("migrate does not take an index that never was for a dropped one", () =>
  withRun(
    { "001_drop.sql": "DROP INDEX CONCURRENTLY idx_tpyo;\n" },
    async ({ json }) => {
      await json("migrate");
      const again = await json("migrate");

      deepEqual(ending(again), [6, "statement_failed"]);
      equal(again.error?.server?.["sqlstate"], "42704");
    },
  ));

/** As a run leaves it that died after the server had done its statement. */
const DIED = `UPDATE schema_migrations SET error = NULL, error_sqlstate = NULL
  WHERE version = '002'`;

for (
  const [what, last] of [
    ["as the last statement", ""],
    ["before a transaction", "CREATE TABLE last (id INT);\n"],
    ["before another build", "CREATE INDEX CONCURRENTLY idx_z ON t (b);\n"],
  ] as const
) {
  Deno.test(`migrate finds a build finished by a run that died, ${what}`, () =>
    withRun({
      "001_t.sql":
        "CREATE TABLE t (a INT, b INT);\nINSERT INTO t VALUES (1), (1);\n",
      "002_index.sql":
        `CREATE UNIQUE INDEX CONCURRENTLY idx_unique ON t (a);\n${last}`,
    }, async ({ db, json }) => {
      await json("migrate");
      await db.query(
        `DROP INDEX idx_unique; DELETE FROM t WHERE ctid = '(0,2)';
         CREATE UNIQUE INDEX idx_unique ON t (a); ${DIED}`,
      );
      const [oid] = await column(db, "SELECT 'idx_unique'::regclass::oid");
      const answer = await json("migrate");

      deepEqual(ending(answer), [0, ""]);
      deepEqual(await column(db, "SELECT 'idx_unique'::regclass::oid"), [oid]);
      deepEqual((await logOf(db)).at(-1), "002 migrate applied");
    }));
}

Deno.test("migrate finds an index dropped by a run that died", () =>
  withRun({
    "001_t.sql": "CREATE TABLE t (a INT);\nCREATE INDEX idx ON t (a);\n",
    "002_drop.sql": "DROP INDEX CONCURRENTLY idx;\n",
  }, async ({ db, json, done }) => {
    await done("migrate", "001");
    await db.query("ALTER INDEX idx RENAME TO away");
    await json("migrate");
    await db.query(DIED);
    const answer = await json("migrate");

    deepEqual(ending(answer), [0, ""]);
  }));

Deno.test("migrate resumes with the settings that the committed part made", () =>
  withRun({
    "001_schema.sql": "CREATE SCHEMA app;\n",
    "002_index.sql": `SET search_path = app;
CREATE TABLE t (a INT);
INSERT INTO t VALUES (1), (1);
CREATE UNIQUE INDEX CONCURRENTLY idx_unique ON t (a);
CREATE TABLE last (id INT);\n`,
  }, async ({ db, json }) => {
    await json("migrate");
    await db.query("DELETE FROM app.t WHERE ctid = '(0,2)'");
    const again = await json("migrate");

    deepEqual(ending(again), [0, ""]);
    deepEqual(await tablesOf(db, "app"), ["last", "t"]);
    deepEqual(await column(db, VALID), ["idx_unique valid"]);
  }));

Deno.test("migrate keeps a script's session from one segment to the next", () =>
  withRun({
    "001_session.sql": `CREATE SCHEMA app;
SET search_path = app;
CREATE TEMP TABLE notes (n INT);
CREATE TABLE t (a INT);
CREATE INDEX CONCURRENTLY idx ON t (a);
INSERT INTO notes VALUES (1);
CREATE TABLE u AS SELECT n FROM notes;\n`,
  }, async ({ db, done }) => {
    await done("migrate");

    deepEqual(await tablesOf(db, "app"), ["t", "u"]);
    deepEqual(await column(db, "SELECT n FROM app.u"), [1]);
  }));

const COMMITS = `CREATE TABLE t (a INT);
CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1..3 LOOP
    INSERT INTO t VALUES (i);
    COMMIT;
  END LOOP;
END $$;\n`;

Deno.test("migrate runs a CALL that commits with transaction=off", () =>
  withRun({
    "001_p.sql": COMMITS,
    "002_call.sql":
      "-- lockstep: transaction=off\nCALL fill();\nDO $$ BEGIN INSERT INTO t VALUES (4); COMMIT; END $$;\n",
  }, async ({ db, done }) => {
    await done("migrate");

    deepEqual(await column(db, "SELECT a FROM t ORDER BY a"), [1, 2, 3, 4]);
  }));

for (
  const [what, sql, sqlstate] of [
    ["a CALL", "CALL fill();", "2D000"],
    ["a DO block", "DO $$ BEGIN COMMIT; END $$;", "2D000"],
  ] as const
) {
  Deno.test(`migrate names transaction=off when ${what} commits without it`, () =>
    withRun({ "001_p.sql": COMMITS, "002_call.sql": sql }, async (project) => {
      const { db, json, write, done } = project;
      const answer = await json("migrate");
      await write({ "002_call.sql": `-- lockstep: transaction=off\n${sql}` });
      const again = await done("migrate");

      deepEqual(ending(answer), [5, "statement_failed"]);
      equal(answer.error?.server?.["sqlstate"], sqlstate);
      match(answer.error?.hint ?? "", /-- lockstep: transaction=off/);
      deepEqual(stepsOf(again), ["002 done"]);
      equal((await logOf(db)).at(-2), "002 migrate failed");
    }));
}

Deno.test("migrate with transaction=off keeps each block of the file atomic", () =>
  withRun({
    "001_off.sql": `-- lockstep: transaction=off
CREATE TABLE t (a INT);
BEGIN;
INSERT INTO t VALUES (1);
COMMIT;
BEGIN;
INSERT INTO t VALUES (2);
SELECT 1/0;
COMMIT;\n`,
  }, async ({ db, json }) => {
    const answer = await json("migrate");

    deepEqual(ending(answer), [6, "statement_failed"]);
    equal(placeOf(answer.error), "migrations/001_off.sql:8:1");
    deepEqual(await column(db, "SELECT a FROM t"), [1]);
    deepEqual(
      await column(db, "SELECT statements_done FROM schema_migrations"),
      [4],
    );
  }));

for (
  const [directive, sqlstate, sql] of [
    ["lock_timeout=100ms", "55P03", "CREATE INDEX CONCURRENTLY idx ON t (id);"],
    ["statement_timeout=100ms", "57014", "VACUUM t;"],
  ] as const
) {
  Deno.test(`migrate obeys ${directive} outside a transaction`, () =>
    withRun({
      "001_t.sql": "CREATE TABLE t (id INT);",
      "002_wait.sql": `-- lockstep: ${directive}\n${sql}\n`,
    }, async ({ db, json, done }) => {
      await done("migrate", "001");
      const other = await db.connect();
      await other.query(
        "BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE; SET LOCAL idle_in_transaction_session_timeout = '3s'",
      );
      const answer = await json("migrate");

      equal(answer.error?.server?.["sqlstate"], sqlstate);
    }));
}

const REFUSED: Readonly<Record<string, readonly [string, string]>> = {
  "BEGIN;\nCREATE TABLE t (a INT);\nROLLBACK;\n": [
    "transaction_control",
    "3:1",
  ],
  "CREATE TABLE t (a INT);\nPREPARE TRANSACTION 'x';\n": [
    "transaction_control",
    "2:1",
  ],
  "BEGIN READ ONLY;\nSELECT 1;\nCOMMIT;\n": ["impossible_statement", "1:1"],
  "SET TRANSACTION READ ONLY;\nSELECT 1;\n": ["impossible_statement", "1:1"],
  "BEGIN;\nSET TRANSACTION SNAPSHOT '1-1';\nCOMMIT;\n": [
    "impossible_statement",
    "2:1",
  ],
  "BEGIN;\nCREATE TABLE t (a INT);\n": ["unclosed_transaction", "1:1"],
  "SELECT 1;\nCOMMIT AND CHAIN;\n": ["transaction_control", "2:1"],
};

for (const [text, [code, place]] of Object.entries(REFUSED)) {
  const shown = text.trim().replaceAll("\n", " ");
  Deno.test(`migrate refuses ${shown} before anything runs`, () =>
    withRun({
      "001_a.sql": "CREATE TABLE a (id INT);",
      "002_b.sql": text,
    }, async ({ db, json }) => {
      const answer = await json("migrate");

      deepEqual(ending(answer), [3, code]);
      equal(placeOf(answer.error), `migrations/002_b.sql:${place}`);
      deepEqual(await tablesOf(db), []);
    }));
}

Deno.test("migrate refuses to copy its own database before anything runs", () =>
  withRun({}, async ({ db, json, write }) => {
    await write({
      "001_copy.sql":
        `CREATE TABLE t (a INT);\nCREATE DATABASE copy TEMPLATE ${db.name};\n`,
    });
    const answer = await json("migrate");

    deepEqual(ending(answer), [3, "impossible_statement"]);
    equal(placeOf(answer.error), "migrations/001_copy.sql:2:1");
    deepEqual(await tablesOf(db), []);
  }));

Deno.test("migrate keeps savepoints of a file working", () =>
  withRun({
    "001_save.sql": `BEGIN;
CREATE TABLE t (a INT);
SAVEPOINT s;
INSERT INTO t VALUES (1);
ROLLBACK TO s;
INSERT INTO t VALUES (2);
RELEASE s;
COMMIT;\n`,
  }, async ({ db, done }) => {
    await done("migrate");

    deepEqual(await column(db, "SELECT a FROM t"), [2]);
  }));
