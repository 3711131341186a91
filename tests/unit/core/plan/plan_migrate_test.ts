import assert from "node:assert/strict";
import type { History, HistoryEntry } from "../../../../src/core/history.ts";
import type { Migration } from "../../../../src/core/migration.ts";
import type { Plan } from "../../../../src/core/plan/plan.ts";
import {
  findNewestApplied,
  type MigratePlanOptions,
  planMigrate,
} from "../../../../src/core/plan/plan_migrate.ts";
import { HistoryError, LockstepError } from "../../../../src/errors.ts";
import { applied, entry, migration } from "../history_samples.ts";

Deno.test("planMigrate() plans all pending migrations in order", () => {
  const plan = planned(["001_a", "002_b", "010_c"], [applied("001", "a")]);

  assert.deepEqual(versions(plan), ["002", "010"]);
  assert.equal(plan.direction, "migrate");
  assert.deepEqual(plan.findings, []);
});

Deno.test("planMigrate() plans nothing when all is applied", () => {
  const plan = planned(["001_a"], [applied("001", "a")]);

  assert.deepEqual(plan.steps, []);
});

Deno.test("planMigrate() stops at the target, however it is written", () => {
  const plan = planned(["001_a", "002_b", "003_c"], [], { target: "0002" });

  assert.deepEqual(versions(plan), ["001", "002"]);
});

for (const target of ["4", "abc", "001_a", "", "-1"]) {
  Deno.test(`planMigrate() throws unknown_version for the target "${target}"`, () => {
    const error = refused(["001_a"], [], { target });

    assert.equal(error.code, "unknown_version");
    assert.equal(error.exit, "usage");
    assert.match(error.hint ?? "", /the newest version is "001"/);
  });
}

Deno.test("planMigrate() says that the folder is empty for a target", () => {
  const error = refused([], [], { target: "001" });

  assert.equal(error.hint, "the migrations folder is empty");
});

Deno.test("planMigrate() takes 1 and 001 for one version", () => {
  const plan = planned(["1_a", "2_b"], [applied("001", "a")]);

  assert.deepEqual(versions(plan), ["2"]);
});

Deno.test("planMigrate() keeps the version as the row has it", () => {
  const plan = planned(["1_a"], [entry("001", "a", { state: "failed" })]);

  assert.deepEqual(versions(plan), ["001"]);
});

for (const state of ["failed", "rolled_back"] as const) {
  Deno.test(`planMigrate() plans a version that is ${state} from its start`, () => {
    const plan = planned(["001_a"], [entry("001", "a", { state })]);

    assert.deepEqual(
      plan.steps.map(({ version, resume }) => [version, resume]),
      [
        ["001", undefined],
      ],
    );
  });
}

Deno.test("planMigrate() resumes a version that is partly applied", () => {
  const progress = {
    statementsDone: 2,
    fingerprint: "f",
    statementStarted: 2,
    isInDoubt: true,
  };
  const plan = planned(["001_a"], [
    entry("001", "a", { state: "partly_applied", progress }),
  ]);

  assert.deepEqual(plan.steps[0]?.resume, progress);
});

Deno.test("planMigrate() throws partly_rolled_back, also with force", () => {
  const error = refused(
    ["001_a"],
    [entry("001", "a", { state: "partly_rolled_back" })],
    { integrity: "force" },
  );

  assert.equal(error.code, "partly_rolled_back");
});

Deno.test("planMigrate() throws checksum_mismatch when an applied file changed", () => {
  const error = refused(["001_a", "002_b"], [
    entry("001", "a", { checksum: "other" }),
  ]);

  assert.equal(error.code, "checksum_mismatch");
  assert.equal(error.exit, "findings");
  assert.equal(
    error.message,
    'Cannot migrate as "migrations/001_a.sql" changed after it was applied',
  );
  assert.equal(
    error.hint,
    'restore the file as it was applied, or accept it as it is with "lockstep repair 001", or go past this with --force',
  );
  assert.deepEqual(error.location, { path: "migrations/001_a.sql" });
});

Deno.test("planMigrate() with force says what it saw, not what it refuses", () => {
  const { findings } = planned(["001_a"], [
    entry("001", "a", { checksum: "other" }),
    applied("002", "b"),
  ], { integrity: "force" });

  assert.deepEqual(findings.map(({ message, hint }) => [message, hint]), [
    [
      '"migrations/001_a.sql" changed after it was applied',
      'restore the file as it was applied, or accept it as it is with "lockstep repair 001"',
    ],
    [
      'The file of the applied version "002" is gone: "migrations/002_b.sql"',
      'put the file back, or, if the version is not applied any more, say so with "lockstep repair --mark-not-applied 002"',
    ],
  ]);
});

Deno.test("planMigrate() throws missing_file when an applied file is gone", () => {
  const error = refused(["002_b"], [applied("001", "a")]);

  assert.equal(error.code, "missing_file");
});

Deno.test("planMigrate() names all findings in one error", () => {
  const error = refused(["002_b"], [
    applied("001", "a"),
    entry("002", "b", { checksum: "other" }),
  ]);

  assert.ok(error instanceof HistoryError);
  assert.deepEqual([error, ...error.others].map(({ code }) => code), [
    "missing_file",
    "checksum_mismatch",
  ]);
});

