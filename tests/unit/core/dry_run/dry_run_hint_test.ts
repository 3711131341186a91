import { equal, match } from "node:assert/strict";
import type { Blocker } from "../../../../src/core/blocker.ts";
import { dryRunHint } from "../../../../src/core/dry_run/dry_run_hint.ts";

function refusal(sqlstate: string) {
  return { severity: "ERROR", sqlstate, message: "no" };
}

const BLOCKER: Blocker = {
  kind: "session",
  processId: 42,
  user: "app",
  state: "idle in transaction",
  details: "seen",
  blockers: [],
};

Deno.test("dryRunHint() says that the file has to be mended", () => {
  equal(
    dryRunHint(refusal("42P01"), { skipped: [] }),
    "nothing was changed: mend the file and try it again",
  );
});

Deno.test("dryRunHint() names who was in the way", () => {
  const blockage = {
    awaits: { kind: "relation", mode: "AccessExclusiveLock" },
    waitedMs: 1200,
    blockers: [BLOCKER],
    omitted: 0,
  };

  match(
    dryRunHint(refusal("55P03"), { skipped: [], blockage }),
    /^pid 42 \(user app, idle in transaction\) was in the way; nothing was/,
  );
  match(
    dryRunHint(refusal("55P03"), { skipped: [] }),
    /^nothing was changed: .* --dry-run-lock-timeout$/,
  );
});

Deno.test("dryRunHint() doubts the error behind statements that were left out", () => {
  const skipped = [{ path: "a.sql", line: 3 }, { path: "b.sql", line: 5 }];

  equal(
    dryRunHint(refusal("42P01"), { skipped }),
    "it may fail only as 2 statements before it were left out, the first in " +
      'a.sql:3; "lockstep rehearse --pending" runs all',
  );
  match(
    dryRunHint(refusal("42P01"), { skipped: skipped.slice(1) }),
    /^it may fail only as a statement before it was left out, in b\.sql:5;/,
  );
});

Deno.test("dryRunHint() keeps the hints that any run gives", () => {
  match(
    dryRunHint(refusal("25001"), { skipped: [{ path: "a.sql", line: 3 }] }),
    /transaction=off/,
  );
});
