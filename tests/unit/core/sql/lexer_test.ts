import assert from "node:assert/strict";
import fc from "fast-check";
import { FileError } from "../../../../src/errors.ts";
import { createLexer } from "../../../../src/core/sql/lexer.ts";
import type { ScriptItem } from "../../../../src/core/sql/statement.ts";

const encoder = new TextEncoder();

function lex(
  script: string | Uint8Array,
  cuts: readonly number[] = [],
): readonly ScriptItem[] {
  const bytes = typeof script === "string" ? encoder.encode(script) : script;
  const lexer = createLexer({ path: "script.sql" });
  const edges = [0, ...cuts, bytes.length];
  const items = edges.slice(1).flatMap((end, index) =>
    lexer.push(bytes.slice(edges[index], end))
  );
  return [...items, ...lexer.end()];
}

/** COPY data come in pieces of any size: joined, they must be the same. */
function joined(items: readonly ScriptItem[]): readonly unknown[] {
  const result: unknown[] = [];
  let data: { line: number; text: string } | undefined;
  for (const item of items) {
    if (item.kind !== "copy_data") {
      result.push(item);
      continue;
    }
    data ??= { line: item.line, text: "" };
    data.text += new TextDecoder("latin1").decode(item.bytes);
    if (item.isLast) {
      result.push(data);
      data = undefined;
    }
  }
  assert.equal(data, undefined, "the last piece of data says so");
  return result;
}

function texts(script: string): readonly string[] {
  return lex(script).flatMap((item) =>
    item.kind === "statement" ? [item.text] : []
  );
}

function problem(script: string | Uint8Array): FileError {
  try {
    lex(script);
  } catch (error) {
    assert.ok(error instanceof FileError);
    return error;
  }
  return assert.fail("no error");
}

