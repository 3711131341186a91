import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import fc from "fast-check";
import { createLexer } from "../../src/core/sql/lexer.ts";
import type { ScriptItem } from "../../src/core/sql/statement.ts";
import { tokenize } from "../../src/core/sql/tokens.ts";
import { findPsql, recordQueries } from "../helpers/psql_recorder.ts";

const psql = await findPsql();
if (psql === undefined) {
  console.warn("The tests against psql are left out as psql is not installed");
}
const MIGRATIONS = new URL("../../migrations/", import.meta.url);

/** Every kind of token, and what only looks like one. */
const PIECES = [
  "SELECT 1",
  "'plain'",
  "'it''s; here'",
  "'two\nlines;'",
  "'back\\'",
  "E'back\\'s;lash'",
  "e'\\\\'",
  "E'it''s\\';'",
  "E'open' \n 'a\\\\b'",
  "'a'\n'b;'",
  "U&'\\0041;'",
  'u&"d\\0061;"',
  "B'01;'",
  "x'1f;'",
  "N'n;'",
  '"name;"',
  '"na""me;"',
  "$$ body; ' $$",
  "$tag$ $$; $other$ ; $tag$",
  "$fäß$ ; $fäß$",
  "$1",
  "$1a$b",
  "a$1$b",
  "a$$b",
  "x1$a$",
  "1$$;$$",
  "1.5e-3",
  "1e5$x$",
  "0x1F",
  // psql 15 knows no such numbers: what sticks to one is another word there.
  " 1_000 ",
  "1..2",
  "name'x;'",
  "/* c; */",
  "/* a /* b; */ ' \" $$ */",
  "/**/",
  "/*/ ; */",
  "-- it's; a comment\n",
  "--\n",
  "+-- c;\n",
  "*/* c; */",
  "=-",
  "<->",
  "@-",
  "a - -1",
  "a[1:2]",
  "a[x:y]",
  " :name ",
  ":'name'",
  ":e'x;'",
  "a::text",
  "b:=1",
  "(",
  ")",
  "(;)",
  ";",
  ";;",
  "é'ü;'",
  "日本",
  "\t\f\v",
  "\r\n",
  "\r",
  "\n\n",
  "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a THEN 1 END; END",
  "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END",
  "create or replace function f(a int)",
  "CREATE TABLE begin_t (a int)",
  "BEGIN",
  "CASE",
  "END",
  "begin atomic",
  "COMMIT",
  "#>>",
  "?",
  "%",
  "{",
  "~!@#^&|`",
];

Deno.test({
  name: "createLexer() cuts the sample migrations as psql does",
  ignore: psql === undefined,
  async fn() {
    const paths: string[] = [];
    for (const folder of [MIGRATIONS, new URL("rollbacks/", MIGRATIONS)]) {
      for await (const entry of Deno.readDir(folder)) {
        if (!entry.name.endsWith(".sql")) continue;
        paths.push(fileURLToPath(new URL(entry.name, folder)));
      }
    }
    const scripts = await Promise.all(paths.map((path) => Deno.readFile(path)));

    const sent = await recordQueries(paths);

    assert.deepEqual(scripts.map((script) => ours(script)), sent.map(theirs));
  },
});

Deno.test({
  name: "createLexer() cuts 1500 generated scripts as psql does",
  ignore: psql === undefined,
  async fn() {
    const piece = fc.constantFrom(...PIECES);
    const gap = fc.constantFrom("", " ", " ", "\n", ";\n", ";\n");
    const script = fc.array(fc.tuple(piece, gap), { maxLength: 12 })
      .map((parts) => parts.flat().join(""));
    const scripts = fc.sample(script, { numRuns: 1500, seed: 7 })
      .filter((text) => ours(encode(text)) !== undefined);
    assert.ok(scripts.length > 1000);

    await compareWithPsql(scripts);
  },
});

Deno.test({
  name: "createLexer() cuts hand-written scripts as psql does",
  ignore: psql === undefined,
  async fn() {
    await compareWithPsql([
      "\ufeffSELECT 1;\nSELECT 2",
      "SELECT 1;;; ;\n;/* only a comment */; -- another\nSELECT 2 -- tail",
      "SET standard_conforming_strings = off;\nSELECT 'a\\';';\nSELECT 2;\n" +
      "SET standard_conforming_strings TO on;\nSELECT 'a\\'; SELECT 3;",
      "COPY t FROM STDIN;\n1\tit's;\n\\N\t$$\n\\.\nSELECT 2;",
      "copy t (a, b) from stdin with (format csv); -- data\r\n1,2\r\n\\.\r\nSELECT 2;",
      "COPY t FROM stdin;\n\\.\n\nCOPY t TO stdout;\nSELECT 3;",
      "COPY t FROM stdin;\n1\n2\n",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;\n SELECT 2; END;\nSELECT 3;",
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'begin'; SELECT 3; end; SELECT 4;",
      "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS ''; SELECT 3;",
      "CREATE FUNCTION f(a int DEFAULT (1)) RETURNS int begin atomic; end; SELECT 3;",
      "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)); SELECT 1;",
      "SELECT E'a'\n'b\\'; SELECT 2; --';",
      "SELECT E'a'\r'b\\'; SELECT 2; --';\nSELECT 3;",
      "SELECT 1 -- a comment\r; SELECT 2;",
      "SELECT 1\r;SELECT 2;\rSELECT 3",
    ]);
  },
});

