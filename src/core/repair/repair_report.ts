import type { LockstepError } from "../../errors.ts";
import type { RunBackup } from "../backup/backup_report.ts";
import type { Finding } from "../finding.ts";

/** What a change makes of a row of the tracking table. */
export type RepairAction =
  | "accept_checksum"
  | "adopt_file"
  | "complete_row"
  | "mark_applied"
  | "mark_not_applied"
  | "remove_row"
  | "retry";

/** A column that a change writes; one side is absent where there is NULL. */
export interface ChangedValue {
  readonly column: string;
  readonly from?: string;
  readonly to?: string;
}

/** A change of the tracking table, proposed or made. */
export interface RepairStep {
  readonly action: RepairAction;
  readonly version: string;
  readonly name: string;
  /** What it does, as in `accept "migrations/001_a.sql" as it is now`. */
  readonly message: string;
  /** The findings that it settles; absent where a person asked for it. */
  readonly why?: readonly string[];
  readonly values: readonly ChangedValue[];
}

/** What became of a change. */
export type RepairStatus =
  | "done"
  /** A dry run, or the repair stopped before it. */
  | "proposed"
  | "declined"
  /** The history changed meanwhile, so that it fits no more. */
  | "obsolete"
  /** The connection broke at its COMMIT and the server cannot be asked. */
  | "unknown";

/** A change, afterwards. */
export interface RepairStepOutcome extends RepairStep {
  readonly status: RepairStatus;
}

/** What `repair` answers. */
export interface RepairReport {
  readonly kind: "repair";
  readonly success: boolean;
  readonly target?: string;
  readonly runId?: string;
  /** Made before anything was changed, with `--backup always`. */
  readonly backup?: RunBackup;
  readonly changes: readonly RepairStepOutcome[];
  /** What still needs a look, after the changes. */
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}

/** What `verify` answers. */
export interface VerifyReport {
  readonly kind: "verify";
  /** Whether nothing was found. */
  readonly success: boolean;
  readonly target?: string;
  /** Files and rows that were compared. */
  readonly migrations: number;
  readonly rows: number;
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}