const SPLITS: Record<string, readonly [string, readonly string[]]> = {
  "quotes with semicolons": [
    `SELECT 'a;b', "c;d", 'it''s;', "x"";";SELECT 2`,
    [`SELECT 'a;b', "c;d", 'it''s;', "x"";"`, "SELECT 2"],
  ],
  "backslashes in plain strings": [
    "SELECT 'a\\'; SELECT 'b'",
    ["SELECT 'a\\'", "SELECT 'b'"],
  ],
  "backslashes in E strings": [
    "SELECT E'a\\'; x'; SELECT e'\\\\'; 3",
    ["SELECT E'a\\'; x'", "SELECT e'\\\\'", "3"],
  ],
  "E as the end of a word": [
    "SELECT date'a\\'; 2",
    ["SELECT date'a\\'", "2"],
  ],
  "prefixes that do not escape": [
    "SELECT U&'\\'; SELECT B'\\'; SELECT X'\\'; SELECT N'\\'; 5",
    ["SELECT U&'\\'", "SELECT B'\\'", "SELECT X'\\'", "SELECT N'\\'", "5"],
  ],
  "dollar quotes": [
    "DO $$ a; ' $$; DO $x$ $$;$y$ $x$; 3",
    ["DO $$ a; ' $$", "DO $x$ $$;$y$ $x$", "3"],
  ],
  "a dollar inside an identifier": [
    "SELECT a$1$b; SELECT a$$; $$ ; $$",
    ["SELECT a$1$b", "SELECT a$$", "$$ ; $$"],
  ],
  "parameters": ["SELECT $1; SELECT $2", ["SELECT $1", "SELECT $2"]],
  "nested comments": [
    "SELECT /* a; /* b; */ c; */ 1; SELECT 2 -- d; 'e\n; 3",
    ["SELECT /* a; /* b; */ c; */ 1", "SELECT 2", "3"],
  ],
  "comments inside operators": [
    "SELECT 1 +-- a;\n2; SELECT 3 */* b; */ 4",
    ["SELECT 1 +-- a;\n2", "SELECT 3 */* b; */ 4"],
  ],
  "parentheses": [
    "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); 3",
    ["CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "3"],
  ],
  "a routine with a body of SQL": [
    "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END; END; 2",
    [
      "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END; END",
      "2",
    ],
  ],
  "BEGIN outside a routine": ["BEGIN; SELECT 1; END", [
    "BEGIN",
    "SELECT 1",
    "END",
  ]],
  "empty statements and comments only": [
    ";; /* a */ ; -- b\n;\n SELECT 1;;\n-- c",
    ["SELECT 1"],
  ],
  "nothing": ["", []],
  "comments around": [
    "-- a\n/* b */ SELECT 1 /* c */ -- d\n;",
    ["SELECT 1"],
  ],
  "a hint for the planner": [
    "/*+ SeqScan(t) */ SELECT 1; /*+ alone */",
    ["/*+ SeqScan(t) */ SELECT 1"],
  ],
  "CR LF, CR, form feed and vertical tab": [
    "SELECT 1\r\n;\rSELECT 2 -- a\r;\f\v3",
    ["SELECT 1", "SELECT 2", "3"],
  ],
  "a byte-order mark": ["\ufeffSELECT 1", ["SELECT 1"]],
  "strings that go on in the next line": [
    "SELECT 'a;'\n  'b;'; 2",
    ["SELECT 'a;'\n  'b;'", "2"],
  ],
  "standard_conforming_strings": [
    "SET standard_conforming_strings = off; SELECT 'a\\';'; SET standard_conforming_strings TO 'on'; SELECT 'a\\'; 5",
    [
      "SET standard_conforming_strings = off",
      "SELECT 'a\\';'",
      "SET standard_conforming_strings TO 'on'",
      "SELECT 'a\\'",
      "5",
    ],
  ],
  "the settings of pg_dump": [
    "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false); SELECT '\\';'; RESET ALL; SELECT '\\'; 5",
    [
      "SELECT pg_catalog.set_config('standard_conforming_strings', 'off', false)",
      "SELECT '\\';'",
      "RESET ALL",
      "SELECT '\\'",
      "5",
    ],
  ],
};

for (const [name, [script, expected]] of Object.entries(SPLITS)) {
  Deno.test(`createLexer() cuts ${name}`, () => {
    assert.deepEqual(texts(script), expected);
  });
}

Deno.test("createLexer() places statements by byte, line and code point", () => {
  const items = lex("-- 😀\n\n  'ü😀' ; SELECT\n2;");

  assert.deepEqual(items, [
    {
      kind: "statement",
      index: 0,
      text: "'ü😀'",
      startByte: 11,
      endByte: 19,
      line: 3,
      column: 3,
    },
    {
      kind: "statement",
      index: 1,
      text: "SELECT\n2",
      startByte: 22,
      endByte: 30,
      line: 3,
      column: 10,
    },
  ]);
});

Deno.test("createLexer() counts no column for a byte-order mark", () => {
  const [item] = lex("\ufeffSELECT 1");

  assert.deepEqual(
    item?.kind === "statement" && [item.line, item.column, item.startByte],
    [1, 1, 3],
  );
});

Deno.test("createLexer() takes the lines after COPY FROM STDIN as data", () => {
  const items = lex(
    "copy t (a) from stdin with (format csv); -- go\r\n1;'\n\\.x\r\n\\.\r\nSELECT 2;",
  );

  assert.deepEqual(joined(items).slice(1), [
    { line: 2, text: "1;'\n\\.x\r\n" },
    {
      kind: "statement",
      index: 1,
      text: "SELECT 2",
      startByte: 61,
      endByte: 69,
      line: 5,
      column: 1,
    },
  ]);
});

Deno.test("createLexer() ends COPY data with the file as psql does", () => {
  const items = lex("COPY t FROM STDIN;\n1\n2");

  assert.deepEqual(joined(items).slice(1), [{ line: 2, text: "1\n2" }]);
});

Deno.test("createLexer() gives a COPY without a line of data an empty end", () => {
  const items = lex("COPY t FROM STDIN");

  assert.deepEqual(joined(items).slice(1), [{ line: 1, text: "" }]);
});

Deno.test("createLexer() takes no data for other forms of COPY", () => {
  const script =
    "COPY t TO stdout; COPY (SELECT 1 FROM stdin) TO stdout; COPY t FROM 'a'; COPY t FROM PROGRAM 'b'; COPY \"from\" TO stdin";

  assert.equal(texts(script).length, 5);
});

Deno.test("createLexer() takes data for old and odd forms of COPY", () => {
  const script =
    'COPY BINARY t FROM STDIN;\nx\n\\.\ncopy /* a */ "from"."to"("to") from -- b\n stdout;\ny\n\\.\n';

  const data = joined(lex(script)).filter((_, index) => index % 2 === 1);

  assert.deepEqual(data, [{ line: 2, text: "x\n" }, { line: 6, text: "y\n" }]);
});

Deno.test("createLexer() passes on long COPY data in bounded pieces", () => {
  const line = `${"x".repeat(99)}\n`;
  const data = encoder.encode(
    `COPY t FROM STDIN;\n${line.repeat(30_000)}\\.\n`,
  );

  const pieces = lex(data).slice(1);

  assert.equal(pieces.length, 3);
  assert.ok(
    pieces.every((item) =>
      item.kind === "copy_data" && item.bytes.length <= 1_048_576 &&
      item.bytes.at(-1) === 10
    ),
  );
  assert.deepEqual(
    pieces.map((item) => item.kind === "copy_data" && item.line),
    [2, 10_487, 20_972],
  );
});

Deno.test("createLexer() gives psql commands and goes on behind their line", () => {
  const items = lex("\\restrict abc \nSELECT 1; \\connect x; y\nSELECT 2;");

  assert.deepEqual(
    items.map((item) => item.kind === "copy_data" ? "" : item.text),
    ["\\restrict abc", "SELECT 1", "\\connect x; y", "SELECT 2"],
  );
});

Deno.test("createLexer() ends a statement at a command that sends it", () => {
  const items = lex("SELECT 1 \\gset\nSELECT 2 \\; SELECT 3");

  assert.deepEqual(
    items.map((item) => item.kind === "copy_data" ? "" : item.text),
    ["SELECT 1", "\\gset", "\\;", "SELECT 2 ; SELECT 3"],
  );
});

const PROBLEMS: Record<
  string,
  readonly [string | Uint8Array, FileError["code"], number, number]
> = {
  "a string": ["SELECT 1;\n  SELECT 'a;\n\n", "unterminated", 2, 10],
  "a string with backslashes": ["SELECT E'a\\'", "unterminated", 1, 9],
  "a quoted identifier": ['é "a', "unterminated", 1, 3],
  "a dollar quote": ["DO\n$x$ $$ $y$", "unterminated", 2, 1],
  "a comment": ["SELECT 1;\n /* a /* b */", "unterminated", 2, 2],
  "a NUL byte": ["SELECT 1;\nSELECT '\0'", "nul_byte", 2, 9],
  "bytes that are no UTF-8": [
    Uint8Array.from([...encoder.encode("é\n'é"), 0xff, 39]),
    "invalid_encoding",
    2,
    3,
  ],
  "a character that is cut off": [
    Uint8Array.from([...encoder.encode("-- "), 0xc3]),
    "invalid_encoding",
    1,
    4,
  ],
  "UTF-16 with a mark": [
    Uint8Array.from([0xff, 0xfe, 65, 0, 66, 0]),
    "invalid_encoding",
    1,
    1,
  ],
  "UTF-16 without a mark": [
    Uint8Array.from([...encoder.encode("SELECT 1;")].flatMap((b) => [b, 0])),
    "invalid_encoding",
    1,
    2,
  ],
  "the start of a merge conflict": [
    "SELECT 1;\n<<<<<<< HEAD\nSELECT 2;",
    "merge_conflict",
    2,
    1,
  ],
  "the middle of a merge conflict": [
    "SELECT 1\n=======\n+ 2;",
    "merge_conflict",
    2,
    1,
  ],
  "the end of a merge conflict": [
    ">>>>>>> branch",
    "merge_conflict",
    1,
    1,
  ],
  "SQL behind COPY on its line": [
    "COPY t FROM STDIN; SELECT 1;\n\\.\n",
    "syntax_error",
    1,
    20,
  ],
};

for (const [name, [script, code, line, column]] of Object.entries(PROBLEMS)) {
  Deno.test(`createLexer() throws ${code} for ${name}`, () => {
    const error = problem(script);

    assert.deepEqual(
      [error.code, error.location?.line, error.location?.column],
      [code, line, column],
    );
  });
}

Deno.test("createLexer() says where what is not closed was opened, however cut", () => {
  const script = encoder.encode("SELECT 1;\n/* x */ SELECT 'a\n;\nSELECT 2;");

  const lines = script.map((_, cut) => {
    const lexer = createLexer({ path: "script.sql" });
    lexer.push(script.slice(0, cut));
    lexer.push(script.slice(cut));
    try {
      lexer.end();
    } catch (error) {
      return (error instanceof FileError && error.location?.line) || 0;
    }
    return 0;
  });

  assert.deepEqual([...new Set(lines)], [2]);
});

Deno.test("createLexer() sees no merge conflict in quotes, comments and data", () => {
  const script =
    "SELECT '\n<<<<<<< a'; /*\n=======\n*/ -- x\n-- =======\nDO $$\n>>>>>>> b\n$$;\nCOPY t FROM STDIN;\n=======\n\\.\nSELECT 1\n======= 2";

  assert.equal(texts(script).length, 4);
});

Deno.test("createLexer() throws statement_too_long as soon as it is", () => {
  const lexer = createLexer({ path: "script.sql", maxStatementBytes: 1000 });
  lexer.push(encoder.encode("SELECT 1;\nSELECT '"));

  const error = (() => {
    try {
      lexer.push(encoder.encode("x".repeat(1000)));
    } catch (error) {
      return error;
    }
  })();

  assert.ok(error instanceof FileError);
  assert.equal(error.code, "statement_too_long");
  assert.equal(error.location?.line, 2);
  assert.match(error.hint ?? "", /quoted string that is not closed/);
});

Deno.test("createLexer() keeps comments between statements out of memory", () => {
  const lexer = createLexer({ path: "script.sql", maxStatementBytes: 10 });
  lexer.push(encoder.encode("/* "));
  lexer.push(encoder.encode("x".repeat(1000)));
  lexer.push(encoder.encode(" */ SELECT 1"));

  assert.equal(lexer.end().length, 1);
});

Deno.test("createLexer() does not need the buffer of a chunk again", () => {
  const lexer = createLexer({ path: "script.sql" });
  const chunk = encoder.encode("COPY t FROM STDIN;\nabc\n");
  const [, data] = lexer.push(chunk);
  chunk.fill(0);

  assert.equal(
    data?.kind === "copy_data" && new TextDecoder().decode(data.bytes),
    "abc\n",
  );
});

const WHOLE = Object.values(SPLITS).map(([script]) => script).join(";\n") +
  ";\nCOPY t FROM STDIN;\n1\t😀\n\\.x\n\\.\r\n\\connect ü 😀\nSELECT E'a'\r'\\';'; " +
  "日本; U&\"é\"; 0x1F; 1.5e-3; 1e-$a$;$a$; x::text; a[b:c]; :v'x;'; 1_000;\n" +
  "CREATE PROCEDURE p() BEGIN ATOMIC CASE END; END; <<<<<<; ==; SELECT 1 \\gset\nSELECT 2";

Deno.test("createLexer() gives the same items when cut at any offset", () => {
  const bytes = encoder.encode(WHOLE);
  const expected = joined(lex(bytes));

  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.deepEqual(joined(lex(bytes, [cut])), expected, `cut at ${cut}`);
  }
});

