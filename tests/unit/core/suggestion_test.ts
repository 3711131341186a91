import assert from "node:assert/strict";
import { findNearest } from "../../../src/core/suggestion.ts";

const WORDS = ["transaction", "lock_timeout", "statement_timeout"];

Deno.test("findNearest() finds the word with the fewest slips", () => {
  assert.equal(findNearest("transacton", WORDS), "transaction");
  assert.equal(findNearest("Lock-Timeout", WORDS), "lock_timeout");
  assert.equal(findNearest("statment_timeotu", WORDS), "statement_timeout");
});

Deno.test("findNearest() counts a swap of neighbors as one slip", () => {
  assert.equal(findNearest("acb", ["abc"]), "abc");
  assert.equal(findNearest("cab", ["abc"]), undefined);
});

Deno.test("findNearest() finds nothing for another word", () => {
  assert.equal(findNearest("isolation", WORDS), undefined);
  assert.equal(findNearest("", WORDS), undefined);
});
