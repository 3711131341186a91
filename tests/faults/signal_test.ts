import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import {
  binaryPath,
  type CliResult,
  type RunningLockstep,
} from "../helpers/cli.ts";
import {
  type FaultBench,
  readStates,
  requireWholeLog,
  waitForStatement,
  waitUntil,
  withBench,
} from "../helpers/faults.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import { hasTerminal } from "../helpers/terminal.ts";
import { startWireProxy, type WireProxy } from "../helpers/wire_proxy.ts";

const FILES: ProjectFiles = {
  "001_table.sql": "CREATE TABLE effects (id int);\n",
  "002_slow.sql": "INSERT INTO effects VALUES (2);\nSELECT pg_sleep(60);\n",
  "003_later.sql": "INSERT INTO effects VALUES (3);\n",
};

async function requireNoSession({ db }: FaultBench): Promise<void> {
  await waitUntil("no session of lockstep is left", async () => {
    const rows = await db.query(
      "SELECT 1 FROM pg_stat_activity " +
        "WHERE datname = current_database() AND application_name LIKE 'lockstep/%'",
    );
    return rows.length === 0;
  });
}

for (const [signal, exit] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} in a transaction leaves nothing of it and a trace in the log`, async () => {
    await withBench(FILES, async (bench) => {
      const running = bench.spawn(["migrate"]);
      await waitForStatement(bench.db, "SELECT pg_sleep");

      running.kill(signal);
      const { code, stdout, stderr } = await running.result;

      equal(code, exit, stderr);
      ok(stderr.includes(`Stopped by ${signal}`), stderr);
      match(
        stdout,
        /001_table .*\n.*002_slow .*failed, undone\n.*003_later .*not run/,
      );
      await requireNoSession(bench);
      deepEqual(await bench.db.query("SELECT id FROM effects"), []);
      deepEqual(await readStates(bench.db), ["001 applied", "002 open"]);
      const log = await bench.db.query(
        "SELECT version, outcome, error FROM schema_migrations_log ORDER BY id",
      );
      deepEqual(log, [
        { version: "001", outcome: "applied", error: null },
        { version: "002", outcome: "failed", error: `Stopped by ${signal}` },
      ]);
      await requireWholeLog(bench.db);
    });
  });
}

Deno.test("SIGINT in a rollback leaves the version applied", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n",
    "rollbacks/001_table_down.sql":
      "DROP TABLE effects;\nSELECT pg_sleep(60);\n",
  };
  await withBench(files, async (bench) => {
    await bench.run(["migrate"]);
    const running = bench.spawn(["rollback"]);
    await waitForStatement(bench.db, "SELECT pg_sleep");

    running.kill("SIGINT");
    const { code, stderr } = await running.result;

    equal(code, 130, stderr);
    deepEqual(await bench.db.query("SELECT id FROM effects"), []);
    deepEqual(await readStates(bench.db), ["001 applied"]);
    await requireWholeLog(bench.db);
  });
});

Deno.test("SIGINT in a concurrent index build exits 6 with the place, and the next run finishes", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n",
    "002_index.sql": "INSERT INTO effects VALUES (2);\n" +
      "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n" +
      "INSERT INTO effects VALUES (3);\n",
  };
  await withBench(files, async (bench) => {
    await bench.run(["migrate", "001"]);
    const other = await bench.db.connect();
    await other.query("BEGIN; INSERT INTO effects VALUES (1)");
    const running = bench.spawn(["migrate"]);
    await waitForStatement(bench.db, "CREATE INDEX CONCURRENTLY");

    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.result;
    await other.query("COMMIT");
    const next = await bench.run(["migrate"]);

    equal(code, 6, stderr);
    match(stderr, /Stopped "002_index" part-way: 1 of its 3 statements/);
    ok(stderr.includes("migrations/002_index.sql:2:1"), stderr);
    match(stdout, /002_index .*stopped part-way/);
    equal(next.code, 0, next.stderr);
    const indexes = await bench.db.query(
      "SELECT indisvalid FROM pg_index WHERE indrelid = 'effects'::regclass",
    );
    deepEqual(indexes, [{ indisvalid: true }]);
    const rows = await bench.db.query("SELECT id FROM effects ORDER BY id");
    deepEqual(rows, [{ id: 1 }, { id: 2 }, { id: 3 }]);
    await requireWholeLog(bench.db);
  });
});

/** A signal close behind the first counts as the same. */
async function killUntilOver(
  running: RunningLockstep,
  signal: Deno.Signal,
): Promise<CliResult> {
  const timer = setInterval(() => running.kill(signal), 100);
  const result = await running.result;
  clearInterval(timer);
  return result;
}

Deno.test("the two signals of timeout(1) are one", async () => {
  await withBench(FILES, async (bench) => {
    const { success, stderr } = await new Deno.Command("sh", {
      args: ["-c", `timeout -k 60 5 '${binaryPath()}' migrate; test $? = 124`],
      cwd: bench.dir,
      env: { DATABASE_URL: bench.db.url },
      stdin: "null",
    }).output();

    const said = new TextDecoder().decode(stderr);
    ok(success, said);
    ok(said.includes("Stopped by SIGTERM"), said);
    await requireNoSession(bench);
  });
});

Deno.test("a second SIGINT leaves at once", async () => {
  // Inside this statement the server does not look for a request to cancel.
  const files = {
    "001_deaf.sql": "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60);\n" +
      "EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;\n",
  };
  await withBench(files, async (bench) => {
    const running = bench.spawn(["migrate"]);
    await waitForStatement(bench.db, "PERFORM pg_sleep");

    running.kill("SIGINT");
    await running.waitForOutput("a second signal leaves at once");
    const { code } = await killUntilOver(running, "SIGINT");

    equal(code, 130);
    await bench.db.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity " +
        "WHERE datname = current_database() AND query LIKE '%PERFORM pg_sleep%' " +
        "AND pid <> pg_backend_pid()",
    );
  });
});

Deno.test("SIGINT while waiting for the lock changes nothing", async () => {
  await withBench(FILES, async (bench) => {
    const holder = bench.spawn(["migrate"]);
    await waitForStatement(bench.db, "SELECT pg_sleep");
    const waiter = bench.spawn(["migrate"]);
    await waiter.waitForOutput("Waiting for another run");

    waiter.kill("SIGINT");
    const { code, stderr } = await waiter.result;

    equal(code, 130, stderr);
    ok(stderr.includes("Stopped by SIGINT"), stderr);
    holder.kill("SIGINT");
    equal((await holder.result).code, 130);
  });
});

for (const args of [["--wait", "60s"], []]) {
  Deno.test(`SIGTERM while connecting ends lockstep migrate ${args.join(" ")}`, async () => {
    await withBench(FILES, async (bench) => {
      // Takes connections and says nothing, or refuses them.
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const DATABASE_URL = `postgres://a@127.0.0.1:${listener.addr.port}/a`;
      if (args.length > 0) listener.close();
      const running = bench.spawn(["migrate", ...args], { DATABASE_URL });
      if (args.length === 0) (await listener.accept()).unref();
      else await new Promise((resolve) => setTimeout(resolve, 1_000));

      running.kill("SIGTERM");
      const { code, stderr } = await running.result;

      equal(code, 143, stderr);
      ok(stderr.includes("Stopped by SIGTERM"), stderr);
      if (args.length === 0) listener.close();
    });
  });
}

