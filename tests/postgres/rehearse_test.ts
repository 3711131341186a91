import { deepEqual, equal, match, ok } from "node:assert/strict";
import { spawnLockstep } from "../helpers/cli.ts";
import { noneLeft } from "../helpers/drift.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import {
  type Answer,
  column,
  ending,
  logOf,
  placeOf,
  tablesOf,
  withRole,
  withRun,
} from "../helpers/run.ts";

const SHOP: ProjectFiles = {
  "001_items.sql": `CREATE TABLE items (id serial PRIMARY KEY, name text);
CREATE TYPE mood AS ENUM ('good', 'bad');
INSERT INTO items (name) VALUES ('a');
`,
  "rollbacks/001_items_down.sql": "DROP TYPE mood;\nDROP TABLE items;\n",
  "002_index.sql": "CREATE INDEX CONCURRENTLY items_name ON items (name);\n",
  "rollbacks/002_index_down.sql": "DROP INDEX CONCURRENTLY items_name;\n",
  "003_view.sql": "CREATE VIEW names AS SELECT name FROM items;\n",
  "rollbacks/003_view_down.sql": "DROP VIEW names;\n",
};

/** Each migration as in `001 reversible`. */
function rehearsed(answer: Answer): readonly string[] {
  const { migrations = [] } = answer as Answer & {
    readonly migrations?: readonly {
      readonly version: string;
      readonly status: string;
    }[];
  };
  return migrations.map(({ version, status }) => `${version} ${status}`);
}

/** Each finding as in `002 schema_not_restored`. */
function found({ findings }: Answer): readonly string[] {
  return findings.map(({ version, code }) => `${version ?? "all"} ${code}`);
}

Deno.test("rehearse finds nothing where every rollback restores", () =>
  withRun(SHOP, async ({ db, json, run }) => {
    const answer = await json("rehearse");

    deepEqual(rehearsed(answer), [
      "001 reversible",
      "002 reversible",
      "003 reversible",
    ]);
    deepEqual([answer.code, answer.success, found(answer)], [0, true, []]);
    const { stdout, stderr } = await run("rehearse");
    match(stdout, /Rehearsed 3 migrations: 3 applied, rolled back and/);
    match(stderr, /^Rehearsing 3 migrations$/m);
    deepEqual(await tablesOf(db), []);
    deepEqual(
      await column(db, "SELECT to_regclass('schema_migrations')::text"),
      [null],
    );
    await noneLeft(db);
  }));

Deno.test("rehearse names the rollback that does not restore, and what", () =>
  withRun({
    ...SHOP,
    "002_index.sql": `CREATE INDEX items_name ON items (name);
ALTER TABLE items ALTER COLUMN name SET DEFAULT 'x';
CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
`,
    "rollbacks/002_index_down.sql": "DROP INDEX items_name;\nDROP TYPE mood;\n",
  }, async ({ json, run }) => {
    const answer = await json("rehearse");

    equal(answer.code, 3);
    deepEqual(rehearsed(answer), [
      "001 reversible",
      "002 different",
      "003 reversible",
    ]);
    deepEqual(answer.findings.map(({ message }) => message), [
      'The rollback of "002_index" does not bring the type public.mood back',
      'The rollback of "002_index" leaves the function public.one() behind',
      'The rollback of "002_index" does not restore the table public.items: ' +
      "1 line is gone, 1 is new",
    ]);
    equal(
      placeOf(answer.findings[0]),
      "migrations/rollbacks/002_index_down.sql",
    );
    const { stdout } = await run("rehearse");
    match(stdout, /^ {2}- {5}name text$/m);
    match(stdout, /^ {2}\+ {5}name text DEFAULT 'x'::text$/m);
  }));

Deno.test("rehearse finds one rollback among 100 that restores all but one index", () => {
  const files: Record<string, string> = {};
  for (let number = 1; number <= 100; number += 1) {
    const label = `${String(number).padStart(3, "0")}_t`;
    files[`${label}.sql`] = number === 57
      ? "CREATE INDEX t3_id ON t3 (id);\nCREATE TABLE t57 (id integer);\n"
      : `CREATE TABLE t${number} (id integer);\n`;
    files[`rollbacks/${label}_down.sql`] = `DROP TABLE t${number};\n`;
  }
  return withRun(files, async ({ json }) => {
    const answer = await json("rehearse");

    deepEqual(answer.findings.map(({ message }) => message), [
      'The rollback of "057_t" leaves the index public.t3.t3_id behind',
    ]);
    equal(
      rehearsed(answer).filter((one) => one.endsWith(" reversible")).length,
      99,
    );
  });
});

