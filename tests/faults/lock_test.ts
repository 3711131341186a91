import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  type FaultBench,
  pause,
  readStates,
  requireWholeLog,
  waitForStatement,
  waitUntil,
  withBench,
} from "../helpers/faults.ts";
import type { ProjectFiles } from "../helpers/project.ts";

const SLOW: ProjectFiles = {
  "001_slow.sql": "CREATE TABLE effects (id int);\n" +
    "INSERT INTO effects VALUES (1);\nSELECT pg_sleep(4);\n",
};

/** Starts a run and waits until it is inside the slow migration. */
async function startSlow({ spawn, db }: FaultBench, args: string[] = []) {
  const running = spawn(["migrate", ...args]);
  await waitForStatement(db, "SELECT pg_sleep");
  return running;
}

function countSessions({ db }: FaultBench, application = "lockstep/%") {
  return db.query(
    "SELECT pid FROM pg_stat_activity " +
      "WHERE datname = current_database() AND application_name LIKE $1",
    [application],
  ).then(({ length }) => length);
}

Deno.test("lockstep --lock-timeout 0 leaves at once and names the holder in full", async () => {
  await withBench(SLOW, async (bench) => {
    const holder = await startSlow(bench);
    const [keeper] = await bench.db.query(
      "SELECT pid, to_char(xact_start AT TIME ZONE 'UTC', " +
        `'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since FROM pg_stat_activity ` +
        "WHERE datname = current_database() " +
        "AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')",
    );

    const left = await bench.run(["migrate", "--lock-timeout", "0"]);

    equal(left.code, 4);
    match(
      left.stderr,
      /^error\[lock_timeout\]: Cannot take the migration lock/m,
    );
    const who = `pid ${keeper?.pid}, user postgres, lockstep/`;
    ok(left.stderr.includes(who), left.stderr);
    ok(
      left.stderr.includes(`, from 127.0.0.1, since ${keeper?.since}`),
      left.stderr,
    );
    ok(!left.stderr.includes("Waiting"), left.stderr);
    equal((await holder.result).code, 0);
  });
});

Deno.test("a run that waits holds one connection, and leaves when nothing is left to do", async () => {
  await withBench(SLOW, async (bench) => {
    const holder = await startSlow(bench);
    const waiter = bench.spawn(["migrate"]);
    await waiter.waitForOutput("Waiting for another run: pid ");

    const sessions = await countSessions(bench);
    const [first, second] = await Promise.all([holder.result, waiter.result]);

    equal(sessions, 3);
    deepEqual([first.code, second.code], [0, 0], second.stderr);
    ok(second.stdout.includes("Nothing to apply"), second.stdout);
    const rows = await bench.db.query("SELECT id FROM effects");
    equal(rows.length, 1);
  });
});

Deno.test("a run that waits goes on with what a stopped run has left", async () => {
  const files = { ...SLOW, "002_more.sql": "INSERT INTO effects VALUES (2);" };
  await withBench(files, async (bench) => {
    const holder = await startSlow(bench);
    const waiter = bench.spawn(["migrate"]);
    await waiter.waitForOutput("Waiting for another run: pid ");

    holder.kill("SIGINT");
    const [first, second] = await Promise.all([holder.result, waiter.result]);

    deepEqual([first.code, second.code], [130, 0], second.stderr);
    deepEqual(await readStates(bench.db), ["001 applied", "002 applied"]);
    const rows = await bench.db.query("SELECT id FROM effects");
    equal(rows.length, 2);
    await requireWholeLog(bench.db);
  });
});

Deno.test("a run that waits longer than --lock-timeout leaves with exit 4", async () => {
  await withBench(SLOW, async (bench) => {
    const holder = await startSlow(bench);

    const left = await bench.run(["migrate", "--lock-timeout", "300ms"]);

    equal(left.code, 4);
    ok(left.stderr.includes("has held it for 0.3 s: pid "), left.stderr);
    equal((await holder.result).code, 0);
  });
});

