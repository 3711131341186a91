import { deepEqual, equal } from "node:assert/strict";
import { column, ending, tablesOf, withRole, withRun } from "../helpers/run.ts";

/** What a migration leaves behind, and the condition that finds it. */
const TRACES: Readonly<Record<string, readonly [string, string]>> = {
  "a search_path": [
    "SET search_path = app;",
    `current_setting('search_path') <> '"$user", public'`,
  ],
  "a setting of the server": [
    "SET work_mem = '123MB';",
    "current_setting('work_mem') = '123MB'",
  ],
  "a setting of its own": [
    "SET app.tenant = 'x';",
    "coalesce(current_setting('app.tenant', true), '') <> ''",
  ],
  "a setting made with set_config()": [
    "SELECT set_config('app.tenant', 'x', false);",
    "coalesce(current_setting('app.tenant', true), '') <> ''",
  ],
  "a setting for its transaction": [
    "SET LOCAL work_mem = '123MB';",
    "current_setting('work_mem') = '123MB'",
  ],
  "a time zone": [
    "SET TIME ZONE 'Asia/Tokyo';",
    "current_setting('TimeZone') = 'Asia/Tokyo'",
  ],
  "session_replication_role": [
    "SET session_replication_role = replica;",
    "current_setting('session_replication_role') <> 'origin'",
  ],
  "standard_conforming_strings": [
    "SET standard_conforming_strings = off;",
    "current_setting('standard_conforming_strings') <> 'on'",
  ],
  "a role": ["SET ROLE pg_monitor;", "current_user <> session_user"],
  "a session authorization": [
    "SET SESSION AUTHORIZATION pg_monitor;",
    "session_user = 'pg_monitor'",
  ],
  "a temporary table": [
    "CREATE TEMP TABLE notes (id INT);",
    "to_regclass('pg_temp.notes') IS NOT NULL",
  ],
  "a prepared statement": [
    "PREPARE p AS SELECT 1;",
    "EXISTS (SELECT 1 FROM pg_prepared_statements)",
  ],
  "a channel that it listens to": [
    "LISTEN news;",
    "EXISTS (SELECT 1 FROM pg_listening_channels())",
  ],
  "a session lock": [
    "SELECT pg_advisory_lock(4711);",
    "EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711)",
  ],
  "a cursor WITH HOLD": [
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1;",
    "EXISTS (SELECT 1 FROM pg_cursors)",
  ],
  "a value of a sequence": [
    "CREATE SEQUENCE s; SELECT nextval('s');",
    "is_sequence_used()",
  ],
};

const SETUP = `CREATE FUNCTION is_sequence_used() RETURNS BOOLEAN
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM currval('s');
  RETURN TRUE;
EXCEPTION WHEN object_not_in_prerequisite_state THEN
  RETURN FALSE;
END $$;
CREATE SCHEMA app;\n`;

function check(condition: string): string {
  return `DO $$ BEGIN
  IF ${condition} THEN RAISE EXCEPTION 'it is still there'; END IF;
END $$;\n`;
}

for (const [what, [leave, find]] of Object.entries(TRACES)) {
  Deno.test(`migrate starts each migration without ${what} of the one before`, () =>
    withRun({
      "001_setup.sql": SETUP,
      "002_leave.sql": `${leave}\n`,
      "003_find.sql": check(find),
    }, async ({ done }) => {
      await done("migrate");
    }));
}

for (
  const what of [
    "a search_path",
    "a role",
    "a temporary table",
    "a prepared statement",
    "a session lock",
    "a cursor WITH HOLD",
  ]
) {
  Deno.test(`migrate removes ${what} that was left outside a transaction`, () =>
    withRun({
      "001_setup.sql": SETUP,
      "002_leave.sql": `-- lockstep: transaction=off\n${TRACES[what]?.[0]}\n`,
      "003_find.sql": check(TRACES[what]?.[1] ?? ""),
    }, async ({ done }) => {
      await done("migrate");
    }));
}

Deno.test("migrate sees its own traces within one migration", () =>
  withRun({
    "001_setup.sql": SETUP,
    "002_both.sql":
      "SET search_path = app;\nSET work_mem = '123MB';\nCREATE TABLE t AS SELECT current_setting('work_mem') AS w;\n",
  }, async ({ db, done }) => {
    await done("migrate");

    deepEqual(await column(db, "SELECT w FROM app.t"), ["123MB"]);
  }));

