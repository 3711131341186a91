import { deepEqual, equal, ok } from "node:assert/strict";
import { ALTER_TABLE_ROWS } from "../../../../src/core/locks/alter_table_rows.ts";
import { locksOf } from "../../../../src/core/locks/statement_locks.ts";
import { RULES } from "../../../../src/core/lint/rules/mod.ts";
import { alterationsOf } from "../../../../src/core/lint/alterations.ts";
import type { ParseTree } from "../../../../src/core/sql/parse_tree.ts";
import { loadGrammar } from "../../../../src/io/grammar.ts";
import { LOCK_CASES, LONE_LOCK_CASES } from "../../../helpers/lock_cases.ts";

const grammar = await loadGrammar();

function parse(sql: string): ParseTree {
  const tree = grammar.parse(sql);
  if (tree === undefined) throw new Error(`Cannot parse ${sql}`);
  return tree;
}

/** Commands that are about foreign tables, which no case has. */
const FOREIGN = ["AT_AlterColumnGenericOptions", "AT_GenericOptions"];

Deno.test("ALTER_TABLE_ROWS has no row that a server test does not cover", () => {
  const covered = new Set(
    LOCK_CASES.flatMap(({ sql }) => alterationsOf(parse(sql)))
      .map(({ subtype }) => subtype),
  );

  const uncovered = Object.keys(ALTER_TABLE_ROWS)
    .filter((subtype) => !covered.has(subtype));

  deepEqual(uncovered, FOREIGN);
});

Deno.test("locksOf() names only rules that there are", () => {
  const names = [...LOCK_CASES, ...LONE_LOCK_CASES]
    .flatMap(({ sql }) => locksOf(parse(sql)) ?? [])
    .flatMap(({ rule }) => rule ?? []);

  ok(names.length > 20);
  deepEqual(
    names.filter((name) => !RULES.some((rule) => rule.name === name)),
    [],
  );
});

for (
  const sql of [
    "DO $$ BEGIN END $$",
    "CALL p()",
    "CREATE EXTENSION hstore",
    "DROP SCHEMA s",
    "DROP TYPE a CASCADE",
    "VACUUM",
    "REINDEX SCHEMA s",
    "CLUSTER",
    "EXECUTE s",
  ]
) {
  Deno.test(`locksOf() does not guess what ${sql} locks`, () => {
    equal(locksOf(parse(sql)), undefined);
  });
}

for (
  const sql of [
    "SET a = 1",
    "CREATE ROLE r",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TYPE a ADD VALUE 'b'",
    "COMMENT ON FUNCTION f() IS 'x'",
    "DROP FUNCTION f()",
    "SELECT 1",
  ]
) {
  Deno.test(`locksOf() finds no lock in ${sql}`, () => {
    deepEqual(locksOf(parse(sql)), []);
  });
}

Deno.test("locksOf() gives a table the strongest lock and the heaviest work", () => {
  const locks = locksOf(parse(
    "ALTER TABLE t ALTER a SET STATISTICS 3, ADD CHECK (a > 0), " +
      "ADD COLUMN b bigserial, ADD COLUMN c int",
  ));

  deepEqual(locks, [{
    table: { name: "t" },
    mode: "ACCESS EXCLUSIVE",
    work: "rewrite",
    isWorkCertain: true,
    rule: "adding-serial-column",
  }]);
});

Deno.test("locksOf() keeps tables of two schemas apart", () => {
  const locks = locksOf(parse("LOCK a.t, b.t, t IN SHARE MODE"));

  deepEqual(locks?.map(({ table }) => table), [
    { schema: "a", name: "t" },
    { schema: "b", name: "t" },
    { name: "t" },
  ]);
});
