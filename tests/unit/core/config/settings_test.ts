import { deepEqual } from "node:assert/strict";
import {
  type SettingRow,
  SETTINGS,
} from "../../../../src/core/config/settings.ts";

const ROWS: readonly SettingRow[] = SETTINGS;

Deno.test("SETTINGS has each flag and each variable once", () => {
  const names = ROWS.flatMap((row) => [row.flag, ...row.variables]);

  deepEqual(names, [...new Set(names)]);
});

Deno.test("SETTINGS gives a value of its own to every setting but secrets, lists, prefixes and what others decide", () => {
  const others = [
    "config",
    "environment",
    "statementTimeout",
    "dryRunLockTimeout",
    "pgDump",
    "failOn",
  ];
  const without = ROWS.filter((row) =>
    row.default === undefined && !others.includes(row.name)
  );

  deepEqual(
    [...new Set(without.map((row) => row.type))],
    ["secret", "list", "assignments", "prefix"],
  );
});

Deno.test("SETTINGS gives a range to every number", () => {
  const numbers = ROWS.filter((row) =>
    ["duration", "integer", "size"].includes(row.type)
  );

  deepEqual(numbers.filter((row) => row.range === undefined), []);
});
