import type { Migration } from "../migration.ts";
import type { TrackedRow } from "./history_view.ts";
import type {
  ChangedValue,
  RepairAction,
  RepairStep,
} from "./repair_report.ts";

/** The server's clock, as the value of a column. */
export const NOW = { clock: "now" } as const;

/** A value for a column; undefined stands for NULL. */
export type ColumnValue =
  | string
  | number
  | boolean
  | readonly string[]
  | typeof NOW
  | undefined;

/** The values that a row gets, by column. */
export type ColumnValues = Readonly<Record<string, ColumnValue>>;

/** One change of the tracking table, ready to be made. */
export interface RepairChange {
  readonly action: RepairAction;
  readonly version: string;
  readonly name: string;
  /** What it does, as in `accept "migrations/001_a.sql" as it is now`. */
  readonly message: string;
  /** The findings that it settles. */
  readonly why?: readonly string[];
  readonly write: "insert" | "update" | "delete";
  /** The row as it was read; absent when one is inserted. */
  readonly row?: TrackedRow;
  readonly set: ColumnValues;
  /** The migration whose down script is kept with the row from now on. */
  readonly keepDownOf?: Migration;
}

/** The change as reports show it. */
export function describeChange(change: RepairChange): RepairStep {
  const { action, version, name, message, why } = change;
  return {
    action,
    version,
    name,
    message,
    ...(why !== undefined && { why }),
    values: changedValues(change),
  };
}

/**
 * Whether a change that was planned earlier is the one that is planned now. A
 * column that the table did not have then makes no difference.
 */
export function isSameChange(
  earlier: RepairChange,
  now: RepairChange,
): boolean {
  const { row } = earlier;
  const known = changedValues(now).filter(({ column }) =>
    row === undefined || column in row.columns
  );
  return row?.id === now.row?.id &&
    JSON.stringify(describeChange(earlier)) ===
      JSON.stringify({ ...describeChange(now), values: known });
}

/**
 * The changes with those of one row joined: a removal stands for all of them,
 * and what else is to be written is written at once.
 */
export function joinChanges(
  changes: readonly RepairChange[],
): readonly RepairChange[] {
  const joined = new Map<string, RepairChange>();
  for (const [index, change] of changes.entries()) {
    const key = change.row?.id ?? `insert ${index}`;
    const before = joined.get(key);
    joined.set(key, before === undefined ? change : join(before, change));
  }
  return [...joined.values()];
}

function join(one: RepairChange, other: RepairChange): RepairChange {
  const why = [...one.why ?? [], ...other.why ?? []];
  if (one.write === "delete") return { ...one, why };
  if (other.write === "delete") return { ...other, why };
  return {
    ...one,
    message: `${one.message}; ${other.message}`,
    why,
    set: { ...one.set, ...other.set },
  };
}

/** What a change puts in the place of what, column by column. */
function changedValues(
  { row, set }: RepairChange,
): readonly ChangedValue[] {
  return Object.entries(set).flatMap(([column, value]) => {
    // A table made by hand lacks columns that are added before the change.
    if (row !== undefined && !(column in row.columns)) return [];
    const from = row?.columns[column];
    const to = textOf(value);
    if (from === to) return [];
    return [{
      column,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    }];
  });
}

function textOf(value: ColumnValue): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object") return String(value);
  return "clock" in value ? value.clock : JSON.stringify(value);
}
