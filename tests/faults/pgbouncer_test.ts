import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
// @ts-types="@types/pg"
import pg from "pg";
import {
  findPgBouncer,
  type PgBouncer,
  type PoolMode,
  startPgBouncer,
} from "../../scripts/pgbouncer.ts";
import {
  type FaultBench,
  readStates,
  requireWholeLog,
  waitForStatement,
  withBench,
} from "../helpers/faults.ts";
import { connectTo } from "../helpers/connecting.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import { keep, tryLock } from "../../src/io/postgres/held_lock.ts";

const program = await findPgBouncer();
if (program === undefined) {
  console.log("Without PgBouncer, as there is none and no Debian to get it of");
}

interface Pooled {
  readonly bench: FaultBench;
  readonly pooler: PgBouncer;
  readonly env: { readonly DATABASE_URL: string };
}

function testPooled(
  name: string,
  { mode, poolSize, files }: {
    readonly mode: PoolMode;
    readonly poolSize?: number;
    readonly files: ProjectFiles;
  },
  test: (pooled: Pooled) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: program === undefined,
    fn: () =>
      withBench(files, async (bench) => {
        if (program === undefined) return;
        await using pooler = await startPgBouncer(program, bench.db.url, {
          mode,
          ...(poolSize !== undefined && { poolSize }),
        });
        const env = { DATABASE_URL: pooler.via(bench.db.url) };
        await test({ bench, pooler, env });
      }),
  });
}

/** What a migration could leave to the next client of the connection. */
const LITTER: ProjectFiles = {
  "001_table.sql": "CREATE TABLE effects (id int);\nCREATE SCHEMA app;\n",
  "002_litter.sql": "SET search_path = app;\nSET lock_timeout = '123ms';\n" +
    "SET statement_timeout = '45s';\nCREATE TEMP TABLE litter (id int);\n" +
    "PREPARE litter AS SELECT 1;\nLISTEN litter;\n" +
    "SELECT pg_advisory_lock(77);\n",
  "003_index.sql": "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n",
  "004_insert.sql": "INSERT INTO effects VALUES (1);\n",
};

const FOUND = "SELECT current_setting('search_path') AS path, " +
  "current_setting('lock_timeout') AS lock, " +
  "current_setting('statement_timeout') AS statement, " +
  "current_setting('synchronous_commit') AS commit, " +
  "current_setting('idle_in_transaction_session_timeout') AS idle, " +
  "current_setting('client_connection_check_interval') AS checks, " +
  "(SELECT count(*)::int FROM pg_prepared_statements WHERE from_sql) AS prepared, " +
  "(SELECT count(*)::int FROM pg_listening_channels()) AS channels, " +
  "to_regclass('pg_temp.litter') AS temporary, pg_backend_pid() AS pid";

