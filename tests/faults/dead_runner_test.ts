import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  readStates,
  requireWholeLog,
  terminate,
  waitForStatement,
  waitUntil,
  withBench,
} from "../helpers/faults.ts";
import { startWireProxy } from "../helpers/wire_proxy.ts";

const LOOP = "CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN\n" +
  "FOR n IN 1..20 LOOP INSERT INTO effects VALUES (n); COMMIT;\n" +
  "PERFORM pg_sleep(0.1); END LOOP; END $$;\n";

/** What the loop inserts, and the migration after it. */
const NUMBERS = Array.from({ length: 21 }, (_, index) => ({ id: index + 1 }));

Deno.test("a run waits for what a killed run has left at work, and names it", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n" + LOOP,
    "002_fill.sql": "-- lockstep: transaction=off\nCALL fill();\n",
    "003_later.sql": "INSERT INTO effects VALUES (21);\n",
  };
  await withBench(files, async (bench) => {
    const { db } = bench;
    const killed = bench.spawn(["migrate"]);
    await waitForStatement(db, "CALL fill()");
    killed.kill("SIGKILL");
    await killed.result;

    const next = bench.spawn(["migrate"]);
    await next.waitForOutput(
      "Waiting for what is left of an earlier run: pid ",
    );
    const { code, stderr } = await next.result;

    equal(code, 0, stderr);
    deepEqual(await db.query("SELECT id FROM effects ORDER BY id"), NUMBERS);
    deepEqual(
      await readStates(db),
      ["001 applied", "002 applied", "003 applied"],
    );
    await requireWholeLog(db);
  });
});

// The server records by itself that the CALL has come to its end.
Deno.test("a CALL that ended after its run was killed is not called again", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n" + LOOP,
    "002_fill.sql": "-- lockstep: transaction=off\n" +
      "INSERT INTO effects VALUES (0);\nCALL fill();\n" +
      "INSERT INTO effects VALUES (21);\n",
  };
  await withBench(files, async (bench) => {
    const { db } = bench;
    const killed = bench.spawn(["migrate"]);
    await waitForStatement(db, "CALL fill()");
    killed.kill("SIGKILL");
    await killed.result;
    await waitUntil("the CALL has ended", async () => {
      const rows = await db.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() " +
          "AND application_name LIKE 'lockstep/%'",
      );
      return rows.length === 0;
    });

    const next = await bench.run(["migrate"]);

    equal(next.code, 0, next.stderr);
    ok(next.stderr.includes("going on at statement 3"), next.stderr);
    const rows = await db.query("SELECT id FROM effects ORDER BY id");
    deepEqual(rows, [{ id: 0 }, ...NUMBERS]);
    await requireWholeLog(db);
  });
});

Deno.test("a run leaves with exit 4 when a killed run's statement outlasts --lock-timeout", async () => {
  const files = {
    "001_slow.sql": "-- lockstep: transaction=off\nSELECT pg_sleep(3);\n",
  };
  await withBench(files, async (bench) => {
    const killed = bench.spawn(["migrate"]);
    await waitForStatement(bench.db, "SELECT pg_sleep");
    killed.kill("SIGKILL");
    await killed.result;

    const next = await bench.run(["migrate", "--lock-timeout", "500ms"]);

    equal(next.code, 4, next.stderr);
    match(next.stderr, /runner_alive\]: .*pid \d+, user postgres, lockstep\//);
  });
});

// The server looks for the client while it works: it must not take an hour.
Deno.test("what a killed run has begun in a transaction ends soon", async () => {
  const files = {
    "001_slow.sql": "CREATE TABLE effects (id int);\n" +
      "INSERT INTO effects VALUES (1);\n" +
      "SELECT pg_sleep(CASE WHEN EXISTS (SELECT FROM once) THEN 0 ELSE 60 END);\n",
  };
  await withBench(files, async (bench) => {
    await bench.db.query("CREATE TABLE once ()");
    const killed = bench.spawn(["migrate"]);
    await waitForStatement(bench.db, "SELECT pg_sleep");
    killed.kill("SIGKILL");
    await killed.result;
    await bench.db.query("INSERT INTO once DEFAULT VALUES");

    const next = await bench.run(["migrate", "--lock-timeout", "10s"]);

    equal(next.code, 0, next.stderr);
    deepEqual(await bench.db.query("SELECT id FROM effects"), [{ id: 1 }]);
    await requireWholeLog(bench.db);
  });
});

