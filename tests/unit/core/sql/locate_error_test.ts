import assert from "node:assert/strict";
import { createLexer } from "../../../../src/core/sql/lexer.ts";
import { locateMessage } from "../../../../src/core/sql/locate_error.ts";
import type { Statement } from "../../../../src/core/sql/statement.ts";
import type { Variables } from "../../../../src/core/sql/variables.ts";
import type { ServerMessage, SourceLocation } from "../../../../src/errors.ts";

const VALUES: Variables = new Map([
  ["long", { value: "a value of one line", isSecret: false }],
  ["é", { value: "😀 and\ntwo lines", isSecret: true }],
]);
const MARK = "/* lockstep 1 2 */ ";

Deno.test("locateMessage() finds a position on the first line", () => {
  const place = located("SELECT 1;\n  SELECT wrong;", { at: "wrong" });

  assert.deepEqual(place, {
    path: "001_a.sql",
    line: 2,
    column: 10,
    excerpt: "  SELECT wrong",
  });
});

Deno.test("locateMessage() finds a position on a later line", () => {
  const place = located("SELECT 1,\n\n  wrong,\n  2", { at: "wrong" });

  assert.deepEqual(shown(place), "3:3   wrong,");
});

Deno.test("locateMessage() keeps the column of a statement behind another", () => {
  const place = located("SELECT 1; SELECT wrong", { at: "wrong" });

  assert.deepEqual(shown(place), "1:18           SELECT wrong");
});

Deno.test("locateMessage() counts columns in code points", () => {
  const place = located("SELECT 'é🚀', wrong", { at: "wrong" });

  assert.deepEqual(shown(place), "1:14 SELECT 'é🚀', wrong");
});

Deno.test("locateMessage() leaves the carriage return out of the excerpt", () => {
  const place = located("SELECT 1,\r\n  wrong\r\n", { at: "wrong" });

  assert.deepEqual(shown(place), "2:3   wrong");
});

Deno.test("locateMessage() finds a position at the end of the statement", () => {
  const place = located("SELECT (1", { position: 10 });

  assert.deepEqual(shown(place), "1:10 SELECT (1");
});

Deno.test("locateMessage() falls back to the start of the statement", () => {
  const place = located("SELECT 1;\n\nSELECT\n  1/0", {});

  assert.deepEqual(shown(place), "3:1 SELECT");
});

const BLOCK = `DO $$
DECLARE
  v INT;
BEGIN
  v := 1;
  v := nope;
  RAISE EXCEPTION 'no';
END $$`;

Deno.test("locateMessage() finds the query of a DO block", () => {
  const place = located(BLOCK, { query: "nope", at: 1 });

  assert.deepEqual(shown(place), "6:8   v := nope;");
});

Deno.test("locateMessage() finds a position inside the query of a DO block", () => {
  const place = located("DO $$ BEGIN\n  PERFORM 'ü', 1 + nope;\nEND $$", {
    query: "'ü', 1 + nope",
    at: 10,
  });

  assert.deepEqual(shown(place), "2:20   PERFORM 'ü', 1 + nope;");
});

Deno.test("locateMessage() takes the line when the query stands there twice", () => {
  const sql = "DO $$ BEGIN\n  x := nope;\n  x := nope;\nEND $$";
  const place = located(sql, { query: "nope", at: 1, where: inBlock(3) });

  assert.deepEqual(shown(place), "3:3   x := nope;");
});

Deno.test("locateMessage() takes the line when the query is not there as sent", () => {
  const place = located(BLOCK, {
    query: "SELECT rewritten",
    at: 8,
    where: inBlock(5),
  });

  assert.deepEqual(shown(place), "5:3   v := 1;");
});