/** With values that are awkward in every place. */
const VALUES: Readonly<Record<string, string>> = {
  num: "42",
  tab: "my_table",
  empty: "",
  blank: "  ",
  two: "1; SELECT 2",
  semi: ";",
  open: "'open",
  close: "closed'",
  quote: 'it\'s \\ "odd"',
  copy: "COPY t FROM stdin;",
  begin: "BEGIN ATOMIC",
  create: "CREATE FUNCTION f()",
  end: "END",
  nested: ":num + :'quote'",
  loop: ":num :loop",
  ping: ":pong + 1",
  pong: "2 + :ping",
  dollar: "$a$ ; $a",
  minus: "-",
  slash: "/",
  e: "E",
  lines: "1\n;\n2",
  paren: "(;",
  straße: "'ß;'",
  block: "/* ; ",
};

/** References in every form, and what only looks like one. */
const REFERENCES = [
  ...Object.keys(VALUES).flatMap((
    name,
  ) => [`:${name}`, ` :${name} `, `:'${name}'`, `:"${name}"`, ` :{?${name}} `]),
  ":unset",
  ":'unset'",
  ':"unset"',
  ":{?unset}",
  "::num",
  ":::num",
  ":=num",
  "a[1:num]",
  "a[:num:num]",
  "':num'",
  '":num"',
  "E':num'",
  "$$:num$$",
  "/* :num */",
  "-- :num\n",
  ":'num",
  ':"num',
  ":{num}",
  ":{?num",
  ":'n m'",
  ": num",
  ":num:num",
  "'a':num",
  "'a'",
  "b",
  "+",
  "$",
  "*/",
  ")",
  "b\\;",
];

Deno.test({
  name: "createLexer() replaces variables in 1500 scripts as psql does",
  ignore: psql === undefined,
  async fn() {
    const piece = fc.oneof(
      { arbitrary: fc.constantFrom(...REFERENCES), weight: 3 },
      { arbitrary: fc.constantFrom(...PIECES), weight: 1 },
    );
    const gap = fc.constantFrom("", " ", "\n", ";\n");
    const script = fc.array(fc.tuple(piece, gap), { maxLength: 8 })
      .map((parts) => parts.flat().join(""));
    const scripts = fc.sample(script, { numRuns: 1500, seed: 11 })
      .filter((text) => ours(encode(text), VALUES) !== undefined);
    assert.ok(scripts.length > 700, `${scripts.length}`);

    await compareWithPsql(scripts, VALUES);
  },
});

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function compareWithPsql(
  scripts: readonly string[],
  values: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const paths = scripts.map((_, index) => `${folder}/${index}.sql`);
    for (const [index, path] of paths.entries()) {
      await Deno.writeTextFile(path, scripts[index] ?? "");
    }
    const sent = await recordQueries(paths, values);
    for (const [index, script] of scripts.entries()) {
      const expected = theirs(sent[index] ?? []);
      assert.deepEqual(
        ours(encode(script), values),
        expected,
        JSON.stringify(script),
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Our statements without white space; undefined for what is refused. */
function ours(
  script: Uint8Array,
  values: Readonly<Record<string, string>> = {},
): readonly string[] | undefined {
  const variables = new Map(
    Object.entries(values).map(([name, value]) => [
      name,
      { value, isSecret: false },
    ]),
  );
  const lexer = createLexer({ path: "script.sql", variables });
  try {
    const items = [...lexer.push(script), ...lexer.end()];
    if (items.some(isRefused)) return undefined;
    return items.flatMap((item) =>
      item.kind === "statement" ? squeeze(item.text) : []
    );
  } catch (error) {
    if (error instanceof Error && error.name === "FileError") return undefined;
    throw error;
  }
}

/** These two are psql's way to send a semicolon or a colon as it is. */
function isRefused(item: ScriptItem): boolean {
  return item.kind === "psql_command" && !/^\\[;:]$/.test(item.text);
}

/** What psql sent, without white space: it leaves out empty lines. */
function theirs(queries: readonly string[]): readonly string[] {
  return queries.flatMap((query) => squeeze(query));
}

/** Without white space, outer comments and the last semicolon. */
function squeeze(statement: string): readonly string[] {
  const text = statement.replace(/[;\s]+$/, "");
  const inner = /--|\/\*/.test(text) ? withoutOuterComments(text) : text;
  const squeezed = inner.replace(/\s+/g, "").replace(/[;\s]+$/, "");
  return squeezed === "" ? [] : [squeezed];
}

function withoutOuterComments(statement: string): string {
  const tokens = [...tokenize(statement)];
  const last = tokens.at(-1);
  if (last === undefined) return "";
  return statement.slice(tokens[0]?.index, last.index + last.text.length);
}
