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

const THREE = {
  "001_a.sql": "CREATE TABLE a (id INT);\n",
  "002_b.sql": "CREATE TABLE b (id INT);\n",
  "003_c.sql": "CREATE TABLE c (id INT);\n",
  "rollbacks/001_a_down.sql": "DROP TABLE a;\n",
  "rollbacks/002_b_down.sql": "DROP TABLE b;\n",
  "rollbacks/003_c_down.sql": "DROP TABLE c;\n",
};

Deno.test("rollback rolls the newest version back when nothing else is said", () =>
  withRun(THREE, async ({ db, done }) => {
    await done("migrate");
    const answer = await done("rollback");
    const status = await done("status");

    deepEqual(stepsOf(answer), ["003 done"]);
    equal(answer.migrationsRolledBack, 1);
    deepEqual(await tablesOf(db), ["a", "b"]);
    deepEqual(statesOf(status), [
      "001 applied",
      "002 applied",
      "003 rolled_back",
    ]);
  }));

for (
  const [args, steps] of [
    [["--count", "2"], ["003 done", "002 done"]],
    [["--count", "9"], ["003 done", "002 done", "001 done"]],
    [["--to", "001"], ["003 done", "002 done"]],
    [["--to", "1"], ["003 done", "002 done"]],
    [["--to", "003"], []],
    [["--to", "0"], ["003 done", "002 done", "001 done"]],
    [["--to", "000"], ["003 done", "002 done", "001 done"]],
  ] as const
) {
  Deno.test(`rollback ${args.join(" ")} goes newest first`, () =>
    withRun(THREE, async ({ done }) => {
      await done("migrate");
      const answer = await done("rollback", ...args);

      deepEqual(stepsOf(answer), steps);
    }));
}

Deno.test("rollback orders versions by number, not as text", () =>
  withRun({
    "9_a.sql": "",
    "10_b.sql": "",
    "rollbacks/9_a_down.sql": "",
    "rollbacks/10_b_down.sql": "",
  }, async ({ done }) => {
    await done("migrate");
    const answer = await done("rollback");

    deepEqual(stepsOf(answer), ["10 done"]);
  }));

for (const version of ["9", "abc", "004"]) {
  Deno.test(`rollback --to ${version} is refused as it is not applied`, () =>
    withRun({ ...THREE, "004_d.sql": "" }, async ({ json, done }) => {
      await done("migrate", "003");
      const answer = await json("rollback", "--to", version);

      deepEqual(ending(answer), [2, "unknown_version"]);
    }));
}

Deno.test("rollback does nothing when nothing is applied", () =>
  withRun(THREE, async ({ run, db }) => {
    const { code, stdout } = await run("rollback");

    equal(code, 0);
    match(stdout, /^Nothing to roll back\.$/m);
    deepEqual(
      await column(db, "SELECT to_regclass('public.schema_migrations')"),
      [null],
    );
  }));

Deno.test("rollback keeps the row with the time and the reason", () =>
  withRun(THREE, async ({ db, done }) => {
    await done("migrate");
    await done("rollback", "--reason", "it's \\ wrong\nreally");

    const rows = await db.query(
      `SELECT version, success, rollback_reason, direction,
         rolled_back_at BETWEEN applied_at AND now() AS in_order
       FROM schema_migrations WHERE rolled_back_at IS NOT NULL`,
    );
    deepEqual(rows, [{
      version: "003",
      success: true,
      rollback_reason: "it's \\ wrong\nreally",
      direction: null,
      in_order: true,
    }]);
    deepEqual(
      await column(
        db,
        "SELECT reason FROM schema_migrations_log WHERE direction = 'rollback'",
      ),
      ["it's \\ wrong\nreally"],
    );
  }));

Deno.test("migrate applies a rolled back version again and clears its rollback", () =>
  withRun(THREE, async ({ db, done }) => {
    await done("migrate");
    await done("rollback", "--reason", "a try");
    const again = await done("migrate");

    deepEqual(stepsOf(again), ["003 done"]);
    deepEqual(
      await db.query(
        `SELECT success, rolled_back_at, rollback_reason
         FROM schema_migrations WHERE version = '003'`,
      ),
      [{ success: true, rolled_back_at: null, rollback_reason: null }],
    );
    deepEqual((await logOf(db)).slice(2), [
      "003 migrate applied",
      "003 rollback rolled_back",
      "003 migrate applied",
    ]);
    equal((await column(db, "SELECT id FROM schema_migrations")).length, 3);
  }));

