import { deepEqual, equal, match } from "node:assert/strict";
import {
  type InvalidIndex,
  judgeIndexes,
  judgePartitions,
  judgePrepared,
  judgeSlots,
  judgeTransactions,
  type OpenTransaction,
} from "../../../../src/core/doctor/judge_database.ts";

const INDEX: InvalidIndex = {
  schema: "public",
  name: "a_idx",
  table: "a",
  isOfPartitionedTable: false,
  isBeingBuilt: false,
};

for (
  const { index, command } of [
    { index: {}, command: "DROP INDEX CONCURRENTLY public.a_idx;" },
    {
      index: { constraint: "a_key" },
      command: "REINDEX INDEX CONCURRENTLY public.a_idx;",
    },
    {
      index: { constraint: "a_key", name: '"A_ccnew1"' },
      command: 'DROP INDEX CONCURRENTLY public."A_ccnew1";',
    },
    {
      index: { isOfPartitionedTable: true },
      command: "ALTER INDEX public.a_idx ATTACH PARTITION index_of_partition;",
    },
  ]
) {
  Deno.test(`judgeIndexes() repairs ${JSON.stringify(index)}`, () => {
    const verdict = judgeIndexes([{ ...INDEX, ...index }]);

    equal(verdict.state, "warning");
    deepEqual(verdict.commands, [command]);
  });
}

Deno.test("judgeIndexes() leaves an index alone that is being built", () => {
  const verdict = judgeIndexes([{ ...INDEX, isBeingBuilt: true }]);

  equal(verdict.state, "ok");
  deepEqual(verdict.details, ["public.a_idx on a, which is being built"]);
});

Deno.test("judgeIndexes() is content when there is none", () => {
  deepEqual(judgeIndexes([]), { state: "ok", message: "none is INVALID" });
});

Deno.test("judgePartitions() finishes a DETACH", () => {
  const verdict = judgePartitions([{ table: "t", partition: "t_1" }]);

  equal(verdict.state, "warning");
  deepEqual(verdict.commands, ["ALTER TABLE t DETACH PARTITION t_1 FINALIZE;"]);
});

const OPEN: OpenTransaction = {
  processId: 7,
  user: "app",
  application: "psql",
  state: "idle in transaction",
  ageMs: 3_700_000,
  tables: ["a", "b", "c", "d"],
};

Deno.test("judgeTransactions() names who DDL would wait for", () => {
  const verdict = judgeTransactions([OPEN]);

  equal(verdict.state, "warning");
  deepEqual(verdict.details, [
    "pid 7, app, psql, idle in transaction for 61 min, with locks on a, b, c, and 1 more",
  ]);
});

Deno.test("judgeTransactions() knows that a snapshot alone can block", () => {
  const { details } = judgeTransactions([
    { ...OPEN, application: "", tables: [] },
  ]);

  match(details?.[0] ?? "", /^pid 7, app, idle .*snapshot/);
});

Deno.test("judgeTransactions() lists the oldest and counts the others", () => {
  const { details } = judgeTransactions(Array.from({ length: 8 }, () => OPEN));

  equal(details?.length, 6);
  equal(details?.at(-1), "and 3 more");
});

Deno.test("judgePrepared() is content with a young one", () => {
  const young = { gid: "'x'", owner: "app", ageMs: 9_000 };

  equal(judgePrepared([young]).state, "ok");
});

Deno.test("judgePrepared() ends an old one", () => {
  const verdict = judgePrepared([
    { gid: "'it''s'", owner: "app", ageMs: 200_000_000 },
  ]);

  equal(verdict.state, "warning");
  deepEqual(verdict.details, ["'it''s' of app, 2 days old"]);
  deepEqual(verdict.commands, ["ROLLBACK PREPARED 'it''s';"]);
});

Deno.test("judgeSlots() warns of an idle slot that keeps more than 1 GB", () => {
  const slots = [
    { name: "small", keptBytes: 1024 ** 2 },
    { name: "large", keptBytes: 2.5 * 1024 ** 3 },
  ];

  deepEqual(judgeSlots(slots).details, ["large keeps 2.5 GB"]);
  equal(judgeSlots(slots.slice(0, 1)).state, "ok");
});
