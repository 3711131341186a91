import assert from "node:assert/strict";
import type { HistoryEntry } from "../../../../src/core/history.ts";
import type { Migration } from "../../../../src/core/migration.ts";
import { type Plan, scriptPath } from "../../../../src/core/plan/plan.ts";
import {
  planRollback,
  type RollbackTarget,
} from "../../../../src/core/plan/plan_rollback.ts";
import { HistoryError, LockstepError } from "../../../../src/errors.ts";
import { applied, entry, migration } from "../history_samples.ts";

const FILES = [
  migration("001_a", { down: {} }),
  migration("002_b", { down: {} }),
  migration("010_c", { down: {} }),
];
const ALL = [applied("001", "a"), applied("002", "b"), applied("010", "c")];

/** How far back, and the versions of the steps. */
const TARGETS: Readonly<
  Record<string, readonly [RollbackTarget, readonly string[]]>
> = {
  "one": [count(1), ["010"]],
  "two": [count(2), ["010", "002"]],
  "more than there are": [count(7), ["010", "002", "001"]],
  "to a version": [to("002"), ["010"]],
  "to a version written otherwise": [to("2"), ["010"]],
  "to the newest version": [to("010"), []],
  "to 0": [to("0"), ["010", "002", "001"]],
  "to 000": [to("000"), ["010", "002", "001"]],
  "over named versions": [
    { kind: "only", versions: ["001", "10"] },
    ["010", "001"],
  ],
};

for (const [what, [target, expected]] of Object.entries(TARGETS)) {
  Deno.test(`planRollback() goes back ${what}, newest first`, () => {
    assert.deepEqual(versions(planned(FILES, ALL, target)), expected);
  });
}

Deno.test("planRollback() goes by number, not by the order of the rows", () => {
  const entries = [applied("10", "b"), applied("9", "a")];
  const files = [
    migration("9_a", { down: {} }),
    migration("10_b", { down: {} }),
  ];

  assert.deepEqual(versions(planned(files, entries)), ["10"]);
});

for (const version of ["003", "abc", ""]) {
  Deno.test(`planRollback() throws unknown_version for "${version}"`, () => {
    const error = refused(FILES, ALL, to(version));

    assert.equal(error.code, "unknown_version");
    assert.equal(error.exit, "usage");
  });
}

for (const state of ["failed", "rolled_back"] as const) {
  Deno.test(`planRollback() leaves out what is ${state}`, () => {
    const entries = [applied("001", "a"), entry("002", "b", { state })];

    assert.deepEqual(versions(planned(FILES, entries, count(9))), ["001"]);
    assert.equal(refused(FILES, entries, to("002")).code, "unknown_version");
  });
}

Deno.test("planRollback() leaves baseline rows out, and can go back to one", () => {
  const entries = [entry("000_initial_state", "initial_state", {}), ...ALL];

  assert.deepEqual(
    versions(planned(FILES, entries, to("000_initial_state"))),
    ["010", "002", "001"],
  );
  assert.deepEqual(versions(planned(FILES, entries, count(9))).length, 3);
});

Deno.test("planRollback() throws partly_applied, as that has to go on first", () => {
  const error = refused(FILES, [
    entry("001", "a", { state: "partly_applied" }),
  ]);

  assert.equal(error.code, "partly_applied");
  assert.match(error.hint ?? "", /lockstep migrate/);
});

Deno.test("planRollback() resumes what is partly rolled back", () => {
  const progress = { statementsDone: 1, fingerprint: "f", isInDoubt: false };
  const plan = planned(FILES, [
    applied("001", "a"),
    entry("002", "b", { state: "partly_rolled_back", progress }),
  ]);

  assert.deepEqual(plan.steps.map(({ version, resume }) => [version, resume]), [
    ["002", progress],
  ]);
});

Deno.test("planRollback() takes the down file, else the kept copy", () => {
  const kept = {
    path: "migrations/rollbacks/002_b_down.sql",
    checksum: "k",
    directives: {},
  };
  const plan = planned(
    [migration("001_a", { down: {} }), migration("002_b")],
    [
      entry("001", "a", {
        keptRollback: { path: "other", checksum: "k", directives: {} },
      }),
      entry("002", "b", { keptRollback: kept }),
      entry("003", "c", {
        keptRollback: { path: "third", checksum: "k", directives: {} },
      }),
    ],
    count(3),
  );

  assert.deepEqual(
    plan.steps.map((step) => [step.origin.kind, scriptPath(step)]),
    [
      ["kept", "third"],
      ["kept", "migrations/rollbacks/002_b_down.sql"],
      ["file", "migrations/rollbacks/001_a_down.sql"],
    ],
  );
});

Deno.test("planRollback() throws missing_rollback and names every such version", () => {
  const error = refused(
    [migration("001_a"), migration("002_b", { down: {} }), migration("010_c")],
    ALL,
    count(3),
  );

  assert.equal(error.code, "missing_rollback");
  assert.match(error.message, /"010_c"/);
  assert.equal(error.hint, 'write "migrations/rollbacks/010_c_down.sql"');
  assert.ok(error instanceof HistoryError);
  assert.deepEqual(error.others.map(({ hint }) => hint), [
    'write "migrations/rollbacks/001_a_down.sql"',
  ]);
});

