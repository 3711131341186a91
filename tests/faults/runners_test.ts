import { deepEqual, equal } from "node:assert/strict";
import {
  findPgBouncer,
  type PoolMode,
  startPgBouncer,
} from "../../scripts/pgbouncer.ts";
import type { CliOptions, CliResult } from "../helpers/cli.ts";
import { compareEffects, countFault } from "../helpers/fault_counts.ts";
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

const MIGRATIONS = 50;
const NUMBERS = Array.from({ length: MIGRATIONS }, (_, index) => index + 1);

/** Each inserts into a table that would take it twice. */
function insertingMigrations(): Record<string, string> {
  const files: Record<string, string> = {
    "001_effects.sql": "CREATE TABLE effects (version int);\n" +
      "INSERT INTO effects VALUES (1);\nSELECT pg_sleep(0.01);\n",
  };
  for (const number of NUMBERS.slice(1)) {
    files[`${versionOf(number)}_insert.sql`] =
      `INSERT INTO effects VALUES (${number});\nSELECT pg_sleep(0.01);\n`;
  }
  return files;
}

interface Race {
  readonly bench: FaultBench;
  readonly runners: number;
  /** How many of them, at most, are killed while they are at work. */
  readonly doomed: number;
  readonly env: CliOptions["env"];
}

/** Starts all at once. */
async function race(
  { bench, runners, doomed, env }: Race,
): Promise<readonly CliResult[]> {
  const random = seededRandom("runners");
  let killed = 0;
  const started = Array.from(
    { length: runners },
    () => bench.spawn(["migrate"], env),
  );
  const results = await Promise.all(started.map(async (runner) => {
    if (doomed === 0) return await runner.result;
    const hasWork = await runner.waitForOutput("Applying").then(
      () => true,
      () => false,
    );
    if (!hasWork || killed >= doomed) return await runner.result;
    killed++;
    await pause(random() * 40);
    runner.kill("SIGKILL");
    return await runner.result;
  }));
  return results;
}

/** What the runs say that they have applied, in all. */
function countTold(results: readonly CliResult[]): number {
  return results.reduce(
    (sum, { stdout }) =>
      sum + Number(/^Applied (\d+) migrations?/m.exec(stdout)?.[1] ?? 0),
    0,
  );
}

async function countRace(fault: string, given: Race): Promise<void> {
  const { bench: { db }, runners, doomed } = given;

  const results = await race(given);

  const effects = await db.query("SELECT version FROM effects");
  const killed = results.filter(({ code }) => code === 137).length;
  const wrong = results.filter(({ code }) => code !== 0 && code !== 137);
  for (const { stderr } of wrong) console.error(stderr);
  const told = countTold(results);
  const isTold = doomed === 0 ? told === MIGRATIONS : told <= MIGRATIONS;
  deepEqual(
    await readStates(db),
    NUMBERS.map((one) => `${versionOf(one)} applied`),
  );
  const [log] = await db.query(
    "SELECT count(*)::int FROM schema_migrations_log WHERE outcome = 'applied'",
  );
  equal(log?.count, MIGRATIONS);
  await requireWholeLog(db);
  countFault(fault, {
    injected: doomed === 0 ? runners : killed,
    ...compareEffects(NUMBERS, effects.map(({ version }) => version)),
    misreported: wrong.length + (isTold ? 0 : 1),
  });
}

const RACES = [
  {
    runners: faultCount(50),
    doomed: 0,
    fault: "a runner that starts together with others",
  },
  {
    runners: faultCount(50) + 2,
    doomed: faultCount(40),
    fault: "SIGKILL of a runner that others wait for",
  },
];

for (const { fault, runners, doomed } of RACES) {
  Deno.test(`${fault}: each of fifty migrations is applied once`, async () => {
    await withBench(insertingMigrations(), async (bench) => {
      await countRace(fault, { bench, runners, doomed, env: {} });
    });
  });
}

const program = await findPgBouncer();
const MODES: readonly PoolMode[] = ["transaction", "session"];

for (const mode of MODES) {
  for (const { fault, runners, doomed } of RACES) {
    const pooled = `${fault}, through PgBouncer in ${mode} mode`;
    Deno.test({
      name: `${pooled}: each of fifty migrations is applied once`,
      ignore: program === undefined,
      fn: () =>
        withBench(insertingMigrations(), async (bench) => {
          if (program === undefined) return;
          await using pooler = await startPgBouncer(program, bench.db.url, {
            mode,
            // In session mode each of them holds one, and the one at work two.
            poolSize: mode === "session" ? runners + 10 : 20,
          });
          const env = { DATABASE_URL: pooler.via(bench.db.url) };
          await countRace(pooled, { bench, runners, doomed, env });
        }),
    });
  }
}