Deno.test("migrate hands the defaults that ALTER DATABASE sets to the next migration", () =>
  withRun({}, async ({ db, done, write }) => {
    await write({
      "001_path.sql":
        `CREATE SCHEMA app;\nALTER DATABASE ${db.name} SET search_path = app;\n`,
      "002_table.sql": "CREATE TABLE t (id INT);\n",
    });
    await done("migrate");

    deepEqual(await tablesOf(db, "app"), ["t"]);
    deepEqual(await tablesOf(db), []);
  }));

Deno.test("migrate hands the defaults that ALTER ROLE sets to the next migration", () =>
  withRun({}, async ({ db, done, write }) => {
    await write({
      "001_path.sql":
        `CREATE SCHEMA app;\nALTER ROLE postgres IN DATABASE ${db.name} SET search_path = app;\n`,
      "002_table.sql": "CREATE TABLE t (id INT);\n",
    });
    await done("migrate");

    deepEqual(await tablesOf(db, "app"), ["t"]);
  }));

Deno.test("migrate hands on defaults that a DO block sets with EXECUTE", () =>
  withRun({
    "001_path.sql": `CREATE SCHEMA app;
DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET search_path = app', current_database());
END $$;\n`,
    "002_table.sql": "CREATE TABLE t (id INT);\n",
  }, async ({ db, done }) => {
    await done("migrate");

    deepEqual(await tablesOf(db, "app"), ["t"]);
  }));

Deno.test("migrate finds its tracking table whatever a migration does to search_path", () =>
  withRun({
    "001_path.sql": `CREATE SCHEMA app;
CREATE TABLE app.schema_migrations (version TEXT);
SET search_path = app;
CREATE TABLE t (id INT);\n`,
    "002_alone.sql":
      "SET search_path = app;\nCREATE INDEX CONCURRENTLY i ON t (id);\nCREATE TABLE u (id INT);\n",
  }, async ({ db, done }) => {
    await done("migrate");

    deepEqual(
      await column(db, "SELECT version FROM public.schema_migrations"),
      ["001", "002"],
    );
    deepEqual(await tablesOf(db, "app"), ["t", "u"]);
  }));

for (const mode of ["", "-- lockstep: transaction=off\n"]) {
  Deno.test(`migrate keeps its lock against pg_advisory_unlock_all() ${mode}`, () =>
    withRun({
      "001_unlock.sql":
        `${mode}SELECT pg_advisory_unlock_all();\nSELECT pg_sleep(3);\n`,
    }, async ({ db, json, run }) => {
      const running = run("migrate");
      await waitForSleep(db);
      const other = await json("migrate", "--lock-timeout", "0");
      const { code } = await running;

      deepEqual(ending(other), [4, "lock_timeout"]);
      equal(code, 0);
    }));
}

Deno.test("migrate runs DISCARD ALL outside a transaction", () =>
  withRun({
    "001_discard.sql": "SELECT 1;\nDISCARD ALL;\nCREATE TABLE t (id INT);\n",
  }, async ({ db, done }) => {
    await done("migrate");

    deepEqual(await tablesOf(db), ["t"]);
  }));

Deno.test("migrate works as a role whose settings would end its session", () =>
  withRun({
    "001_slow.sql": "SELECT pg_sleep(0.6);\n",
    "002_next.sql": "CREATE TABLE t (id INT);\n",
  }, async ({ db, jsonAs }) => {
    await withRole(db, async (role) => {
      await db.query(
        `GRANT ALL ON SCHEMA public TO ${role.name};
         ALTER ROLE ${role.name} SET idle_in_transaction_session_timeout = '200ms'`,
      );
      const answer = await jsonAs(role, "migrate");

      deepEqual(ending(answer), [0, ""]);
    });
  }));

async function waitForSleep(db: {
  query(sql: string): Promise<Record<string, unknown>[]>;
}): Promise<void> {
  const sql = `SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event = 'PgSleep'`;
  while ((await db.query(sql)).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
