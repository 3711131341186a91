import { deepEqual, equal, notEqual } from "node:assert/strict";
import {
  type Blockage,
  blockageKey,
  type Blocker,
  type BlockerRow,
  parseBlockage,
} from "../../../src/core/blocker.ts";

const WORKER: BlockerRow = {
  pid: "1",
  backend_type: "client backend",
  awaited_kind: "relation",
  awaited_mode: "AccessExclusiveLock",
  awaited_relation: "accounts",
  waited_ms: "1200",
};

/** A session that stands in the way of another. */
function blocks(
  waiter: string,
  pid: string,
  more: BlockerRow = {},
): BlockerRow {
  return { waiter, pid, backend_type: "client backend", ...more };
}

const WAITS: BlockerRow = {
  awaited_kind: "transactionid",
  awaited_mode: "ShareLock",
};

function requireBlockage(rows: readonly BlockerRow[]): Blockage {
  const blockage = parseBlockage(rows);
  if (blockage === undefined) throw new Error("There is no blockage");
  return blockage;
}

/** Each pid with those in its way, as `2(3(4))`; one told before as `4*`. */
function shape(blockers: readonly Blocker[]): string {
  return blockers.map(({ processId, isRepeated, blockers }) =>
    `${processId}${isRepeated ? "*" : ""}${
      blockers.length > 0 ? `(${shape(blockers)})` : ""
    }`
  ).join(" ");
}

Deno.test("parseBlockage() names the lock and who is in the way of it", () => {
  const blockage = parseBlockage([
    WORKER,
    blocks("1", "2", {
      usename: "app",
      application_name: "psql",
      client_address: "10.0.0.5",
      state: "idle in transaction",
      transaction_ms: "9000",
      query: "\nSELECT 1\nFROM t",
    }),
  ]);

  deepEqual(blockage, {
    awaits: {
      kind: "relation",
      mode: "AccessExclusiveLock",
      relation: "accounts",
    },
    waitedMs: 1200,
    blockers: [{
      kind: "session",
      processId: 2,
      details: "seen",
      user: "app",
      application: "psql",
      address: "10.0.0.5",
      state: "idle in transaction",
      transactionMs: 9000,
      query: "SELECT 1",
      blockers: [],
    }],
    omitted: 0,
  });
});

Deno.test("parseBlockage() finds nothing when the wait is over", () => {
  equal(parseBlockage([{ pid: "1" }, blocks("1", "2")]), undefined);
  equal(parseBlockage([WORKER]), undefined);
  equal(parseBlockage([]), undefined);
});

Deno.test("parseBlockage() puts under a blocker those who are in its way", () => {
  const { blockers } = requireBlockage([
    WORKER,
    blocks("1", "2", WAITS),
    blocks("2", "3", WAITS),
    blocks("3", "4"),
  ]);

  equal(shape(blockers), "2(3(4))");
  deepEqual(blockers[0]?.awaits, { kind: "transactionid", mode: "ShareLock" });
});

Deno.test("parseBlockage() begins with who waits for nobody, the oldest first", () => {
  const { blockers } = requireBlockage([
    WORKER,
    blocks("1", "2", { ...WAITS, transaction_ms: "9000" }),
    blocks("1", "3", { transaction_ms: "10" }),
    blocks("1", "4", { transaction_ms: "500" }),
  ]);

  equal(shape(blockers), "4 3 2");
});

Deno.test("parseBlockage() tells a session once, and then that it is told", () => {
  const { blockers, omitted } = requireBlockage([
    WORKER,
    blocks("1", "2", WAITS),
    blocks("1", "3"),
    blocks("2", "3"),
  ]);

  equal(shape(blockers), "3 2(3*)");
  equal(omitted, 0);
});

Deno.test("parseBlockage() ends in a circle", () => {
  const { blockers } = requireBlockage([
    WORKER,
    blocks("1", "2", WAITS),
    blocks("2", "3", WAITS),
    blocks("3", "2", WAITS),
    blocks("3", "1", WAITS),
  ]);

  equal(shape(blockers), "2(3(2* 1*))");
});

Deno.test("parseBlockage() counts those that are too many to name", () => {
  const rows = Array.from({ length: 30 }, (_, at) => blocks("1", `${at + 2}`));

  const { blockers, omitted } = requireBlockage([WORKER, ...rows]);

  equal(blockers.length, 20);
  equal(omitted, 10);
});

Deno.test("parseBlockage() goes only so deep", () => {
  const rows = Array.from(
    { length: 15 },
    (_, at) => blocks(`${at + 1}`, `${at + 2}`, WAITS),
  );

  const { blockers, omitted } = requireBlockage([WORKER, ...rows]);

  equal(shape(blockers), "2(3(4(5(6(7(8(9)))))))");
  equal(omitted, 7);
});

Deno.test("parseBlockage() names prepared transactions, each by itself", () => {
  const prepared = { pid: "0", waiter: "1", usename: "app" };

  const { blockers } = requireBlockage([
    WORKER,
    { ...prepared, gid: "a", transaction_ms: "20" },
    { ...prepared, gid: "b", transaction_ms: "10" },
  ]);

  deepEqual(
    blockers.map(({ kind, preparedAs, processId }) => [
      kind,
      preparedAs,
      processId,
    ]),
    [["prepared", "a", undefined], ["prepared", "b", undefined]],
  );
});

Deno.test("parseBlockage() knows autovacuum", () => {
  const { blockers } = requireBlockage([
    WORKER,
    { waiter: "1", pid: "2", backend_type: "autovacuum worker" },
  ]);

  equal(blockers[0]?.kind, "autovacuum");
});

Deno.test("parseBlockage() says when the server hides what others do", () => {
  const { blockers } = requireBlockage([WORKER, {
    waiter: "1",
    pid: "2",
    usename: "other",
    query: "<insufficient privilege>",
  }]);

  deepEqual(blockers, [{
    kind: "session",
    processId: 2,
    user: "other",
    details: "hidden",
    blockers: [],
  }]);
});

Deno.test("parseBlockage() leaves out a relation that has no name yet", () => {
  const { awaits } = requireBlockage([
    { ...WORKER, awaited_relation: "16384" },
    blocks("1", "2"),
  ]);

  equal(awaits.relation, undefined);
});

Deno.test("blockageKey() changes with those in the way, not with time", () => {
  const first = requireBlockage([
    WORKER,
    blocks("1", "2", { state: "active" }),
  ]);
  const later = requireBlockage([
    { ...WORKER, waited_ms: "5000" },
    blocks("1", "2", { state: "idle in transaction", transaction_ms: "7" }),
  ]);
  const other = requireBlockage([WORKER, blocks("1", "3")]);

  equal(blockageKey(first), blockageKey(later));
  notEqual(blockageKey(first), blockageKey(other));
});
