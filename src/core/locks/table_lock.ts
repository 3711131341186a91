import type { QualifiedName } from "../sql/quote.ts";
import { type LockMode, strongest } from "./lock_mode.ts";

/** Whether the rows of a locked table are read, indexed or written anew. */
export type TableWork = "none" | "scan" | "index" | "rewrite";

/** All that can be done to a table, from the lightest on. */
export const TABLE_WORK: readonly TableWork[] = [
  "none",
  "scan",
  "index",
  "rewrite",
];

/** How a statement locks a table, or any other relation. */
export interface TableLock {
  /** Absent where only the server knows which one it is. */
  readonly table?: QualifiedName;
  /** What it is then, such as `the table of the index "i"`. */
  readonly other?: string;
  readonly mode: LockMode;
  readonly work: TableWork;
  /** Whether the server may find that the work is not needed. */
  readonly isWorkCertain: boolean;
  /** The rule of lint that says how to do better. */
  readonly rule?: string;
}

/** What there is to say of a lock besides its table and mode. */
export type LockDetails = Partial<Omit<TableLock, "table" | "other" | "mode">>;

/** A lock on a table that a file names. */
export function lockOn(
  table: QualifiedName,
  mode: LockMode,
  details: LockDetails = {},
): TableLock {
  return { table, mode, work: "none", isWorkCertain: true, ...details };
}

/** A lock on what only the server knows. */
export function lockOnOther(
  other: string,
  mode: LockMode,
  details: LockDetails = {},
): TableLock {
  return { other, mode, work: "none", isWorkCertain: true, ...details };
}

/** What only the server knows of a table. */
export const KEYED = "tables that a foreign key ties to it, if there are any";

/** One lock for each table: the strongest, with the heaviest work. */
export function mergeLocks(locks: readonly TableLock[]): readonly TableLock[] {
  const merged = new Map<string, TableLock>();
  for (const lock of locks) {
    const key = JSON.stringify([lock.table ?? {}, lock.other]);
    const before = merged.get(key);
    merged.set(key, before === undefined ? lock : merge(before, lock));
  }
  return [...merged.values()];
}

function merge(one: TableLock, other: TableLock): TableLock {
  const heavier = isHeavier(other, one) ? other : one;
  const rule = heavier.rule ?? one.rule ?? other.rule;
  return {
    ...heavier,
    mode: strongest(one.mode, other.mode),
    ...(rule !== undefined && { rule }),
  };
}

function isHeavier(one: TableLock, other: TableLock): boolean {
  const [first, second] = [one, other].map(({ work }) =>
    TABLE_WORK.indexOf(work)
  );
  if (first !== second) return (first ?? 0) > (second ?? 0);
  return one.isWorkCertain && !other.isWorkCertain;
}
