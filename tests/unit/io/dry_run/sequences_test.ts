import { deepEqual } from "node:assert/strict";
import {
  advancedSequences,
  type SequenceValues,
} from "../../../../src/io/dry_run/sequences.ts";

function values(a: string | undefined, b?: string): SequenceValues {
  return new Map([
    ["1", { name: "s.a", access: "readable", value: a }],
    ["2", { name: "s.b", access: "hidden", value: b }],
  ]);
}

Deno.test("advancedSequences() names those that were touched and went on", () => {
  const before = values(undefined);

  deepEqual(advancedSequences(before, values("5"), new Set(["1"])), [
    { name: "s.a", to: "5" },
  ]);
  deepEqual(advancedSequences(before, values(undefined), new Set(["1"])), []);
  deepEqual(advancedSequences(before, values("5"), new Set()), []);
});

Deno.test("advancedSequences() names what was touched and cannot be read", () => {
  deepEqual(advancedSequences(values("1"), values("1"), new Set(["2"])), [
    { name: "s.b" },
  ]);
  deepEqual(advancedSequences(undefined, values("7"), new Set(["1"])), [
    { name: "s.a", to: "7" },
  ]);
  deepEqual(advancedSequences(values("6"), undefined, new Set(["1"])), [
    { name: "s.a", from: "6" },
  ]);
});

Deno.test("advancedSequences() takes all that went on after a failure", () => {
  deepEqual(advancedSequences(values("6"), values("7"), undefined), [
    { name: "s.a", from: "6", to: "7" },
  ]);
});