Deno.test("rehearse goes on after a rollback that does not run", () =>
  withRun({
    ...SHOP,
    "rollbacks/002_index_down.sql":
      "DROP INDEX CONCURRENTLY items_name;\nDROP INDEX CONCURRENTLY gone;\n",
  }, async ({ json }) => {
    const answer = await json("rehearse");

    equal(answer.code, 3);
    deepEqual(rehearsed(answer), [
      "001 reversible",
      "002 failed",
      "003 reversible",
    ]);
    deepEqual(found(answer), ["002 rollback_failed"]);
    match(answer.findings[0]?.message ?? "", /index "gone" does not exist/);
    equal(
      placeOf(answer.findings[0]),
      "migrations/rollbacks/002_index_down.sql:2:1",
    );
  }));

Deno.test("rehearse stops at a migration that cannot be applied", () =>
  withRun(
    { ...SHOP, "002_index.sql": "CREATE INDEX ON nothing (id);\n" },
    async (
      { db, json },
    ) => {
      const answer = await json("rehearse");

      equal(answer.code, 3);
      deepEqual(rehearsed(answer), [
        "001 reversible",
        "002 failed",
        "003 not_run",
      ]);
      deepEqual(found(answer), ["002 migrate_failed"]);
      equal(placeOf(answer.findings[0]), "migrations/002_index.sql:1:1");
      await noneLeft(db);
    },
  ));

Deno.test("rehearse finds data that keep a migration from being applied again", () =>
  withRun({
    ...SHOP,
    "002_index.sql": `INSERT INTO items (id, name) VALUES (7, 'b');\n`,
    "rollbacks/002_index_down.sql": "SELECT 1;\n",
  }, async ({ json }) => {
    const answer = await json("rehearse");

    deepEqual(rehearsed(answer), [
      "001 reversible",
      "002 failed",
      "003 reversible",
    ]);
    deepEqual(found(answer), ["002 migrate_again_failed"]);
    match(answer.findings[0]?.message ?? "", /duplicate key/);
  }));

Deno.test("rehearse only applies what has no way back", () =>
  withRun({
    ...SHOP,
    "004_note.sql": "ALTER TABLE items ADD COLUMN note text;\n",
    "005_drop.sql":
      "-- lockstep: irreversible\nALTER TABLE items DROP COLUMN note;\n",
    "006_price.sql": "ALTER TABLE items ADD COLUMN price numeric;\n",
    "rollbacks/006_price_down.sql": "ALTER TABLE items DROP COLUMN price;\n",
  }, async ({ json }) => {
    const answer = await json("rehearse");

    equal(answer.code, 0);
    deepEqual(rehearsed(answer).slice(3), [
      "004 no_rollback",
      "005 irreversible",
      "006 reversible",
    ]);
    deepEqual(found(answer), ["004 missing_rollback"]);
  }));

Deno.test("rehearse only warns of columns that come back in another order", () =>
  withRun({
    "001_a.sql": "CREATE TABLE a (x integer, y integer);\n",
    "rollbacks/001_a_down.sql": "DROP TABLE a;\n",
    "002_b.sql": "ALTER TABLE a DROP COLUMN x;\n",
    "rollbacks/002_b_down.sql": "ALTER TABLE a ADD COLUMN x integer;\n",
  }, async ({ json }) => {
    const answer = await json("rehearse");

    deepEqual([answer.code, answer.success], [0, true]);
    deepEqual(found(answer), ["002 order_not_restored"]);
  }));

for (
  const [what, sql, place] of [
    ["a statement", "SELECT 1;\nCREATE ROLE app;\n", ":2:1"],
    [
      "the code of a DO",
      "DO $$ BEGIN ALTER SYSTEM SET work_mem = '4MB'; END $$;\n",
      ":1:1",
    ],
  ] as const
) {
  Deno.test(`rehearse refuses ${what} that reaches beyond the database`, () =>
    withRun({ ...SHOP, "rollbacks/003_view_down.sql": sql }, async (
      { db, json },
    ) => {
      const answer = await json("rehearse");

      deepEqual(ending(answer), [3, "shared_object"]);
      equal(
        placeOf(answer.error),
        `migrations/rollbacks/003_view_down.sql${place}`,
      );
      ok(rehearsed(answer).every((one) => one.endsWith(" not_run")));
      await noneLeft(db);
    }));
}

Deno.test("rehearse --on makes its database where it is told, whatever runs there", () =>
  withRun(SHOP, async ({ db, json, write }) => {
    const role = `${db.name}_made`;
    await write({
      "004_role.sql": `CREATE ROLE ${role};\n`,
      "rollbacks/004_role_down.sql": `DROP ROLE ${role};\n`,
    });

    const answer = await json("rehearse", "--on", db.url);

    equal(answer.code, 0, JSON.stringify(answer));
    deepEqual(found(answer), []);
    // The last that is done is to apply all again.
    await db.query(`DROP ROLE ${role}`);
    await noneLeft(db);
  }));