Deno.test("planMigrate() lists what force goes past", () => {
  const plan = planned(["002_b", "003_c"], [
    applied("001", "a"),
    entry("002", "b", { checksum: "other" }),
  ], { integrity: "force" });

  assert.deepEqual(plan.findings.map(({ code }) => code), [
    "missing_file",
    "checksum_mismatch",
  ]);
  assert.deepEqual(versions(plan), ["003"]);
});

for (const state of ["failed", "rolled_back", "partly_applied"] as const) {
  Deno.test(`planMigrate() lets the file of a version change that is ${state}`, () => {
    const progress = { statementsDone: 0, fingerprint: "", isInDoubt: false };
    const plan = planned(["001_a"], [
      entry("001", "a", { state, checksum: "other", progress }),
    ]);

    assert.deepEqual(plan.findings, []);
    assert.equal(plan.steps[0]?.checksum, "sum of a");
  });
}

Deno.test("planMigrate() throws out_of_order when a pending file sorts first", () => {
  const error = refused(["001_a", "002_b", "010_c"], [
    applied("001", "a"),
    applied("010", "c"),
  ]);

  assert.equal(error.code, "out_of_order");
  assert.match(error.message, /002_b\.sql.*"010_c"/);
});

Deno.test("planMigrate() compares versions of different lengths as numbers", () => {
  const plan = planned(["99_a", "100_b", "20250105120000_c"], [
    applied("99", "a"),
  ]);

  assert.deepEqual(versions(plan), ["100", "20250105120000"]);
});

Deno.test("planMigrate() plans an older file in any order when asked", () => {
  const plan = planned(["001_a", "002_b", "003_c"], [
    applied("001", "a"),
    applied("003", "c"),
  ], { order: "any" });

  assert.deepEqual(versions(plan), ["002"]);
});

for (const state of ["failed", "rolled_back", "partly_applied"] as const) {
  Deno.test(`planMigrate() does not order by a version that is ${state}`, () => {
    const plan = planned(["001_a", "002_b"], [entry("002", "b", { state })]);

    assert.deepEqual(versions(plan), ["001", "002"]);
  });
}

Deno.test("planMigrate() lets a baseline row block nothing", () => {
  const plan = planned(["001_a"], [
    entry("000_initial_state", "initial_state", { checksum: "x" }),
    entry("zzz", "later", {}),
  ]);

  assert.deepEqual(versions(plan), ["001"]);
  assert.deepEqual(plan.findings, []);
});

Deno.test("planMigrate() throws dependency_not_applied with the header's line", () => {
  const error = refused(
    [["002_b", "010_c"], "010_c"],
    [],
    { target: "002", integrity: "force", order: "any" },
  );

  assert.equal(error.code, "dependency_not_applied");
  assert.deepEqual(error.location, { path: "migrations/002_b.sql", line: 5 });
  assert.match(error.message, /"migrations\/002_b\.sql".*"010"/);
});

for (
  const state of ["failed", "rolled_back", "partly_applied"] as const
) {
  Deno.test(`planMigrate() takes a dependency that is ${state} for unapplied`, () => {
    const error = refused(
      [["002_b", "010_c"], "010_c"],
      [entry("010", "c", { state })],
      { target: "002" },
    );

    assert.equal(error.code, "dependency_not_applied");
  });
}

Deno.test("planMigrate() meets a dependency by an applied or a planned version", () => {
  const plan = planned([["002_b", "001_a"], "001_a", ["003_c", "002", "1"]], [
    applied("001", "a"),
  ]);

  assert.deepEqual(
    plan.steps.map(({ version, dependencies }) => [version, dependencies]),
    [["002", ["001"]], ["003", ["002", "001"]]],
  );
});

Deno.test("planMigrate() hands on what a step needs", () => {
  const [step] = planned(["001_a"], []).steps;

  assert.deepEqual(step, {
    direction: "migrate",
    version: "001",
    name: "a",
    origin: { kind: "file", file: migration("001_a").up },
    checksum: "sum of a",
    filePath: "migrations/001_a.sql",
    dependencies: [],
    directives: {},
  });
});

Deno.test("findNewestApplied() finds the highest applied number", () => {
  const newest = findNewestApplied([
    applied("9", "a"),
    applied("10", "b"),
    entry("11", "c", { state: "rolled_back" }),
    applied("zzz", "baseline"),
  ]);

  assert.equal(newest?.version, "10");
});

/** A name, or a name and what it depends on. */
type Named = string | readonly [string, ...string[]];

function planned(
  names: readonly Named[],
  entries: readonly HistoryEntry[],
  options: Partial<MigratePlanOptions> = {},
): Plan {
  const history: History = { tables: "ready", entries };
  return planMigrate(names.map((name) => named(name)), history, {
    integrity: "require",
    order: "strict",
    ...options,
  });
}

function refused(
  names: readonly Named[],
  entries: readonly HistoryEntry[],
  options: Partial<MigratePlanOptions> = {},
): LockstepError {
  try {
    planned(names, entries, options);
  } catch (error) {
    assert.ok(error instanceof LockstepError);
    return error;
  }
  return assert.fail("no error");
}

function versions({ steps }: Plan): readonly string[] {
  return steps.map(({ version }) => version);
}

function named(name: Named): Migration {
  if (typeof name === "string") return migration(name);
  const [stem, ...dependencies] = name;
  return migration(stem, { dependencies });
}
