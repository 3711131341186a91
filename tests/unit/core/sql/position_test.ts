import assert from "node:assert/strict";
import {
  byteIndex,
  codePointCount,
  codePointIndex,
  movePlace,
  placeInStatement,
} from "../../../../src/core/sql/position.ts";

const STATEMENT = {
  text: "SELECT '😀é',\r\n  nope\nFROM t",
  line: 10,
  column: 5,
};

Deno.test("placeInStatement() counts from the column of the first line", () => {
  assert.deepEqual(placeInStatement(STATEMENT, 8), {
    line: 10,
    column: 12,
    excerpt: "SELECT '😀é',",
  });
});

Deno.test("placeInStatement() counts code points on later lines", () => {
  // S=1 … quote=8, emoji=9, é=10, quote=11, comma=12, CR=13, LF=14, then blanks
  assert.deepEqual(placeInStatement(STATEMENT, 17), {
    line: 11,
    column: 3,
    excerpt: "  nope",
  });
});

Deno.test("placeInStatement() stays inside the text when the position does not", () => {
  assert.deepEqual(placeInStatement(STATEMENT, 1000), {
    line: 12,
    column: 7,
    excerpt: "FROM t",
  });
});

Deno.test("placeInStatement() places the first character", () => {
  assert.deepEqual(placeInStatement({ text: "x", line: 1, column: 1 }, 1), {
    line: 1,
    column: 1,
    excerpt: "x",
  });
});

Deno.test("codePointIndex() counts a surrogate pair as one", () => {
  assert.equal(codePointIndex("a😀b", 2), 3);
});

Deno.test("codePointCount() counts a surrogate pair as one", () => {
  assert.equal(codePointCount("a😀b", 0, 4), 3);
});

Deno.test("byteIndex() finds each character by its first byte", () => {
  const text = "aé€😀b";

  const indexes = [0, 1, 3, 6, 10, 11, 99].map((byte) => byteIndex(text, byte));

  assert.deepEqual(indexes, [0, 1, 2, 3, 5, 6, 6]);
});

Deno.test("movePlace() counts lines by line feeds and columns by characters", () => {
  const place = { line: 1, column: 4 };
  const bytes = new TextEncoder().encode("x\r\né😀y");

  movePlace(place, bytes, { from: 0, to: 1 });
  const before = { ...place };
  movePlace(place, bytes, { from: 1, to: 9 });

  assert.deepEqual([before, place], [
    { line: 1, column: 5 },
    { line: 2, column: 3 },
  ]);
});
