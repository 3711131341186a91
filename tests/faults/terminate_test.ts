import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { repeatFault } from "../helpers/fault_loop.ts";
import {
  faultCount,
  readStates,
  requireWholeLog,
  terminate,
  waitForStatement,
  withBench,
} from "../helpers/faults.ts";
import { mixedMigrations } from "../helpers/mixed_migrations.ts";
import type { ProjectFiles } from "../helpers/project.ts";

const FILES: ProjectFiles = {
  "001_table.sql": "CREATE TABLE effects (id int);\n",
  "002_slow.sql": "INSERT INTO effects VALUES (2);\n" +
    "SELECT pg_sleep(CASE WHEN EXISTS (SELECT FROM once) THEN 0 ELSE 60 END);\n",
  "003_later.sql": "INSERT INTO effects VALUES (3);\n",
};

for (
  const { which, exit, says } of [
    {
      which: "worker",
      exit: 7,
      says:
        /connection_lost\]: Cannot go on after "002_slow" as the connection to .* was lost: .*; the server has rolled it back$/m,
    },
    {
      which: "keeper",
      exit: 4,
      says:
        /lock_lost\]: Cannot go on as the connection that holds the migration lock is gone: the connection to .* was lost/,
    },
    { which: "both", exit: 7, says: /connection_lost\]|lock_lost\]/ },
  ] as const
) {
  Deno.test(`pg_terminate_backend of ${which} is told, and the next run finishes`, async () => {
    await withBench(FILES, async (bench) => {
      const { db } = bench;
      await db.query("CREATE TABLE once ()");
      const running = bench.spawn(["migrate"]);
      await waitForStatement(db, "SELECT pg_sleep");

      equal(await terminate(db, which), which === "both" ? 2 : 1);
      const { code, stdout, stderr } = await running.result;
      const between = await readStates(db);
      const effects = await db.query("SELECT id FROM effects");
      await db.query("INSERT INTO once DEFAULT VALUES");
      const next = await bench.run(["migrate"]);

      equal(code, exit, stderr);
      match(stderr, says);
      doesNotMatch(stderr, /Cannot go on .*Cannot go on/);
      match(stdout, /002_slow .*failed, undone\n.*003_later .*not run/);
      deepEqual(effects, []);
      deepEqual(between, ["001 applied", "002 open"]);
      equal(next.code, 0, next.stderr);
      ok(next.stdout.includes("Applied 2 migrations"), next.stdout);
      const rows = await db.query("SELECT id FROM effects ORDER BY id");
      deepEqual(rows, [{ id: 2 }, { id: 3 }]);
      await requireWholeLog(db);
    });
  });
}

Deno.test("losing the keeper in a concurrent index build exits 6, and the next run finishes", async () => {
  const files = {
    "001_table.sql": "CREATE TABLE effects (id int);\n",
    "002_index.sql": "CREATE INDEX CONCURRENTLY effects_id ON effects (id);\n",
  };
  await withBench(files, async (bench) => {
    await bench.run(["migrate", "001"]);
    const other = await bench.db.connect();
    await other.query("BEGIN; INSERT INTO effects VALUES (1)");
    const running = bench.spawn(["migrate"]);
    await waitForStatement(bench.db, "CREATE INDEX CONCURRENTLY");

    await terminate(bench.db, "keeper");
    const { code, stderr } = await running.result;
    await other.query("COMMIT");
    const next = await bench.run(["migrate"]);

    equal(code, 6, stderr);
    match(stderr, /lock/);
    equal(next.code, 0, next.stderr);
    const indexes = await bench.db.query(
      "SELECT indisvalid FROM pg_index WHERE indrelid = 'effects'::regclass",
    );
    deepEqual(indexes, [{ indisvalid: true }]);
    await requireWholeLog(bench.db);
  });
});

const MIGRATIONS = 50;

for (const which of ["worker", "keeper", "both"] as const) {
  Deno.test(`runs that lose ${which} again and again do and undo everything exactly once`, async () => {
    await withBench(mixedMigrations(MIGRATIONS), async (bench) => {
      await repeatFault(bench, {
        name: `pg_terminate_backend of ${which}`,
        times: faultCount(60),
        migrations: MIGRATIONS,
        atWorkMs: 400,
        exits: [4, 6, 7],
        async strike() {
          await terminate(bench.db, which);
        },
      });
    });
  });
}
