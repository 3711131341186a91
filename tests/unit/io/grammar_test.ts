import assert from "node:assert/strict";
import process from "node:process";
import { classify } from "../../../src/core/sql/classify.ts";
import { loadGrammar } from "../../../src/io/grammar.ts";
import { ALLOWED, REFUSED } from "../../helpers/statement_cases.ts";

const grammar = await loadGrammar();

Deno.test("loadGrammar() loads the grammar once", async () => {
  assert.equal(await loadGrammar(), grammar);
});

Deno.test("parse() gives the kind of the statement and its fields", () => {
  const tree = grammar.parse("CREATE INDEX CONCURRENTLY i ON t (a)");

  assert.equal(tree?.kind, "IndexStmt");
  assert.equal(tree?.fields["concurrent"], true);
});

const UNKNOWN = {
  "what is no SQL": "CREATE SOMETHING NEW",
  "nothing": "",
  "a comment": "-- a",
  "an open quote": "SELECT 'a",
  "a NUL byte": "SELECT 1\0; VACUUM",
  "a statement of more than 1 MB": `SELECT '${"x".repeat(1_000_000)}'`,
  "deep nesting": `SELECT ${"(".repeat(20_000)}1${")".repeat(20_000)}`,
  "a long chain of operators": `SELECT 1${"+1".repeat(30_000)}`,
};

for (const [name, sql] of Object.entries(UNKNOWN)) {
  Deno.test(`parse() does not know ${name}`, () => {
    assert.equal(grammar.parse(sql), undefined);
    assert.equal(process.exitCode ?? 0, 0);
  });
}

Deno.test("parse() works on after what it could not parse", () => {
  grammar.parse(`SELECT 1${"+1".repeat(30_000)}`);

  assert.equal(grammar.parse("SELECT 1")?.kind, "SelectStmt");
});

for (const sql of [...Object.keys(REFUSED), ...ALLOWED]) {
  Deno.test(`classify() finds by grammar what it finds by words: ${sql}`, () => {
    assert.ok(grammar.parse(sql) !== undefined);
    assert.deepEqual(classify(sql, grammar.parse), classify(sql));
  });
}
