import { equal, match } from "node:assert/strict";
import { renderDryRun } from "../../../src/report/dry_run_text.ts";
import { FAILED_TRIAL, TRIED } from "./sample_dry_runs.ts";
import { PLAIN } from "./sample_reports.ts";

Deno.test("renderDryRun() has locks, rewrites, rows and notices of a statement", () => {
  equal(
    renderDryRun(TRIED, PLAIN),
    `[1/1] 001_widen
  migrations/001_widen.sql
  ✓  line 3  21 ms          105 kB WAL  ALTER TABLE orders ALTER COLUMN id TYPE bigint
      locks ACCESS EXCLUSIVE the table public.orders
      rewrites the table public.orders
  ✓  line 4  10 ms  2 rows              UPDATE orders SET id = id + 1
      and 3 more locks
      NOTICE: two rows

WAL that the server wrote meanwhile, for others too: 106 kB
The sequence public.orders_id_seq went on from 41 to 44 and stays so
Tried to apply 1 migration in 31 ms, and rolled it back.
`,
  );
});

Deno.test("renderDryRun() tells what was left out, failed and not run", () => {
  const text = renderDryRun(FAILED_TRIAL, PLAIN);

  match(text, /^ {6}not tried: it cannot run in a transaction/m);
  match(text, /^ {2}✗ {2}line 1 /m);
  match(text, /003_last\n {2}migrations\/003_last\.sql\n {2}not run$/m);
  match(text, /^Tried to roll back 1 of 3 migrations in 62 ms, but for 1 /m);
});
