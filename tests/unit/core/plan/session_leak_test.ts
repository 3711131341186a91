import { deepEqual, equal } from "node:assert/strict";
import type { Segment } from "../../../../src/core/plan/segments.ts";
import {
  leavesTransaction,
  sessionSettingOf,
} from "../../../../src/core/plan/session_leak.ts";
import type { Statement } from "../../../../src/core/sql/statement.ts";

function segment(mode: Segment["mode"], first: number, last: number): Segment {
  return { mode, first, last, beginModes: "", absorbed: new Set() };
}

function isLeaking(index: number, segments: readonly Segment[]): boolean {
  return leavesTransaction(
    { segments, statementCount: 9, findings: [] },
    { index, line: 1 },
  );
}

const APART = segment("non_transactional", 1, 1);

Deno.test("leavesTransaction() is true before a statement outside a transaction", () => {
  equal(isLeaking(0, [segment("transactional", 0, 0), APART]), true);
});

Deno.test("leavesTransaction() is true outside a transaction", () => {
  equal(isLeaking(1, [APART]), true);
});

Deno.test("leavesTransaction() is true in a transaction that another follows", () => {
  const segments = [
    segment("transactional", 0, 3),
    segment("transactional", 4, 5),
  ];
  equal(isLeaking(2, segments), true);
});

Deno.test("leavesTransaction() is false in the last transaction", () => {
  equal(isLeaking(2, [APART, segment("transactional", 2, 5)]), false);
});

Deno.test("sessionSettingOf() answers the place of SET, and nothing for SET LOCAL", () => {
  const statement = (text: string) =>
    ({ index: 3, line: 7, text }) as Statement;

  deepEqual(sessionSettingOf(statement("SET lock_timeout = 1")), {
    index: 3,
    line: 7,
  });
  equal(sessionSettingOf(statement("SET LOCAL lock_timeout = 1")), undefined);
});
