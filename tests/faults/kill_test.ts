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
import type { ProjectFiles } from "../helpers/project.ts";

const MIGRATIONS = 30;

/** Five kinds in turn: what they insert would show if it came twice. */
function mixedMigrations(): ProjectFiles {
  const files: Record<string, string> = {};
  for (let number = 1; number <= MIGRATIONS; number++) {
    files[`${versionOf(number)}_step.sql`] = mixedScript(number);
  }
  return files;
}

function mixedScript(number: number): string {
  const table = `t${number - (number - 1) % 5}`;
  const effect = (part: number) =>
    `INSERT INTO effects VALUES (${number}, ${part});\n`;
  switch (number % 5) {
    case 1:
      return `CREATE TABLE ${table} (a int, b int);\n` +
        `INSERT INTO ${table} SELECT n, n FROM generate_series(1, 2000) n;\n` +
        effect(1);
    case 2:
      return effect(1) +
        `CREATE INDEX CONCURRENTLY ${table}_a ON ${table} (a);\n` + effect(2);
    case 3:
      return `BEGIN;\n${effect(1)}SELECT pg_sleep(0.01);\n${
        effect(2)
      }COMMIT;\n`;
    case 4:
      return `CREATE INDEX CONCURRENTLY ${table}_b ON ${table} (b);\n` +
        `CREATE INDEX CONCURRENTLY ${table}_ab ON ${table} (a, b);\n`;
    default:
      return effect(1) + `DROP INDEX CONCURRENTLY ${table}_b;\n` + effect(2) +
        `DROP INDEX CONCURRENTLY ${table}_ab;\n`;
  }
}

function expectedEffects(): readonly string[] {
  const numbers = Array.from({ length: MIGRATIONS }, (_, index) => index + 1);
  return numbers.flatMap((number) => {
    if (number % 5 === 1) return [`${number}.1`];
    return number % 5 === 4 ? [] : [`${number}.1`, `${number}.2`];
  });
}

async function requireAllOnce({ db }: FaultBench): Promise<void> {
  const effects = await db.query(
    "SELECT number || '.' || part AS effect FROM effects ORDER BY number, part",
  );
  deepEqual(effects.map(({ effect }) => effect), expectedEffects());
  const states = await readStates(db);
  const applied = Array.from(
    { length: MIGRATIONS },
    (_, index) => `${versionOf(index + 1)} applied`,
  );
  deepEqual(states, applied);
  const indexes = await db.query(
    "SELECT indexrelid::regclass::text AS name, indisvalid FROM pg_index " +
      "WHERE indrelid IN (SELECT oid FROM pg_class WHERE relname ~ '^t[0-9]+$')" +
      ' ORDER BY indexrelid::regclass::text COLLATE "C"',
  );
  const names = [1, 6, 11, 16, 21, 26].map((table) => `t${table}_a`).sort();
  deepEqual(indexes, names.map((name) => ({ name, indisvalid: true })));
  await requireWholeLog(db);
}

Deno.test("a run that is killed again and again does everything exactly once", async () => {
  await withBench(mixedMigrations(), async (bench) => {
    await bench.db.query("CREATE TABLE effects (number int, part int)");
    const random = seededRandom("kills");
    const kills = faultCount(200);
    let killed = 0;
    for (let run = 0; run < kills; run++) {
      const running = bench.spawn(["migrate"]);
      await running.waitForOutput("Applying").catch(() => {});
      await pause(random() * 30);
      running.kill("SIGKILL");
      if ((await running.result).code === 137) killed++;
    }

    const last = await bench.run(["migrate"]);

    equal(last.code, 0, last.stderr);
    console.log(`killed ${killed} times`);
    await requireAllOnce(bench);
  });
});
