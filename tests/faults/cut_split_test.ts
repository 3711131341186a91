import { deepEqual, equal, ok } from "node:assert/strict";
import { testCuts } from "../helpers/cut_plans.ts";
import { requireTruth, runCut, SPLIT_FILES } from "../helpers/cut_runs.ts";
import { withBench } from "../helpers/faults.ts";

testCuts("split", SPLIT_FILES);

// A request to cancel may meet them, when the lock is lost or at a signal.
for (
  const { what, start } of [
    {
      what: "lifts the timeouts",
      start: "SELECT pg_catalog.current_setting('lock_timeout')",
    },
    { what: "puts the timeouts back", start: "SET lock_timeout = '" },
  ]
) {
  Deno.test(`a run whose statement that ${what} fails has stopped part-way`, async () => {
    await withBench(SPLIT_FILES, async (bench) => {
      const attempt = await runCut(
        bench,
        ({ from, text }) =>
          from === "client" && text.startsWith(start) ? "spoil" : undefined,
      );

      ok(attempt.wasHit);
      equal(attempt.code, 6, attempt.said);
      deepEqual(attempt.reported, ["done", "partial"], attempt.said);
      await requireTruth(bench, attempt);
    });
  });
}
