import { deepEqual, equal, match, ok } from "node:assert/strict";
// @ts-types="@types/pg"
import pg from "pg";
import { lockKeys } from "../../src/core/lock.ts";
import type { LockSession } from "../../src/core/lock_session.ts";
import type { UnlockReport } from "../../src/core/unlock_report.ts";
import {
  endSession,
  readLockSessions,
} from "../../src/io/postgres/lock_sessions.ts";
import { connectTo } from "../helpers/connecting.ts";
import type { TestDatabase } from "../helpers/database.ts";
import {
  type FaultBench,
  readStates,
  requireWholeLog,
  waitForStatement,
  waitUntil,
  withBench,
} from "../helpers/faults.ts";
import type { RunningLockstep } from "../helpers/cli.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import { withRole } from "../helpers/run.ts";
import { hasTerminal, runOnTerminal } from "../helpers/terminal.ts";

const SLOW: ProjectFiles = {
  "001_slow.sql": "CREATE TABLE effects (id int);\nSELECT pg_sleep(60);\n",
};
const NONE: ProjectFiles = {};
const KEYS = lockKeys(12345, '"public"."schema_migrations"');
const MARK = `/* lockstep ${KEYS.first} ${KEYS.second} 6f0c 007 */ `;

async function look(
  { run }: FaultBench,
  ...args: readonly string[]
): Promise<UnlockReport & { readonly code: number }> {
  const { code, stdout } = await run(["unlock", "--json", ...args]);
  return { ...JSON.parse(stdout), code };
}

/** Runs a test while a run holds the lock and sleeps in a statement. */
async function whileLocked(
  test: (bench: FaultBench, running: RunningLockstep) => Promise<void>,
): Promise<void> {
  await withBench(SLOW, async (bench) => {
    const running = bench.spawn(["migrate"]);
    await waitForStatement(bench.db, "SELECT pg_sleep");
    try {
      await test(bench, running);
    } finally {
      running.kill("SIGKILL");
      await running.result;
    }
  });
}

async function isAlive(db: TestDatabase, pid: unknown): Promise<boolean> {
  const rows = await db.query(
    "SELECT 1 FROM pg_stat_activity WHERE pid = $1",
    [pid],
  );
  return rows.length > 0;
}

/** Starts a statement such as a dead run leaves at work. */
async function leaveBehind(db: TestDatabase, mark: string): Promise<number> {
  const client = await db.connect();
  const { rows: [row] } = await client.query<{ pid: number }>(
    "SELECT pg_backend_pid() AS pid",
  );
  client.query(`${mark}SELECT pg_sleep(60)`).catch(() => {});
  await waitForStatement(db, mark);
  return row?.pid ?? 0;
}

/** Takes the lock as a role and keeps it. */
async function holdLock(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  await client.query("BEGIN");
  await client.query(
    `SELECT pg_advisory_xact_lock(${KEYS.first}, ${KEYS.second})`,
  );
  return client;
}

async function holderOf(db: TestDatabase): Promise<LockSession> {
  await using connection = await connectTo(db.url);
  const [holder] = await readLockSessions(connection, KEYS);
  if (holder === undefined) throw new Error("Nobody holds the lock");
  return holder;
}

Deno.test("unlock says that nobody holds the lock and exits 0", async () => {
  await withBench(NONE, async ({ run }) => {
    for (const args of [["unlock"], ["unlock", "--terminate"]]) {
      const { code, stdout, stderr } = await run(args);

      equal(code, 0, stderr);
      ok(stdout.includes("Nobody holds the migration lock"), stdout);
    }
  });
});

