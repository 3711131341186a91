import { deepEqual, equal, ok } from "node:assert/strict";
import { isBegin, testCuts } from "../helpers/cut_plans.ts";
import { ATOMIC_FILES, requireTruth, runCut } from "../helpers/cut_runs.ts";
import { withBench } from "../helpers/faults.ts";

testCuts("atomic", ATOMIC_FILES);

for (const action of ["cut", "cut_all", "half_close"] as const) {
  Deno.test(`${action} at COMMIT's answer is found out by the row`, async () => {
    await withBench(ATOMIC_FILES, async (bench) => {
      const attempt = await runCut(
        bench,
        ({ from, connection, type, text }) =>
          from === "server" && connection === 2 && type === "C" &&
            text === "COMMIT"
            ? action
            : undefined,
      );

      equal(attempt.code, 7, attempt.said);
      // The second was sent behind it, and may be done as well.
      equal(attempt.reported[0], "done", attempt.said);
      ok(/the server has (committed|rolled) it/.test(attempt.said));
      await requireTruth(bench, attempt);
    });
  });
}

// A request to cancel that meets BEGIN leaves no transaction for what is on its
// way behind it: each statement would be one of its own.
Deno.test("no statement runs when its BEGIN has not", async () => {
  await withBench(ATOMIC_FILES, async (bench) => {
    const attempt = await runCut(
      bench,
      (message) => isBegin(message) ? "spoil" : undefined,
    );

    ok(attempt.wasHit);
    deepEqual(attempt.reported, ["done", "not"], attempt.said);
    await requireTruth(bench, attempt);
  });
});