// A waiter inside pg_advisory_lock() would make the index build fail with
// "deadlock detected", and so would a keeper with a snapshot that stays.
Deno.test("runs that wait do not disturb a concurrent index build of the holder", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n",
    "002_index.sql": "SELECT pg_sleep(3);\n" +
      "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n" +
      "SELECT pg_sleep(0.2);\n",
  };
  await withBench(files, async (bench) => {
    const holder = await startSlow(bench);
    const waiters = [bench.spawn(["migrate"]), bench.spawn(["migrate"])];
    for (const waiter of waiters) {
      await waiter.waitForOutput("Waiting for another run: pid ");
    }

    const results = await Promise.all(
      [holder, ...waiters].map(({ result }) => result),
    );

    deepEqual(results.map(({ code }) => code), [0, 0, 0]);
    const indexes = await bench.db.query(
      "SELECT indisvalid FROM pg_index WHERE indrelid = 'effects'::regclass",
    );
    deepEqual(indexes, [{ indisvalid: true }]);
  });
});

Deno.test("a migration cannot give the lock away", async () => {
  const files = {
    "001_unlock.sql": "CREATE TABLE effects (id int);\n" +
      "SELECT pg_advisory_unlock_all();\nDISCARD PLANS;\n" +
      "SELECT pg_advisory_unlock(12345);\nSELECT pg_sleep(3);\n",
  };
  await withBench(files, async (bench) => {
    const holder = await startSlow(bench);

    const left = await bench.run(["migrate", "--lock-timeout", "0"]);

    equal(left.code, 4, left.stderr);
    equal((await holder.result).code, 0);
  });
});

Deno.test("a migration outside a transaction cannot give the lock away", async () => {
  const files = {
    "001_discard.sql": "-- lockstep: transaction=off\nDISCARD ALL;\n" +
      "SELECT pg_advisory_unlock_all();\nSELECT pg_sleep(3);\n",
  };
  await withBench(files, async (bench) => {
    const holder = await startSlow(bench);

    const left = await bench.run(["migrate", "--lock-timeout", "0"]);

    equal(left.code, 4, left.stderr);
    equal((await holder.result).code, 0);
  });
});

Deno.test("the lock is free soon after its holder is killed", async () => {
  await withBench(SLOW, async (bench) => {
    const holder = await startSlow(bench);

    holder.kill("SIGKILL");
    await holder.result;
    await waitUntil(
      "the lock is free",
      async () =>
        (await bench.db.query(
          "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'" +
            " AND database = (SELECT oid FROM pg_database" +
            " WHERE datname = current_database())",
        )).length === 0,
    );
    const next = await bench.run(["migrate", "--lock-timeout", "10s"]);

    equal(next.code, 0, next.stderr);
    equal((await bench.db.query("SELECT id FROM effects")).length, 1);
  });
});

Deno.test("runs on different tracking tables never block each other", async () => {
  const files = { "001_slow.sql": "SELECT pg_sleep(3);\n" };
  await withBench(files, async (bench) => {
    const holder = await startSlow(bench);

    const others = await Promise.all([
      bench.run(["migrate", "--table", "other", "--lock-timeout", "0"]),
      bench.run(["migrate", "--table", "app.history", "--lock-timeout", "0"]),
    ]);

    deepEqual(others.map(({ code }) => code), [0, 0]);
    equal((await holder.result).code, 0);
  });
});

