import { deepEqual, throws } from "node:assert/strict";
import { compareEffects, countFault } from "../../helpers/fault_counts.ts";

Deno.test("compareEffects() counts what is missing and what is too many", () => {
  const counts = compareEffects(["a", "b", "c", "c"], ["a", "a", "c", "d"]);

  deepEqual(counts, { lost: 2, duplicated: 2 });
});

Deno.test("countFault() fails when something was lost", () => {
  throws(
    () => countFault("kill", { injected: 3, lost: 1 }),
    /kill: of 3 times, 1 lost, 0 duplicated, 0 wrongly reported/,
  );
});

Deno.test("countFault() fails when the fault was never injected", () => {
  throws(() => countFault("kill", { injected: 0 }), /never injected/);
});
