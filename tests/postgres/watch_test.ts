import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Blocker } from "../../src/core/blocker.ts";
import { connectTo } from "../helpers/connecting.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import {
  readStates,
  waitForStatement,
  waitUntil,
  withBench,
} from "../helpers/faults.ts";
import { withRole } from "../helpers/run.ts";
import { watchMigrate } from "../helpers/watched.ts";
import { keep, tryLock } from "../../src/io/postgres/held_lock.ts";
import { Watch } from "../../src/io/postgres/watch.ts";

const ALTER = { "001_alter.sql": "ALTER TABLE accounts ADD COLUMN c int;\n" };

async function createAccounts(db: TestDatabase): Promise<void> {
  await db.query("CREATE TABLE accounts (id int)");
}

/** The process of a session. */
async function pidOf(
  session: Awaited<ReturnType<TestDatabase["connect"]>>,
): Promise<unknown> {
  const { rows: [row] } = await session.query("SELECT pg_backend_pid() AS pid");
  return row?.pid;
}

Deno.test("migrate tells of a session that is idle in a transaction with a lock", async () => {
  await withBench(ALTER, async (bench) => {
    await createAccounts(bench.db);
    const session = await bench.db.connect();
    await session.query("SET application_name = 'reports'; BEGIN");
    const pid = await pidOf(session);
    await session.query("SELECT id\nFROM accounts");
    const run = watchMigrate(bench);

    const { blockage, step } = await run.waitFor("blocked");
    await session.query("COMMIT");
    const { waitedMs } = await run.waitFor("unblocked");
    const report = await run.report;

    equal(report.error, undefined);
    equal(step.version, "001");
    deepEqual(blockage.awaits, {
      kind: "relation",
      mode: "AccessExclusiveLock",
      relation: "accounts",
    });
    equal(blockage.omitted, 0);
    const [{ transactionMs = -1, ...blocker } = { transactionMs: -1 }] =
      blockage.blockers;
    deepEqual(blocker, {
      kind: "session",
      processId: pid,
      user: "postgres",
      application: "reports",
      address: "127.0.0.1",
      state: "idle in transaction",
      query: "SELECT id",
      details: "seen",
      blockers: [],
    });
    ok(transactionMs >= blockage.waitedMs, `${transactionMs}`);
    ok(waitedMs >= blockage.waitedMs, `${waitedMs}`);
    const types = run.events.map(({ type }) => type);
    ok(types.indexOf("blocked") < types.indexOf("working"), `${types}`);
    deepEqual(types.slice(-2), ["unblocked", "step_finished"]);
  });
});

Deno.test("migrate tells of those who block the one that blocks it", async () => {
  await withBench(ALTER, async (bench) => {
    await createAccounts(bench.db);
    await bench.db.query("CREATE TABLE other (id int)");
    const [first, second] = await Promise.all([
      bench.db.connect(),
      bench.db.connect(),
    ]);
    await first.query("BEGIN");
    await first.query("LOCK TABLE other IN ACCESS EXCLUSIVE MODE");
    await second.query("BEGIN");
    await second.query("SELECT * FROM accounts");
    const [firstPid, secondPid] = await Promise.all([
      pidOf(first),
      pidOf(second),
    ]);
    const waiting = second.query("INSERT INTO other VALUES (1)");
    await waitForStatement(bench.db, "INSERT INTO other");
    const run = watchMigrate(bench);

    const { blockage } = await run.waitFor("blocked");
    await first.query("COMMIT");
    await waiting;
    await second.query("COMMIT");
    const report = await run.report;

    equal(report.error, undefined);
    const [blocker] = blockage.blockers;
    equal(blocker?.processId, secondPid);
    deepEqual(blocker?.awaits, {
      kind: "relation",
      mode: "RowExclusiveLock",
      relation: "other",
    });
    const pids = (blockers: readonly Blocker[] = []) =>
      blockers.map(({ processId }) => processId);
    deepEqual(pids(blockage.blockers), [secondPid]);
    deepEqual(pids(blocker?.blockers), [firstPid]);
  });
});

Deno.test("migrate tells again when another session is in its way", async () => {
  await withBench(ALTER, async (bench) => {
    await createAccounts(bench.db);
    const [first, second] = await Promise.all([
      bench.db.connect(),
      bench.db.connect(),
    ]);
    await first.query("BEGIN; SELECT * FROM accounts");
    await second.query("BEGIN; SELECT * FROM accounts");
    const secondPid = await pidOf(second);
    const run = watchMigrate(bench);

    const { blockage } = await run.waitFor("blocked");
    await first.query("COMMIT");
    const later = await run.waitFor(
      "blocked",
      (event) => event.blockage.blockers.length === 1,
    );
    await second.query("COMMIT");

    equal((await run.report).error, undefined);
    equal(blockage.blockers.length, 2);
    equal(later.blockage.blockers[0]?.processId, secondPid);
    equal(run.events.filter(({ type }) => type === "blocked").length, 2);
    equal(run.events.filter(({ type }) => type === "unblocked").length, 1);
  });
});

