import { deepEqual, equal } from "node:assert/strict";
import {
  type FaultBench,
  faultCount,
  pause,
  readStates,
  requireWholeLog,
  seededRandom,
  versionOf,
  withBench,
} from "../helpers/faults.ts";

/** Each inserts into a table that would take it twice. */
function insertingMigrations(count: number): Record<string, string> {
  const files: Record<string, string> = {
    "001_effects.sql": "CREATE TABLE effects (version int);\n" +
      "INSERT INTO effects VALUES (1);\n",
  };
  for (let number = 2; number <= count; number++) {
    files[`${versionOf(number)}_insert.sql`] =
      `INSERT INTO effects VALUES (${number});\n`;
  }
  return files;
}

async function requireEachOnce(
  { db }: FaultBench,
  count: number,
): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const effects = await db.query("SELECT version FROM effects ORDER BY 1");
  deepEqual(effects.map(({ version }) => version), numbers);
  const states = await readStates(db);
  deepEqual(states, numbers.map((one) => `${versionOf(one)} applied`));
  await requireWholeLog(db);
}

async function countApplied({ db }: FaultBench): Promise<number> {
  const [row] = await db.query(
    "SELECT count(*)::int FROM schema_migrations_log WHERE outcome = 'applied'",
  );
  return Number(row?.count);
}

Deno.test("twenty runners apply each of fifty migrations once, and all exit 0", async () => {
  await withBench(insertingMigrations(50), async (bench) => {
    const count = faultCount(50);

    const results = await Promise.all(
      Array.from({ length: count }, () => bench.run(["migrate"])),
    );

    for (const { code, stderr } of results) equal(code, 0, stderr);
    await requireEachOnce(bench, 50);
    equal(await countApplied(bench), 50);
    const atWork = results.filter(({ stdout }) =>
      stdout.includes("Applied 50 migrations")
    );
    equal(atWork.length, 1);
  });
});

Deno.test("runners finish the work of those that are killed at it", async () => {
  const files = insertingMigrations(50);
  for (const name of Object.keys(files)) files[name] += "SELECT pg_sleep(.01);";
  await withBench(files, async (bench) => {
    const random = seededRandom("killed runners");
    const doomed = faultCount(30);
    const runners = Array.from(
      { length: doomed + 5 },
      () => bench.spawn(["migrate"]),
    );
    let killed = 0;

    const results = await Promise.all(runners.map(async (runner) => {
      const hasWork = await runner.waitForOutput("Applying").then(
        () => true,
        () => false,
      );
      if (!hasWork || killed++ >= doomed) return await runner.result;
      await pause(random() * 150);
      runner.kill("SIGKILL");
      return await runner.result;
    }));

    const codes = results.map(({ code }) => code);
    equal(codes.filter((code) => code === 137).length, doomed);
    equal(codes.filter((code) => code === 0).length, 5);
    await requireEachOnce(bench, 50);
  });
});
