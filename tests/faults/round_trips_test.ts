import { deepEqual, equal, ok } from "node:assert/strict";
import { type FaultBench, versionOf, withBench } from "../helpers/faults.ts";
import { startWireProxy } from "../helpers/wire_proxy.ts";

/** Longer than the client takes to send what it sends at once. */
const DELAY_MS = 25;

async function countRoundTrips(
  { db, run }: FaultBench,
  args: readonly string[],
): Promise<readonly number[]> {
  await using proxy = startWireProxy(db.url, { delayMs: DELAY_MS });
  const { code, stderr } = await run(args, { DATABASE_URL: proxy.url });
  equal(code, 0, stderr);
  return proxy.traffic.map(({ roundTrips }) => roundTrips);
}

Deno.test("migrate with nothing to do takes one round trip after connecting", async () => {
  const files = { "001_table.sql": "CREATE TABLE effects (id int);\n" };
  await withBench(files, async (bench) => {
    await bench.run(["migrate"]);

    deepEqual(await countRoundTrips(bench, ["migrate"]), [1]);
  });
});

Deno.test("200 small migrations take a few round trips in all", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 201 }, (_, index) => [
      `${versionOf(index + 1)}_table.sql`,
      `CREATE TABLE t${index} (id int);\nINSERT INTO t${index} VALUES (1);\n`,
    ]),
  );
  await withBench(files, async (bench) => {
    await bench.run(["migrate", "001"]);

    const [, worker = 0] = await countRoundTrips(bench, ["migrate"]);

    // One each would be 200. A busy machine adds some.
    ok(worker <= 100, `${worker} round trips of the worker`);
  });
});
