import { deepEqual, equal } from "node:assert/strict";
import {
  decideByMode,
  decideForCauses,
  decideNothingLost,
} from "../../../../src/core/backup/backup_decision.ts";
import type { LossCause } from "../../../../src/core/backup/weigh_losses.ts";

const CAUSE: LossCause = {
  version: "003",
  path: "migrations/003_a.sql",
  line: 7,
  statement: "DROP TABLE t",
  lost: ["t"],
};

Deno.test("decideByMode() leaves auto to the plan", () => {
  equal(decideByMode("auto"), undefined);
  equal(decideByMode("always")?.decision, "made");
  equal(decideByMode("never")?.decision, "off");
});

Deno.test("decideForCauses() names the first statement and its place", () => {
  equal(
    decideForCauses([CAUSE]).reason,
    "DROP TABLE t (migrations/003_a.sql:7) destroys data of t",
  );
});

Deno.test("decideForCauses() joins the targets of one statement", () => {
  const { reason, causes } = decideForCauses([
    CAUSE,
    { ...CAUSE, lost: ["u", "t"] },
    { ...CAUSE, line: 8 },
  ]);

  equal(
    reason,
    "DROP TABLE t (migrations/003_a.sql:7) destroys data of t, u and 1 more statement",
  );
  deepEqual(causes.map(({ lost }) => lost), [["t", "u"], ["t"]]);
});

Deno.test("decideForCauses() says that nobody can say which table", () => {
  equal(
    decideForCauses([{ ...CAUSE, statement: "DO", lost: [] }]).reason,
    "DO (migrations/003_a.sql:7) may destroy data of any table",
  );
});

Deno.test("decideForCauses() cuts long lists", () => {
  const lost = Array.from({ length: 8 }, (_, index) => `t${index}`);
  const many = Array.from({ length: 30 }, (_, line) => ({ ...CAUSE, line }));

  equal(
    decideForCauses([{ ...CAUSE, lost }]).reason,
    "DROP TABLE t (migrations/003_a.sql:7) destroys data of " +
      "t0, t1, t2, t3, t4 and 3 more",
  );
  equal(decideForCauses(many).causes.length, 20);
});

Deno.test("decideNothingLost() says why no backup is needed", () => {
  equal(decideNothingLost("no_statement").decision, "not_needed");
  equal(
    decideNothingLost("empty_tables").reason,
    "what it drops, empties or overwrites holds no data",
  );
});
