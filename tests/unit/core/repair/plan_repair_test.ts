import { deepEqual, equal, throws } from "node:assert/strict";
import type { HistoryView } from "../../../../src/core/repair/history_view.ts";
import {
  planRepair,
  type RepairRequest,
} from "../../../../src/core/repair/plan_repair.ts";
import type { RepairChange } from "../../../../src/core/repair/repair_change.ts";
import { NOW } from "../../../../src/core/repair/repair_change.ts";
import { migration } from "../history_samples.ts";
import { PART, row, view } from "./view_samples.ts";

const A = migration("001_a");
const B = migration("002_b", { dependencies: ["001_a.sql"], down: {} });

function plan(
  seen: Partial<HistoryView>,
  request: Partial<RepairRequest> = {},
): readonly RepairChange[] {
  return planRepair(view(seen), { versions: [], marks: [], ...request })
    .changes;
}

function summary(changes: readonly RepairChange[]): readonly string[] {
  return changes.map(({ write, version, action }) =>
    `${write} ${version} ${action}`
  );
}

/** What a mark makes of a version. */
function mark(
  kind: "applied" | "not_applied" | "retry",
  version: string,
  seen: Partial<HistoryView>,
): RepairChange | undefined {
  return plan(seen, { marks: [{ version, mark: kind }] })[0];
}

Deno.test("planRepair() accepts a changed file with all that it says", () => {
  const changed = row("2", "x", { checksum: "other" });

  const [change] = plan({ migrations: [A, B], rows: [row("1", "a"), changed] });

  deepEqual(change?.set, {
    name: "b",
    checksum: "sum of b",
    file_path: "migrations/002_b.sql",
    dependencies: ["001"],
  });
  deepEqual([change?.write, change?.version], ["update", "2"]);
  deepEqual(change?.why, [
    '"migrations/002_b.sql" changed after it was applied',
  ]);
});

Deno.test("planRepair() adopts the name and the path of a renamed file", () => {
  const renamed = row("001", "x", { checksum: "sum of a" });

  const [change] = plan({ migrations: [A], rows: [renamed] });

  equal(change?.action, "adopt_file");
  deepEqual(change?.set, { name: "a", file_path: "migrations/001_a.sql" });
});

Deno.test("planRepair() fills in what file and row tell", () => {
  const holes = { checksum: null, applied_at: null, migration_type: "" };

  const [change] = plan({ migrations: [A], rows: [row("001", "a", holes)] });

  deepEqual(change?.set, {
    applied_at: "2025-01-05T11:59:59.000Z",
    checksum: "sum of a",
    migration_type: "up",
  });
});

Deno.test("planRepair() fills nothing in that only a person knows", () => {
  deepEqual(
    plan({
      migrations: [A],
      rows: [
        row("001", "a", { success: null }),
        row("003", "c", { checksum: null }),
      ],
    }),
    [],
  );
});

Deno.test("planRepair() makes one change of what is wrong with one row", () => {
  const both = row("001", "a", { checksum: "other", applied_at: null });

  const [change, ...more] = plan({ migrations: [A], rows: [both] });

  deepEqual(more, []);
  deepEqual(Object.keys(change?.set ?? {}).sort(), [
    "applied_at",
    "checksum",
    "dependencies",
    "file_path",
    "name",
  ]);
  equal(change?.why?.length, 2);
});

for (
  const [what, rows, expected] of [
    [
      "failed and nameless rows",
      [row("001", "a", { success: false }), row(null, "x")],
      ["delete  remove_row", "delete 001 remove_row"],
    ],
    [
      "a second row in the same state, whatever else is wrong with it",
      [row("001", "a"), row("1", "x", { checksum: "other" })],
      ["delete 1 remove_row"],
    ],
    [
      "no second row in another state",
      [
        row("001", "a"),
        row("1", "a", { rolled_back_at: "2025-01-05T12:00:00Z" }),
      ],
      [],
    ],
    ["no odd row by itself", [row("what", "ever")], []],
    ["no row that stopped part-way", [row("001", "a", PART)], []],
    ["no applied row whose file is gone", [row("007", "g")], []],
  ] as const
) {
  Deno.test(`planRepair() removes ${what}`, () => {
    deepEqual(summary(plan({ migrations: [A], rows })), expected);
  });
}

Deno.test("planRepair() proposes nothing for other versions than those named", () => {
  const rows = [
    row("001", "a", { success: false }),
    row("002", "b", { success: false }),
  ];

  const changes = plan({ migrations: [A, B], rows }, { versions: ["2"] });

  deepEqual(summary(changes), ["delete 002 remove_row"]);
});

Deno.test("planRepair() proposes only what is marked when something is", () => {
  const rows = [row("001", "a", { success: false })];

  const changes = plan({ migrations: [A, B], rows }, {
    marks: [{ version: "2", mark: "applied" }],
  });

  deepEqual(summary(changes), ["insert 002 mark_applied"]);
});

