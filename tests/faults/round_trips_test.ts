import { deepEqual, equal, ok } from "node:assert/strict";
import { type FaultBench, versionOf, withBench } from "../helpers/faults.ts";
import { startWireProxy, type WireTraffic } from "../helpers/wire_proxy.ts";

/** Longer than the client takes to send a message and the next. */
const DELAY_MS = 25;
/** Longer than the client takes to send 50 migrations, on a busy machine. */
const FAR_MS = 300;

async function watch(
  { db, run }: FaultBench,
  args: readonly string[],
  delayMs: number,
): Promise<readonly WireTraffic[]> {
  await using proxy = startWireProxy(db.url, { delayMs });
  const { code, stderr } = await run(args, { DATABASE_URL: proxy.url });
  equal(code, 0, stderr);
  return proxy.traffic;
}

Deno.test("migrate with nothing to do takes one round trip after connecting", async () => {
  const files = { "001_table.sql": "CREATE TABLE effects (id int);\n" };
  await withBench(files, async (bench) => {
    await bench.run(["migrate"]);

    const traffic = await watch(bench, ["migrate"], DELAY_MS);

    deepEqual(traffic.map(({ roundTrips }) => roundTrips), [1]);
  });
});

Deno.test("small migrations are on their way many at once", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 101 }, (_, index) => [
      `${versionOf(index + 1)}_table.sql`,
      `CREATE TABLE t${index} (id int);\nINSERT INTO t${index} VALUES (1);\n`,
    ]),
  );
  await withBench(files, async (bench) => {
    await bench.run(["migrate", "001"]);

    const [, worker] = await watch(bench, ["migrate"], FAR_MS);

    ok(worker, "no connection of a worker");
    // Fewer than 10 each: with one after the other it would be 7.
    ok(worker.mostUnanswered > 100, `${worker.mostUnanswered} at once`);
  });
});