Deno.test("rehearse --pending begins with a copy of the live schema", () =>
  withRun(SHOP, async ({ db, done, json, write }) => {
    await done("migrate");
    await db.query("CREATE TABLE by_hand (id integer PRIMARY KEY)");
    await db.query(
      "CREATE FUNCTION by_hand() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    );
    await write({
      "004_more.sql":
        "ALTER TABLE by_hand ADD COLUMN name text;\nDROP VIEW names;\n",
      "rollbacks/004_more_down.sql": `ALTER TABLE by_hand DROP COLUMN name;
CREATE VIEW names AS SELECT name FROM items;
`,
      "005_oops.sql":
        "-- Dependencies: 001\nALTER TABLE items ADD COLUMN note text;\n",
      "rollbacks/005_oops_down.sql": "DROP FUNCTION by_hand();\n",
    });
    const log = await logOf(db);

    const answer = await json("rehearse", "--pending");

    deepEqual(rehearsed(answer), ["004 reversible", "005 different"]);
    deepEqual(answer.findings.map(({ message }) => message), [
      'The rollback of "005_oops" does not bring the function public.by_hand() back',
      'The rollback of "005_oops" does not restore the table public.items: ' +
      "1 line is gone, 2 are new",
    ]);
    deepEqual(await logOf(db), log);
    deepEqual(await tablesOf(db), ["by_hand", "items"]);
    await noneLeft(db);
  }));

Deno.test("rehearse --pending with nothing pending says so", () =>
  withRun(SHOP, async ({ done, run }) => {
    await done("migrate");

    const { code, stdout } = await run("rehearse", "--pending");

    equal(code, 0);
    match(stdout, /^Nothing is pending to rehearse\.$/m);
  }));

Deno.test("rehearse --pending refuses where a migration stopped part-way", () =>
  withRun({
    ...SHOP,
    "002_index.sql":
      "CREATE INDEX CONCURRENTLY items_name ON items (name);\nCREATE INDEX CONCURRENTLY ON nothing (id);\n",
  }, async ({ json }) => {
    await json("migrate");

    deepEqual(ending(await json("rehearse", "--pending")), [
      3,
      "partly_applied",
    ]);
  }));

Deno.test("rehearse says that the role may not make a database", () =>
  withRun(SHOP, async ({ db, jsonAs }) => {
    await withRole(db, async (role) => {
      const answer = await jsonAs(role, "rehearse");

      deepEqual(ending(answer), [5, "statement_failed"]);
      match(answer.error?.message ?? "", /permission denied/);
      match(answer.error?.hint ?? "", /--on/);
    });
  }));

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`rehearse drops its database after ${signal}`, () =>
    withRun(
      { ...SHOP, "002_index.sql": "SELECT pg_sleep(600);\n" },
      async ({ db, dir }) => {
        const running = spawnLockstep(["rehearse"], {
          cwd: dir,
          env: { DATABASE_URL: db.url },
        });
        await running.waitForOutput("[2/3]");
        running.kill(signal);
        const { code, stderr } = await running.result;

        equal(code, signal === "SIGINT" ? 130 : 143, stderr);
        await noneLeft(db);
      },
    ));
}

Deno.test("rehearse drops what a killed one left an hour ago, and no younger one", () =>
  withRun(SHOP, async ({ db, done }) => {
    const unique = crypto.randomUUID().replaceAll("-", "").slice(0, 12);
    const [row] = await db.query(
      "SELECT extract(epoch FROM now())::bigint AS now",
    );
    const young = `lockstep_rehearsal_${Number(row?.["now"]) - 60}_${unique}`;
    const old = `lockstep_rehearsal_1000_${unique}`;
    await db.query(`CREATE DATABASE ${young}`);
    await db.query(`CREATE DATABASE ${old}`);

    await done("rehearse");

    deepEqual(
      await column(
        db,
        `SELECT datname::text FROM pg_database WHERE datname LIKE '%${unique}'`,
      ),
      [young],
    );
    await db.query(`DROP DATABASE ${young}`);
  }));

Deno.test("rehearse drops its database also when all its connections are cut", () =>
  withRun(
    { ...SHOP, "002_index.sql": "SELECT pg_sleep(600);\n" },
    async ({ db, dir }) => {
      const running = spawnLockstep(["rehearse"], {
        cwd: dir,
        env: { DATABASE_URL: db.url },
      });
      const own = "SELECT datname FROM pg_stat_activity WHERE " +
        "datname LIKE 'lockstep_rehearsal_%' AND query LIKE '%sleep(600)%'";
      while ((await column(db, own)).length === 0) await pause();
      await db.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND (datname = current_database()
           OR datname IN (${own}))`,
      );
      const { code, stderr } = await running.result;

      equal(code, 7, stderr);
      await noneLeft(db);
    },
  ));

function pause(): Promise<void> {
  return new Promise((done) => setTimeout(done, 50));
}
