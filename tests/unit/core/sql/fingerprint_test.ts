import assert from "node:assert/strict";
import { statementFingerprint } from "../../../../src/core/sql/fingerprint.ts";

Deno.test("statementFingerprint() depends on each statement and their order", () => {
  const ab = statementFingerprint(statementFingerprint("", "a"), "b");
  const ba = statementFingerprint(statementFingerprint("", "b"), "a");
  const joined = statementFingerprint("", "ab");

  assert.equal(new Set([ab, ba, joined]).size, 3);
});

Deno.test("statementFingerprint() is the same for the same statements", () => {
  assert.equal(
    statementFingerprint("", "SELECT 1"),
    statementFingerprint("", "SELECT 1"),
  );
});

Deno.test("statementFingerprint() is SHA-256 in hex", () => {
  // printf '\nSELECT 1' | sha256sum
  assert.match(statementFingerprint("", "SELECT 1"), /^[0-9a-f]{64}$/);
});