Deno.test("planRepair() selects the findings of what is named, however written", () => {
  const { selects } = planRepair(
    view({ migrations: [A], rows: [row("001", "a")] }),
    { versions: ["1"], marks: [] },
  );
  const finding = { severity: "error", code: "x", message: "x" } as const;

  deepEqual(
    ["001", "1", "2", undefined].map((version) =>
      selects({ ...finding, ...(version !== undefined && { version }) })
    ),
    [true, true, false, false],
  );
});

Deno.test("planRepair() marks a version as applied that has no row", () => {
  const change = mark("applied", "2", { migrations: [A, B] });

  equal(change?.write, "insert");
  equal(change?.keepDownOf, B);
  deepEqual(change?.set, {
    version: "002",
    migration_type: "up",
    name: "b",
    checksum: "sum of b",
    file_path: "migrations/002_b.sql",
    dependencies: ["001"],
    applied_at: NOW,
    success: true,
    rolled_back_at: undefined,
    rollback_reason: undefined,
    direction: undefined,
    statements_done: 0,
    statements_fingerprint: undefined,
    statement_started: undefined,
    error: undefined,
    error_sqlstate: undefined,
  });
});

Deno.test("planRepair() marks a part-way version as applied without its file", () => {
  const change = mark("applied", "001", { rows: [row("001", "a", PART)] });

  equal(change?.write, "update");
  equal(change?.set["success"], true);
  equal("checksum" in (change?.set ?? {}), false);
  equal(change?.keepDownOf, undefined);
});

Deno.test("planRepair() leaves an undone rollback what it was applied from", () => {
  const back = row("001", "a", {
    ...PART,
    direction: "rollback",
    checksum: "old",
  });

  const change = mark("applied", "001", { migrations: [A], rows: [back] });

  equal(change?.set["success"], true);
  equal("checksum" in (change?.set ?? {}), false);
  equal("applied_at" in (change?.set ?? {}), false);
});

for (
  const [what, kind, rows, expected] of [
    ["applied", "applied", [row("001", "a")], undefined],
    ["applied", "not_applied", [row("001", "a")], "update"],
    ["failed", "not_applied", [row("001", "a", { success: false })], "delete"],
    ["part-way", "not_applied", [row("001", "a", PART)], "delete"],
    [
      "part-way back",
      "not_applied",
      [row("001", "a", { ...PART, direction: "rollback" })],
      "update",
    ],
    [
      "rolled back",
      "not_applied",
      [row("001", "a", { rolled_back_at: "2025-01-05T12:00:00Z" })],
      undefined,
    ],
    [
      "a duplicate",
      "not_applied",
      [row("001", "a"), row("1", "a")],
      "delete",
    ],
    ["no row", "not_applied", [], undefined],
    ["part-way", "retry", [row("001", "a", PART)], "update"],
  ] as const
) {
  Deno.test(`planRepair() with ${kind} of what is ${what}: ${expected ?? "nothing"}`, () => {
    const changes = plan({ migrations: [A], rows }, {
      marks: [{ version: "001", mark: kind }],
    }).filter(({ why }) => why === undefined);

    deepEqual(changes.map(({ write }) => write), expected ? [expected] : []);
  });
}

Deno.test("planRepair() keeps an odd row that is marked as not applied in no state", () => {
  const change = mark("not_applied", "what", { rows: [row("what", "ever")] });

  equal(change?.write, "delete");
});

Deno.test("planRepair() gives the reason to a version that is not applied", () => {
  const [change] = plan({ migrations: [A], rows: [row("001", "a")] }, {
    marks: [{ version: "001", mark: "not_applied" }],
    reason: "by hand",
  });

  equal(change?.set["rollback_reason"], "by hand");
  equal(change?.set["rolled_back_at"], NOW);
});

Deno.test("planRepair() lets a rollback start again as if it was never begun", () => {
  const back = row("001", "a", { ...PART, direction: "rollback" });

  const change = mark("retry", "001", { rows: [back] });

  equal(change?.set["success"], true);
  equal(change?.set["statements_done"], 0);
});

Deno.test("planRepair() throws not_part_way for a version that is applied", () => {
  throws(() => mark("retry", "1", { rows: [row("001", "a")] }), {
    code: "not_part_way",
    message: 'Cannot retry "001" as it did not stop part-way',
  });
});

Deno.test("planRepair() throws unknown_version for what is neither row nor file", () => {
  throws(() => plan({ migrations: [A] }, { versions: ["9"] }), {
    code: "unknown_version",
    message: 'Cannot repair "9" as no migration and no row has that version',
  });
});

Deno.test("planRepair() throws invalid_argument for two marks of one version", () => {
  const marks = [
    { version: "1", mark: "applied" },
    { version: "001", mark: "not_applied" },
  ] as const;

  throws(() => plan({ migrations: [A] }, { marks }), {
    code: "invalid_argument",
  });
});

Deno.test("planRepair() takes the same mark twice for one", () => {
  const marks = [
    { version: "1", mark: "applied" },
    { version: "001", mark: "applied" },
  ] as const;

  equal(plan({ migrations: [A] }, { marks }).length, 1);
});
