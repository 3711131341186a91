import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { FileError } from "../../../../src/errors.ts";
import { createLexer } from "../../../../src/core/sql/lexer.ts";
import type {
  ScriptItem,
  Statement,
} from "../../../../src/core/sql/statement.ts";
import type { Variables } from "../../../../src/core/sql/variables.ts";
import { writtenText } from "../../../../src/core/sql/written_text.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const VALUES: Variables = new Map(
  Object.entries({
    n: "42",
    "1": "one",
    größe: "7",
    empty: "",
    quote: `it's "x"`,
    slash: "a\\b",
    two: "1; SELECT 2",
    copy: "COPY t FROM STDIN;",
    copymore: "COPY t FROM STDIN; SELECT 1",
    open: "'a",
    nested: ":n + :'n'",
    loop: "x :loop",
    comment: "-- c",
    lines: "1,\n2",
    odd: "é😀",
    command: "\\connect x",
  }).map(([name, value]) => [name, { value, isSecret: false }]),
);

function lex(
  script: string,
  options: {
    readonly variables?: Variables;
    readonly maxStatementBytes?: number;
  } = { variables: VALUES },
): readonly ScriptItem[] {
  const lexer = createLexer({ path: "a.sql", ...options });
  return [...lexer.push(encoder.encode(script)), ...lexer.end()];
}

function statements(items: readonly ScriptItem[]): readonly Statement[] {
  return items.filter((item) => item.kind === "statement");
}

/** What psql sends for each script, as the tests against psql confirm. */
const REPLACED: Readonly<Record<string, readonly string[]>> = {
  "SELECT :n, :'n', :\"n\"": [`SELECT 42, '42', "42"`],
  "SELECT :1, :größe, :nope": ["SELECT one, 7, :nope"],
  "SELECT :'quote', :\"quote\"": [`SELECT 'it''s "x"', "it's ""x"""`],
  "SELECT x:'slash'": ["SELECT x E'a\\\\b'"],
  "SELECT :{?n}, :{?nope}, :{n}": ["SELECT TRUE, FALSE, :{n}"],
  "SELECT a::n, a[1:n], a[:n:n], b:=n, c : n": [
    "SELECT a::n, a[142], a[4242], b:=n, c : n",
  ],
  "SELECT ':n', E':n', \":n\", $$:n$$, $a$:'n'$a$ /* :n */ -- :n\n": [
    "SELECT ':n', E':n', \":n\", $$:n$$, $a$:'n'$a$",
  ],
  "SELECT :two;": ["SELECT 1", "SELECT 2"],
  ":two": ["1", "SELECT 2"],
  ":empty; :empty SELECT 3 :empty": ["SELECT 3"],
  "SELECT :open', :n": ["SELECT 'a', 42"],
  "SELECT :nested": ["SELECT 42 + '42'"],
  "SELECT :loop": ["SELECT x :loop"],
  "SELECT 1 :comment; SELECT 2": ["SELECT 1", "SELECT 2"],
  ":comment\nSELECT 2": ["SELECT 2"],
};

for (const [script, expected] of Object.entries(REPLACED)) {
  Deno.test(`createLexer() replaces the variables of ${JSON.stringify(script)}`, () => {
    deepEqual(statements(lex(script)).map(({ text }) => text), expected);
  });
}

Deno.test("createLexer() replaces nothing without variables", () => {
  const script = `SELECT :n, :'n', :"n", :{?n}, a[1:n]`;

  const [statement] = statements(lex(script, {}));

  equal(statement?.text, script);
  equal(statement?.replaced, undefined);
});

Deno.test("createLexer() notes the first variable in quotes that has no value", () => {
  const [first, second] = statements(
    lex("SELECT :n;\nSELECT é, :'nope', :\"no\", :plain"),
  );

  equal(first?.unset, undefined);
  deepEqual(second?.unset, {
    name: "nope",
    written: ":'nope'",
    line: 2,
    column: 11,
  });
});

Deno.test("createLexer() gives the places of the file, not of the values", () => {
  const [first, second, third] = statements(
    lex("SELECT :two, :lines;\n é :odd"),
  );

  deepEqual(
    [first, second, third].map((one) => [one?.startByte, one?.endByte]),
    [[0, 11], [7, 19], [22, 29]],
  );
  deepEqual(
    [first, second, third].map((one) => [one?.line, one?.column]),
    [[1, 1], [1, 8], [2, 2]],
  );
  deepEqual(third?.replaced, [{ start: 2, end: 5, written: ":odd" }]);
});

