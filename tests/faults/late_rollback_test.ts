import { deepEqual, equal, ok } from "node:assert/strict";
import { isBegin } from "../helpers/cut_plans.ts";
import { type CutRun, LATE_MS, runCut } from "../helpers/cut_runs.ts";
import { compareEffects, countFault } from "../helpers/fault_counts.ts";
import {
  type FaultBench,
  pause,
  readStates,
  requireWholeLog,
  withBench,
} from "../helpers/faults.ts";

const FILES = {
  "001_table.sql": "CREATE TABLE undone (part int);\n",
  "002_index.sql": "CREATE TABLE effects (id int);\n" +
    "CREATE INDEX effects_id ON effects (id);\n",
};

const ROLLBACKS = [
  { kind: "an atomic", down: "INSERT INTO undone VALUES (1);\n", parts: [1] },
  {
    kind: "a split",
    down: "INSERT INTO undone VALUES (1);\n" +
      "DROP INDEX CONCURRENTLY effects_id;\nINSERT INTO undone VALUES (2);\n",
    parts: [1, 2],
  },
] as const;

for (const { kind, down, parts } of ROLLBACKS) {
  Deno.test(`${kind} rollback whose transactions reach the server late is told truthfully, and done once`, async () => {
    let place = 0;
    let wasHit = true;
    while (wasHit) {
      const files = { ...FILES, "rollbacks/002_index_down.sql": down };
      await withBench(files, async (bench) => {
        wasHit = await rollBackLate(bench, { place, parts });
      });
      place++;
    }
    ok(place > parts.length, String(place));
  });
}

/** False when there was no such transaction. */
async function rollBackLate(
  bench: FaultBench,
  { place, parts }: {
    readonly place: number;
    readonly parts: readonly number[];
  },
): Promise<boolean> {
  const { db } = bench;
  await bench.run(["migrate"]);
  let met = 0;

  const attempt = await runCut(
    bench,
    (message) => isBegin(message) && met++ === place ? "late" : undefined,
    { command: "rollback", settle: () => pause(LATE_MS) },
  );

  if (!attempt.wasHit) return false;
  const misreported = await isTold(bench, attempt) ? 0 : 1;
  if (misreported > 0) console.error(attempt.said);
  const [, second] = await readStates(db);
  if (second !== "002 rolled back") {
    const { code, stderr } = await bench.run(["rollback"]);
    equal(code, 0, stderr);
  }
  deepEqual(await readStates(db), ["001 applied", "002 rolled back"]);
  await requireWholeLog(db);
  const undone = await db.query("SELECT part FROM undone");
  countFault("a rollback that reaches the server after its client has gone", {
    injected: 1,
    ...compareEffects(parts, undone.map(({ part }) => part)),
    misreported,
  });
  return true;
}

async function isTold(
  { db }: FaultBench,
  { reported: [status] }: CutRun,
): Promise<boolean> {
  const [row] = await db.query(
    "SELECT rolled_back_at IS NOT NULL AS is_undone, success " +
      "FROM schema_migrations WHERE version = '002'",
  );
  const truth = row?.is_undone === true && row.success === true
    ? "done"
    : row?.success === true
    ? "not"
    : "partial";
  return status === truth;
}