Deno.test("planRollback() does not mind a missing down script that it needs not", () => {
  const files = [migration("001_a"), ...FILES.slice(1)];

  assert.deepEqual(versions(planned(files, ALL, count(2))), ["010", "002"]);
});

for (
  const [where, file] of [
    [
      "up",
      migration("010_c", { directives: { irreversible: true }, down: {} }),
    ],
    ["down", migration("010_c", { down: { irreversible: true } })],
  ] as const
) {
  Deno.test(`planRollback() refuses what its ${where} file calls irreversible`, () => {
    const error = refused([file], [applied("010", "c")]);

    assert.equal(error.code, "irreversible");
    assert.match(error.message, /"010_c" as it is marked irreversible/);
  });
}

Deno.test("planRollback() hands on the directives of the down file", () => {
  const files = [migration("001_a", { down: { transaction: "off" } })];
  const [step] = planned(files, [applied("001", "a")]).steps;

  assert.deepEqual(step?.directives, { transaction: "off" });
});

Deno.test("planRollback() throws checksum_mismatch for a chosen version only", () => {
  const changed = entry("001", "a", { checksum: "other" });
  const entries = [changed, applied("002", "b")];

  assert.deepEqual(versions(planned(FILES, entries, count(1))), ["002"]);
  assert.equal(refused(FILES, entries, count(2)).code, "checksum_mismatch");
});

Deno.test("planRollback() lists what force goes past", () => {
  const plan = planRollback(FILES, {
    tables: "ready",
    entries: [entry("001", "a", { checksum: "other" })],
  }, { target: count(1), integrity: "force" });

  assert.deepEqual(plan.findings.map(({ code }) => code), [
    "checksum_mismatch",
  ]);
  assert.deepEqual(versions(plan), ["001"]);
});

Deno.test("planRollback() needs no up file", () => {
  const keptRollback = { path: "x", checksum: "k", directives: {} };
  const plan = planned([], [entry("001", "a", { keptRollback })]);

  assert.deepEqual(versions(plan), ["001"]);
  assert.deepEqual(plan.findings, []);
});

Deno.test("planRollback() throws dependent_applied by the row's dependencies", () => {
  const error = refused(FILES, [
    entry("001", "a", { dependencies: ["10"] }),
    applied("010", "c"),
  ]);

  assert.equal(error.code, "dependent_applied");
  assert.match(error.message, /"001_a" depends on it/);
});

Deno.test("planRollback() throws dependent_applied by the file's dependencies", () => {
  const files = [
    migration("001_a", { dependencies: ["010_c"] }),
    migration("010_c", { down: {} }),
  ];
  const error = refused(files, [applied("001", "a"), applied("010", "c")]);

  assert.equal(error.code, "dependent_applied");
});

for (const state of ["failed", "rolled_back"] as const) {
  Deno.test(`planRollback() does not mind a dependent that is ${state}`, () => {
    const plan = planned(FILES, [
      entry("001", "a", { state, dependencies: ["010"] }),
      applied("010", "c"),
    ]);

    assert.deepEqual(versions(plan), ["010"]);
  });
}

Deno.test("planRollback() does not mind a dependent that goes too", () => {
  const plan = planned(FILES, [
    applied("001", "a"),
    entry("002", "b", { dependencies: ["001"] }),
  ], count(2));

  assert.deepEqual(versions(plan), ["002", "001"]);
});

Deno.test("planRollback() keeps checksum and path of the row for its record", () => {
  const [step] = planned(FILES, [
    entry("001", "a", { filePath: "old/001_a.sql" }),
  ]).steps;

  assert.deepEqual(
    [step?.direction, step?.checksum, step?.filePath, step?.name],
    ["rollback", "sum of a", "old/001_a.sql", "a"],
  );
});

Deno.test("planRollback() throws duplicate_row when two rows are one version", () => {
  const error = refused(
    [migration("001_a", { down: {} })],
    [applied("001", "a"), applied("1", "a")],
  );

  assert.equal(error.code, "duplicate_row");
});

function count(count: number): RollbackTarget {
  return { kind: "count", count };
}

function to(version: string): RollbackTarget {
  return { kind: "to", version };
}

function planned(
  migrations: readonly Migration[],
  entries: readonly HistoryEntry[],
  target: RollbackTarget = count(1),
): Plan {
  const history = { tables: "ready", entries } as const;
  return planRollback(migrations, history, { target, integrity: "require" });
}

function refused(
  migrations: readonly Migration[],
  entries: readonly HistoryEntry[],
  target: RollbackTarget = count(1),
): LockstepError {
  try {
    planned(migrations, entries, target);
  } catch (error) {
    assert.ok(error instanceof LockstepError);
    return error;
  }
  return assert.fail("no error");
}

function versions({ steps }: Plan): readonly string[] {
  return steps.map(({ version }) => version);
}