for (
  const [what, sql] of [
    ["after a line break", "DO $$\n\tRAISE;\nEND $$"],
    ["in quotes", "DO '\n\tRAISE;\nEND'"],
    ["with a tag", "DO $body$ BEGIN\n\tRAISE;\nEND $body$"],
    ["with its language first", "DO LANGUAGE plpgsql $$\n\tRAISE;\nEND $$"],
    ["in lower case", "do $$\n\tRAISE;\nEND $$"],
    ["with Windows line ends", "DO $$\r\n\tRAISE;\r\nEND $$"],
  ] as const
) {
  Deno.test(`locateMessage() finds a line of a DO block ${what}`, () => {
    const place = located(`SELECT 1;\n${sql}`, { where: inBlock(2) });

    assert.deepEqual(shown(place), "3:2 \tRAISE;");
  });
}

Deno.test("locateMessage() finds the first line of a DO block", () => {
  const place = located("SELECT 1;\n  DO $$BEGIN RAISE; END $$", {
    where: inBlock(1),
  });

  assert.deepEqual(shown(place), "2:8   DO $$BEGIN RAISE; END $$");
});

Deno.test("locateMessage() takes the frame of the DO block, not of what it calls", () => {
  const place = located(BLOCK, {
    where: "PL/pgSQL function f() line 7 at RAISE\n" +
      'SQL statement "SELECT f()"\n' +
      inBlock(5),
  });

  assert.deepEqual(shown(place), "5:3   v := 1;");
});

Deno.test("locateMessage() does not look for a function's lines in its call", () => {
  const place = located("SELECT\n  f()", {
    where: "PL/pgSQL function f() line 2 at RAISE",
  });

  assert.deepEqual(shown(place), "1:1 SELECT");
});

Deno.test("locateMessage() falls back to the start for a line beyond the block", () => {
  const place = located("DO $$ BEGIN END $$", { where: inBlock(9) });

  assert.deepEqual(shown(place), "1:1 DO $$ BEGIN END $$");
});

Deno.test("locateMessage() points at the file behind a value and in one", () => {
  const script = "SELECT 1;\n SELECT :'long', 😀,\n  :'é' || wrong";

  deepEqualAll([
    [shown(located(script, { at: "wrong" })), "3:11   :'é' || wrong"],
    [shown(located(script, { at: "alue" })), "2:9  SELECT :'long', 😀,"],
    [shown(located(script, { at: "two" })), "3:3   :'é' || wrong"],
    [shown(located(script, { at: "😀," })), "2:18  SELECT :'long', 😀,"],
  ]);
});

function deepEqualAll(pairs: readonly (readonly [string, string])[]): void {
  assert.deepEqual(
    pairs.map(([found]) => found),
    pairs.map(([, text]) => text),
  );
}

/** What the server says, with places as the test finds them readable. */
interface Said {
  /** A text of the statement, or a position in the query. */
  readonly at?: string | number;
  /** A position in the statement's text. */
  readonly position?: number;
  readonly query?: string;
  readonly where?: string;
}

/** Where a message about the last statement of a script comes from. */
function located(script: string, said: Said): SourceLocation {
  const statement = lastStatement(script);
  const message: ServerMessage = {
    severity: "ERROR",
    sqlstate: "XX000",
    message: "no",
    ...(said.where !== undefined && { where: said.where }),
    ...positionOf(statement, said),
  };
  const sent = { path: "001_a.sql", statement, prefixLength: MARK.length };
  return locateMessage(sent, message);
}

function positionOf(
  { text }: Statement,
  { at, position, query }: Said,
): Partial<ServerMessage> {
  if (query !== undefined) {
    return { internalQuery: query, internalPosition: Number(at) };
  }
  if (position !== undefined) return { position: MARK.length + position };
  if (typeof at !== "string") return {};
  const before = text.slice(0, text.indexOf(at));
  return { position: MARK.length + [...before].length + 1 };
}

function lastStatement(script: string): Statement {
  const lexer = createLexer({ path: "001_a.sql", variables: VALUES });
  const items = [
    ...lexer.push(new TextEncoder().encode(script)),
    ...lexer.end(),
  ];
  const last = items.at(-1);
  assert.ok(last?.kind === "statement");
  return last;
}

function inBlock(line: number): string {
  return `PL/pgSQL function inline_code_block line ${line} at RAISE`;
}

function shown({ line, column, excerpt }: SourceLocation): string {
  return `${line}:${column} ${excerpt}`;
}
