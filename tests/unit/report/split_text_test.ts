import { deepEqual, equal } from "node:assert/strict";
import type { Statement } from "../../../src/core/sql/statement.ts";
import { createListing } from "../../../src/report/split_text.ts";

const FIRST: Statement = {
  kind: "statement",
  index: 0,
  text: "SELECT 1,\n  '\u001b[31m'",
  startByte: 3,
  endByte: 24,
  line: 9,
  column: 1,
};
const SECOND: Statement = {
  ...FIRST,
  index: 1,
  text: "SELECT 'postgres://u:pw@h'",
  startByte: 30,
  endByte: 56,
  line: 12,
};

function listed(
  format: "human" | "json",
  ...batches: readonly (readonly Statement[])[]
): string {
  const listing = createListing(format);
  return batches.map((batch) => listing.add(batch)).join("") + listing.end();
}

Deno.test("createListing() gives one bare array of statements as they are", () => {
  deepEqual(JSON.parse(listed("json", [FIRST], [], [SECOND])), [
    { sql: FIRST.text, start: 3, end: 24 },
    { sql: SECOND.text, start: 30, end: 56 },
  ]);
});

Deno.test("createListing() gives an empty array for no statements", () => {
  equal(listed("json", []), "[]\n");
});

Deno.test("createListing() shows statements with their lines", () => {
  equal(
    listed("human", [FIRST, SECOND]),
    `[1] line 9, bytes 3-24
   9 | SELECT 1,
  10 |   '\\x1b[31m'

[2] line 12, bytes 30-56
  12 | SELECT 'postgres://***'

2 statements
`,
  );
});

Deno.test("createListing() numbers lines as the file does, also behind a long value", () => {
  const text = "SELECT 'a\nb\nc',\n  2";
  const replaced = [{ start: 7, end: 14, written: ":'v'" }];

  equal(
    listed("human", [{ ...FIRST, text, replaced }]),
    `[1] line 9, bytes 3-24
   9 | SELECT 'a
     | b
     | c',
  10 |   2

1 statement
`,
  );
});
