import { repeatFault } from "../helpers/fault_loop.ts";
import { faultCount, terminate, withBench } from "../helpers/faults.ts";
import { mixedMigrations } from "../helpers/mixed_migrations.ts";

const MIGRATIONS = 100;

Deno.test("runs that are killed again and again do and undo everything exactly once", async () => {
  await withBench(mixedMigrations(MIGRATIONS), async (bench) => {
    await repeatFault(bench, {
      name: "SIGKILL",
      times: faultCount(200),
      migrations: MIGRATIONS,
      atWorkMs: 700,
      exits: [137],
      // deno-lint-ignore require-await -- the interface is asynchronous
      async strike(running) {
        running.kill("SIGKILL");
      },
      async settle(random) {
        // Else the server goes on with what it is at, and comes to its end.
        if (random() < 0.5) await terminate(bench.db, "both");
      },
    });
  });
});
