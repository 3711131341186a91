import { deepEqual, equal, match } from "node:assert/strict";
import { column, ending, placeOf, tablesOf, withRun } from "../helpers/run.ts";

const SPLIT = `BEGIN;
CREATE TABLE t (a INT);
CREATE INDEX CONCURRENTLY idx_a ON t (a);
CREATE INDEX CONCURRENTLY idx_b ON t (a);
COMMIT;\n`;

Deno.test("migrate warns once of a transaction that it cannot keep in one", () =>
  withRun({ "001_index.sql": SPLIT }, async ({ run, done }) => {
    const planned = await done("plan");
    const { code, stderr } = await run("migrate");

    equal(code, 0, stderr);
    deepEqual(planned.warnings.map(({ code }) => code), ["transaction_split"]);
    equal(placeOf(planned.warnings[0]), "migrations/001_index.sql:3:1");
    equal(stderr.split("warning[transaction_split]").length, 2, stderr);
    match(stderr, /begun on line 1 is not atomic: .* \(line 3\)/);
  }));

Deno.test("migrate warns of a dump that was cut off", () =>
  withRun({
    "001_dump.sql": "\\restrict aBc\nCREATE TABLE a (id INT);\n",
  }, async ({ done }) => {
    const answer = await done("migrate");

    deepEqual(answer.warnings.map(({ code }) => code), ["unclosed_restrict"]);
    equal(placeOf(answer.warnings[0]), "migrations/001_dump.sql:1");
  }));

const EMPTY: Readonly<Record<string, string>> = {
  "no byte": "",
  "comments alone": "-- Description: not written yet\n/* soon */\n",
};

for (const [what, text] of Object.entries(EMPTY)) {
  Deno.test(`migrate warns of a file with ${what}, and plan before it`, () =>
    withRun({ "001_soon.sql": text }, async ({ done, run }) => {
      const planned = await done("plan");
      const { code, stderr } = await run("migrate");
      const again = await done("migrate");

      deepEqual(planned.warnings.map(({ code }) => code), ["empty_script"]);
      equal(placeOf(planned.warnings[0]), "migrations/001_soon.sql");
      equal(code, 0, stderr);
      match(stderr, /warning\[empty_script\]: .*001_soon\.sql" has no stat/);
      deepEqual(again.warnings, []);
    }));
}

const FOREIGN_VIEWS: Record<string, string> = {
  "a view of something else": "CREATE VIEW migration_status_view AS SELECT 1",
  "a table": "CREATE TABLE migration_status_view (id INT)",
};

for (const [what, sql] of Object.entries(FOREIGN_VIEWS)) {
  Deno.test(`init and migrate refuse ${what} that has the name of the view`, () =>
    withRun({ "001_a.sql": "CREATE TABLE a (id INT);\n" }, async ({
      db,
      done,
      json,
    }) => {
      await db.query(sql);
      const init = await json("init");
      const migrated = await json("migrate");
      const apart = await done("migrate", "--table", "ops.schema_migrations");

      deepEqual([ending(init), ending(migrated)], [
        [3, "foreign_table"],
        [3, "foreign_table"],
      ]);
      match(init.error?.message ?? "", /"public"\."migration_status_view"/);
      equal(apart.migrationsApplied, 1);
      deepEqual(await tablesOf(db), [
        "a",
        ...what === "a table" ? ["migration_status_view"] : [],
      ]);
    }));
}

Deno.test("migrate keeps a view of one's own that shows the history", () =>
  withRun({ "001_a.sql": "CREATE TABLE a (id INT);\n" }, async ({
    db,
    done,
  }) => {
    await done("init");
    await db.query(
      "DROP VIEW migration_status_view; CREATE VIEW migration_status_view AS " +
        "SELECT version AS mine FROM schema_migrations",
    );
    await done("migrate");

    deepEqual(await column(db, "SELECT mine FROM migration_status_view"), [
      "001",
    ]);
  }));

Deno.test("plan gives the reason of the statement that a resumed migration starts with", () =>
  withRun({
    "001_a.sql": "CREATE TABLE t (a INT);\nINSERT INTO t VALUES (1), (1);\n",
    "002_b.sql": `CREATE INDEX CONCURRENTLY idx_a ON t (a);
CREATE UNIQUE INDEX CONCURRENTLY idx_b ON t (a);\n`,
  }, async ({ json, done, run }) => {
    const failed = await json("migrate");
    const planned = await done("plan");
    const { stdout } = await run("migrate", "--dry-run");

    equal(failed.code, 6);
    const segments = planned.steps.flatMap(({ segments }) => segments);
    deepEqual(
      segments.map(({ reason }) => reason?.replace(/^.* \(/, "(")),
      ["(line 2)"],
    );
    match(stdout, /outside a transaction, 1 statement, line 2: .*\(line 2\)/);
  }));
