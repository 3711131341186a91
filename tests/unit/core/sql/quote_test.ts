import assert from "node:assert/strict";
import {
  parseQualifiedName,
  quoteIdentifier,
  quoteLiteral,
  quoteQualifiedName,
} from "../../../../src/core/sql/quote.ts";

Deno.test("quoteIdentifier() doubles double quotes", () => {
  assert.equal(quoteIdentifier('a"b C'), '"a""b C"');
});

Deno.test("quoteQualifiedName() leaves out a schema that is not there", () => {
  assert.equal(quoteQualifiedName({ name: "t" }), '"t"');
});

Deno.test("quoteQualifiedName() joins schema and name", () => {
  assert.equal(quoteQualifiedName({ schema: "s.x", name: "t" }), '"s.x"."t"');
});

Deno.test("quoteLiteral() doubles single quotes", () => {
  assert.equal(quoteLiteral("it's"), "'it''s'");
});

Deno.test("quoteLiteral() writes backslashes so that no setting matters", () => {
  assert.equal(quoteLiteral("a\\'b"), "E'a\\\\''b'");
});

Deno.test("parseQualifiedName() folds what is not quoted", () => {
  assert.deepEqual(parseQualifiedName("App.Migrations"), {
    schema: "app",
    name: "migrations",
  });
});

Deno.test("parseQualifiedName() keeps what is quoted", () => {
  assert.deepEqual(parseQualifiedName('"A.b"."c""D"'), {
    schema: "A.b",
    name: 'c"D',
  });
});

Deno.test("parseQualifiedName() reads a name without a schema", () => {
  assert.deepEqual(parseQualifiedName(" schema_migrations "), {
    name: "schema_migrations",
  });
});

for (const text of ["", "a.", ".a", "a.b.c", "a b", "1a", "'a'", '""', "a-b"]) {
  Deno.test(`parseQualifiedName() does not take ${JSON.stringify(text)}`, () => {
    assert.equal(parseQualifiedName(text), undefined);
  });
}