Deno.test("rollback takes the kept copy when the down file is gone, and says so", () =>
  withRun(THREE, async ({ db, done, run, remove }) => {
    await done("migrate");
    const before = await done("status");
    await remove("rollbacks");
    const after = await done("status");
    const dry = await run("rollback", "--dry-run");
    const { code, stdout, stderr } = await run("rollback");

    deepEqual(before.versions.map(({ rollback }) => rollback), [
      "file",
      "file",
      "file",
    ]);
    deepEqual(after.versions.map(({ rollback }) => rollback), [
      "kept",
      "kept",
      "kept",
    ]);
    match(dry.stdout, /the copy kept in the database/);
    equal(code, 0, stderr);
    match(stdout, /^✓ {2}003_c .* from the kept copy$/m);
    deepEqual(await tablesOf(db), ["a", "b"]);
  }));

Deno.test("rollback works when the whole folder is gone", () =>
  withRun(THREE, async ({ db, done, remove }) => {
    await done("migrate");
    await remove(".");
    const answer = await done("rollback", "--to", "0");

    deepEqual(answer.steps.map((step) => [step.version, step.isFromKeptCopy]), [
      ["003", true],
      ["002", true],
      ["001", true],
    ]);
    deepEqual(answer.warnings.map(({ code }) => code), ["missing_directory"]);
    deepEqual(await tablesOf(db), []);
  }));

Deno.test("rollback works when the up and down files of a version are gone", () =>
  withRun(THREE, async ({ db, done, remove }) => {
    await done("migrate");
    await remove("003_c.sql");
    await remove("rollbacks/003_c_down.sql");
    const answer = await done("rollback");

    deepEqual(answer.steps.map((step) => [step.version, step.isFromKeptCopy]), [
      ["003", true],
    ]);
    deepEqual(await tablesOf(db), ["a", "b"]);
  }));

Deno.test("rollback works when the file that a remaining one depends on is gone", () =>
  withRun({
    ...THREE,
    "003_c.sql": "-- Dependencies: 002_b.sql\nCREATE TABLE c (id INT);\n",
  }, async ({ db, done, json, remove }) => {
    await done("migrate");
    await remove("002_b.sql");
    await remove("rollbacks/002_b_down.sql");
    const answer = await json("rollback", "--count", "2");

    deepEqual(ending(answer), [0, ""]);
    deepEqual(await tablesOf(db), ["a"]);
  }));

Deno.test("rollback takes the file rather than the kept copy", () =>
  withRun(THREE, async ({ db, done, write }) => {
    await done("migrate");
    await write({
      "rollbacks/003_c_down.sql": "DROP TABLE c; CREATE TABLE new (id INT);\n",
    });
    const answer = await done("rollback");

    deepEqual(answer.steps.map(({ isFromKeptCopy }) => isFromKeptCopy), [
      undefined,
    ]);
    deepEqual(await tablesOf(db), ["a", "b", "new"]);
  }));

Deno.test("rollback of the kept copy runs its bytes as they were", () =>
  withRun({
    "001_a.sql": "CREATE TABLE a (t TEXT);\n",
    "rollbacks/001_a_down.sql":
      "\ufeffCREATE TABLE b (t TEXT);\r\nINSERT INTO b VALUES ('ä\\ü''\t🚀');\r\nCOPY b FROM stdin;\r\nx\r\n\\.\r\nDROP TABLE a;",
  }, async ({ db, done, remove }) => {
    await done("migrate");
    await remove("rollbacks");
    await done("rollback");

    deepEqual(await column(db, "SELECT t FROM b ORDER BY t DESC"), [
      "ä\\ü'\t🚀",
      "x",
    ]);
  }));