Deno.test("--lock-key is the first number of the advisory lock", async () => {
  await withBench(SLOW, async (bench) => {
    const holder = await startSlow(bench, ["--lock-key", "-7"]);

    const keys = await bench.db.query(
      "SELECT classid::bigint FROM pg_locks WHERE locktype = 'advisory'",
    );
    const left = await bench.run(
      ["migrate", "--lock-key", "-7", "--lock-timeout", "0"],
    );

    ok(keys.some(({ classid }) => classid === String(2 ** 32 - 7)));
    equal(left.code, 4, left.stderr);
    match(left.stderr, /pid \d+, user postgres, lockstep\//);
    equal((await holder.result).code, 0);
  });
});

// What a second run with another key does must still be right: the tracking
// row is claimed first, so it waits for the row and then sees it applied.
Deno.test("two runs with different keys apply a migration once all the same", async () => {
  await withBench(SLOW, async (bench) => {
    const first = await startSlow(bench);

    const second = await bench.run(["migrate", "--lock-key", "99"]);

    equal((await first.result).code, 0);
    equal(second.code, 5, second.stderr);
    ok(second.stderr.includes("its row is not in the state"), second.stderr);
    equal((await bench.db.query("SELECT id FROM effects")).length, 1);
    deepEqual(await readStates(bench.db), ["001 applied"]);
    await requireWholeLog(bench.db);
  });
});

Deno.test("timeouts of the server for idle sessions and transactions end no healthy run", async () => {
  await withBench(SLOW, async (bench) => {
    const { name } = bench.db;
    const [version] = await bench.db.query("SHOW server_version_num");
    await bench.db.query(
      `ALTER DATABASE ${name} SET idle_in_transaction_session_timeout = '300ms';` +
        `ALTER DATABASE ${name} SET idle_session_timeout = '300ms'`,
    );
    if (Number(version?.server_version_num) >= 170000) {
      await bench.db.query(
        `ALTER DATABASE ${name} SET transaction_timeout = '1s'`,
      );
    }

    const { code, stderr } = await bench.run(["migrate"]);

    equal(code, 0, stderr);
    equal((await bench.db.query("SELECT id FROM effects")).length, 1);
  });
});

// A keeper with a snapshot that stays would keep CREATE INDEX CONCURRENTLY
// waiting for the end of the run that it is part of.
for (const level of ["repeatable read", "serializable"]) {
  Deno.test(`a concurrent index build does not wait for the keeper where ${level} is the default`, async () => {
    const files = {
      "001_table.sql": "CREATE TABLE effects (id int);\n",
      "002_index.sql":
        "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n",
    };
    await withBench(files, async (bench) => {
      await bench.db.query(
        `ALTER DATABASE ${bench.db.name} ` +
          `SET default_transaction_isolation = '${level}'`,
      );

      const { code, stderr } = await bench.run(["migrate"]);

      equal(code, 0, stderr);
      const indexes = await bench.db.query(
        "SELECT indisvalid FROM pg_index WHERE indrelid = 'effects'::regclass",
      );
      deepEqual(indexes, [{ indisvalid: true }]);
    });
  });
}

// Where it is not lifted, the build fails with 55P03 and leaves an INVALID
// index.
Deno.test("a lock_timeout of the role does not end a concurrent index build that waits for others", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n",
    "002_index.sql": "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n",
  };
  await withBench(files, async (bench) => {
    const { db } = bench;
    await bench.run(["migrate", "001"]);
    await db.query(
      `ALTER ROLE postgres IN DATABASE ${db.name} SET lock_timeout = '1ms'`,
    );
    const writer = await db.connect();
    await writer.query("BEGIN; INSERT INTO effects VALUES (1)");
    const reader = await db.connect();
    await reader.query(
      "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM effects",
    );
    const running = bench.spawn(["migrate"]);
    await waitForBuild(bench, "waiting for writers before build");
    await pause(50);
    await writer.query("COMMIT");
    await waitForBuild(bench, "waiting for old snapshots");
    await pause(50);
    await reader.query("COMMIT");
    const { code, stderr } = await running.result;

    equal(code, 0, stderr);
    const indexes = await db.query(
      "SELECT indisvalid FROM pg_index WHERE indrelid = 'effects'::regclass",
    );
    deepEqual(indexes, [{ indisvalid: true }]);
  });
});

async function waitForBuild({ db }: FaultBench, phase: string): Promise<void> {
  await waitUntil(`the build is ${phase}`, async () =>
    (await db.query(
      "SELECT 1 FROM pg_stat_progress_create_index " +
        "WHERE datname = current_database() AND phase = $1",
      [phase],
    )).length > 0);
}
