import assert from "node:assert/strict";
import { showName } from "../../../src/core/display.ts";

const CASES: readonly (readonly [text: string, shown: string])[] = [
  ["003_größe 表 'x' $1.sql", "003_größe 表 'x' $1.sql"],
  ["👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
  ["a\nok 002\r\tb", "a\\nok 002\\r\\tb"],
  ["\x1b[2J\x07\x00\x7f\x9b31m", "\\x1b[2J\\x07\\x00\\x7f\\x9b31m"],
  ["a\u202elqs.exe", "a\\u202elqs.exe"],
  ["\u2066\u2067\u2068\u2069\u061c", "\\u2066\\u2067\\u2068\\u2069\\u061c"],
  ["\u2028\u2029", "\\u2028\\u2029"],
  ["a\u200bb\ufeffc", "a\\u200bb\\ufeffc"],
  ["\ud800 \udc00", "\\ud800 \\udc00"],
  ["\u{1bca0}", "\\u{1bca0}"],
];

for (const [text, shown] of CASES) {
  Deno.test(`showName() shows ${JSON.stringify(text)}`, () => {
    assert.equal(showName(text), shown);
  });
}
