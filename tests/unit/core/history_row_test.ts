import assert from "node:assert/strict";
import {
  foreignTableOwner,
  type HistoryRow,
  parseHistoryRow,
} from "../../../src/core/history_row.ts";

const ROW: HistoryRow = {
  version: "001",
  name: "a",
  checksum: "sum",
  file_path: "migrations/001_a.sql",
  success: "t",
  applied_at: "2025-01-05T12:00:00.000Z",
};

Deno.test("parseHistoryRow() reads a row with only the request's columns", () => {
  assert.deepEqual(parseHistoryRow(ROW), {
    version: "001",
    name: "a",
    checksum: "sum",
    filePath: "migrations/001_a.sql",
    state: "applied",
    appliedAt: "2025-01-05T12:00:00.000Z",
    dependencies: [],
  });
});

Deno.test("parseHistoryRow() reads all that a failed row says", () => {
  const entry = parseHistoryRow({
    ...ROW,
    success: "false",
    execution_time_ms: "12",
    rolled_back_at: "2025-01-06T12:00:00.000Z",
    rollback_reason: "why",
    dependencies: '["000","x"]',
    direction: "migrate",
    statements_done: "0",
    error: "it broke",
    error_sqlstate: "42P01",
    run_id: "r",
  });

  assert.deepEqual(entry, {
    version: "001",
    name: "a",
    checksum: "sum",
    filePath: "migrations/001_a.sql",
    state: "failed",
    appliedAt: "2025-01-05T12:00:00.000Z",
    executionTimeMs: 12,
    rolledBackAt: "2025-01-06T12:00:00.000Z",
    rollbackReason: "why",
    dependencies: ["000", "x"],
    error: "it broke",
    sqlstate: "42P01",
    runId: "r",
  });
});

for (
  const [sqlstate, isInDoubt] of [
    [undefined, true],
    ["57P01", true],
    ["08006", true],
    ["23505", false],
    ["57014", false],
  ] as const
) {
  Deno.test(`parseHistoryRow() has a statement ${isInDoubt ? "" : "not "}in doubt after ${sqlstate}`, () => {
    const entry = parseHistoryRow({
      ...ROW,
      success: "f",
      direction: "migrate",
      statements_done: "2",
      statement_started: "2",
      statements_fingerprint: "print",
      ...(sqlstate !== undefined && { error_sqlstate: sqlstate }),
    });

    assert.equal(entry.state, "partly_applied");
    assert.deepEqual(entry.progress, {
      statementsDone: 2,
      fingerprint: "print",
      statementStarted: 2,
      isInDoubt,
    });
  });
}

for (
  const [columns, owner] of [
    [["version"], "dbmate or Rails"],
    [["version", "dirty"], "golang-migrate"],
    [["version", "description", "execution_time"], "sqlx"],
    [["version", "inserted_at"], "Ecto"],
    [["id", "version_id", "is_applied", "tstamp"], "goose"],
    [["installed_rank", "version", "checksum", "success"], "Flyway"],
    [["version", "other"], "another application"],
    [[], "another application"],
  ] as const
) {
  Deno.test(`foreignTableOwner() is ${owner} for (${columns.join(", ")})`, () => {
    assert.equal(foreignTableOwner(columns), owner);
  });
}

for (
  const [json, expected] of [
    ["[null]", []],
    ['["000",null,"x"]', ["000", "x"]],
    ['[["000"],["x"]]', ["000", "x"]],
    ["{}", []],
  ] as const
) {
  Deno.test(`parseHistoryRow() reads the texts of dependencies ${json}`, () => {
    const entry = parseHistoryRow({ ...ROW, dependencies: json });

    assert.deepEqual(entry.dependencies, expected);
  });
}