Deno.test("unlock shows the holder and the worker of a run", async () => {
  await whileLocked(async (bench) => {
    const { code, sessions } = await look(bench);

    equal(code, 0);
    deepEqual(sessions.map(({ role }) => role), ["holder", "worker"]);
    const [holder, worker] = sessions;
    equal(holder?.user, "postgres");
    match(holder?.application ?? "", /^lockstep\//);
    equal(holder?.address, "127.0.0.1");
    equal(holder?.state, "idle in transaction");
    ok(holder?.connectedAt !== undefined && holder.since !== undefined);
    equal(worker?.version, "001");
    match(worker?.runId ?? "", /^[0-9a-f-]{36}$/);
    equal(worker?.query, "SELECT pg_sleep(60)");
    equal(worker?.waitsFor, "Timeout: PgSleep");
  });
});

Deno.test("unlock knows no lock of another tracking table", async () => {
  await whileLocked(async (bench) => {
    const { sessions } = await look(bench, "--table", "app.schema_migrations");

    deepEqual(sessions, []);
  });
});

Deno.test("unlock --terminate without a terminal wants --yes and ends nothing", async () => {
  await whileLocked(async (bench) => {
    const { processId } = await holderOf(bench.db);

    const { code, stdout, stderr } = await bench.run(["unlock", "--terminate"]);

    equal(code, 2);
    match(stderr, /error\[confirmation_needed\].*\n.*--yes/);
    ok(stdout.includes(`pid ${processId}  holds the lock`), stdout);
    equal((await holderOf(bench.db)).processId, processId);
  });
});

Deno.test("unlock --terminate --yes ends the holder alone, and the run finds its outcome", async () => {
  await whileLocked(async (bench, running) => {
    const { db } = bench;
    const bystander = await db.connect();
    const { processId } = await holderOf(db);

    const report = await look(bench, "--terminate", "--yes");
    const { code, stderr, stdout } = await running.result;

    equal(report.code, 0, JSON.stringify(report.error));
    deepEqual(report.ended.map((session) => session.processId), [processId]);
    deepEqual(report.sessions, []);
    equal(code, 4, stderr);
    match(stderr, /error\[lock_lost\]/);
    match(stdout, /001_slow .*failed, undone/);
    equal((await bystander.query("SELECT 1")).rowCount, 1);
    deepEqual(await readStates(db), ["001 open"]);
    const tables = await db.query("SELECT to_regclass('effects') AS name");
    deepEqual(tables, [{ name: null }]);
    await requireWholeLog(db);
  });
});

Deno.test({
  name: "unlock --terminate asks on a terminal, and heeds a no and a yes",
  ignore: !await hasTerminal(),
  fn: () =>
    whileLocked(async (bench, running) => {
      const env = { DATABASE_URL: bench.db.url, LANG: "C.UTF-8" };
      const options = { cwd: bench.dir, env, awaited: "[yes/no]" };
      const args = ["unlock", "--terminate"];
      const { processId } = await holderOf(bench.db);

      const no = await runOnTerminal(args, { ...options, answer: "no" });
      const still = await holderOf(bench.db);
      const yes = await runOnTerminal(args, { ...options, answer: "yes" });

      equal(no.code, 4, no.shown);
      match(no.shown, /Nothing was ended, as the answer was no/);
      equal(still.processId, processId);
      equal(yes.code, 0, yes.shown);
      ok(yes.shown.includes(`ended pid ${processId}, user postgres`));
      equal((await running.result).code, 4);
    }),
});

Deno.test("unlock shows what a dead run left and ends it, and nothing of another table", async () => {
  await withBench(NONE, async (bench) => {
    const { db } = bench;
    const left = await leaveBehind(db, MARK);
    const foreign = await leaveBehind(db, "/* lockstep 12345 1 6f0c 007 */ ");

    const before = await look(bench);
    const after = await look(bench, "--terminate", "--yes");

    deepEqual(
      before.sessions.map(({ role, processId, version }) =>
        `${role} ${processId} ${version}`
      ),
      [`left_over ${left} 007`],
    );
    equal(after.code, 0);
    deepEqual(after.sessions, []);
    equal(await isAlive(db, left), false);
    equal(await isAlive(db, foreign), true);
  });
});

Deno.test("unlock --pid ends that session and leaves the holder", async () => {
  await withBench(NONE, async (bench) => {
    const { db } = bench;
    const left = await leaveBehind(db, MARK);
    const holder = await holdLock(db.url);

    const { code, ended } = await look(
      bench,
      "--terminate",
      "--yes",
      "--pid",
      String(left),
    );

    equal(code, 0);
    deepEqual(ended.map(({ processId }) => processId), [left]);
    equal(await isAlive(db, left), false);
    equal((await holder.query("SELECT 1")).rowCount, 1);
    await holder.end();
  });
});

Deno.test("unlock --pid refuses a session that has nothing to do with the lock", async () => {
  await withBench(NONE, async ({ db, run }) => {
    const bystander = await db.connect();
    const { rows: [row] } = await bystander.query("SELECT pg_backend_pid()");
    const pid = String(row.pg_backend_pid);

    const { code, stderr } = await run(
      ["unlock", "--terminate", "--yes", "--pid", pid],
    );

    equal(code, 2);
    ok(stderr.includes(`Cannot end pid ${pid} as it has nothing to do`));
    equal((await bystander.query("SELECT 1")).rowCount, 1);
  });
});

Deno.test("endSession() spares a pid that went to another session, or let go of the lock", async () => {
  await withBench(NONE, async ({ db }) => {
    const client = await holdLock(db.url);
    const holder = await holderOf(db);
    await using connection = await connectTo(db.url);
    const reused = { ...holder, connectedAt: "2000-01-01T00:00:00.000000Z" };

    equal(await endSession(connection, KEYS, reused), false);
    await client.query("ROLLBACK");
    equal(await endSession(connection, KEYS, holder), false);
    equal((await client.query("SELECT 1")).rowCount, 1);
    await client.end();
  });
});

Deno.test("endSession() ends the session that was seen", async () => {
  await withBench(NONE, async ({ db }) => {
    await holdLock(db.url);
    const holder = await holderOf(db);
    await using connection = await connectTo(db.url);

    equal(await endSession(connection, KEYS, holder), true);
    await waitUntil(
      "the session is gone",
      async () => !await isAlive(db, holder.processId),
    );
  });
});

Deno.test("unlock tells a role without rights the GRANT that it needs", async () => {
  await withBench(NONE, async ({ db, run }) => {
    await withRole(db, async (role) => {
      const other = `${db.name}_other`;
      await db.query(`CREATE ROLE ${other} LOGIN PASSWORD 'secret'`);
      const url = new URL(role.url);
      url.username = other;
      const holder = await holdLock(url.href);
      const env = { DATABASE_URL: role.url };

      const shown = await run(["unlock"], env);
      const refused = await run(["unlock", "--terminate", "--yes"], env);

      equal(shown.code, 0, shown.stderr);
      ok(shown.stdout.includes("GRANT pg_read_all_stats"), shown.stdout);
      equal(refused.code, 4);
      match(refused.stderr, /error\[termination_refused\]: Cannot end pid \d+/);
      ok(
        refused.stderr.includes(`GRANT pg_signal_backend TO "${role.name}"`),
        refused.stderr,
      );
      equal((await holder.query("SELECT 1")).rowCount, 1);

      await db.query(`GRANT pg_signal_backend TO ${role.name}`);
      const ended = await run(["unlock", "--terminate", "--yes"], env);
      equal(ended.code, 0, ended.stderr);
      await holder.end().catch(() => {});
      await db.query(`DROP ROLE ${other}`);
    });
  });
});

Deno.test("unlock says that only a superuser ends a superuser's session", async () => {
  await withBench(NONE, async ({ db, run }) => {
    await withRole(db, async (role) => {
      await db.query(`GRANT pg_signal_backend TO ${role.name}`);
      const holder = await holdLock(db.url);

      const { code, stderr } = await run(
        ["unlock", "--terminate", "--yes"],
        { DATABASE_URL: role.url },
      );

      equal(code, 4);
      match(stderr, /hint: "postgres" is a superuser: have one run SELECT /);
      equal((await holder.query("SELECT 1")).rowCount, 1);
      await holder.end();
    });
  });
});