Deno.test("a concurrent index build outlives its killed run and is not built twice", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n",
    "002_index.sql": "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n",
  };
  await withBench(files, async (bench) => {
    const { db } = bench;
    await bench.run(["migrate", "001"]);
    const other = await db.connect();
    await other.query("BEGIN; INSERT INTO effects VALUES (1)");
    const killed = bench.spawn(["migrate"]);
    await waitForStatement(db, "CREATE INDEX CONCURRENTLY");
    killed.kill("SIGKILL");
    await killed.result;

    const next = bench.spawn(["migrate"]);
    await next.waitForOutput(
      "Waiting for what is left of an earlier run: pid ",
    );
    const [before] = await db.query(
      "SELECT 'effects_id'::regclass::oid AS oid",
    );
    await other.query("COMMIT");
    const { code, stderr } = await next.result;

    equal(code, 0, stderr);
    const [after] = await db.query(
      "SELECT indexrelid AS oid, indisvalid FROM pg_index " +
        "WHERE indrelid = 'effects'::regclass",
    );
    deepEqual(after, { ...before, indisvalid: true });
    deepEqual(await readStates(db), ["001 applied", "002 applied"]);
    await requireWholeLog(db);
  });
});

// All up to COMMIT is on its way when the run is killed, and comes to pass: a
// proxy hands it on, and takes the answers, when the client has gone.
Deno.test("a run waits for what a killed run is about to commit", async () => {
  const files = {
    "001_trigger.sql": "CREATE TABLE effects (id int);\n" +
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n" +
      "PERFORM pg_sleep(1.2); RETURN NULL; END $$;\n" +
      "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON effects\n" +
      "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow();\n",
    "002_insert.sql": "INSERT INTO effects VALUES (2);\n",
  };
  await withBench(files, async (bench) => {
    const { db } = bench;
    await using proxy = startWireProxy(db.url);
    const killed = bench.spawn(["migrate"], { DATABASE_URL: proxy.url });
    await waitForStatement(db, "SET CONSTRAINTS ALL");
    killed.kill("SIGKILL");
    await killed.result;

    const next = await bench.run(["migrate"]);

    equal(next.code, 0, next.stderr);
    ok(next.stdout.includes("Nothing to apply"), next.stdout);
    deepEqual(await db.query("SELECT id FROM effects"), [{ id: 2 }]);
    deepEqual(await readStates(db), ["001 applied", "002 applied"]);
    await requireWholeLog(db);
  });
});

// The server commits the last part of the build together with its record.
Deno.test("an index whose build could not be recorded is built anew", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n",
    "002_index.sql": "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n",
  };
  await withBench(files, async (bench) => {
    const { db } = bench;
    await bench.run(["migrate", "001"]);
    const writer = await db.connect();
    await writer.query("BEGIN; INSERT INTO effects VALUES (1)");
    const killed = bench.spawn(["migrate"]);
    await waitForStatement(db, "CREATE INDEX CONCURRENTLY");
    const locker = await db.connect();
    await locker.query(
      "BEGIN; SELECT 1 FROM schema_migrations WHERE version = '002' FOR UPDATE",
    );
    await writer.query("COMMIT");
    await waitForStatement(db, 'UPDATE "public"."schema_migrations"');
    killed.kill("SIGKILL");
    await killed.result;
    await terminate(db, "both");
    await locker.query("COMMIT");
    const between = await db.query(VALID);

    const next = await bench.run(["migrate"]);

    equal(next.code, 0, next.stderr);
    deepEqual(between, [{ indisvalid: false }]);
    deepEqual(await db.query(VALID), [{ indisvalid: true }]);
    deepEqual(await readStates(db), ["001 applied", "002 applied"]);
    await requireWholeLog(db);
  });
});

// It drops what an earlier attempt has left before it builds anew.
Deno.test("a run waits for a killed run that drops an INVALID index", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n",
    "002_index.sql":
      "CREATE UNIQUE INDEX CONCURRENTLY effects_id ON effects (id);\n",
  };
  await withBench(files, async (bench) => {
    const { db } = bench;
    await bench.run(["migrate", "001"]);
    await db.query("INSERT INTO effects VALUES (1), (1)");
    equal((await bench.run(["migrate"])).code, 6);
    await db.query("DELETE FROM effects WHERE ctid = '(0,1)'");
    const other = await db.connect();
    await other.query("BEGIN; INSERT INTO effects VALUES (2)");
    const killed = bench.spawn(["migrate"]);
    await waitForStatement(db, "DROP INDEX CONCURRENTLY effects_id");
    killed.kill("SIGKILL");
    await killed.result;

    const next = bench.spawn(["migrate"]);
    await next.waitForOutput(
      "Waiting for what is left of an earlier run: pid ",
    );
    await other.query("COMMIT");
    const { code, stderr } = await next.result;

    equal(code, 0, stderr);
    deepEqual(await db.query(VALID), [{ indisvalid: true }]);
    await requireWholeLog(db);
  });
});

const VALID =
  "SELECT indisvalid FROM pg_index WHERE indrelid = 'effects'::regclass";
