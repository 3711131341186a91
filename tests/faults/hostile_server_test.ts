import { equal, match, ok } from "node:assert/strict";
import { requireWholeLog, withBench } from "../helpers/faults.ts";
import { type Attack, testAttacks } from "../helpers/hostile.ts";
import { measureLockstep } from "../helpers/measured_run.ts";

const OF_THIS_DATABASE = "datname = current_database()";
const KEEPERS = "SELECT l.pid FROM pg_locks l JOIN pg_database d " +
  `ON d.oid = l.database WHERE l.locktype = 'advisory' AND ${OF_THIS_DATABASE}`;

/** Against the sessions of the run. */
const ON_SESSIONS: Readonly<Record<string, Attack>> = {
  "ends its own session": {
    sql: ["SELECT pg_terminate_backend(pg_backend_pid())"],
    inTransaction: "7 connection_lost",
    outside: "6 cancelled",
  },
  "ends the session that holds the lock": {
    sql: [
      `SELECT pg_terminate_backend(pid) FROM (${KEEPERS}) k`,
      "SELECT pg_sleep(60)",
    ],
    inTransaction: "4 lock_lost",
    outside: "6 cancelled",
  },
  "ends all sessions of the run": {
    sql: [
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity " +
      `WHERE application_name LIKE 'lockstep/%' AND ${OF_THIS_DATABASE} ` +
      "ORDER BY pid = pg_backend_pid()",
    ],
    inTransaction: ["7 connection_lost", "4 lock_lost"],
    outside: "6 cancelled",
  },
  "cancels itself": {
    sql: ["SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)"],
    inTransaction: "5 statement_failed",
    outside: "6 statement_failed",
  },
  "cancels what the holder of the lock does": {
    sql: [`SELECT pg_cancel_backend(pid) FROM (${KEEPERS}) k`],
    inTransaction: "0",
    outside: "0",
  },
  "makes each error end its session": {
    sql: ["SET exit_on_error = on", "SELECT 1/0"],
    inTransaction: "7 connection_lost",
    outside: "6 cancelled",
  },
  "keeps notices and warnings to itself": {
    sql: ["SET client_min_messages = error", "SELECT 1/0"],
    inTransaction: "5 statement_failed",
    outside: "6 statement_failed",
  },
};

const EVENT_FUNCTION =
  "CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql " +
  "AS $$ BEGIN RAISE 'refused by an event'; END $$";
const NO_EVENTS = "DROP FUNCTION IF EXISTS public.refuse() CASCADE";

/** Against what a statement may do, and when. */
const ON_STATEMENTS: Readonly<Record<string, Attack>> = {
  "refuses all that follows by an event trigger": {
    sql: [
      EVENT_FUNCTION,
      "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION refuse()",
      "CREATE TABLE t (id int)",
    ],
    inTransaction: "5 statement_failed",
    outside: "6 statement_failed",
    mend: NO_EVENTS,
  },
  "refuses to let go of what it has made": {
    sql: [
      "CREATE TEMP TABLE t (id int)",
      EVENT_FUNCTION,
      "CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION refuse()",
    ],
    inTransaction: "0",
    outside: "0",
  },
  "refuses that the tracking tables are completed": {
    sql: [
      "DROP VIEW migration_status_view",
      EVENT_FUNCTION,
      "CREATE EVENT TRIGGER e ON ddl_command_start " +
      "WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION refuse()",
      "SELECT 1/0",
    ],
    inTransaction: "5 statement_failed",
    outside: "6 statement_failed",
    mend: NO_EVENTS,
  },
  "commits in a block of code": {
    sql: ["DO $$ BEGIN COMMIT; END $$"],
    inTransaction: "5 statement_failed",
    outside: "0",
  },
  "rolls back in a block of code": {
    sql: ["DO $$ BEGIN ROLLBACK; END $$"],
    inTransaction: "5 statement_failed",
    outside: "0",
  },
  "rolls back in its middle": {
    sql: ["BEGIN", "SELECT 1", "ROLLBACK"],
    inTransaction: "3 transaction_control",
    outside: "3 transaction_control",
  },
  "ends a transaction that it has not begun": {
    sql: ["COMMIT", "ABORT"],
    inTransaction: "0",
    outside: "0",
  },
  "hands its transaction to somebody else": {
    sql: ["PREPARE TRANSACTION 'x'"],
    inTransaction: "3 transaction_control",
    outside: "3 transaction_control",
  },
  "fails when its transaction ends": {
    sql: [
      "DECLARE c CURSOR WITH HOLD FOR SELECT 1 / (n - 2) FROM generate_series(1, 3) n",
    ],
    inTransaction: "0",
    outside: "6 record_failed",
  },
  "listens to its own flood of notifications": {
    sql: [
      "LISTEN a",
      "SELECT count(pg_notify('a', n::text)) FROM generate_series(1, 50000) n",
    ],
    inTransaction: "0",
    outside: "0",
  },
  "answers with far too many rows": {
    sql: ["SELECT repeat('x', 1000) FROM generate_series(1, 100000)"],
    inTransaction: "0",
    outside: "0",
  },
  "copies far too many rows out": {
    sql: [
      "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT",
    ],
    inTransaction: "0",
    outside: "0",
  },
};

testAttacks(ON_SESSIONS);
testAttacks(ON_STATEMENTS);

/** What a run may need, of which about 100 MB are the executable itself. */
const MOST_BYTES = 350e6;

for (
  const [what, code, says] of [
    [
      "100,000 notices before its error",
      "FOR i IN 1..100000 LOOP RAISE NOTICE 'notice % %', i, repeat('x', 1000);" +
      " END LOOP; RAISE 'the end';",
      /^error\[statement_failed\]: .* failed: the end$/m,
    ],
    [
      "notices of 10 MB each before its error",
      "FOR i IN 1..10 LOOP RAISE NOTICE '%', repeat('x', 10000000);" +
      " END LOOP; RAISE 'the end';",
      /^error\[statement_failed\]: .* failed: the end$/m,
    ],
    [
      "an error of 20 MB",
      "RAISE 'the end %', repeat('x', 20000000) USING DETAIL = repeat('y', 20000000);",
      /^error\[statement_failed\]: .* failed: the end x+ … and [0-9]+ characters more$/m,
    ],
  ] as const
) {
  for (const header of ["", "-- lockstep: transaction=off\n"]) {
    Deno.test(`${what} is shown in bounded memory ${header.trim()}`, async () => {
      const files = {
        "001_flood.sql": `${header}DO $$ BEGIN ${code} END $$;\n`,
      };
      await withBench(files, async ({ db, dir }) => {
        const end = await measureLockstep(["migrate"], {
          cwd: dir,
          env: { DATABASE_URL: db.url, LANG: "C.UTF-8" },
        });

        const [recorded] = await db.query(
          "SELECT length(error) AS size FROM schema_migrations_log",
        );
        equal(end.code, header === "" ? 5 : 6, end.stderr.slice(-1_000));
        match(end.stderr, says);
        ok(end.stderr.length < 8e6, `${end.stderr.length} characters`);
        ok(end.peakBytes < MOST_BYTES, `${end.peakBytes} bytes`);
        ok(Number(recorded?.size) < 12_000, `${recorded?.size} recorded`);
        await requireWholeLog(db);
      });
    });
  }
}
