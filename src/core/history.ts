import type { MigrationDirectives } from "./directives.ts";

/** What the tracking table says of a version. */
export type EntryState =
  | "applied"
  | "rolled_back"
  | "failed"
  | "partly_applied"
  | "partly_rolled_back";

/** How far a step came that could not run in one transaction. */
export interface Progress {
  /** Statements of the script whose effect is committed. */
  readonly statementsDone: number;
  /** Fingerprint of those statements; see `statementFingerprint()`. */
  readonly fingerprint: string;
  /** The statement that was running when the step stopped, if one was. */
  readonly statementStarted?: number;
  /**
   * Whether that statement may have taken effect all the same: nobody was
   * there to hear what the server said of it.
   */
  readonly isInDoubt: boolean;
}

/** One version in the tracking table. */
export interface HistoryEntry {
  readonly version: string;
  readonly name: string;
  readonly checksum: string;
  readonly filePath: string;
  readonly state: EntryState;
  /** ISO 8601, from the server's clock. */
  readonly appliedAt: string;
  readonly executionTimeMs?: number;
  readonly rolledBackAt?: string;
  readonly rollbackReason?: string;
  /** Versions that the file named as its dependencies when it was applied. */
  readonly dependencies: readonly string[];
  readonly progress?: Progress;
  readonly error?: string;
  readonly sqlstate?: string;
  /** When the row was last written: with an error, when that was recorded. */
  readonly updatedAt?: string;
  /** The run that last touched the row, a UUID. */
  readonly runId?: string;
  /** The down script that is kept with the row, if one is. */
  readonly keptRollback?: KeptRollback;
  /** Its last attempt, a rollback that left it applied; only for `status`. */
  readonly failedRollback?: FailedRollback;
  /** Who made its last attempt; only for `status`. */
  readonly client?: string;
}

/** A rollback that failed and was undone. */
export interface FailedRollback {
  readonly error: string;
  readonly sqlstate?: string;
  /** ISO 8601, from the server's clock. */
  readonly failedAt: string;
}

/** A down script that the database keeps, without its text. */
export interface KeptRollback {
  readonly path: string;
  readonly checksum: string;
  /** What its header asks for. */
  readonly directives: MigrationDirectives;
}

/** The tracking table, read at one moment. */
export interface History {
  /** Whether the tables exist as this version of the tool wants them. */
  readonly tables: "missing" | "incomplete" | "ready";
  readonly entries: readonly HistoryEntry[];
}

/** The columns of the tracking table that decide an entry's state. */
export interface StateColumns {
  readonly success: boolean;
  readonly isRolledBack: boolean;
  readonly direction: string | undefined;
  readonly statementsDone: number;
  readonly statementStarted: number | undefined;
}

/**
 * The state that a row of the tracking table is in. A row set to
 * `success = true` by hand counts as applied, as the recovery procedure of the
 * request says.
 */
export function entryState(columns: StateColumns): EntryState {
  if (columns.success) return columns.isRolledBack ? "rolled_back" : "applied";
  if (columns.direction === "rollback") return "partly_rolled_back";
  const isPart = columns.statementsDone > 0 ||
    columns.statementStarted !== undefined;
  return isPart ? "partly_applied" : "failed";
}

/** Whether an entry's version is no number, as in `000_initial_state`. */
export function isBaseline(entry: HistoryEntry): boolean {
  return !/^[0-9]+$/.test(entry.version);
}
