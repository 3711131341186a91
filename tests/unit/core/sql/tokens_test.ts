import assert from "node:assert/strict";
import {
  firstTokenIndex,
  firstTokens,
  tokenize,
} from "../../../../src/core/sql/tokens.ts";

function texts(sql: string): readonly string[] {
  return [...tokenize(sql)].map((token) => token.text);
}

Deno.test("tokenize() leaves out white space and nested comments", () => {
  assert.deepEqual(texts("a -- b\n /* c /* d */ */\te"), ["a", "e"]);
});

Deno.test("tokenize() keeps each kind of quote whole", () => {
  const tokens = [
    "'a''b'",
    "E'\\'c'",
    'U&"d"',
    '"e""f"',
    "$$ g $$",
    "$h$ $$ $h$",
    "B'1'",
  ];

  assert.deepEqual(texts(tokens.join(" ")), tokens);
});

Deno.test("tokenize() parts words, numbers and punctuation", () => {
  assert.deepEqual(texts("a$1.b(1e5,é)"), [
    "a$1",
    ".",
    "b",
    "(",
    "1e5",
    ",",
    "é",
    ")",
  ]);
});

Deno.test("tokenize() folds words but not quoted names", () => {
  const tokens = [...tokenize('Create "Table" ÄB')];

  assert.deepEqual(tokens.map((token) => [token.word, token.name]), [
    ["create", "create"],
    [undefined, "Table"],
    ["Äb", "Äb"],
  ]);
});

Deno.test("tokenize() gives the value of plain and dollar-quoted strings", () => {
  const values = [...tokenize("'it''s' $x$a$x$ E'b'")].map((t) => t.value);

  assert.deepEqual(values, ["it's", "a", undefined]);
});

Deno.test("tokenize() ends with the text inside a quote", () => {
  assert.deepEqual(texts("a 'b"), ["a", "'b"]);
});

Deno.test("tokenize() reads a string of many megabytes", () => {
  const text = `'${"''".repeat(5_000_000)}'`;

  assert.equal([...tokenize(text)].length, 1);
});

Deno.test("firstTokens() reads no further than it must", () => {
  assert.deepEqual(firstTokens("a b c", 2).map((token) => token.index), [0, 2]);
});

Deno.test("firstTokenIndex() skips comments of both kinds", () => {
  assert.equal(firstTokenIndex("/* a */ -- b\n c"), 14);
});