/** What clients of the pooler find, on each of its connections at once. */
async function findLitter(
  { env }: Pooled,
): Promise<readonly Record<string, unknown>[]> {
  const clients = Array.from(
    { length: 6 },
    () => new pg.Client({ connectionString: env.DATABASE_URL }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  for (const client of clients) await client.query("BEGIN");
  const found = await Promise.all(clients.map((client) => client.query(FOUND)));
  await Promise.all(clients.map((client) => client.end()));
  return found.map(({ rows: [row] }) => row ?? {});
}

for (const mode of ["transaction", "session"] as const) {
  testPooled(
    `migrate works through PgBouncer in ${mode} mode and leaves nothing behind`,
    { mode, files: LITTER },
    async (pooled) => {
      const { bench, env } = pooled;
      const untouched = await findLitter(pooled);

      const migrated = await bench.run(["migrate"], env);
      const again = await bench.run(["migrate"], env);
      const found = await findLitter(pooled);

      equal(migrated.code, 0, migrated.stderr);
      ok(again.stdout.includes("Nothing to apply"), again.stdout);
      equal((await readStates(bench.db)).length, 4);
      const plain = { ...untouched[0], pid: undefined };
      for (const one of found) deepEqual({ ...one, pid: undefined }, plain);
      const locks = await bench.db.query(
        "SELECT objid FROM pg_locks WHERE locktype = 'advisory'" +
          " AND database = (SELECT oid FROM pg_database" +
          " WHERE datname = current_database())",
      );
      deepEqual(locks, []);
      await requireWholeLog(bench.db);
    },
  );

  const files = {
    "001_slow.sql": "CREATE TABLE effects (id int);\n" +
      "INSERT INTO effects VALUES (1);\nSELECT pg_sleep(4);\n",
    "002_index.sql": "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n",
  };
  testPooled(
    `two runs exclude each other through PgBouncer in ${mode} mode`,
    { mode, files },
    async ({ bench, env }) => {
      const holder = bench.spawn(["migrate"], env);
      await waitForStatement(bench.db, "SELECT pg_sleep");

      const left = await bench.run(["migrate", "--lock-timeout", "0"], env);
      const waiter = await bench.run(["migrate"], env);

      equal(left.code, 4, left.stderr);
      match(left.stderr, /pid \d+, user postgres, /);
      equal(waiter.code, 0, waiter.stderr);
      ok(waiter.stdout.includes("Nothing to apply"), waiter.stdout);
      equal((await holder.result).code, 0);
      equal((await bench.db.query("SELECT id FROM effects")).length, 1);
    },
  );
}

testPooled(
  "migrate through PgBouncer tells who blocks it",
  {
    mode: "transaction",
    files: {
      "001_table.sql": "CREATE TABLE effects (id int);\n",
      "002_alter.sql": "ALTER TABLE effects ADD COLUMN more int;\n",
    },
  },
  async ({ bench, env }) => {
    await bench.run(["migrate", "001"], env);
    const session = await bench.db.connect();
    await session.query("BEGIN; SELECT * FROM effects");
    const { rows: [row] } = await session.query("SELECT pg_backend_pid()");

    const running = bench.spawn(["migrate"], env);
    await running.waitForOutput("BLOCKED: ");
    await running.waitForOutput(`    pid ${row?.pg_backend_pid}, `);
    await session.query("COMMIT");
    const { code, stderr } = await running.result;

    equal(code, 0, stderr);
    match(stderr, /for AccessExclusiveLock on effects, behind\n/);
    deepEqual(await readStates(bench.db), ["001 applied", "002 applied"]);
  },
);

testPooled(
  "the lock stays in one session of the server while its transaction changes",
  { mode: "transaction", files: {} },
  async ({ bench, env }) => {
    const keys = { first: 3, second: 4 };
    await using connection = await connectTo(env.DATABASE_URL);
    await using other = await connectTo(env.DATABASE_URL);
    ok(await tryLock(connection, keys));
    await using keeper = keep(connection, keys);
    const locks = () =>
      bench.db.query(
        "SELECT l.pid, v.virtualtransaction FROM pg_locks l " +
          "JOIN pg_locks v ON v.pid = l.pid AND v.locktype = 'virtualxid' " +
          "WHERE l.locktype = 'advisory' AND l.classid = 3 AND l.objid = 4",
      );
    const before = await locks();

    await Promise.all([keeper.renew(), other.run("SELECT pg_sleep(0.1)")]);
    const isTaken = await tryLock(other, keys);

    const after = await locks();
    equal(isTaken, false);
    equal(after.length, 1);
    equal(after[0]?.pid, before[0]?.pid);
    notEqual(after[0]?.virtualtransaction, before[0]?.virtualtransaction);
    await keeper.release();
    deepEqual(await locks(), []);
  },
);

testPooled(
  "SIGINT reaches a statement through PgBouncer",
  {
    mode: "transaction",
    files: {
      "001_slow.sql": "CREATE TABLE effects (id int);\nSELECT pg_sleep(60);\n",
    },
  },
  async ({ bench, env }) => {
    const running = bench.spawn(["migrate"], env);
    await waitForStatement(bench.db, "SELECT pg_sleep");

    running.kill("SIGINT");
    const { code, stderr } = await running.result;

    equal(code, 130, stderr);
    deepEqual(await readStates(bench.db), ["001 open"]);
    const [table] = await bench.db.query("SELECT to_regclass('effects') AS t");
    equal(table?.t, null);
  },
);

testPooled(
  "a pool of one connection is named, not waited for",
  {
    mode: "transaction",
    poolSize: 1,
    files: { "001_table.sql": "CREATE TABLE effects (id int);\n" },
  },
  async ({ bench, env }) => {
    const { code, stderr } = await bench.run(["migrate"], env);

    equal(code, 7, stderr);
    match(stderr, /error\[cannot_connect\]: Cannot use a second connection /);
    match(stderr, /hint: a run needs two connections at once/);
    const [table] = await bench.db.query("SELECT to_regclass('effects') AS t");
    equal(table?.t, null);
  },
);

testPooled(
  "PgBouncer in statement mode is refused before anything is done",
  {
    mode: "statement",
    files: { "001_table.sql": "CREATE TABLE effects (id int);\n" },
  },
  async ({ bench, env }) => {
    const { code, stderr } = await bench.run(["migrate"], env);

    equal(code, 7, stderr);
    match(stderr, /transaction blocks not allowed in statement pooling mode/);
    const tables = await bench.db.query(
      "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    );
    deepEqual(tables, []);
  },
);

/** What runs in more than one transaction, so that no SET LOCAL holds for it. */
const SPLIT: ProjectFiles = {
  "001_table.sql": "CREATE TABLE effects (id int);\n" +
    "CREATE TYPE mood AS ENUM ('old');\n",
  "002_index.sql": "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n",
};

async function requireRefused(
  { bench, env }: Pooled,
  says: RegExp,
): Promise<void> {
  const { code, stderr } = await bench.run(["migrate"], env);

  equal(code, 2, stderr);
  match(stderr, says);
  match(stderr, /hint: connect past the pooler with --direct-url, /);
  const [table] = await bench.db.query("SELECT to_regclass('effects') AS t");
  equal(table?.t, null);
  const past = await bench.run(["migrate", "--direct-url", bench.db.url], env);
  equal(past.code, 0, past.stderr);
}

// A lock_timeout that ends CREATE INDEX CONCURRENTLY leaves an INVALID index,
// and behind a pooler it cannot be lifted: a SET would leak to other clients.
testPooled(
  "a role with a lock_timeout is refused CONCURRENTLY through PgBouncer, before anything is done",
  { mode: "transaction", files: SPLIT },
  async (pooled) => {
    const { db } = pooled.bench;
    await db.query(
      `ALTER ROLE postgres IN DATABASE ${db.name} SET lock_timeout = '7s'`,
    );

    await requireRefused(
      pooled,
      /error\[pooled_connection\]: Cannot run "002_index" through a pooler as lock_timeout is 7000 ms there/,
    );
  },
);

for (
  const { what, script } of [
    {
      what: "between two transactions",
      script: "SET search_path = app, public;\n" +
        "CREATE INDEX CONCURRENTLY effects_two ON effects (id);\n",
    },
    {
      what: "outside a transaction",
      script: "-- lockstep: transaction=off\nSELECT 1;\n" +
        "SET search_path = app, public;\n",
    },
    {
      what: "before a new value of an enum is used",
      script: "SET search_path = app, public;\n" +
        "ALTER TYPE mood ADD VALUE 'new';\nSELECT 'new'::mood;\n",
    },
  ]
) {
  testPooled(
    `a SET ${what} is refused through PgBouncer, before it is lost or leaks`,
    { mode: "transaction", files: { ...SPLIT, "003_set.sql": script } },
    (pooled) =>
      requireRefused(
        pooled,
        /error\[pooled_connection\]: Cannot run "003_set" through a pooler as what line [13] sets for the session /,
      ),
  );
}

testPooled(
  "a SET in the last transaction of a script works through PgBouncer and does not leak",
  {
    mode: "transaction",
    files: {
      ...SPLIT,
      "003_set.sql": "DROP INDEX CONCURRENTLY effects_id;\n" +
        "SET lock_timeout = '123ms';\nINSERT INTO effects VALUES (1);\n",
    },
  },
  async (pooled) => {
    const { code, stderr } = await pooled.bench.run(["migrate"], pooled.env);

    equal(code, 0, stderr);
    for (const { lock } of await findLitter(pooled)) equal(lock, "0");
  },
);

// A session's advisory lock would stay with the pooler's server connection when
// its client has gone, and all later runs would wait for it in vain.
testPooled(
  "the lock of a killed run does not stay with PgBouncer's connection",
  {
    mode: "transaction",
    files: {
      "001_slow.sql": "CREATE TABLE effects (id int);\n" +
        "INSERT INTO effects VALUES (1);\nSELECT pg_sleep(4);\n",
    },
  },
  async ({ bench, env }) => {
    const killed = bench.spawn(["migrate"], env);
    await waitForStatement(bench.db, "SELECT pg_sleep");
    killed.kill("SIGKILL");
    await killed.result;

    const next = await bench.run(["migrate", "--lock-timeout", "30s"], env);

    equal(next.code, 0, next.stderr);
    equal((await bench.db.query("SELECT id FROM effects")).length, 1);
    const locks = await bench.db.query(
      "SELECT objid FROM pg_locks WHERE locktype = 'advisory'" +
        " AND database = (SELECT oid FROM pg_database" +
        " WHERE datname = current_database())",
    );
    deepEqual(locks, []);
    await requireWholeLog(bench.db);
  },
);
