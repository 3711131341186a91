import { deepEqual, equal } from "node:assert/strict";
import {
  describeChange,
  isSameChange,
  joinChanges,
  NOW,
  type RepairChange,
} from "../../../../src/core/repair/repair_change.ts";
import { parseTrackedRow } from "../../../../src/core/repair/history_view.ts";

const ROW = parseTrackedRow(
  '{"id": 1, "version": "001", "name": "a", "success": false, "error": "x"}',
);
const CHANGE: RepairChange = {
  action: "mark_applied",
  version: "001",
  name: "a",
  message: "mark",
  write: "update",
  row: ROW,
  set: { name: "a", success: true, error: undefined },
};

Deno.test("describeChange() lists the columns that get another value", () => {
  deepEqual(describeChange(CHANGE).values, [
    { column: "success", from: "false", to: "true" },
    { column: "error", from: "x" },
  ]);
});

Deno.test("describeChange() lists all that an inserted row has", () => {
  const { row: _row, ...change } = CHANGE;
  const set = { at: NOW, list: ["1"], done: 0, none: undefined };

  deepEqual(describeChange({ ...change, write: "insert", set }).values, [
    { column: "at", to: "now" },
    { column: "list", to: '["1"]' },
    { column: "done", to: "0" },
  ]);
});

Deno.test("isSameChange() does not mind columns that were added meanwhile", () => {
  const row = parseTrackedRow(ROW.json.replace("}", ', "dependencies": []}'));
  const set = { ...CHANGE.set, dependencies: ["1"] };

  equal(isSameChange({ ...CHANGE, set }, { ...CHANGE, row, set }), true);
});

for (
  const [what, other] of [
    ["another value to replace", {
      row: parseTrackedRow(ROW.json.replace('"x"', '"y"')),
    }],
    ["another value to write", { set: { ...CHANGE.set, name: "b" } }],
    ["another action", { action: "retry" }],
    ["another row", { row: parseTrackedRow(ROW.json.replace("1,", "2,")) }],
  ] as const
) {
  Deno.test(`isSameChange() sees ${what}`, () => {
    equal(isSameChange(CHANGE, { ...CHANGE, ...other }), false);
  });
}

Deno.test("joinChanges() lets a removal stand for all changes of a row", () => {
  const removal: RepairChange = { ...CHANGE, write: "delete", set: {} };

  deepEqual(
    [joinChanges([CHANGE, removal]), joinChanges([removal, CHANGE])]
      .map((joined) => joined.map(({ write }) => write)),
    [["delete"], ["delete"]],
  );
});

Deno.test("joinChanges() keeps rows apart that are inserted", () => {
  const { row: _row, ...change } = CHANGE;

  equal(joinChanges([change, change]).length, 2);
});
