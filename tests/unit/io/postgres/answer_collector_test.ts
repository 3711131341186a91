import assert from "node:assert/strict";
import { AnswerCollector } from "../../../../src/io/postgres/answer_collector.ts";

const TAGS: Readonly<Record<string, readonly [string, number | undefined]>> = {
  "INSERT 0 5": ["INSERT", 5],
  "SELECT 3": ["SELECT", 3],
  "CREATE TABLE": ["CREATE TABLE", undefined],
  "COPY 0": ["COPY", 0],
  "MERGE 2": ["MERGE", 2],
  "REFRESH MATERIALIZED VIEW": ["REFRESH MATERIALIZED VIEW", undefined],
};

for (const [tag, [command, rowCount]] of Object.entries(TAGS)) {
  Deno.test(`AnswerCollector reads the tag ${tag}`, () => {
    const collector = new AnswerCollector(10);

    collector.finish(tag);

    assert.equal(collector.answers[0]?.command, command);
    assert.equal(collector.answers[0]?.rowCount, rowCount);
  });
}

Deno.test("AnswerCollector keeps so many rows and says that there were more", () => {
  const collector = new AnswerCollector(1);

  collector.startRows(["a"], [23]);
  collector.addRow(["1"]);
  collector.addRow(["2"]);
  collector.finish("SELECT 2");

  const [answer] = collector.answers;
  assert.deepEqual(answer?.rows, [["1"]]);
  assert.equal(answer?.truncated, true);
  assert.equal(answer?.rowCount, 2);
});

Deno.test("AnswerCollector starts each statement anew", () => {
  const collector = new AnswerCollector(10);

  collector.startRows(["a"], [23]);
  collector.addRow([null]);
  collector.finish("SELECT 1");
  collector.finish("DO");

  const [select, block] = collector.answers;
  assert.deepEqual(select?.rows, [[undefined]]);
  assert.deepEqual(block?.fields, []);
  assert.deepEqual(block?.rows, []);
});
