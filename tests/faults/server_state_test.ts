import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { startPostgres } from "../../scripts/embedded_postgres.ts";
import { runLockstep, spawnLockstep } from "../helpers/cli.ts";
import { connectTo } from "../helpers/connecting.ts";
import { withBench } from "../helpers/faults.ts";
import { withProject } from "../helpers/project.ts";
import { startWireProxy } from "../helpers/wire_proxy.ts";

const FILES = {
  "001_table.sql": "CREATE TABLE effects (id int);\n",
  "rollbacks/001_table_down.sql": "DROP TABLE effects;\n",
};
const COMMANDS = [
  ["migrate"],
  ["migrate", "--dry-run"],
  ["rollback"],
  ["status"],
  ["init"],
] as const;

for (const version of ["13.22 (Debian 13.22-1.pgdg13+1)", "9.6.24", "8.4"]) {
  Deno.test(`a server that calls itself ${version} is refused by name`, async () => {
    await withBench(FILES, async ({ db, run }) => {
      await using proxy = startWireProxy(db.url, {
        parameters: { server_version: version },
      });

      for (const command of COMMANDS) {
        const end = await run(command, { DATABASE_URL: proxy.url });

        equal(end.code, 7, end.stderr);
        match(end.stderr, /^error\[server_too_old\]: Cannot use /m);
        match(end.stderr, /^hint: PostgreSQL 14 or later is needed$/m);
        equal(end.stderr.includes(` as its PostgreSQL is ${version}\n`), true);
      }
      const tables = await db.query(
        "SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace",
      );
      equal(tables.length, 0);
    });
  });
}

Deno.test("a server that lets nobody in yet is told as such, or waited for", async () => {
  await using server = await startPostgres({
    settings: { hot_standby: "off" },
  });
  const signal = join(server.dataDir, "standby.signal");
  await withProject(FILES, async (dir) => {
    const options = { cwd: dir, env: { DATABASE_URL: server.url } };
    await server.halt("fast");
    await Deno.writeTextFile(signal, "");
    await server.resume();

    for (const command of COMMANDS) {
      const end = await runLockstep([...command], options);

      equal(end.code, 7, end.stderr);
      match(
        end.stderr,
        /^error\[cannot_connect\]: .* as the database system /m,
      );
    }
    const brief = await runLockstep(["migrate", "--wait", "1s"], options);
    const waiting = spawnLockstep(["migrate", "--wait", "5min"], options);
    await waiting.waitForOutput("database system");
    await server.halt("fast");
    await Deno.remove(signal);
    await server.resume();
    const patient = await waiting.result;

    equal(brief.code, 7, brief.stderr);
    equal(patient.code, 0, patient.stderr);
    match(patient.stdout, /^Applied 1 migration/m);
  });
});

Deno.test("a server that shuts down lets no run begin, and one that runs finish", async () => {
  await using server = await startPostgres();
  const files = {
    ...FILES,
    "002_slow.sql": "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM go) LOOP " +
      "PERFORM pg_sleep(0.05); END LOOP; END $$;\n",
    "003_later.sql": "INSERT INTO effects VALUES (3);\n",
  };
  await withProject(files, async (dir) => {
    const options = { cwd: dir, env: { DATABASE_URL: server.url } };
    await using other = await connectTo(server.url);
    await other.run("CREATE TABLE go ()");
    const running = spawnLockstep(["migrate"], options);
    await running.waitForOutput("002_slow");
    const halted = server.halt("smart");
    const late = await refusedRun(() => runLockstep(["status"], options));
    await other.run("INSERT INTO go DEFAULT VALUES");
    await other.close();
    const end = await running.result;
    await halted;
    await server.resume();
    const status = await runLockstep(["status"], options);

    equal(late.code, 7, late.stderr);
    match(late.stderr, /as the database system is shutting down$/m);
    equal(end.code, 0, end.stderr);
    match(status.stdout, /^3 applied, 0 pending/m);
  });
});

/** The server has to hear of the shutdown first. */
async function refusedRun<End extends { readonly code: number }>(
  run: () => Promise<End>,
): Promise<End> {
  for (let attempt = 1;; attempt++) {
    const end = await run();
    if (end.code !== 0 || attempt > 100) return end;
  }
}

Deno.test("a database that takes no connections is told as such", async () => {
  await withBench(FILES, async ({ db, run }) => {
    await run(["migrate"]);
    // The sessions that are open stay.
    await using admin = await connectTo(
      db.url.replace(/[^/]+$/, "postgres"),
    );
    await admin.run(`ALTER DATABASE ${db.name} ALLOW_CONNECTIONS false`);
    const refused = await run(["status"]);
    await admin.run(`ALTER DATABASE ${db.name} ALLOW_CONNECTIONS true`);
    const next = await run(["status"]);

    deepEqual([refused.code, next.code], [7, 0]);
    match(
      refused.stderr,
      /^error\[cannot_connect\]: .*not currently accepting/m,
    );
  });
});
