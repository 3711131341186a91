import assert from "node:assert/strict";
import { nextTimestamp, timestampOf } from "../../../src/core/timestamp.ts";

Deno.test("timestampOf() is the time in UTC, to the second", () => {
  assert.equal(
    timestampOf(new Date("2025-01-05T23:59:58.999+01:00")),
    "20250105225958",
  );
});

Deno.test("nextTimestamp() carries over", () => {
  assert.equal(nextTimestamp("20241231235959"), "20250101000000");
  assert.equal(nextTimestamp("20250105120000"), "20250105120001");
});

Deno.test("nextTimestamp() knows none after the last", () => {
  assert.equal(nextTimestamp("99991231235959"), undefined);
});

Deno.test("nextTimestamp() knows none for a number that is no time", () => {
  assert.equal(nextTimestamp("003"), undefined);
  assert.equal(nextTimestamp("20250005120000"), undefined);
});
