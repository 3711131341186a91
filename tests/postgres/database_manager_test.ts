import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { DatabaseManager } from "../../src/database_manager.ts";
import { terminate, waitUntil } from "../helpers/faults.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";

function withManager(
  test: (manager: DatabaseManager, db: TestDatabase) => Promise<void>,
  limits: { maxConnections?: number; idleTimeoutMs?: number } = {},
): Promise<void> {
  return withDatabase(async (db) => {
    await using manager = new DatabaseManager({
      databaseUrl: db.url,
      env: {},
      ...limits,
    });
    await test(manager, db);
  });
}

function sessions(db: TestDatabase): Promise<number> {
  return db.query(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() " +
      "AND application_name LIKE 'lockstep/%'",
  ).then(({ length }) => length);
}

Deno.test("query() gives values as they are, and text where a number would lose", () =>
  withManager(async (manager) => {
    const { rows, rowCount } = await manager.query(
      `SELECT 1 AS i, 9007199254740993 AS big, $1::text AS t, NULL AS n,
        true AS b, '{"a": [1]}'::jsonb AS j, ARRAY[1, 2] AS a`,
      ["x"],
    );

    deepEqual(rows, [{
      i: 1,
      big: "9007199254740993",
      t: "x",
      n: null,
      b: true,
      j: { a: [1] },
      a: [1, 2],
    }]);
    equal(rowCount, 1);
  }));

Deno.test("query() keeps every row", () =>
  withManager(async (manager) => {
    const { rows } = await manager.query(
      "SELECT n FROM generate_series(1, 120000) n",
    );

    equal(rows.length, 120_000);
  }));

Deno.test("query() throws what the server says, and the connection goes on", () =>
  withManager(async (manager, db) => {
    await rejects(manager.query("SELECT 1 / 0"), /division by zero/);
    await manager.query("SELECT 1");

    equal(await sessions(db), 1);
  }));

Deno.test("a borrower meets nothing of the one before", () =>
  withManager(async (manager) => {
    await manager.query("SET search_path = nowhere");
    await manager.query("CREATE TEMP TABLE left_over (id int)");
    const { rows } = await manager.query(
      "SELECT current_setting('search_path') AS path, " +
        "to_regclass('pg_temp.left_over') AS left_over",
    );

    deepEqual(rows, [{ path: '"$user", public', left_over: null }]);
  }, { maxConnections: 1 }));

Deno.test("transaction() commits, and undoes what throws", () =>
  withManager(async (manager) => {
    await manager.query("CREATE TABLE t (id int)");
    const answer = await manager.transaction(async (session) => {
      await session.query("INSERT INTO t VALUES ($1)", [1]);
      return "done";
    });
    await rejects(
      manager.transaction(async (session) => {
        await session.query("INSERT INTO t VALUES (2)");
        throw new Error("changed my mind");
      }),
      /changed my mind/,
    );

    equal(answer, "done");
    const { rows } = await manager.query("SELECT id FROM t");
    deepEqual(rows, [{ id: 1 }]);
  }));

Deno.test("transaction() tells when a swallowed error has undone it", () =>
  withManager(async (manager) => {
    await rejects(
      manager.transaction(async (session) => {
        await session.query("SELECT 1 / 0").catch(() => {});
      }),
      /Cannot commit as a statement of the transaction has failed/,
    );
  }));

Deno.test("connections are shared, and no more than allowed", () =>
  withManager(async (manager, db) => {
    const waits = Array.from(
      { length: 8 },
      () => manager.query("SELECT pg_sleep(0.05)"),
    );
    await Promise.all(waits);

    equal(await sessions(db), 2);
    deepEqual((await manager.healthCheck()).connections, {
      inUse: 1,
      idle: 1,
      waiting: 0,
    });
  }, { maxConnections: 2 }));

Deno.test("an idle connection that was cut is replaced", () =>
  withManager(async (manager, db) => {
    await manager.query("SELECT 1");
    equal(await terminate(db, "both"), 1);

    const { rows } = await manager.query("SELECT 2 AS two");

    deepEqual(rows, [{ two: 2 }]);
  }));

Deno.test("an idle connection is closed after a while", () =>
  withManager(async (manager, db) => {
    await manager.query("SELECT 1");

    await waitUntil("it is closed", async () => await sessions(db) === 0);
  }, { idleTimeoutMs: 50 }));

Deno.test("healthCheck() answers also when there is no server", async () => {
  await using manager = new DatabaseManager({
    databaseUrl: "postgres://app@127.0.0.1:1/app",
    env: {},
  });

  const health = await manager.healthCheck();

  equal(health.isHealthy, false);
  equal(health.error?.code, "cannot_connect");
});

Deno.test("healthCheck() tells version and latency", () =>
  withManager(async (manager) => {
    const health = await manager.healthCheck();

    ok(health.isHealthy && (health.serverVersion ?? 0) >= 140000);
    ok((health.latencyMs ?? 0) > 0);
  }));

Deno.test("getInstance() is the same until it is closed", () =>
  withDatabase(async ({ url }) => {
    const first = DatabaseManager.getInstance({ databaseUrl: url, env: {} });
    equal(DatabaseManager.getInstance(), first);
    await first.query("SELECT 1");
    await first.close();

    const second = DatabaseManager.getInstance({ databaseUrl: url, env: {} });
    ok(second !== first);
    await rejects(first.query("SELECT 1"), /as the database manager is closed/);
    await second.close();
  }));
