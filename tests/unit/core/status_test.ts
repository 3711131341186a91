import assert from "node:assert/strict";
import type { HistoryEntry } from "../../../src/core/history.ts";
import type { Migration } from "../../../src/core/migration.ts";
import type { VersionStatus } from "../../../src/core/report.ts";
import {
  compareStatus,
  countPending,
  countStates,
  findStatusWarnings,
} from "../../../src/core/status.ts";
import { applied, entry, migration } from "./history_samples.ts";

Deno.test("compareStatus() shows pending files in the order of their numbers", () => {
  const shown = statesOf([
    migration("9_a"),
    migration("010_b"),
    migration("100_c"),
  ], []);

  assert.deepEqual(shown, ["9 pending", "010 pending", "100 pending"]);
});

Deno.test("compareStatus() puts rows and files into one order", () => {
  const shown = statesOf(
    [migration("001_a"), migration("002_b"), migration("004_d")],
    [applied("003", "c"), applied("001", "a")],
  );

  assert.deepEqual(shown, [
    "001 applied",
    "002 out_of_order",
    "003 missing",
    "004 pending",
  ]);
});

for (
  const state of [
    "failed",
    "rolled_back",
    "partly_applied",
    "partly_rolled_back",
  ] as const
) {
  Deno.test(`compareStatus() shows ${state} with and without its file`, () => {
    const row = entry("001", "a", { state, checksum: "other" });

    assert.deepEqual(statesOf([migration("001_a")], [row]), [`001 ${state}`]);
    assert.deepEqual(statesOf([], [row]), [`001 ${state}`]);
  });
}

Deno.test("compareStatus() shows a changed file", () => {
  const shown = statesOf([migration("001_a")], [
    entry("001", "a", { checksum: "other" }),
  ]);

  assert.deepEqual(shown, ["001 changed"]);
});

Deno.test("compareStatus() shows baseline rows first", () => {
  const shown = statesOf([migration("001_a")], [
    applied("001", "a"),
    entry("zzz", "later", { state: "failed" }),
    entry("000_initial_state", "initial_state", {}),
  ]);

  assert.deepEqual(shown, [
    "zzz baseline",
    "000_initial_state baseline",
    "001 applied",
  ]);
});

Deno.test("compareStatus() takes 1 and 001 for one version", () => {
  const shown = statesOf([migration("1_a")], [applied("001", "a")]);

  assert.deepEqual(shown, ["001 applied"]);
});

Deno.test("compareStatus() is not out of order by what is not applied", () => {
  const shown = statesOf([migration("001_a")], [
    entry("002", "b", { state: "rolled_back" }),
    entry("zzz", "baseline", {}),
  ]);

  assert.deepEqual(shown, ["zzz baseline", "001 pending", "002 rolled_back"]);
});

Deno.test("compareStatus() tells where the down script is", () => {
  const keptRollback = { path: "x", checksum: "k", directives: {} };
  const versions = compareStatus(
    [migration("001_a", { down: {} }), migration("002_b"), migration("003_c")],
    {
      tables: "ready",
      entries: [
        entry("001", "a", { keptRollback }),
        entry("002", "b", { keptRollback }),
      ],
    },
  );

  assert.deepEqual(versions.map(({ rollback }) => rollback), [
    "file",
    "kept",
    "none",
  ]);
});

Deno.test("compareStatus() hands on what the row says", () => {
  const [version] = compareStatus([], {
    tables: "ready",
    entries: [
      entry("001", "a", {
        state: "partly_applied",
        executionTimeMs: 12,
        rolledBackAt: "then",
        rollbackReason: "why",
        error: "it broke",
        sqlstate: "42P01",
        progress: { statementsDone: 3, fingerprint: "f", isInDoubt: false },
      }),
    ],
  });

  assert.deepEqual(version, {
    version: "001",
    name: "a",
    state: "partly_applied",
    appliedAt: "2025-01-05T12:00:00.000Z",
    rollback: "none",
    path: "migrations/001_a.sql",
    executionTimeMs: 12,
    rolledBackAt: "then",
    rollbackReason: "why",
    error: "it broke",
    sqlstate: "42P01",
    statementsDone: 3,
  });
});

Deno.test("countStates() counts versions in any of the states", () => {
  const versions = shownAll();

  assert.equal(countStates(versions, ["applied", "changed", "missing"]), 3);
  assert.equal(countStates(versions, ["failed"]), 1);
  assert.equal(countStates(versions, []), 0);
});

Deno.test("countPending() counts the files that migrate would apply", () => {
  const pending = countPending(
    ["001_a", "002_b", "003_c", "004_d", "005_e", "006_f"].map((stem) =>
      migration(stem)
    ),
    {
      tables: "ready",
      entries: [
        applied("001", "a"),
        entry("002", "b", { state: "failed" }),
        entry("003", "c", { state: "rolled_back" }),
        entry("004", "d", { state: "partly_applied" }),
        entry("005", "e", { state: "partly_rolled_back" }),
        entry("007", "g", { state: "failed" }),
      ],
    },
  );

  assert.equal(pending, 4);
});

Deno.test("findStatusWarnings() names what keeps migrate from running", () => {
  const warnings = findStatusWarnings(shownAll());

  assert.deepEqual(warnings.map(({ code, message }) => [code, message]), [
    ["checksum_mismatch", '"002_b" changed after it was applied'],
    ["out_of_order", '"003_c" is older than the newest applied version'],
    ["missing_file", '"004_d" is applied, but its file is gone'],
  ]);
});

function shownAll(): readonly VersionStatus[] {
  return compareStatus(
    ["001_a", "002_b", "003_c", "005_e", "007_g"].map((stem) =>
      migration(stem)
    ),
    {
      tables: "ready",
      entries: [
        applied("001", "a"),
        entry("002", "b", { checksum: "other" }),
        entry("004", "d", {}),
        entry("005", "e", { state: "failed" }),
        entry("006", "f", { state: "rolled_back" }),
      ],
    },
  );
}

function statesOf(
  migrations: readonly Migration[],
  entries: readonly HistoryEntry[],
): readonly string[] {
  return compareStatus(migrations, { tables: "ready", entries })
    .map(({ version, state }) => `${version} ${state}`);
}
