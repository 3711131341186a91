import { deepEqual, equal } from "node:assert/strict";
import { createLexer } from "../../../../src/core/sql/lexer.ts";
import {
  fileLines,
  hasLongValues,
  maskReplaced,
} from "../../../../src/core/sql/shown_statement.ts";
import type { Statement } from "../../../../src/core/sql/statement.ts";
import type { Variables } from "../../../../src/core/sql/variables.ts";

const VARIABLES: Variables = new Map([
  ["long", { value: "one\ntwo\nthree", isSecret: true }],
  ["short", { value: "1", isSecret: false }],
]);

function statementOf(script: string): Statement {
  const lexer = createLexer({ path: "a.sql", variables: VARIABLES });
  const items = [
    ...lexer.push(new TextEncoder().encode(script)),
    ...lexer.end(),
  ];
  const [item] = items.filter(({ kind }) => kind === "statement");
  if (item?.kind !== "statement") throw new Error("no statement");
  return item;
}

Deno.test("fileLines() counts on where no value has a line break", () => {
  const statement = statementOf("\nSELECT :short,\n\n  :short\n;");

  deepEqual(fileLines(statement), [2, 3, 4]);
  equal(hasLongValues(statement), false);
});

Deno.test("fileLines() knows no line within a value", () => {
  const statement = statementOf("SELECT :'long',\n  :'long',\n  :short;");

  deepEqual(fileLines(statement), [
    1,
    undefined,
    undefined,
    2,
    undefined,
    undefined,
    3,
  ]);
  equal(fileLines(statement).length, statement.text.split("\n").length);
  equal(hasLongValues(statement), true);
});

Deno.test("fileLines() counts the line of a psql command that is left out", () => {
  const statement = statementOf("SELECT 1,\n\\restrict k\n  2;");

  equal(statement.text.split("\n").length, fileLines(statement).length);
  equal(fileLines(statement).at(-1), 3);
});

Deno.test("maskReplaced() keeps lines right when a secret loses its own", () => {
  const statement = maskReplaced(
    statementOf("SELECT :'long',\n  :short,\n  :'long';"),
    ["one\ntwo\nthree"],
  );

  equal(statement.text, "SELECT '***',\n  1,\n  '***'");
  deepEqual(fileLines(statement), [1, 2, 3]);
});
