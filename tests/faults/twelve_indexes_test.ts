import { equal } from "node:assert/strict";
import { compareEffects, countFault } from "../helpers/fault_counts.ts";
import {
  type FaultBench,
  faultCount,
  readStates,
  requireWholeLog,
  seededRandom,
  terminate,
  waitForStatement,
  withBench,
} from "../helpers/faults.ts";

const NUMBERS = Array.from({ length: 12 }, (_, index) => index + 1);

const TABLE = `CREATE TABLE effects (id int);
INSERT INTO effects VALUES (1);
CREATE TABLE pause (number int);
CREATE FUNCTION slow(number int, id int) RETURNS int
LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
  IF EXISTS (SELECT FROM public.pause p WHERE p.number = slow.number) THEN
    PERFORM pg_sleep(1);
  END IF;
  RETURN id;
END $$;
`;

function indexOf(number: number): string {
  return `CREATE INDEX CONCURRENTLY effects_${number} ` +
    `ON effects (slow(${number}, id));\n`;
}

const FILES = {
  "001_table.sql": TABLE,
  "002_indexes.sql": `BEGIN;\n${NUMBERS.map(indexOf).join("")}COMMIT;\n`,
  "rollbacks/002_indexes_down.sql": NUMBERS.map((number) =>
    `DROP INDEX effects_${number};\n`
  ).join(""),
};

/** Each statement, with and without a server that works on. */
const PLACES = NUMBERS.flatMap((number) => [
  { number, then: "goes on" as const },
  { number, then: "is ended" as const },
]);

Deno.test("a run that is killed at each of twelve concurrent index builds in turn: the next run finishes, and each index is there once and valid", async () => {
  await withBench(FILES, async (bench) => {
    await bench.run(["migrate", "001"]);
    const counts = { injected: 0, lost: 0, duplicated: 0, misreported: 0 };
    for (const place of choosePlaces()) {
      const { code, found } = await killAt(bench, place);
      const { lost, duplicated } = compareEffects(
        NUMBERS.map((number) => `effects_${number}`),
        found,
      );
      counts.injected++;
      counts.lost += lost;
      counts.duplicated += duplicated;
      counts.misreported += code === 0 ? 0 : 1;
      await startOver(bench);
    }
    await requireWholeLog(bench.db);
    countFault(
      "SIGKILL at each of twelve CREATE INDEX CONCURRENTLY in turn",
      counts,
    );
  });
});

function choosePlaces(): typeof PLACES {
  const random = seededRandom("twelve indexes");
  const left = [...PLACES];
  const count = Math.min(faultCount(PLACES.length), PLACES.length);
  return Array.from(
    { length: count },
    () => left.splice(Math.floor(random() * left.length), 1),
  ).flat();
}

async function killAt(
  bench: FaultBench,
  { number, then }: (typeof PLACES)[number],
): Promise<{ readonly code: number; readonly found: readonly unknown[] }> {
  const { db } = bench;
  await db.query("INSERT INTO pause VALUES ($1)", [number]);
  const killed = bench.spawn(["migrate"]);
  await waitForStatement(db, `CONCURRENTLY effects_${number} ON`);
  killed.kill("SIGKILL");
  await killed.result;
  if (then === "is ended") await terminate(db, "both");
  await db.query("DELETE FROM pause");

  const next = await bench.run(["migrate"]);

  if (next.code !== 0) console.error(next.stderr);
  const rows = await db.query(
    "SELECT indexrelid::regclass::text || " +
      "CASE WHEN indisvalid THEN '' ELSE ' INVALID' END AS name " +
      "FROM pg_index WHERE indrelid = 'effects'::regclass",
  );
  equal((await readStates(db)).join(), "001 applied,002 applied");
  return { code: next.code, found: rows.map(({ name }) => name) };
}

async function startOver(bench: FaultBench): Promise<void> {
  const { code, stderr } = await bench.run(["rollback"]);
  equal(code, 0, stderr);
}
