import { equal, match } from "node:assert/strict";
import type { DoctorReport } from "../../src/core/doctor/verdict.ts";
import {
  findPgBouncer,
  type PoolMode,
  startPgBouncer,
} from "../../scripts/pgbouncer.ts";
import { withBench } from "../helpers/faults.ts";

const program = await findPgBouncer();

/** What doctor says through PgBouncer, without and with --direct-url. */
async function examine(mode: PoolMode, poolSize: number) {
  const reports: DoctorReport[] = [];
  const files = { "001_table.sql": "CREATE TABLE effects (id int);\n" };
  await withBench(files, async ({ db, run }) => {
    if (program === undefined) return;
    await using pooler = await startPgBouncer(program, db.url, {
      mode,
      poolSize,
    });
    const env = { DATABASE_URL: pooler.via(db.url) };
    for (const one of [env, { ...env, LOCKSTEP_DIRECT_URL: db.url }]) {
      const { stdout } = await run(["doctor", "--json"], one);
      reports.push(JSON.parse(stdout));
    }
  });
  const [alone, direct] = reports.map(({ checks }) => (name: string) => {
    const found = checks.find(({ check }) => check === name);
    return `${found?.state}: ${found?.message}`;
  });
  if (alone === undefined || direct === undefined) {
    throw new Error("There is no report");
  }
  return { alone, direct };
}

for (
  const { mode, poolSize, alone, direct } of [
    {
      mode: "transaction",
      poolSize: 5,
      alone: /^warning: one in between, in transaction mode/,
      direct: /^ok: .* --direct-url goes past it/,
    },
    {
      mode: "transaction",
      poolSize: 1,
      alone: /^warning: one in between, in transaction mode/,
      direct: /^ok: .* --direct-url goes past it/,
    },
    {
      mode: "session",
      poolSize: 5,
      alone: /^ok: one in between, in session mode/,
      direct: /^ok: one in between, in session mode/,
    },
    {
      mode: "session",
      poolSize: 1,
      alone: /^ok: one in between, in session mode/,
      direct: /^ok: one in between, in session mode/,
    },
    {
      mode: "statement",
      poolSize: 5,
      alone: /^problem: one in statement mode/,
      direct: /^ok: one in statement mode/,
    },
  ] as const
) {
  Deno.test({
    name: `doctor finds PgBouncer in ${mode} mode with a pool of ${poolSize}`,
    ignore: program === undefined,
    fn: async () => {
      const said = await examine(mode, poolSize);

      match(said.alone("pooler"), alone);
      match(said.direct("pooler"), direct);
      match(said.direct("direct url"), /^ok: .*same database without a pooler/);
      equal(said.alone("history"), "ok: 0 applied, 1 to apply");
    },
  });
}
