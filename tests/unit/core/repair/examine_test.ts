import { deepEqual, equal, match } from "node:assert/strict";
import type { HistoryView } from "../../../../src/core/repair/history_view.ts";
import { examineHistory } from "../../../../src/core/repair/examine.ts";
import { migration } from "../history_samples.ts";
import { PART, row, view } from "./view_samples.ts";

const A = migration("001_a");
const B = migration("002_b");

function codes(seen: HistoryView): readonly string[] {
  return examineHistory(seen).map(({ finding: { code, version } }) =>
    `${version} ${code}`
  );
}

for (
  const [what, seen, expected] of [
    ["nothing", {}, []],
    ["files without rows", { migrations: [A, B] }, []],
    ["what fits", { migrations: [A], rows: [row("001", "a")] }, []],
    ["another spelling", { migrations: [A], rows: [row("1", "a")] }, []],
    [
      "a baseline without a file",
      { rows: [row("000_initial_state", "initial_state")] },
      [],
    ],
    [
      "what was rolled back and is gone",
      { rows: [row("001", "a", { rolled_back_at: "2025-01-05T12:00:00Z" })] },
      [],
    ],
    [
      "a row that was set to success by hand",
      {
        migrations: [A],
        rows: [row("001", "a", { ...PART, success: true, error: "x" })],
      },
      [],
    ],
    ["a gone file", { rows: [row("001", "a")] }, ["001 missing_file"]],
    [
      "a changed file, whatever its name",
      { migrations: [A], rows: [row("001", "x", { checksum: "other" })] },
      ["001 checksum_mismatch"],
    ],
    [
      "a renamed file",
      { migrations: [A], rows: [row("001", "x", { checksum: "sum of a" })] },
      ["001 renamed_file"],
    ],
    [
      "a failed row",
      { migrations: [A], rows: [row("001", "a", { success: false })] },
      ["001 failed_row"],
    ],
    [
      "a row without a checksum, and nothing to compare",
      { migrations: [A], rows: [row("001", "a", { checksum: null })] },
      ["001 incomplete_row"],
    ],
    [
      "an empty name",
      { migrations: [A], rows: [row("001", "", { checksum: "sum of a" })] },
      ["001 incomplete_row"],
    ],
    [
      "success that is not known",
      { migrations: [A], rows: [row("001", "a", { success: null })] },
      ["001 incomplete_row"],
    ],
    [
      "rows that nobody understands, first",
      {
        migrations: [A],
        rows: [row("001", "a"), row("what", "ever"), row(null, "x")],
      },
      ["what odd_version", "undefined odd_version"],
    ],
    [
      "two rows of one number",
      { migrations: [A], rows: [row("001", "a"), row("1", "a")] },
      ["1 duplicate_row"],
    ],
    [
      "a pending file older than an applied one",
      { migrations: [A, B], rows: [row("002", "b")] },
      ["001 out_of_order"],
    ],
    [
      "one that was rolled back",
      {
        migrations: [A, B],
        rows: [
          row("001", "a", { rolled_back_at: "2025-01-05T12:00:00Z" }),
          row("002", "b"),
        ],
      },
      ["001 out_of_order"],
    ],
    [
      "an older one where the order is free",
      { migrations: [A, B], rows: [row("002", "b")], order: "any" },
      [],
    ],
    [
      "what the database says of itself",
      {
        damagedRollbacks: ["001"],
        logBreaks: [{ id: "7", version: "002" }],
        unlogged: [{ id: "8", version: "003" }],
      },
      ["001 damaged_rollback", "002 broken_log", "003 unlogged_row"],
    ],
    [
      "what the files say of themselves",
      {
        fileFindings: [{
          severity: "warning",
          code: "orphan_rollback",
          message: "x",
        }],
      },
      ["undefined orphan_rollback"],
    ],
  ] as const
) {
  Deno.test(`examineHistory() of ${what} finds ${expected.join(", ") || "nothing"}`, () => {
    deepEqual(codes(view(seen)), expected);
  });
}

Deno.test("examineHistory() sorts rows by version", () => {
  const rows = [row("10", "j"), row("9", "i"), row("000_x", "y")];

  deepEqual(codes(view({ rows })), ["9 missing_file", "10 missing_file"]);
});

Deno.test("examineHistory() keeps the one of two rows whose checksum fits", () => {
  const rows = [row("1", "a", { checksum: "other" }), row("001", "a")];

  const found = examineHistory(view({ migrations: [A], rows }));

  deepEqual(
    found.map(({ finding: { code, version } }) => `${version} ${code}`),
    ["1 checksum_mismatch", "1 duplicate_row"],
  );
});

Deno.test("examineHistory() says how to go on with a step that stopped part-way", () => {
  const rows = [row("001", "a", PART)];

  const [found] = examineHistory(view({ migrations: [A], rows }));

  equal(found?.finding.severity, "warning");
  match(found?.finding.message ?? "", /way forward, with 2 statements commit/);
  match(found?.finding.hint ?? "", /^go on with "lockstep migrate", or settle/);
});

for (
  const [what, migrations, isStuck, message] of [
    ["has no file", [], false, /committed, and its file is gone$/],
    ["has another text", [A], true, /and these are no longer what the file/],
  ] as const
) {
  Deno.test(`examineHistory() takes a part-way step that ${what} for an error`, () => {
    const part = row("001", "a", PART);
    const unresumable = isStuck ? [part.id] : [];

    const [found] = examineHistory(
      view({ migrations, rows: [part], unresumable }),
    );

    equal(found?.finding.severity, "error");
    match(found?.finding.message ?? "", message);
    match(found?.finding.hint ?? "", /^put the file back as it was, or settle/);
  });
}

Deno.test("examineHistory() needs no up file for a step on its way back", () => {
  const rows = [row("001", "a", { ...PART, direction: "rollback" })];

  const [found] = examineHistory(view({ rows }));

  equal(found?.finding.severity, "warning");
  match(found?.finding.hint ?? "", /^go on with "lockstep rollback"/);
});

Deno.test("examineHistory() shows the first line of why a version failed", () => {
  const rows = [row("001", "a", { success: false, error: "boom\nand more" })];

  const [found] = examineHistory(view({ rows }));

  equal(found?.finding.message, '"001_a" failed and is not applied: boom');
});