Deno.test("createLexer() reads the data of a COPY in a variable from the file", () => {
  const items = lex(":copy\n1;:n\n\\.\nSELECT :n");

  deepEqual(
    items.map((item) =>
      item.kind === "copy_data" ? decoder.decode(item.bytes) : item.text
    ),
    ["COPY t FROM STDIN", "1;:n\n", "SELECT 42"],
  );
});

Deno.test("createLexer() refuses SQL behind a COPY in a variable", () => {
  throws(() => lex("SELECT 1;\n  :copymore\n\\.\n"), {
    code: "syntax_error",
    location: { path: "a.sql", line: 2, column: 3 },
  });
});

Deno.test("createLexer() places a quote that a value opens at its variable", () => {
  throws(() => lex("SELECT 1,\n :open"), {
    code: "unterminated",
    location: { path: "a.sql", line: 2, column: 2 },
  });
});

Deno.test("createLexer() finds a command of psql in a value", () => {
  const [command] = lex("  :command").filter(({ kind }) =>
    kind === "psql_command"
  );

  deepEqual(command, {
    kind: "psql_command",
    text: "\\connect x",
    line: 1,
    column: 3,
  });
});

Deno.test("createLexer() counts values for the longest statement", () => {
  const variables: Variables = new Map([
    ["big", { value: "x".repeat(100), isSecret: false }],
  ]);

  throws(
    () =>
      lex(`SELECT ${":big".repeat(20)}`, {
        variables,
        maxStatementBytes: 1000,
      }),
    (error) =>
      error instanceof FileError && error.code === "statement_too_long",
  );
});

Deno.test("createLexer() leaves commands of psql out of a statement", () => {
  const script = "SELECT 1,\\set x :n\n 2 \\; SELECT \\: 3";

  const [statement] = statements(lex(script, {}));

  equal(statement?.text, "SELECT 1,\n 2 ; SELECT : 3");
  equal(statement && writtenText(statement), script);
  equal(statement?.endByte, encoder.encode(script).length);
});

const PIECES = fc.constantFrom(
  ...[...VALUES.keys()].flatMap((name) => [
    `:${name}`,
    `:'${name}'`,
    `:"${name}"`,
    `:{?${name}}`,
  ]),
  ..."' \" $$ ; ; ( ) é 😀 a :'x' :: := : -- /* */ E' \\; 1".split(" "),
  "\n",
  " ",
  " ",
);
const SCRIPT = fc.array(PIECES, { maxLength: 15 }).map((all) => all.join(""));

Deno.test("createLexer() gives the same items with variables, cut anywhere", () => {
  fc.assert(
    fc.property(
      SCRIPT,
      fc.array(fc.nat(80), { maxLength: 6 }),
      (script, cuts) => {
        deepEqual(outcome(script, cuts), outcome(script, []));
      },
    ),
    { numRuns: 3000, seed: 5 },
  );
});

Deno.test("writtenText() is what the file has from start to end", () => {
  fc.assert(
    fc.property(SCRIPT, (script) => {
      const bytes = encoder.encode(script);
      const found = outcome(script, []);
      for (const item of found) {
        if (item.kind !== "statement") continue;
        const { startByte, endByte } = item;
        const written = decoder.decode(bytes.subarray(startByte, endByte));
        equal(writtenText(item), written, JSON.stringify([script, item]));
        const before = decoder.decode(bytes.subarray(0, startByte)).split("\n");
        equal(item.line, before.length);
        equal(item.column, [...before.at(-1) ?? ""].length + 1);
      }
    }),
    { numRuns: 3000, seed: 6 },
  );
});

/** All items, or those before an error. */
function outcome(
  script: string,
  cuts: readonly number[],
): readonly ScriptItem[] {
  const bytes = encoder.encode(script);
  const lexer = createLexer({ path: "a.sql", variables: VALUES });
  const items: ScriptItem[] = [];
  try {
    let at = 0;
    for (const cut of [...cuts].sort((a, b) => a - b)) {
      const chunk = bytes.slice(at, Math.max(cut, at));
      items.push(...lexer.push(chunk));
      chunk.fill(0);
      at = Math.max(cut, at);
    }
    items.push(...lexer.push(bytes.slice(at)), ...lexer.end());
    return items.filter(({ kind }) => kind !== "copy_data");
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}
