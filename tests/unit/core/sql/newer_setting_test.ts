import assert from "node:assert/strict";
import { findNewerSetting } from "../../../../src/core/sql/newer_setting.ts";

const SETS = [
  "SET transaction_timeout = 0",
  "set transaction_timeout=0",
  "SET SESSION transaction_timeout TO '5s'",
  "SET LOCAL Transaction_Timeout = DEFAULT",
  '/* new */ SET "transaction_timeout" = 0',
];

for (const text of SETS) {
  Deno.test(`findNewerSetting() knows ${text}`, () => {
    const found = { name: "transaction_timeout", since: 17 };
    assert.deepEqual(findNewerSetting(text, 140_000), found);
    assert.deepEqual(findNewerSetting(text, 160_014), found);
    assert.equal(findNewerSetting(text, 170_000), undefined);
  });
}

const OTHERS = [
  "SET lock_timeout = 0",
  "SET transaction_timout = 0",
  "SET app.transaction_timeout = 0",
  "SET event_triggers = off",
  "RESET transaction_timeout",
  "ALTER ROLE a SET transaction_timeout = 0",
  "SELECT set_config('transaction_timeout', '0', false)",
  "/* SET transaction_timeout = 0 */ SELECT 1",
  "SET SESSION AUTHORIZATION transaction_timeout",
];

for (const text of OTHERS) {
  Deno.test(`findNewerSetting() leaves ${text} to the server`, () => {
    assert.equal(findNewerSetting(text, 140_000), undefined);
  });
}

Deno.test("findNewerSetting() finds nothing for an unknown version", () => {
  const found = findNewerSetting("SET transaction_timeout = 0", 0);
  assert.equal(found, undefined);
});
