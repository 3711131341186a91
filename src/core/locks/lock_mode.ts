/** How a statement locks a table (PostgreSQL documentation, "Table-Level Locks"). */
export type LockMode =
  | "ACCESS SHARE"
  | "ROW SHARE"
  | "ROW EXCLUSIVE"
  | "SHARE UPDATE EXCLUSIVE"
  | "SHARE"
  | "SHARE ROW EXCLUSIVE"
  | "EXCLUSIVE"
  | "ACCESS EXCLUSIVE";

/** The lock modes of tables, from the weakest on. */
export const LOCK_MODES: readonly LockMode[] = [
  "ACCESS SHARE",
  "ROW SHARE",
  "ROW EXCLUSIVE",
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
];

/** What a lock keeps others from. */
export type Stopped = "nothing" | "writes" | "reads and writes";

/** The stronger one of two modes. */
export function strongest(one: LockMode, other: LockMode): LockMode {
  return LOCK_MODES.indexOf(one) >= LOCK_MODES.indexOf(other) ? one : other;
}

/** What others cannot do while the lock is held: SELECT, or INSERT and the like. */
export function stoppedBy(mode: LockMode): Stopped {
  if (mode === "ACCESS EXCLUSIVE") return "reads and writes";
  return LOCK_MODES.indexOf(mode) >= LOCK_MODES.indexOf("SHARE")
    ? "writes"
    : "nothing";
}
