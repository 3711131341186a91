import { deepEqual, equal } from "node:assert/strict";
import {
  writtenIndex,
  writtenText,
} from "../../../../src/core/sql/written_text.ts";

const SENT = {
  text: "SELECT 'long value', 1 + x",
  replaced: [
    { start: 7, end: 19, written: ":'a'" },
    { start: 21, end: 22, written: ":number" },
  ],
};

Deno.test("writtenText() has the variables in place of their values", () => {
  equal(writtenText(SENT), "SELECT :'a', :number + x");
});

Deno.test("writtenText() is the text itself where nothing is replaced", () => {
  equal(writtenText({ text: "SELECT 1" }), "SELECT 1");
});

Deno.test("writtenText() keeps what stands for nothing", () => {
  const replaced = [{ start: 0, end: 0, written: ":empty" }];

  equal(writtenText({ text: " x", replaced }), ":empty x");
});

Deno.test("writtenIndex() finds places before, in and behind values", () => {
  const places = [0, 7, 12, 18, 19, 21, 22, 25].map((index) =>
    writtenIndex(SENT, index)
  );

  deepEqual(places, [0, 7, 7, 7, 11, 13, 20, 23]);
});
