import assert from "node:assert/strict";
import { findAlmostDirective } from "../../../src/core/almost_directive.ts";

const MEANT: readonly (readonly [text: string, hint: string])[] = [
  ["lockstep no transaction", "transaction=off"],
  ["lockstep: no-transaction!", "transaction=off"],
  ["Lockstep notransaction", "transaction=off"],
  ["lockstep without transactions", "transaction=off"],
  ["lockstep transaction=off", "transaction=off"],
  ["lockstep transaction = off, lock_timeout = 2s", "transaction=off"],
  ["lockstep transaction off", "transaction=off"],
  ["lockstep transaction: false", "transaction=off"],
  ["lockstep transaction", "transaction=off"],
  ["lockstep = transaction=off", "transaction=off"],
  ["lockstep; transaction=off", "transaction=off"],
  ["lockstep-transaction=off", "transaction=off"],
  ["@lockstep transaction=off", "transaction=off"],
  ["[lockstep] transaction=off", "transaction=off"],
  ["- lockstep: transaction=off", "transaction=off"],
  ["-lockstep: transaction=off", "transaction=off"],
  ["lock-step: transaction=off", "transaction=off"],
  ["lokstep: transacton=off", "transaction=off"],
  ["lockstep lock_timeout 2s", "lock_timeout=2s"],
  ["lockstep lock timeout: 500", "lock_timeout=500"],
  ["lockstep statement-timeout=0", "statement_timeout=0"],
  ["lockstep irreversible", "irreversible"],
  ["lockstep irreversible true.", "irreversible"],
];

for (const [text, meant] of MEANT) {
  Deno.test(`findAlmostDirective() knows what "${text}" means`, () => {
    assert.equal(
      findAlmostDirective(text)?.hint,
      `write it as "-- lockstep: ${meant}"`,
    );
  });
}

const PROSE: readonly string[] = [
  "lockstep is used for this table",
  "Lockstep: see the documentation",
  "lockstep runs this without a transaction",
  "lockstep no longer needs a transaction here",
  "lockstep transaction handling is off for this one",
  "lockstep transactions are short, see below",
  "lockstep irreversible migration",
  "lockstep",
  "Lock the table: transaction=off would not help",
  "locked by another transaction",
  "transaction=off",
  "- - lockstep: transaction=off",
  "-- lockstep: transaction=off",
  "--lockstep: transaction=off",
];

for (const text of PROSE) {
  Deno.test(`findAlmostDirective() leaves "${text}" alone`, () => {
    assert.equal(findAlmostDirective(text), undefined);
  });
}
