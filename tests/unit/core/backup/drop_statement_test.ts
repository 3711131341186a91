import { equal } from "node:assert/strict";
import {
  dropStatement,
  relationOf,
} from "../../../../src/core/backup/drop_statement.ts";

for (
  const [kind, name, expected] of [
    ["table", 's."a b"', 'DROP TABLE IF EXISTS s."a b";'],
    ["foreign table", "s.a", "DROP FOREIGN TABLE IF EXISTS s.a;"],
    ["aggregate", "s.f(integer)", "DROP ROUTINE IF EXISTS s.f(integer);"],
    ["function", "s.f()", "DROP FUNCTION IF EXISTS s.f();"],
    ["index", 's.t."I.x"', 'DROP INDEX IF EXISTS s."I.x";'],
    ["trigger", "s.t.g", "DROP TRIGGER IF EXISTS g ON s.t;"],
    ["cast", "(a AS b)", "DROP CAST IF EXISTS (a AS b);"],
    [
      "foreign key",
      "s.t.k",
      "ALTER TABLE IF EXISTS s.t DROP CONSTRAINT IF EXISTS k;",
    ],
    ["type", "s.t", "DROP TYPE IF EXISTS s.t;"],
    ["schema", "s", undefined],
    ["extension", "citext", undefined],
  ] as const
) {
  Deno.test(`dropStatement() of ${kind} ${name}`, () => {
    equal(dropStatement({ kind, name, parts: { create: "" } }), expected);
  });
}

Deno.test("dropStatement() drops a base type with the functions it needs", () => {
  const parts = { create: "CREATE TYPE a (…);", early: "CREATE TYPE a;" };
  equal(
    dropStatement({ kind: "type", name: "a", parts }),
    "DROP TYPE IF EXISTS a CASCADE;",
  );
});

Deno.test("dropStatement() leaves a constructor to its range type", () => {
  const parts = { comment: "COMMENT ON FUNCTION r(a,b) IS 'x';" };
  equal(
    dropStatement({ kind: "function", name: "r(a,b)", parts }),
    undefined,
  );
});

Deno.test("dropStatement() leaves the sequence of an identity to its column", () => {
  equal(
    dropStatement({ kind: "sequence", name: "a_seq", parts: {} }),
    undefined,
  );
});

Deno.test("relationOf() knows what a part is of, and what is none", () => {
  equal(relationOf({ kind: "policy", name: "s.t.p", parts: {} }), "s.t");
  equal(relationOf({ kind: "view", name: "s.v", parts: {} }), undefined);
});
