import type { ExitName, LockstepError } from "../errors.ts";
import type { BackupDecision } from "./backup/backup_decision.ts";
import type {
  BackupReport,
  RestoreReport,
  RunBackup,
} from "./backup/backup_report.ts";
import type { AdoptReport, BaselineReport } from "./adopt/adopt_report.ts";
import type { DoctorReport } from "./doctor/verdict.ts";
import type { ShownSetting, ShownVariable } from "./config/describe_config.ts";
import type { Finding } from "./finding.ts";
import type { EntryState, FailedRollback } from "./history.ts";
import type { LintReport } from "./lint/lint_report.ts";
import type { LockHolder } from "./lock.ts";
import type { LogEntry } from "./log_entry.ts";
import type { RunOutcome, StepOutcome } from "./outcome.ts";
import type { Direction } from "./plan/plan.ts";
import type { RepairReport, VerifyReport } from "./repair/repair_report.ts";
import type { DryRunReport } from "./dry_run/dry_run_report.ts";
import type { RehearsalReport } from "./rehearsal/rehearsal_report.ts";
import type { DriftReport } from "./schema/drift_report.ts";
import type { SchemaReport } from "./schema/schema_report.ts";
import type { TestDatabaseReport } from "./testing/test_database_report.ts";
import type { UnlockReport } from "./unlock_report.ts";

/** What `migrate` and `rollback` answer. */
export interface RunReport {
  readonly kind: Direction;
  readonly success: boolean;
  /** Where, without a password. */
  readonly target?: string;
  readonly runId?: string;
  /** Made before anything was changed. */
  readonly backup?: RunBackup;
  readonly migrationsApplied: number;
  readonly migrationsRolledBack: number;
  readonly steps: readonly StepOutcome[];
  readonly warnings: readonly Finding[];
  /** Integrity findings that `--force` went past. */
  readonly forced: readonly Finding[];
  readonly error?: LockstepError;
}

/** A segment in a dry run. */
export interface PlannedSegment {
  readonly mode: "transactional" | "non_transactional";
  readonly reason?: string;
  /** How many statements would be sent. */
  readonly statementCount: number;
  /** Where the first and the last of them start; absent without any. */
  readonly firstLine?: number;
  readonly lastLine?: number;
  /** The statements that would be sent; absent in an outline. */
  readonly statements?: readonly PlannedStatement[];
  /** How many more there are than `statements` lists. */
  readonly omitted?: number;
}

/** A statement in a dry run. */
export interface PlannedStatement {
  readonly line: number;
  readonly sql: string;
  /**
   * The line of the file of each line of the SQL, undefined within the value
   * of a variable; absent where they count on from `line`.
   */
  readonly lines?: readonly (number | undefined)[];
}

/** A step in a dry run. */
export interface PlannedStep {
  readonly direction: Direction;
  readonly version: string;
  readonly name: string;
  readonly path: string;
  readonly isFromKeptCopy: boolean;
  /** The first statement to run, from 0, when an attempt is resumed. */
  readonly resumedAt?: number;
  readonly segments: readonly PlannedSegment[];
}

/** What `plan`, `migrate --dry-run` and `rollback --dry-run` answer. */
export interface PlanReport {
  readonly kind: "plan";
  readonly direction: Direction;
  readonly success: boolean;
  readonly target?: string;
  readonly steps: readonly PlannedStep[];
  /** Absent when nothing would be done. */
  readonly backup?: BackupDecision;
  readonly warnings: readonly Finding[];
  readonly forced: readonly Finding[];
  readonly error?: LockstepError;
}

/** How a version stands, files and history together. */
export type VersionState =
  | EntryState
  | "pending"
  /** Pending, but older than the newest applied version. */
  | "out_of_order"
  /** Applied, and its file has changed since. */
  | "changed"
  /** Applied, and its file is gone. */
  | "missing"
  /** A row whose version is no number and that no file explains. */
  | "baseline";

/** A version in `status`. */
export interface VersionStatus {
  readonly version: string;
  readonly name: string;
  readonly state: VersionState;
  readonly appliedAt?: string;
  readonly executionTimeMs?: number;
  readonly rolledBackAt?: string;
  readonly rollbackReason?: string;
  readonly error?: string;
  readonly sqlstate?: string;
  /** When the error was recorded; a later attempt may have left no trace. */
  readonly errorAt?: string;
  /** The last attempt, when it was a rollback that failed and was undone. */
  readonly failedRollback?: FailedRollback;
  /** Who last did something with it, such as `deploy@app-1`. */
  readonly client?: string;
  /** Statements committed, of a step that stopped part-way. */
  readonly statementsDone?: number;
  /** Where a down script is: in the folder, in the database, or nowhere. */
  readonly rollback: "file" | "kept" | "none";
  readonly path?: string;
}

