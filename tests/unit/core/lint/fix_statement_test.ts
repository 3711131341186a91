import { deepEqual, equal } from "node:assert/strict";
import { fixStatement } from "../../../../src/core/lint/fix_statement.ts";
import { loadGrammar } from "../../../../src/io/grammar.ts";

const grammar = await loadGrammar();

const INDEX = "require-concurrent-index-creation";
const KEY = "adding-foreign-key-constraint";
const CHECK = "constraint-missing-not-valid";
const NOT_NULL = "adding-not-nullable-field";

function fix(rule: string, text: string) {
  const tree = grammar.parse(text);
  return tree === undefined ? undefined : fixStatement(rule, { tree, text });
}

/** A statement, its rule, and what it becomes. */
const FIXED: readonly (readonly [string, string, string])[] = [
  [
    INDEX,
    "create /* a */ index i on t (a)",
    "create /* a */ index CONCURRENTLY i on t (a)",
  ],
  [
    INDEX,
    'CREATE UNIQUE INDEX IF NOT EXISTS "index" ON t (a)',
    'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "index" ON t (a)',
  ],
  [
    KEY,
    "ALTER TABLE s.t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u",
    "ALTER TABLE s.t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u NOT VALID",
  ],
  [
    KEY,
    "ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES u DEFERRABLE",
    'ALTER TABLE t ADD CONSTRAINT "t_a_b_fkey" FOREIGN KEY (a, b) REFERENCES u DEFERRABLE NOT VALID',
  ],
  [
    CHECK,
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)",
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
  ],
  [
    NOT_NULL,
    'ALTER TABLE t ALTER COLUMN "A" SET NOT NULL',
    'ALTER TABLE "t" ADD CONSTRAINT "t_A_not_null" CHECK ("A" IS NOT NULL) NOT VALID',
  ],
];

for (const [rule, before, after] of FIXED) {
  Deno.test(`fixStatement() fixes ${before}`, () => {
    equal(fix(rule, before)?.text, after);
    equal(grammar.parse(after) === undefined, false);
  });
}

/** What a person has to decide. */
const LEFT: readonly (readonly [string, string])[] = [
  [INDEX, "CREATE INDEX ON t (a)"],
  [CHECK, "ALTER TABLE t ADD CHECK (a > 0)"],
  [CHECK, "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0), ADD COLUMN b int"],
  [KEY, "ALTER TABLE ONLY t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES u"],
  [KEY, "ALTER TABLE t ADD COLUMN a int DEFAULT 1 REFERENCES u"],
  [KEY, `ALTER TABLE t ADD FOREIGN KEY (${"a".repeat(62)}) REFERENCES u`],
  [NOT_NULL, "ALTER TABLE t ALTER a /* why */ SET NOT NULL"],
  [NOT_NULL, "ALTER TABLE t ADD CONSTRAINT n NOT NULL a"],
  ["ban-drop-table", "DROP TABLE t"],
];

for (const [rule, sql] of LEFT) {
  Deno.test(`fixStatement() leaves ${sql.slice(0, 70)} alone`, () => {
    equal(fix(rule, sql), undefined);
  });
}

Deno.test("fixStatement() validates later, with a way back", () => {
  const fixed = fix(CHECK, "ALTER TABLE s.t ADD CONSTRAINT c CHECK (a > 0)");

  deepEqual(fixed?.later, {
    up: 'ALTER TABLE "s"."t" VALIDATE CONSTRAINT "c";',
    down: 'ALTER TABLE "s"."t" DROP CONSTRAINT "c";\n' +
      "ALTER TABLE s.t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;",
  });
});
