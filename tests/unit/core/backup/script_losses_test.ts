import { deepEqual, equal } from "node:assert/strict";
import {
  createsDestruction,
  mayLose,
  mayRename,
} from "../../../../src/core/backup/loss_words.ts";
import { LossCollector } from "../../../../src/core/backup/script_losses.ts";
import { loadGrammar } from "../../../../src/io/grammar.ts";

const { parse } = await loadGrammar();

function collect(...statements: readonly string[]) {
  const collector = new LossCollector();
  for (const [index, text] of statements.entries()) {
    const statement = { text, line: index + 1 };
    collector.see(statement);
    if (mayLose(text)) collector.judge(statement, parse);
  }
  return collector.end();
}

Deno.test("LossCollector keeps the place and the words of a statement", () => {
  deepEqual(collect("CREATE TABLE a ()", "DROP TABLE app.t").losses, [{
    statement: "DROP TABLE app.t",
    line: 2,
    targets: [{
      kind: "relation",
      name: { schema: "app", name: "t" },
      reach: "restrict",
    }],
  }]);
});

Deno.test("LossCollector tells the same target once", () => {
  const statements = Array.from(
    { length: 5 },
    (_, id) => `DELETE FROM t WHERE id = ${id}`,
  );

  equal(collect(...statements).losses.length, 1);
});

Deno.test("LossCollector keeps what the grammar does not know for the server", () => {
  const sql = "DROP SOMETHING NEW t";

  const { losses } = collect(sql);

  deepEqual(losses[0]?.targets, [{ kind: "unparsed", sql }]);
});

Deno.test("LossCollector takes a long text that it does not know for anything", () => {
  const { losses } = collect(`DROP SOMETHING ${"x".repeat(100_000)}`);

  deepEqual(losses[0]?.targets, [{ kind: "anything" }]);
});

Deno.test("LossCollector stops counting when there are too many targets", () => {
  const statements = Array.from(
    { length: 1200 },
    (_, index) => `DROP TABLE t${index}`,
  );

  const { losses } = collect(...statements);

  equal(losses.length, 1001);
  deepEqual(losses.at(-1)?.targets, [{ kind: "anything" }]);
});

Deno.test("LossCollector sees other names, and code, being made", () => {
  const body = "AS $$ BEGIN DELETE FROM t; END $$ LANGUAGE plpgsql";

  const { renames, createsCode } = collect(
    "ALTER TABLE a RENAME TO b",
    `CREATE OR REPLACE PROCEDURE p() ${body}`,
  );

  deepEqual([renames, createsCode], [true, true]);
});

for (
  const [sql, expected] of [
    ["ALTER TABLE a RENAME TO b", true],
    ["alter table a set  schema b", true],
    ["ALTER TABLE a ADD b int", false],
    ["SELECT 'rename'", false],
  ] as const
) {
  Deno.test(`mayRename() is ${expected} for: ${sql}`, () => {
    equal(mayRename(sql), expected);
  });
}

for (
  const [sql, expected] of [
    ["CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DROP TABLE t'", true],
    ["CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", false],
    ["CREATE TRIGGER a BEFORE UPDATE ON t EXECUTE FUNCTION f()", false],
  ] as const
) {
  Deno.test(`createsDestruction() is ${expected} for: ${sql}`, () => {
    equal(createsDestruction(sql), expected);
  });
}

for (
  const [sql, expected] of [
    ["CREATE TABLE t (a int)", false],
    ["/* x */ -- y\nDROP TABLE t", true],
    ["INSERT INTO t VALUES (1)", false],
    ["INSERT INTO t VALUES (1) ON  CONFLICT DO NOTHING", true],
    ["ALTER TABLE t ADD a int", false],
    ["ALTER TABLE t DROP a", true],
    ["COPY t FROM stdin", false],
    ["SET search_path = app", false],
  ] as const
) {
  Deno.test(`mayLose() is ${expected} for: ${sql}`, () => {
    equal(mayLose(sql), expected);
  });
}