/** What `status` answers. */
export interface StatusReport {
  readonly kind: "status";
  readonly success: boolean;
  readonly target?: string;
  readonly appliedMigrations: number;
  readonly pendingMigrations: number;
  readonly failedMigrations: number;
  readonly rolledBackMigrations: number;
  /** How many versions are in each state; none is left out. */
  readonly states: Readonly<Partial<Record<VersionState, number>>>;
  /** Applied or pending versions that cannot be rolled back. */
  readonly withoutRollback: number;
  /** By version, oldest first. */
  readonly versions: readonly VersionStatus[];
  /** Set when only what is to be done is listed. */
  readonly isOnlyPending?: true;
  /** Older versions that the limit leaves out. */
  readonly omittedVersions?: number;
  readonly lockHolder?: LockHolder;
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}

/** What `history` answers. */
export interface HistoryReport {
  readonly kind: "history";
  readonly success: boolean;
  readonly target?: string;
  /** Newest first. */
  readonly entries: readonly LogEntry[];
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}

/** What `create` answers. */
export interface CreateReport {
  readonly kind: "create";
  readonly success: boolean;
  readonly version?: string;
  readonly up?: string;
  readonly down?: string;
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}

/** What `init` answers. */
export interface InitReport {
  readonly kind: "init";
  readonly success: boolean;
  readonly target?: string;
  readonly table: string;
  /** What was done to the tracking tables; absent with `--sql`. */
  readonly change?: "created" | "completed" | "none";
  /** The statements, with `--sql`. */
  readonly sql?: string;
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}

/** What `sql split` answers, besides the statements. */
export interface SplitReport {
  readonly kind: "split";
  readonly success: boolean;
  readonly path: string;
  readonly statementCount: number;
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}

/** What `config` answers. */
export interface ConfigReport {
  readonly kind: "config";
  readonly success: true;
  /** The configuration file. */
  readonly file?: string;
  /** The environment that was chosen. */
  readonly environment?: string;
  readonly isProtected: boolean;
  /** The environments that the file has. */
  readonly environments: readonly string[];
  readonly settings: readonly ShownSetting[];
  readonly variables: readonly ShownVariable[];
  readonly warnings: readonly Finding[];
}

/** What `version` answers. */
export interface VersionReport {
  readonly kind: "version";
  readonly success: true;
  readonly version: string;
  readonly runtime: string;
  /** What the executable was made from; absent from sources. */
  readonly commit?: string;
  /** The packages in the executable; empty from sources. */
  readonly dependencies: readonly string[];
  readonly warnings: readonly Finding[];
}

/** What `help` answers. */
export interface HelpReport {
  readonly kind: "help";
  readonly success: true;
  readonly text: string;
  readonly warnings: readonly Finding[];
}

/** What `completions` answers. */
export interface CompletionsReport {
  readonly kind: "completions";
  readonly success: true;
  /** The script. */
  readonly text: string;
  readonly warnings: readonly Finding[];
}

/** What is answered when a command could not begin. */
export interface ErrorReport {
  readonly kind: "error";
  readonly success: false;
  readonly warnings: readonly Finding[];
  readonly error: LockstepError;
}

/** What a run answers, also where it is only planned or tried. */
export type RunAnswer = RunReport | PlanReport | DryRunReport;

/** What a command answers. */
export type Report =
  | RunAnswer
  | StatusReport
  | HistoryReport
  | VerifyReport
  | LintReport
  | RepairReport
  | AdoptReport
  | BaselineReport
  | CreateReport
  | InitReport
  | SplitReport
  | SchemaReport
  | DriftReport
  | RehearsalReport
  | TestDatabaseReport
  | BackupReport
  | RestoreReport
  | UnlockReport
  | DoctorReport
  | ConfigReport
  | VersionReport
  | HelpReport
  | CompletionsReport
  | ErrorReport;

/** How a process ends that has nothing else to say than this report. */
export function exitOf(report: Report): ExitName {
  return "error" in report ? report.error?.exit ?? "success" : "success";
}

/** The steps of an outcome that are done, in one direction. */
export function countDone(outcome: RunOutcome, direction: Direction): number {
  return outcome.steps.filter((step) =>
    step.direction === direction && step.status === "done"
  ).length;
}
