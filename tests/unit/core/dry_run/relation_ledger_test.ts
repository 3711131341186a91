import { deepEqual } from "node:assert/strict";
import {
  createLedger,
  type HeldLock,
  noteLocks,
  touchedSequences,
} from "../../../../src/core/dry_run/relation_ledger.ts";

const TABLE = { oid: "1", name: "public.t", kind: "r", file: "10" };
const SEQUENCE = { oid: "2", name: "public.s", kind: "S", file: "20" };

function held(
  relation: Omit<HeldLock, "mode">,
  mode = "AccessShareLock",
): HeldLock {
  return { ...relation, mode };
}

Deno.test("noteLocks() answers the strongest mode of each relation", () => {
  const ledger = createLedger([TABLE]);

  const { locks } = noteLocks(ledger, [
    held(TABLE, "AccessShareLock"),
    held(TABLE, "AccessExclusiveLock"),
    held(TABLE, "ShareLock"),
  ]);

  deepEqual(locks, [
    { name: "public.t", kind: "table", mode: "ACCESS EXCLUSIVE" },
  ]);
});

Deno.test("noteLocks() leaves out what is held already, or stronger", () => {
  const ledger = createLedger([TABLE]);
  noteLocks(ledger, [held(TABLE, "ShareLock")]);

  deepEqual(noteLocks(ledger, [held(TABLE, "ShareLock")]).locks, []);
  deepEqual(noteLocks(ledger, [held(TABLE, "RowShareLock")]).locks, []);
  deepEqual(
    noteLocks(ledger, [held(TABLE, "ExclusiveLock")]).locks.map(({ mode }) =>
      mode
    ),
    ["EXCLUSIVE"],
  );
});

Deno.test("noteLocks() leaves out what the dry run itself has made", () => {
  const ledger = createLedger([]);

  const first = noteLocks(ledger, [held(TABLE, "ShareLock")]);
  const second = noteLocks(ledger, [held(TABLE, "AccessExclusiveLock")]);

  deepEqual(first, { locks: [], rewritten: [] });
  deepEqual(second, { locks: [], rewritten: [] });
});

Deno.test("noteLocks() names what was dropped as it was called", () => {
  const ledger = createLedger([TABLE]);

  const { locks } = noteLocks(ledger, [
    { oid: "1", mode: "AccessExclusiveLock" },
  ]);

  deepEqual(locks.map(({ name }) => name), ["public.t"]);
});

Deno.test("noteLocks() calls a relation rewritten when its file is another", () => {
  const ledger = createLedger([TABLE, SEQUENCE]);

  const { rewritten } = noteLocks(ledger, [
    held({ ...TABLE, file: "11" }),
    held({ ...SEQUENCE, file: "21" }),
  ]);
  const again = noteLocks(ledger, [held({ ...TABLE, file: "11" })]);

  deepEqual(rewritten, [{ name: "public.t", kind: "table" }]);
  deepEqual(again.rewritten, []);
});

Deno.test("touchedSequences() leaves out those that the dry run has made", () => {
  const ledger = createLedger([TABLE, SEQUENCE]);

  noteLocks(ledger, [
    held(TABLE),
    held(SEQUENCE),
    held({ ...SEQUENCE, oid: "3" }),
  ]);

  deepEqual(touchedSequences(ledger), ["2"]);
});