/** Runs migrate, whose connections all break at the COMMIT of 002's answer. */
async function withLostCommit(
  test: (
    bench: FaultBench,
    proxy: WireProxy,
    running: RunningLockstep,
  ) => Promise<void>,
): Promise<void> {
  const files = {
    ...FILES,
    "002_slow.sql": "INSERT INTO effects VALUES (2);\n",
  };
  await withBench(files, async (bench) => {
    let commits = 0;
    await using proxy = startWireProxy(bench.db.url, {
      onMessage({ from, connection, type, text }) {
        const isCommit = from === "server" && connection === 2 &&
          type === "C" && text === "COMMIT";
        if (!isCommit || ++commits < 2) return "pass";
        proxy.refuse();
        return "cut_all";
      },
    });
    const running = bench.spawn(["migrate", "--json"], {
      DATABASE_URL: proxy.url,
    });
    await waitUntil("002 is committed", async () => {
      const [table] = await bench.db.query(
        "SELECT to_regclass('schema_migrations') AS t",
      );
      return table?.t !== null &&
        (await readStates(bench.db)).includes("002 applied");
    });
    await test(bench, proxy, running);
    equal((await bench.run(["migrate"])).code, 0);
    const rows = await bench.db.query("SELECT id FROM effects ORDER BY id");
    deepEqual(rows, [{ id: 2 }, { id: 3 }]);
    await requireWholeLog(bench.db);
  });
}

