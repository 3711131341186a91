import assert from "node:assert/strict";
import {
  entryState,
  isBaseline,
  type StateColumns,
} from "../../../src/core/history.ts";
import { applied } from "./history_samples.ts";

/** Columns that differ from those of a plain applied row, and the state. */
const STATES: readonly (readonly [string, Partial<StateColumns>])[] = [
  ["applied", {}],
  ["applied", { direction: "migrate", statementsDone: 3 }],
  ["applied", { direction: "rollback", statementStarted: 1 }],
  ["rolled_back", { isRolledBack: true }],
  ["failed", { success: false }],
  ["failed", { success: false, direction: "migrate" }],
  ["failed", { success: false, isRolledBack: true }],
  ["partly_applied", { success: false, statementsDone: 1 }],
  ["partly_applied", { success: false, statementStarted: 0 }],
  [
    "partly_applied",
    { success: false, direction: "migrate", statementsDone: 2 },
  ],
  ["partly_rolled_back", { success: false, direction: "rollback" }],
  [
    "partly_rolled_back",
    { success: false, direction: "rollback", statementsDone: 1 },
  ],
];

for (const [state, columns] of STATES) {
  Deno.test(`entryState() is ${state} for ${JSON.stringify(columns)}`, () => {
    const row = {
      success: true,
      isRolledBack: false,
      direction: undefined,
      statementsDone: 0,
      statementStarted: undefined,
      ...columns,
    };

    assert.equal(entryState(row), state);
  });
}

for (
  const [version, expected] of [
    ["000_initial_state", true],
    ["baseline", true],
    ["1.2", true],
    ["-1", true],
    ["١", true],
    ["", true],
    ["000", false],
    ["001", false],
    ["20250105120000", false],
  ] as const
) {
  Deno.test(`isBaseline() is ${expected} for "${version}"`, () => {
    assert.equal(isBaseline(applied(version, "a")), expected);
  });
}