Deno.test("createLexer() gives the same items byte by byte", () => {
  const bytes = encoder.encode(WHOLE);

  assert.deepEqual(
    joined(lex(bytes, [...bytes.keys()])),
    joined(lex(bytes)),
  );
});

Deno.test("createLexer() gives the same items for any script, cut anywhere", () => {
  const token = fc.constantFrom(
    ..."' '' \" \\ $ $$ $a$ ( ) ; -- /* */ \n \r E' U&' : :: a 1 1e- é 😀 \t"
      .split(" "),
    "\n",
    "\\.\n",
    "COPY t FROM STDIN;\n",
    "CREATE FUNCTION f() BEGIN ATOMIC ",
    "END",
  );
  const script = fc.array(token, { maxLength: 30 })
    .map((tokens) => encoder.encode(tokens.join("")));

  fc.assert(
    fc.property(
      script,
      fc.array(fc.nat(100), { maxLength: 5 }),
      (bytes, at) => {
        const cuts = at.map((cut) => Math.min(cut, bytes.length)).sort((a, b) =>
          a - b
        );
        assert.deepEqual(outcome(bytes, cuts), outcome(bytes, []));
      },
    ),
    { numRuns: 3000, seed: 42 },
  );
});

function outcome(bytes: Uint8Array, cuts: readonly number[]): unknown {
  try {
    return joined(lex(bytes, cuts));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return [error.code, error.message, error.location];
  }
}