Deno.test("migrate does not say that it goes on when it fails of waiting", async () => {
  await withBench(ALTER, async (bench) => {
    await createAccounts(bench.db);
    const session = await bench.db.connect();
    await session.query("BEGIN; SELECT * FROM accounts");
    const run = watchMigrate(bench);
    await run.waitFor("blocked");

    await session.query(
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity " +
        "WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );

    equal((await run.report).error?.code, "statement_failed");
    equal(run.events.at(-1)?.type, "step_finished");
    equal(run.events.some(({ type }) => type === "unblocked"), false);
  });
});

Deno.test("migrate names the row that it waits for by its table", async () => {
  const files = { "001_update.sql": "UPDATE accounts SET id = 2;\n" };
  await withBench(files, async (bench) => {
    await createAccounts(bench.db);
    await bench.db.query("INSERT INTO accounts VALUES (1)");
    const session = await bench.db.connect();
    await session.query("BEGIN; UPDATE accounts SET id = 3");
    const run = watchMigrate(bench);

    const { blockage } = await run.waitFor("blocked");
    await session.query("ROLLBACK");

    equal((await run.report).error, undefined);
    deepEqual(blockage.awaits, {
      kind: "transactionid",
      mode: "ShareLock",
      relation: "accounts",
    });
  });
});

const preparable = await countPreparable();

Deno.test({
  name: "migrate names a prepared transaction that is in its way",
  ignore: preparable === 0,
  async fn() {
    await withBench(ALTER, async (bench) => {
      await createAccounts(bench.db);
      const gid = `${bench.db.name} 'one'`;
      const quoted = `'${gid.replaceAll("'", "''")}'`;
      const session = await bench.db.connect();
      await session.query("BEGIN; LOCK TABLE accounts IN SHARE MODE");
      await session.query(`PREPARE TRANSACTION ${quoted}`);
      const run = watchMigrate(bench);

      const { blockage } = await run.waitFor("blocked")
        .finally(() => session.query(`ROLLBACK PREPARED ${quoted}`));

      equal((await run.report).error, undefined);
      const [{ transactionMs = -1, ...blocker } = { transactionMs: -1 }] =
        blockage.blockers;
      deepEqual(blocker, {
        kind: "prepared",
        preparedAs: gid,
        user: "postgres",
        details: "seen",
        blockers: [],
      });
      ok(transactionMs >= 0);
    });
  },
});

async function countPreparable(): Promise<number> {
  let count = 0;
  await withDatabase(async (db) => {
    const [row] = await db.query("SHOW max_prepared_transactions");
    count = Number(row?.max_prepared_transactions);
  });
  return count;
}

Deno.test("a role that may not see what others do is told at least their pid", async () => {
  const files = { "001_alter.sql": "ALTER TABLE app.accounts ADD c int;\n" };
  await withBench(files, async (bench) => {
    await withRole(bench.db, async (role) => {
      await bench.db.query(
        `GRANT CREATE ON DATABASE ${bench.db.name} TO ${role.name};` +
          `GRANT ALL ON SCHEMA public TO ${role.name};` +
          `CREATE SCHEMA app AUTHORIZATION ${role.name};` +
          `CREATE TABLE app.accounts (id int);` +
          `ALTER TABLE app.accounts OWNER TO ${role.name}`,
      );
      const session = await bench.db.connect();
      await session.query("BEGIN; SELECT * FROM app.accounts");
      const pid = await pidOf(session);
      const run = watchMigrate(bench, role.url);

      const { blockage } = await run.waitFor("blocked");
      await session.query("COMMIT");

      equal((await run.report).error, undefined);
      equal(blockage.awaits.relation, "app.accounts");
      const [blocker] = blockage.blockers;
      equal(blocker?.processId, pid);
      equal(blocker?.details, "hidden");
      equal(blocker?.query, undefined);
    });
  });
});

Deno.test("migrate tells the phase of a concurrent index build and whom it waits for", async () => {
  const files = {
    "001_index.sql":
      "CREATE INDEX CONCURRENTLY accounts_id\n  ON accounts (id);\n",
  };
  await withBench(files, async (bench) => {
    await createAccounts(bench.db);
    const session = await bench.db.connect();
    await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    const run = watchMigrate(bench);

    const { phase, statement } = await run.waitFor(
      "working",
      (event) => event.phase?.name === "waiting for old snapshots",
    );
    const { blockage } = await run.waitFor("blocked");
    await session.query("COMMIT");

    equal((await run.report).error, undefined);
    equal(statement, "CREATE INDEX CONCURRENTLY accounts_id");
    deepEqual(phase, {
      command: "CREATE INDEX CONCURRENTLY",
      name: "waiting for old snapshots",
      relation: "accounts",
      index: "accounts_id",
      amount: { done: 0, total: 1, unit: "session" },
      percent: 0,
    });
    equal(blockage.awaits.kind, "virtualxid");
  });
});

Deno.test("migrate tells the phase of a build that is slow by itself, in a transaction", async () => {
  const files = {
    // An expression that takes a while for each row makes the build long.
    "001_index.sql": "CREATE FUNCTION slow(n int) RETURNS int " +
      "LANGUAGE plpgsql IMMUTABLE AS " +
      "$$ BEGIN PERFORM pg_sleep(0.004); RETURN n; END $$;\n" +
      "CREATE INDEX accounts_id ON accounts (slow(id));\n",
  };
  await withBench(files, async (bench) => {
    await createAccounts(bench.db);
    await bench.db.query(
      "INSERT INTO accounts SELECT n FROM generate_series(1, 1000) n",
    );
    const run = watchMigrate(bench);

    const { phase } = await run.waitFor(
      "working",
      (event) => event.phase?.percent !== undefined,
    );

    equal((await run.report).error, undefined);
    equal(phase?.command, "CREATE INDEX");
    equal(phase?.relation, "accounts");
    match(phase?.name ?? "", /^building index: /);
    ok(Number(phase?.percent) <= 100);
  });
});

Deno.test("migrate tells the bytes and rows of COPY", async () => {
  const rows = Array.from({ length: 500 }, (_, row) => `${row}\n`).join("");
  const files = {
    "001_copy.sql": "CREATE FUNCTION slow() RETURNS trigger " +
      "LANGUAGE plpgsql AS " +
      "$$ BEGIN PERFORM pg_sleep(0.006); RETURN new; END $$;\n" +
      "CREATE TRIGGER slow BEFORE INSERT ON accounts " +
      "FOR EACH ROW EXECUTE FUNCTION slow();\n" +
      `COPY accounts FROM stdin;\n${rows}\\.\n`,
  };
  await withBench(files, async (bench) => {
    await createAccounts(bench.db);
    const run = watchMigrate(bench);

    const { phase } = await run.waitFor(
      "working",
      (event) => Number(event.phase?.rows) > 0,
    );

    equal((await run.report).error, undefined);
    equal(phase?.command, "COPY FROM");
    equal(phase?.relation, "accounts");
    equal(phase?.amount?.unit, "byte");
    ok(Number(phase?.amount?.done) > 0);
  });
});

Deno.test("a look that fails does no harm to the run", async () => {
  const files = {
    // What the watch reads it cannot read now, and no one else needs it.
    "001_lock.sql":
      "LOCK TABLE pg_catalog.pg_locks IN ACCESS EXCLUSIVE MODE;\n" +
      "CREATE TABLE effects (id int);\nSELECT pg_sleep(4);\n",
  };
  await withBench(files, async (bench) => {
    const run = watchMigrate(bench);

    const report = await run.report;

    equal(report.error, undefined);
    deepEqual(await readStates(bench.db), ["001 applied"]);
    const told = run.events.filter(({ type }) => type === "working");
    deepEqual(told, []);
  });
});

Deno.test("a watch lets go who waits for the keeper's transaction, and keeps the lock", async () => {
  await withDatabase(async (db) => {
    await createAccounts(db);
    await using connection = await connectTo(db.url);
    await using other = await connectTo(db.url);
    const keys = { first: 1, second: 2 };
    ok(await tryLock(connection, keys));
    await using keeper = keep(connection, keys);
    // As a look may be under way while a concurrent build takes its snapshot.
    const reading = connection.run("SELECT pg_sleep(1.5)");
    await waitForStatement(db, "SELECT pg_sleep");
    const session = await db.connect();
    const build = session.query("CREATE INDEX CONCURRENTLY i ON accounts (id)");
    await reading;
    await waitUntil("the build waits for the keeper", async () => {
      const rows = await db.query(
        "SELECT 1 FROM pg_locks WHERE locktype = 'virtualxid' " +
          `AND NOT granted AND ${connection.processId} = ` +
          "ANY (pg_blocking_pids(pid))",
      );
      return rows.length > 0;
    });

    using watch = new Watch({
      connection,
      keeper,
      mark: "/* nobody */",
      onEvent: () => {},
    });
    watch.onEvent({ type: "step_started", step: STEP, number: 1, of: 1 });
    await build;

    equal(await tryLock(other, keys), false);
    const [index] = await db.query(
      "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass",
    );
    equal(index?.indisvalid, true);
    const locks = await db.query(
      "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' " +
        `AND pid = ${connection.processId}`,
    );
    equal(locks.length, 1);
    await keeper.release();
    ok(await tryLock(other, keys));
  });
});

const STEP = {
  direction: "migrate",
  version: "001",
  name: "a",
  origin: { kind: "kept", path: "a.sql", checksum: "" },
  checksum: "",
  filePath: "a.sql",
  dependencies: [],
  directives: {},
} as const;
