import type { BackupFile } from "./backup/backup_file.ts";
import type { LockstepError, SourceLocation } from "../errors.ts";
import type { Blockage } from "./blocker.ts";
import type { LockHolder } from "./lock.ts";
import type { Phase } from "./phase.ts";
import type { Direction, Step } from "./plan/plan.ts";

/** What became of a step. */
export type StepStatus =
  /** Applied or rolled back, and recorded. */
  | "done"
  /** Nothing of it is left. */
  | "failed"
  /** Some of its statements are committed; the tracking row says how many. */
  | "partial"
  /** The connection broke at its COMMIT and the server cannot be asked. */
  | "unknown"
  | "not_run";

/** One step of a run, afterwards. */
export interface StepOutcome {
  readonly direction: Direction;
  readonly version: string;
  readonly name: string;
  readonly path: string;
  readonly status: StepStatus;
  /** From the first message sent to the last answer, as the client saw it. */
  readonly durationMs?: number;
  /** Statements sent to the server. */
  readonly statements?: number;
  /** Set when the SQL came from the copy in the database. */
  readonly isFromKeptCopy?: boolean;
}

/** A notice or warning of the server during a step. */
export interface Notice {
  readonly severity: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly location?: SourceLocation;
}

/** What is seen of a step that takes its time, about once a second. */
export type WatchEvent =
  | {
    /** It waits for a lock; told again when others are in its way. */
    readonly type: "blocked";
    readonly step: Step;
    readonly blockage: Blockage;
  }
  | {
    /** It does not wait any more. */
    readonly type: "unblocked";
    readonly step: Step;
    readonly waitedMs: number;
  }
  | {
    readonly type: "working";
    readonly step: Step;
    /** The first line of the statement at work. */
    readonly statement: string;
    /** Since the statement began. */
    readonly elapsedMs: number;
    /** Absent where the server does not tell. */
    readonly phase?: Phase;
  };

/** What a run tells while it works, in the order it happens. */
export type RunEvent =
  | {
    /** With --wait, and when a lost connection is made anew. */
    readonly type: "server_waiting";
    /** What is waited for, such as `database "app" on db:5432`. */
    readonly server: string;
    /** Why it cannot be connected to yet. */
    readonly reason: string;
  }
  | { readonly type: "lock_waiting"; readonly holder: LockHolder | undefined }
  | { readonly type: "runner_waiting"; readonly holder: LockHolder | undefined }
  | {
    readonly type: "backup_started";
    /** Half a sentence; absent when somebody asked for it. */
    readonly reason: string | undefined;
  }
  | { readonly type: "backup_finished"; readonly file: BackupFile }
  | {
    /** It waits for sessions that use what it replaces, and can take long. */
    readonly type: "restore_started";
    readonly path: string;
    readonly target: string;
  }
  | {
    readonly type: "run_started";
    readonly steps: readonly Step[];
    /** Set when it takes place in a throwaway database. */
    readonly isRehearsal?: true;
    /** Set when all of it is rolled back. */
    readonly isDryRun?: true;
  }
  | {
    readonly type: "step_started";
    readonly step: Step;
    /** Counts from 1. */
    readonly number: number;
    readonly of: number;
    /** The first statement to run, when an earlier attempt is resumed. */
    readonly resumedAt?: number;
  }
  | { readonly type: "notice"; readonly step: Step; readonly notice: Notice }
  | {
    /** Notices beyond those that were told of. */
    readonly type: "notices_dropped";
    readonly step: Step;
    readonly dropped: number;
  }
  | {
    /** The last rows that a script selected, shortened. */
    readonly type: "rows";
    readonly step: Step;
    readonly fields: readonly string[];
    readonly rows: readonly (readonly (string | undefined)[])[];
    readonly isTruncated: boolean;
  }
  | {
    /** Locks of others kept the step out; it will be tried again. */
    readonly type: "step_retrying";
    readonly step: Step;
    /** Counts from 1. */
    readonly attempt: number;
    readonly pauseMs: number;
    readonly error: LockstepError;
  }
  | WatchEvent
  | { readonly type: "step_finished"; readonly outcome: StepOutcome }
  | { readonly type: "cancelling"; readonly signal: string };

/** What a run did, step by step. */
export interface RunOutcome {
  readonly runId: string;
  readonly steps: readonly StepOutcome[];
  /** Why the run stopped before its end. */
  readonly error?: LockstepError;
}
