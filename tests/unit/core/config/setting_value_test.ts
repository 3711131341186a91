import { deepEqual, equal } from "node:assert/strict";
import {
  describeExpected,
  parseSettingValue,
} from "../../../../src/core/config/setting_value.ts";
import {
  type SettingRow,
  SETTINGS,
} from "../../../../src/core/config/settings.ts";

const ROW: SettingRow = {
  name: "example",
  type: "text",
  variables: [],
  doc: "An example.",
};
const DURATION: SettingRow = {
  ...ROW,
  type: "duration",
  range: { min: 0, max: 2 ** 31 - 1 },
};
const SIZE: SettingRow = {
  ...ROW,
  type: "size",
  range: { min: 1024, max: 1024 ** 3 },
};
const INTEGER: SettingRow = {
  ...ROW,
  type: "integer",
  range: { min: -10, max: 10 },
};

const CASES: readonly (readonly [SettingRow, string, unknown])[] = [
  [DURATION, "0", 0],
  [DURATION, "500ms", 500],
  [DURATION, "30s", 30_000],
  [DURATION, " 5 m ", 300_000],
  [DURATION, "10min", 600_000],
  [DURATION, "1H", 3_600_000],
  [DURATION, "0s", 0],
  [DURATION, "30", undefined],
  [DURATION, "-1s", undefined],
  [DURATION, "1.5s", undefined],
  [DURATION, "1d", undefined],
  [DURATION, "600h", undefined],
  [DURATION, "", undefined],
  [DURATION, "constructor", undefined],
  [DURATION, "1toString", undefined],
  [SIZE, "64MB", 64 * 1024 ** 2],
  [SIZE, "1kB", 1024],
  [SIZE, "1 GiB", 1024 ** 3],
  [SIZE, "2GB", undefined],
  [SIZE, "1", undefined],
  [SIZE, "1023B", undefined],
  [INTEGER, "-10", -10],
  [INTEGER, "+7", 7],
  [INTEGER, "11", undefined],
  [INTEGER, "1e1", undefined],
  [INTEGER, "0x1", undefined],
  [{ ...ROW, type: "switch" }, "TRUE", true],
  [{ ...ROW, type: "switch" }, "0", false],
  [{ ...ROW, type: "switch" }, "maybe", undefined],
  [{ ...ROW, type: "list" }, "a*, b ,,c", ["a*", "b", "c"]],
  [{ ...ROW, type: "list" }, "", []],
  [ROW, "any text", "any text"],
  [ROW, "", undefined],
  [{ ...ROW, type: "secret" }, "", undefined],
];

for (const [row, text, expected] of CASES) {
  Deno.test(`parseSettingValue() reads ${JSON.stringify(text)} as ${row.type}`, () => {
    deepEqual(parseSettingValue(row, text), expected);
  });
}

Deno.test("parseSettingValue() accepts the default of every setting", () => {
  const rows: readonly SettingRow[] = SETTINGS;
  const refused = rows.filter((row) =>
    row.default !== undefined &&
    parseSettingValue(row, row.default) === undefined
  );
  deepEqual(refused, []);
});

Deno.test("describeExpected() names the range of a number", () => {
  equal(describeExpected(INTEGER), "give it a whole number from -10 to 10");
});