for (const header of ["", "-- lockstep: transaction=off\n"]) {
  Deno.test(`rollback runs nothing of a kept copy that was edited ${header.trim()}`, () =>
    withRun({
      "001_a.sql": "CREATE TABLE a (id INT);\n",
      "rollbacks/001_a_down.sql": `${header}DROP TABLE a;\n`,
    }, async ({ db, done, json, remove }) => {
      await done("migrate");
      await remove("rollbacks");
      await db.query(
        "UPDATE schema_migrations_rollbacks SET script = " +
          "script || 'DROP TABLE schema_migrations;'",
      );
      const answer = await json("rollback", "--force");

      deepEqual(ending(answer), [3, "checksum_mismatch"]);
      match(answer.error?.hint ?? "", /write "migrations\/rollbacks\/001_a_/);
      deepEqual(await tablesOf(db), ["a"]);
    }));
}

Deno.test("rollback obeys transaction=off in the kept copy as in the file", () =>
  withRun({
    "001_a.sql":
      "CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN COMMIT; END';\n",
    "rollbacks/001_a_down.sql":
      "-- lockstep: transaction=off\nCALL p();\nDROP PROCEDURE p;\n",
  }, async ({ done, json, remove }) => {
    await done("migrate");
    await remove("rollbacks");
    const answer = await json("rollback");

    deepEqual(ending(answer), [0, ""]);
  }));

Deno.test("rollback obeys irreversible in the kept copy as in the file", () =>
  withRun({
    "001_a.sql": "CREATE TABLE a (id INT);\n",
    "rollbacks/001_a_down.sql": "-- lockstep: irreversible\nDROP TABLE a;\n",
  }, async ({ db, done, json, remove }) => {
    await done("migrate");
    await remove("rollbacks");
    const answer = await json("rollback");

    deepEqual(ending(answer), [3, "irreversible"]);
    deepEqual(await tablesOf(db), ["a"]);
  }));

Deno.test("rollback refuses a missing down script before anything runs", () =>
  withRun(THREE, async ({ db, done, json, remove }) => {
    await remove("rollbacks/002_b_down.sql");
    await done("migrate");
    const status = await done("status");
    const answer = await json("rollback", "--count", "3");

    deepEqual(status.versions.map(({ rollback }) => rollback), [
      "file",
      "none",
      "file",
    ]);
    deepEqual(ending(answer), [3, "missing_rollback"]);
    equal(
      answer.error?.message,
      'Cannot roll back "002_b" as it has no down script, neither in the folder nor in the database',
    );
    match(answer.error?.hint ?? "", /rollbacks\/002_b_down\.sql/);
    deepEqual(await tablesOf(db), ["a", "b", "c"]);
  }));

Deno.test("rollback finds an unreadable down script before anything runs", () =>
  withRun(
    { ...THREE, "rollbacks/002_b_down.sql": "DROP TABLE b;\n\\connect x\n" },
    async ({ db, done, json }) => {
      await done("migrate");
      const answer = await json("rollback", "--count", "2");

      deepEqual(ending(answer), [3, "psql_command"]);
      equal(placeOf(answer.error), "migrations/rollbacks/002_b_down.sql:2:1");
      deepEqual(await tablesOf(db), ["a", "b", "c"]);
    },
  ));

Deno.test("rollback refuses a changed up file, and goes past it with --force", () =>
  withRun(THREE, async ({ done, json, write }) => {
    await done("migrate");
    await write({ "003_c.sql": "-- changed\n" });
    const refused = await json("rollback");
    const forced = await done("rollback", "--force");

    deepEqual(ending(refused), [3, "checksum_mismatch"]);
    deepEqual(stepsOf(forced), ["003 done"]);
    deepEqual(forced.forced.map(({ code }) => code), ["checksum_mismatch"]);
  }));

Deno.test("rollback does not mind a changed file that it does not touch", () =>
  withRun(THREE, async ({ done, write }) => {
    await done("migrate");
    await write({ "001_a.sql": "-- changed\n" });
    const answer = await done("rollback");

    deepEqual(stepsOf(answer), ["003 done"]);
  }));

Deno.test("rollback refuses what an applied version depends on", () =>
  withRun({
    ...THREE,
    "003_c.sql": "-- Dependencies: 001\n",
    "rollbacks/003_c_down.sql": "",
  }, async ({ db, done, json }) => {
    await done("migrate");
    // As if 003 were newer in time and older in number.
    await db.query(
      "UPDATE schema_migrations SET dependencies = '{003}' WHERE version = '002'",
    );
    const refused = await json("rollback");
    const forced = await json("rollback", "--force");
    const both = await done("rollback", "--count", "2");

    deepEqual(ending(refused), [3, "dependent_applied"]);
    equal(
      refused.error?.message,
      'Cannot roll back "003" as the applied version "002_b" depends on it',
    );
    deepEqual(ending(forced), [3, "dependent_applied"]);
    deepEqual(stepsOf(both), ["003 done", "002 done"]);
  }));

Deno.test("a rollback that fails leaves the version applied and only logs", () =>
  withRun({
    ...THREE,
    "rollbacks/002_b_down.sql": "DROP TABLE b;\nSELECT 1/0;\n",
  }, async ({ db, done, json }) => {
    await done("migrate");
    const row = "SELECT * FROM schema_migrations WHERE version = '002'";
    const before = await db.query(row);
    const answer = await json("rollback", "--count", "3", "--reason", "why");
    const status = await done("status");

    deepEqual(ending(answer), [5, "statement_failed"]);
    deepEqual(stepsOf(answer), ["003 done", "002 failed", "001 not_run"]);
    equal(
      placeOf(answer.error),
      "migrations/rollbacks/002_b_down.sql:2:1",
    );
    match(answer.error?.message ?? "", /^Cannot roll back "002_b" as/);
    deepEqual(await db.query(row), before);
    deepEqual(statesOf(status), [
      "001 applied",
      "002 applied",
      "003 rolled_back",
    ]);
    deepEqual(
      await db.query(
        `SELECT version, direction, outcome, reason, error_sqlstate
         FROM schema_migrations_log ORDER BY id DESC LIMIT 1`,
      ),
      [{
        version: "002",
        direction: "rollback",
        outcome: "failed",
        reason: "why",
        error_sqlstate: "22012",
      }],
    );
    deepEqual(await tablesOf(db), ["a", "b"]);
  }));

const PARTLY = {
  "001_a.sql": "CREATE TABLE a (x INT, y INT);\nCREATE INDEX a_x ON a (x);\n",
  "002_b.sql": "CREATE TABLE b (id INT);\n",
  "rollbacks/001_a_down.sql":
    "DROP INDEX CONCURRENTLY a_x;\nDROP TABLE blocker;\nDROP TABLE a;\n",
};

Deno.test("a rollback that fails part-way has a state of its own", () =>
  withRun(PARTLY, async ({ db, done, json }) => {
    await done("migrate", "001");
    const answer = await json("rollback", "--reason", "why");
    const status = await json("status");

    deepEqual(ending(answer), [6, "statement_failed"]);
    deepEqual(stepsOf(answer), ["001 partial"]);
    deepEqual(statesOf(status), ["001 partly_rolled_back", "002 pending"]);
    deepEqual(
      await db.query(
        `SELECT success, direction, statements_done, statement_started,
           error_sqlstate, rolled_back_at FROM schema_migrations`,
      ),
      [{
        success: false,
        direction: "rollback",
        statements_done: 1,
        statement_started: null,
        error_sqlstate: "42P01",
        rolled_back_at: null,
      }],
    );
    deepEqual(
      await column(db, "SELECT status FROM migration_status_view"),
      ["partly rolled back"],
    );
    deepEqual(await logOf(db), [
      "001 migrate applied",
      "001 rollback partial",
    ]);
  }));

Deno.test("migrate refuses a version that is partly rolled back", () =>
  withRun(PARTLY, async ({ db, done, json }) => {
    await done("migrate", "001");
    await json("rollback");
    const answer = await json("migrate", "--force");

    deepEqual(ending(answer), [3, "partly_rolled_back"]);
    match(answer.error?.hint ?? "", /lockstep rollback/);
    deepEqual(await tablesOf(db), ["a"]);
  }));

Deno.test("rollback goes on with a rollback that stopped part-way", () =>
  withRun(PARTLY, async ({ db, done, json, run }) => {
    await done("migrate", "001");
    await json("rollback", "--reason", "first");
    await db.query("CREATE TABLE blocker (id INT)");
    const dry = await done("rollback", "--dry-run");
    const { code, stderr } = await run("rollback", "--reason", "second");

    equal(code, 0, stderr);
    ok(stderr.includes("001_a, going on at statement 2"), stderr);
    deepEqual(
      dry.steps.map((step) => [
        step.resumedAt,
        step.segments.flatMap(({ statements }) =>
          statements.map(({ sql }) => sql)
        ),
      ]),
      [[1, ["DROP TABLE blocker", "DROP TABLE a"]]],
    );
    deepEqual(await tablesOf(db), []);
    deepEqual(
      await db.query(
        `SELECT success, direction, error, rollback_reason, statements_done
         FROM schema_migrations`,
      ),
      [{
        success: true,
        direction: null,
        error: null,
        rollback_reason: "second",
        statements_done: 0,
      }],
    );
    deepEqual((await logOf(db)).at(-1), "001 rollback rolled_back");
  }));

Deno.test("rollback of a part takes the kept copy when the file is gone", () =>
  withRun(PARTLY, async ({ db, done, json, remove }) => {
    await done("migrate", "001");
    await json("rollback");
    await db.query("CREATE TABLE blocker (id INT)");
    await remove("rollbacks");
    const answer = await done("rollback");

    deepEqual(answer.steps.map(({ isFromKeptCopy }) => isFromKeptCopy), [true]);
  }));

Deno.test("rollback refuses to go on when what is done was edited", () =>
  withRun(PARTLY, async ({ done, json, write }) => {
    await done("migrate", "001");
    await json("rollback");
    await write({
      "rollbacks/001_a_down.sql": "DROP INDEX a_x;\nDROP TABLE a;\n",
    });
    const answer = await json("rollback");

    deepEqual(ending(answer), [3, "resume_changed"]);
    equal(answer.error?.location?.path, "migrations/rollbacks/001_a_down.sql");
  }));

for (const owner of ["001_a.sql", "rollbacks/001_a_down.sql"]) {
  Deno.test(`rollback refuses what ${owner} marks as irreversible`, () =>
    withRun({
      "001_a.sql": "CREATE TABLE a (id INT);\n",
      "rollbacks/001_a_down.sql": "DROP TABLE a;\n",
      [owner]: "-- lockstep: irreversible\nCREATE TABLE a (id INT);\n",
    }, async ({ db, done, json }) => {
      await done("migrate");
      const answer = await json("rollback", "--force");

      deepEqual(ending(answer), [3, "irreversible"]);
      match(answer.error?.message ?? "", /marked irreversible$/);
      deepEqual(await tablesOf(db), ["a"]);
    }));
}

Deno.test("migrate keeps the down script of its newest application", () =>
  withRun(THREE, async ({ db, done, remove, write }) => {
    await done("migrate");
    await done("rollback");
    await write({
      "rollbacks/003_c_down.sql": "DROP TABLE c; CREATE TABLE second (id INT);",
    });
    await done("migrate");
    await remove("rollbacks");
    await done("rollback");

    deepEqual(await tablesOf(db), ["a", "b", "second"]);
  }));

Deno.test("migrate forgets the kept copy when there is no down file any more", () =>
  withRun(THREE, async ({ done, json, remove }) => {
    await done("migrate");
    await done("rollback");
    await remove("rollbacks/003_c_down.sql");
    await done("migrate");
    const answer = await json("rollback");

    deepEqual(ending(answer), [3, "missing_rollback"]);
  }));

Deno.test("migrate warns of a down file without its migration, and goes on", () =>
  withRun(
    { ...THREE, "rollbacks/009_x_down.sql": "" },
    async ({ done }) => {
      const answer = await done("migrate");

      equal(answer.migrationsApplied, 3);
      equal(answer.warnings.length, 1);
      match(answer.warnings[0]?.message ?? "", /009_x_down\.sql/);
    },
  ));

Deno.test("migrate warns that a large down script is not kept", () =>
  withRun({
    ...THREE,
    "rollbacks/003_c_down.sql": `DROP TABLE c;\n${
      `-- ${"x".repeat(1021)}\n`.repeat(16 * 1024)
    }`,
  }, async ({ done, json, remove }) => {
    const answer = await done("migrate");
    const status = await done("status");
    await remove("rollbacks/003_c_down.sql");
    const refused = await json("rollback");

    deepEqual(answer.warnings.map(({ code }) => code), ["rollback_not_kept"]);
    equal(status.versions[2]?.rollback, "file");
    deepEqual(ending(refused), [3, "missing_rollback"]);
  }));

Deno.test("rollback does not go past a lock that is held", () =>
  withRun(THREE, async ({ db, done, json }) => {
    await done("migrate");
    const other = await db.connect();
    const { first, second } = lockKeys(12345, '"public"."schema_migrations"');
    await other.query(`SELECT pg_advisory_lock(${first}, ${second})`);
    const answer = await json("rollback", "--lock-timeout", "0", "--force");

    deepEqual(ending(answer), [4, "lock_timeout"]);
    deepEqual(await tablesOf(db), ["a", "b", "c"]);
  }));