Deno.test("a signal while reconnecting does not keep a run from finding out", async () => {
  await withLostCommit(async (bench, proxy, running) => {
    running.kill("SIGTERM");
    await running.waitForOutput("a second signal leaves at once");
    proxy.admit();
    const { code, stdout } = await running.result;

    equal(code, 7, stdout);
    const { steps, error } = JSON.parse(stdout);
    const [, second, third] = steps.map(
      ({ status }: { status: string }) => status,
    );
    equal(second, "done");
    // Whether it was sent behind the second one in time is for chance to say.
    const states = await readStates(bench.db);
    equal(third === "done", states.includes("003 applied"), third);
    match(error.message, /the server has (committed|rolled) it/);
  });
});

Deno.test("a second signal while reconnecting leaves at once", async () => {
  await withLostCommit(async (_bench, _proxy, running) => {
    running.kill("SIGINT");
    await running.waitForOutput("a second signal leaves at once");
    const { code, stdout } = await killUntilOver(running, "SIGTERM");

    equal(code, 143);
    equal(stdout, "");
  });
});

Deno.test("SIGQUIT leaves at once, and the server rolls back", async () => {
  await withBench(FILES, async (bench) => {
    const running = bench.spawn(["migrate"]);
    await waitForStatement(bench.db, "SELECT pg_sleep");

    running.kill("SIGQUIT");
    const { code } = await running.result;

    equal(code, 131);
    // The server looks for its client every two seconds.
    await requireNoSession(bench);
    deepEqual(await bench.db.query("SELECT id FROM effects"), []);
    deepEqual(await readStates(bench.db), ["001 applied"]);
  });
});

/** Runs migrate in a shell that tells the pid of lockstep, and hangs up. */
async function hangUp(
  bench: FaultBench,
  command: (lockstep: string) => readonly string[],
): Promise<number> {
  const path = join(bench.dir, "pid");
  const [program = "", ...args] = command(
    `echo $$ >'${path}'; exec '${binaryPath()}' migrate`,
  );
  const child = new Deno.Command(program, {
    args,
    cwd: bench.dir,
    env: { DATABASE_URL: bench.db.url },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await waitForStatement(bench.db, "SELECT pg_sleep");
  Deno.kill(Number(await Deno.readTextFile(path)), "SIGHUP");
  return (await child.status).code;
}

Deno.test({
  name: "SIGHUP on a terminal stops a run as SIGTERM does",
  ignore: !await hasTerminal(),
  fn: () =>
    withBench(FILES, async (bench) => {
      const code = await hangUp(
        bench,
        (run) => ["script", "-qefc", run, "/dev/null"],
      );

      equal(code, 129);
      await requireNoSession(bench);
      deepEqual(await bench.db.query("SELECT id FROM effects"), []);
      const log = await bench.db.query(
        "SELECT version, error FROM schema_migrations_log ORDER BY id",
      );
      deepEqual(log, [
        { version: "001", error: null },
        { version: "002", error: "Stopped by SIGHUP" },
      ]);
    }),
});

Deno.test("SIGHUP does nothing to a run under nohup", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n",
    "002_slow.sql": "SELECT pg_sleep(1);\nINSERT INTO effects VALUES (2);\n",
  };
  await withBench(files, async (bench) => {
    const code = await hangUp(bench, (run) => ["nohup", "sh", "-c", run]);

    equal(code, 0);
    deepEqual(await bench.db.query("SELECT id FROM effects"), [{ id: 2 }]);
  });
});
