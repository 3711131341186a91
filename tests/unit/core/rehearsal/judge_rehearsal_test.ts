import { deepEqual, equal } from "node:assert/strict";
import {
  differencesOf,
  findingOfDifference,
  findingOfFailure,
  type Passage,
} from "../../../../src/core/rehearsal/judge_rehearsal.ts";
import type { SchemaDifference } from "../../../../src/core/schema/compare_schemas.ts";
import { planMigrate } from "../../../../src/core/plan/plan_migrate.ts";
import { ExecutionError, FileError } from "../../../../src/errors.ts";
import { migration } from "../history_samples.ts";

const { steps } = planMigrate(
  [migration("001_a", { down: {} }), migration("002_b", { down: {} })],
  { tables: "ready", entries: [] },
  { integrity: "require", order: "strict" },
);
const [FIRST] = steps;
const ADDED = {
  change: "added",
  kind: "table",
  name: "t",
  found: "x",
} as const;
const REMOVED = {
  change: "removed",
  kind: "view",
  name: "v",
  expected: "x",
} as const;
const CHANGED = {
  change: "changed",
  kind: "table",
  name: "t",
  expected: "a,\nb",
  found: "a",
} as const;
const REORDERED = { ...CHANGED, expected: "(\na,\nb\n)", found: "(\nb,\na\n)" };

const MESSAGES: readonly (readonly [
  Passage["after"],
  SchemaDifference,
  string,
  string,
])[] = [
  [
    "rollback",
    ADDED,
    "schema_not_restored",
    'The rollback of "001_a" leaves the table t behind',
  ],
  [
    "rollback",
    REMOVED,
    "schema_not_restored",
    'The rollback of "001_a" does not bring the view v back',
  ],
  [
    "rollback",
    CHANGED,
    "schema_not_restored",
    'The rollback of "001_a" does not restore the table t: 2 lines are gone, 1 is new',
  ],
  [
    "rollback",
    REORDERED,
    "order_not_restored",
    'The rollback of "001_a" leaves the table t in another order',
  ],
  [
    "migrate",
    ADDED,
    "schema_not_repeated",
    'Applying "001_a" again makes the table t, as not before',
  ],
  [
    "migrate",
    REMOVED,
    "schema_not_repeated",
    'Applying "001_a" again does not make the view v',
  ],
  [
    "migrate",
    CHANGED,
    "schema_not_repeated",
    'Applying "001_a" again makes the table t otherwise: 2 lines are gone, 1 is new',
  ],
];

for (const [after, difference, code, message] of MESSAGES) {
  Deno.test(`findingOfDifference() says: ${message}`, () => {
    const [found] = differencesOf({ after, steps: steps.slice(0, 1) }, [
      difference,
    ]).map(findingOfDifference);

    deepEqual([found?.code, found?.message], [code, message]);
    equal(found?.version, "001");
    equal(
      found?.location?.path,
      after === "rollback" ? FIRST?.down?.path : "migrations/001_a.sql",
    );
    equal(
      found?.severity,
      code === "order_not_restored" ? "warning" : "error",
    );
  });
}

Deno.test("findingOfDifference() blames no single one of several migrations", () => {
  const [found] = differencesOf({ after: "rollback", steps }, [ADDED])
    .map(findingOfDifference);

  equal(
    found?.message,
    "The rollback of all 2 migrations leaves the table t behind",
  );
  deepEqual([found?.version, found?.location], [undefined, undefined]);
});

Deno.test("findingOfFailure() has the place, and no hint on a database that is gone", () => {
  const failure = new ExecutionError("statement_failed", "Cannot apply", {
    remains: "nothing",
    hint: 'run "lockstep migrate" again',
    location: { path: "a.sql", line: 3 },
  });

  const found = steps.slice(0, 1).map((step) =>
    findingOfFailure({ direction: "migrate", step, isAgain: true }, failure)
  );

  deepEqual(found, [{
    severity: "error",
    code: "migrate_again_failed",
    message: "When applied again after its rollback: Cannot apply",
    version: "001",
    hint: "mend the file and rehearse again",
    location: { path: "a.sql", line: 3 },
  }]);
});

Deno.test("findingOfFailure() keeps the hint on a file", () => {
  const failure = new FileError("syntax_error", "Cannot read", {
    hint: "close the quote",
  });

  const found = steps.slice(0, 1).map((step) =>
    findingOfFailure({ direction: "rollback", step, isAgain: false }, failure)
  );

  deepEqual(found.map(({ code, hint, location }) => [code, hint, location]), [
    ["rollback_failed", "close the quote", { path: FIRST?.down?.path }],
  ]);
});
