import { HistoryError } from "../../errors.ts";
import { isVersion } from "../migration_name.ts";
import { fileColumns } from "./fill_row.ts";
import { findTwins, type Subject } from "./find_row.ts";
import type { HistoryView, TrackedRow } from "./history_view.ts";
import { rowLabel } from "./history_view.ts";
import { removeRow } from "./propose.ts";
import { type ColumnValues, NOW, type RepairChange } from "./repair_change.ts";

/** What a person can say of a version. */
export type Mark = "applied" | "not_applied" | "retry";

/**
 * The change that makes the tracking table say so; undefined when it says so
 * already.
 *
 * @throws {HistoryError} If a step is to be retried that did not stop part-way.
 */
export function planMark(
  mark: Mark,
  subject: Subject,
  { view, reason }: {
    readonly view: HistoryView;
    readonly reason: string | undefined;
  },
): RepairChange | undefined {
  switch (mark) {
    case "applied":
      return markApplied(subject, view);
    case "not_applied":
      return subject.row && markNotApplied(subject.row, { view, reason });
    case "retry":
      return retry(subject);
    default:
      return mark satisfies never;
  }
}

/** What a step that is over has in the columns of its progress. */
const SETTLED: ColumnValues = {
  success: true,
  rolled_back_at: undefined,
  rollback_reason: undefined,
  direction: undefined,
  statements_done: 0,
  statements_fingerprint: undefined,
  statement_started: undefined,
  error: undefined,
  error_sqlstate: undefined,
};

function markApplied(
  { row, migration }: Subject,
  view: HistoryView,
): RepairChange | undefined {
  const state = row?.entry.state;
  if (state === "applied") return undefined;
  const version = row?.entry.version ?? migration?.version ?? "";
  const name = migration?.name ?? row?.entry.name ?? "";
  // A version on its way back has been applied, from the file of that day.
  const file = state === "partly_rolled_back" ? undefined : migration;
  return {
    action: "mark_applied",
    version,
    name,
    message:
      `mark "${row === undefined ? `${version}_${name}` : rowLabel(row)}" ` +
      "as applied" +
      (file === undefined ? "" : ` from "${file.up.path}", without running it`),
    write: row === undefined ? "insert" : "update",
    ...(row !== undefined && { row }),
    set: {
      ...(row === undefined && { version, migration_type: "up" }),
      ...(file !== undefined && fileColumns(file, view.migrations)),
      ...(state !== "partly_rolled_back" && { applied_at: NOW }),
      ...SETTLED,
    },
    ...(file !== undefined && { keepDownOf: file }),
  };
}

function markNotApplied(
  row: TrackedRow,
  { view, reason }: {
    readonly view: HistoryView;
    readonly reason: string | undefined;
  },
): RepairChange | undefined {
  const { version, name, state } = row.entry;
  const wasApplied = state === "applied" || state === "partly_rolled_back";
  const isOdd = !isVersion(version) || findTwins(row, view.rows).length > 0;
  if (isOdd || state === "failed" || state === "partly_applied") {
    const message = `mark "${rowLabel(row)}" as not applied: remove its row`;
    return { ...removeRow(row, message), action: "mark_not_applied" };
  }
  if (!wasApplied) return undefined;
  return {
    action: "mark_not_applied",
    version,
    name,
    message: `mark "${rowLabel(row)}" as rolled back, without running anything`,
    write: "update",
    row,
    set: {
      ...SETTLED,
      rolled_back_at: NOW,
      rollback_reason: reason ?? "marked as not applied by lockstep repair",
    },
  };
}

/** What is committed stays: the person has undone it, or it does no harm. */
function retry({ row, migration }: Subject): RepairChange {
  const state = row?.entry.state;
  if (
    row === undefined ||
    (state !== "partly_applied" && state !== "partly_rolled_back")
  ) {
    throw notPartWay(row?.entry.version ?? migration?.version ?? "");
  }
  const { version, name } = row.entry;
  const isBack = state === "partly_rolled_back";
  return {
    action: "retry",
    version,
    name,
    message: `let the next ${isBack ? "rollback" : "migrate"} run ` +
      `"${rowLabel(row)}" again from its first statement`,
    write: "update",
    row,
    set: isBack ? SETTLED : {
      statements_done: 0,
      statements_fingerprint: undefined,
      statement_started: undefined,
    },
  };
}

function notPartWay(version: string): HistoryError {
  return new HistoryError(
    "not_part_way",
    `Cannot retry "${version}" as it did not stop part-way`,
    { hint: 'see "lockstep status"' },
  );
}
