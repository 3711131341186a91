import {
  type HistoryView,
  parseTrackedRow,
  type TrackedRow,
} from "../../../../src/core/repair/history_view.ts";

/** A view of nothing, but for what a test says. */
export function view(more: Partial<HistoryView> = {}): HistoryView {
  return {
    migrations: [],
    fileFindings: [],
    rows: [],
    logBreaks: [],
    unlogged: [],
    damagedRollbacks: [],
    unresumable: [],
    order: "strict",
    ...more,
  };
}

let lastId = 0;

/** The row of `001_a`, applied unless it says otherwise; see `migration()`. */
export function row(
  version: string | null,
  name: string,
  more: Readonly<Record<string, unknown>> = {},
): TrackedRow {
  return parseTrackedRow(JSON.stringify({
    id: ++lastId,
    version,
    name,
    applied_at: "2025-01-05T12:00:00+00:00",
    checksum: `sum of ${name}`,
    success: true,
    rolled_back_at: null,
    rollback_reason: null,
    migration_type: "up",
    file_path: `migrations/${version}_${name}.sql`,
    created_at: "2025-01-05T11:59:59+00:00",
    dependencies: [],
    direction: null,
    statements_done: 0,
    statements_fingerprint: null,
    statement_started: null,
    error: null,
    error_sqlstate: null,
    ...more,
  }));
}

/** The columns of a step that stopped part-way. */
export const PART = {
  success: false,
  direction: "migrate",
  statements_done: 2,
  statements_fingerprint: "f",
  statement_started: 2,
};
