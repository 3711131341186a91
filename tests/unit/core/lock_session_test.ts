import { deepEqual } from "node:assert/strict";
import {
  assignRoles,
  findBlocking,
  type LockSessionRow,
} from "../../../src/core/lock_session.ts";

function row(
  processId: number,
  more: Partial<LockSessionRow> = {},
): LockSessionRow {
  return {
    processId,
    holdsLock: false,
    isSuperuser: false,
    isHidden: false,
    ...more,
  };
}

const HOLDER = row(9, { holdsLock: true, since: "2026-01-01T10:00:00.5Z" });
const YOUNGER = row(4, { queryStart: "2026-01-01T10:00:00.6Z" });
const OLDER = row(3, { queryStart: "2026-01-01T10:00:00.4Z" });

function rolesOf(rows: readonly LockSessionRow[]): readonly string[] {
  return assignRoles(rows).map(({ processId, role }) => `${processId} ${role}`);
}

Deno.test("assignRoles() tells the holder's worker from what a dead run left", () => {
  deepEqual(rolesOf([OLDER, YOUNGER, HOLDER]), [
    "9 holder",
    "4 worker",
    "3 left_over",
  ]);
});

Deno.test("assignRoles() takes all for left over when nobody holds the lock", () => {
  deepEqual(rolesOf([YOUNGER, OLDER]), ["3 left_over", "4 left_over"]);
});

Deno.test("assignRoles() knows no worker of a holder that is hidden", () => {
  deepEqual(rolesOf([row(9, { holdsLock: true, isHidden: true }), YOUNGER]), [
    "9 holder",
    "4 left_over",
  ]);
});

Deno.test("findBlocking() names the holder alone when there is one", () => {
  const sessions = assignRoles([OLDER, YOUNGER, HOLDER]);

  deepEqual(findBlocking(sessions).map(({ processId }) => processId), [9]);
});

Deno.test("findBlocking() names all that is left when there is no holder", () => {
  const sessions = assignRoles([OLDER, YOUNGER]);

  deepEqual(findBlocking(sessions).map(({ processId }) => processId), [3, 4]);
});
