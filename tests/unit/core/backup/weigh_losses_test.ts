import { deepEqual } from "node:assert/strict";
import type {
  LossTarget,
  ScriptLosses,
} from "../../../../src/core/backup/loss.ts";
import {
  findTouched,
  listCandidates,
  type LossAnswer,
  weighLosses,
} from "../../../../src/core/backup/weigh_losses.ts";

const TABLE: LossTarget = {
  kind: "relation",
  name: { name: "t" },
  reach: "restrict",
};
const CALL: LossTarget = { kind: "call", name: { name: "f" } };

function weigh(
  target: LossTarget,
  answer: LossAnswer,
  script: Partial<ScriptLosses> = {},
): readonly number[] {
  const candidates = listCandidates([{
    version: "003",
    path: "003.sql",
    losses: {
      losses: [{ statement: "DROP", line: 7, targets: [target] }],
      renames: false,
      createsCode: false,
      ...script,
    },
  }]);
  const { causes, doubts, databases } = weighLosses(
    candidates,
    new Map([[0, answer]]),
  );
  return [causes.length, doubts.length, databases.length];
}

const LOST = [1, 0, 0];
const DOUBT = [0, 1, 0];
const SAFE = [0, 0, 0];
const ELSEWHERE = [0, 0, 1];

const MISSING = { isFound: false, lost: [] };
const EMPTY = { isFound: true, lost: [] };
const FULL = { isFound: true, lost: ["t"] };

Deno.test("weighLosses() finds a table with data", () => {
  deepEqual(weigh(TABLE, FULL), LOST);
});

Deno.test("weighLosses() lets an empty table go", () => {
  deepEqual(weigh(TABLE, EMPTY, { renames: true }), SAFE);
});

Deno.test("weighLosses() lets a table go that is not there", () => {
  deepEqual(weigh(TABLE, MISSING), SAFE);
});

Deno.test("weighLosses() doubts a missing table when others are renamed", () => {
  deepEqual(weigh(TABLE, MISSING, { renames: true }), DOUBT);
});

Deno.test("weighLosses() doubts a call of code with a word of destruction", () => {
  deepEqual(weigh(CALL, FULL), DOUBT);
});

Deno.test("weighLosses() trusts a call of other code", () => {
  deepEqual(weigh(CALL, EMPTY, { createsCode: true }), SAFE);
});

Deno.test("weighLosses() doubts a call of what the plan creates", () => {
  deepEqual(weigh(CALL, MISSING, { createsCode: true }), DOUBT);
  deepEqual(weigh(CALL, MISSING), SAFE);
});

Deno.test("weighLosses() doubts what may be anything", () => {
  deepEqual(weigh({ kind: "anything" }, EMPTY), DOUBT);
});

Deno.test("weighLosses() doubts what only the server can parse", () => {
  const target: LossTarget = { kind: "unparsed", sql: "DROP NEW t" };

  deepEqual(weigh(target, EMPTY), DOUBT);
  deepEqual(weigh(target, MISSING), SAFE);
});

Deno.test("weighLosses() names another database that is there", () => {
  const database: LossTarget = { kind: "database", name: { name: "x" } };

  deepEqual(weigh(database, { isFound: true, lost: ["x"] }), ELSEWHERE);
  deepEqual(weigh(database, MISSING), SAFE);
});

Deno.test("listCandidates() numbers the targets of all scripts", () => {
  const losses: ScriptLosses = {
    losses: [
      { statement: "a", line: 1, targets: [TABLE, CALL] },
      { statement: "b", line: 2, targets: [TABLE] },
    ],
    renames: false,
    createsCode: false,
  };

  const candidates = listCandidates([
    { version: "001", path: "001.sql", losses },
    { version: "002", path: "002.sql", losses },
  ]);

  deepEqual(
    candidates.map(({ id, script, loss }) =>
      `${id} ${script.version} ${loss.statement}`
    ),
    ["0 001 a", "1 001 a", "2 001 b", "3 002 a", "4 002 a", "5 002 b"],
  );
});

function touch(
  answer: LossAnswer,
  script: Partial<ScriptLosses> = {},
): readonly string[] | undefined {
  const candidates = listCandidates([{
    version: "003",
    path: "003.sql",
    losses: {
      losses: [{ statement: "DROP", line: 7, targets: [TABLE, TABLE] }],
      renames: false,
      createsCode: false,
      ...script,
    },
  }]);
  return findTouched(candidates, new Map([[0, answer], [1, EMPTY]]));
}

Deno.test("findTouched() has all that is changed, with data or without", () => {
  deepEqual(touch({ ...EMPTY, touched: ["1259.7", "1259.7", "1259.8"] }), [
    "1259.7",
    "1259.8",
  ]);
});

Deno.test("findTouched() knows nothing where triggers run code that destroys", () => {
  deepEqual(touch({ ...FULL, touched: ["1259.7"], runsCode: true }), undefined);
});

Deno.test("findTouched() knows nothing where tables get other names", () => {
  deepEqual(
    touch({ ...FULL, touched: ["1259.7"] }, { renames: true }),
    undefined,
  );
});
