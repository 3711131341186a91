import type { RestorePreview } from "./backup/backup_report.ts";
import type { AdoptReport, BaselineReport } from "./adopt/adopt_report.ts";
import type { FailOn } from "./lint/fail_on.ts";
import type { VersionMark } from "./repair/plan_repair.ts";
import type { RepairStep } from "./repair/repair_report.ts";
import type { RunHooks, RunSettings } from "./run_settings.ts";

export type { TestDatabaseWish } from "./testing/test_database_report.ts";

/** What a `MigrationManager` works with; all of it has a default. */
export interface ManagerOptions extends Partial<RunSettings>, RunHooks {}

/** What `MigrationManager.isSetupValid()` answers. */
export interface SetupValidation {
  readonly valid: boolean;
  /** What is in the way, a sentence each. */
  readonly errors: readonly string[];
}

/** Options of `MigrationManager.migrate()`. */
export interface MigrateOptions {
  /** Up to and including this version; all when absent. */
  readonly version?: string;
  /**
   * `true` only plans; "execute" runs it all in one transaction on the target,
   * and rolls that back.
   */
  readonly dryRun?: boolean | "execute";
  /** Goes past changed and missing files, and lists each. */
  readonly force?: boolean;
  /** Refuses to run when the schema is not as the last run has left it. */
  readonly checkDrift?: boolean;
  /** Refuses to run when lint finds that, or worse, in what is pending. */
  readonly failOn?: FailOn;
}

/** Options of a run that is done. */
export interface Done {
  readonly dryRun?: false;
}

/** Options of a run that is only planned. */
export interface Planned {
  readonly dryRun: true;
}

/** Options of a run that is tried and undone. */
export interface Tried {
  readonly dryRun: "execute";
}

/** Options of `MigrationManager.rehearse()`. */
export interface RehearseOptions {
  /**
   * A database of the server to rehearse on, as a URL or keywords and values;
   * that of the live one when absent.
   */
  readonly on?: string;
  /** What is pending, on a copy of the live schema, in place of all files. */
  readonly pending?: boolean;
}

/** Options of `MigrationManager.findDrift()`. */
export interface DriftOptions {
  /** Another database, as a URL or keywords and values, which is as expected. */
  readonly against?: string;
  /** Patterns of objects to leave out, such as `audit.*` or `table a.tmp_*`. */
  readonly ignore?: readonly string[];
  /** Compares with what the files of the applied versions make. */
  readonly files?: boolean;
  /** The server on which the files are applied, in a new database. */
  readonly on?: string;
  /** Writes a migration of this name for what differs from the files. */
  readonly writeMigration?: string;
  /** Stores the schema as the one to expect; not with `against`. */
  readonly accept?: boolean;
  /** Why it is accepted; kept in the log. */
  readonly reason?: string;
}

/**
 * Options of `MigrationManager.rollback()`; without `count` and `to`
 * it is the newest version.
 */
export interface RollbackOptions {
  readonly count?: number;
  /** This version stays applied. */
  readonly to?: string;
  readonly reason?: string;
  /** As in {@linkcode MigrateOptions}. */
  readonly dryRun?: boolean | "execute";
  readonly force?: boolean;
}

/** Options of `MigrationManager.createBackup()`. */
export interface BackupOptions {
  /** Only these; the whole database when there are none. */
  readonly schemas?: readonly string[];
}

/** Options of `MigrationManager.restore()`. */
export interface RestoreOptions {
  /** Another database, as a URL or keywords and values; it must be there. */
  readonly into?: string;
  readonly dryRun?: boolean;
  /** Asked before anything is changed; without it the backup is restored. */
  readonly decide?: (preview: RestorePreview) => Promise<boolean>;
}

/** Options of `MigrationManager.repair()`. */
export interface RepairOptions {
  /** What is wrong with these; with all when there are none and no marks. */
  readonly versions?: readonly string[];
  /** What a person knows better than the tracking table. */
  readonly marks?: readonly VersionMark[];
  /** Kept in the log, and with versions marked as not applied. */
  readonly reason?: string;
  readonly dryRun?: boolean;
  /** Asked for each change in turn; without it all are made. */
  readonly decide?: (step: RepairStep) => Promise<boolean>;
}

/** Options of `MigrationManager.adopt()`. */
export interface AdoptOptions {
  /** A tool by its name, such as `dbmate`. */
  readonly from: string;
  /** The folder with that tool's files; where it usually is unless given. */
  readonly source?: string;
  /** The table with its history, where it is not called as usual. */
  readonly historyTable?: string;
  /** Goes past changed files and the like, and lists each. */
  readonly force?: boolean;
  readonly dryRun?: boolean;
  /** Asked with the plan before anything is written. */
  readonly decide?: (plan: AdoptReport) => Promise<boolean>;
}

/** Options of `MigrationManager.baseline()`. */
export interface BaselineOptions {
  /** Up to and including this version. */
  readonly version: string;
  /** Writes the schema as the file of that version. */
  readonly dump?: boolean;
  readonly dryRun?: boolean;
  /** Asked with the plan before anything is written. */
  readonly decide?: (plan: BaselineReport) => Promise<boolean>;
}
