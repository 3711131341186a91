import { equal } from "node:assert/strict";
import { StatementBatch } from "../../../../src/io/postgres/statement_batch.ts";
import type { Statement } from "../../../../src/core/sql/statement.ts";

const MARK = "/* mark */ ";

function statement(text: string, index = 0): Statement {
  const place = { startByte: 0, endByte: 0, line: index + 1, column: 1 };
  return { kind: "statement", index, text, ...place };
}

function batchOf(...texts: readonly string[]): StatementBatch {
  return new StatementBatch(MARK, ...texts.map(statement));
}

Deno.test("StatementBatch.takes() lets only plain INSERTs share a message", () => {
  const insert = statement("INSERT INTO t VALUES (1)");

  equal(batchOf().takes(statement("SELECT 1")), true);
  equal(batchOf("SELECT 1").takes(insert), false);
  equal(batchOf("insert into t values (0)").takes(insert), true);
  equal(batchOf(insert.text).takes(statement("SET x.y = 1")), false);
  equal(
    batchOf(insert.text).takes(
      statement("INSERT INTO t SELECT set_config('a.b', 'c', false)::int"),
    ),
    false,
  );
});

Deno.test("StatementBatch.takes() keeps a message short", () => {
  const long = `INSERT INTO t VALUES ('${"x".repeat(5_000)}')`;

  equal(batchOf(long).takes(statement(long)), false);
  equal(
    batchOf(...Array(16).fill("INSERT INTO t VALUES (1)")).takes(
      statement("INSERT INTO t VALUES (1)"),
    ),
    false,
  );
});

Deno.test("StatementBatch.text is the mark and the statements", () => {
  equal(
    batchOf("INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (2)").text,
    "/* mark */ INSERT INTO a VALUES (1);\nINSERT INTO b VALUES (2)",
  );
});

Deno.test("StatementBatch.find() goes by the position, in code points", () => {
  const batch = batchOf(
    "INSERT INTO t VALUES ('😀')",
    "INSERT INTO nowhere VALUES (2)",
  );
  const position = [...batch.text.slice(0, batch.text.indexOf("nowhere"))]
    .length + 1;

  const { statement: found, prefixLength } = batch.find({ position }, 0);

  equal(found.index, 1);
  equal(position - prefixLength, "INSERT INTO ".length + 1);
});

Deno.test("StatementBatch.find() else goes by what is done", () => {
  const batch = batchOf("INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (2)");

  equal(batch.find({}, 0).statement.index, 0);
  equal(batch.find({}, 1).statement.index, 1);
  equal(batch.find({}, 2).statement.index, 1);
});
