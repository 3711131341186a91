import type { LockstepError } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import type { StatementLocks } from "../locks/script_locks.ts";
import type { LintFix } from "./lint_fix.ts";
import type { FailOn } from "./fail_on.ts";

/** Options of `MigrationManager.lint()`. */
export interface LintOptions {
  /** Paths of files; those of the migrations folder without any. */
  readonly files?: readonly string[];
  /** Without it, what the settings say, else errors. */
  readonly failOn?: FailOn;
  /**
   * Whether a table is new to the files after the one that makes it, too, as
   * where all of them are pending together.
   */
  readonly newFor?: "file" | "all";
  /** Whether the report says how each statement locks tables. */
  readonly locks?: boolean;
  /** Whether the server is asked how big the tables are. */
  readonly live?: boolean;
  /**
   * Whether safe forms are written into files that are not applied; needs
   * `live`, or the names of files.
   */
  readonly fix?: "write" | "preview";
}

/** What `lint` answers. */
export interface LintReport {
  readonly kind: "lint";
  /** The database that was asked how big the tables are. */
  readonly target?: string;
  /** Whether nothing was found that makes it fail. */
  readonly success: boolean;
  readonly files: number;
  readonly statements: number;
  readonly findings: readonly Finding[];
  /** Findings that a directive keeps quiet. */
  readonly suppressed: number;
  /** Every statement in order, where that is asked for. */
  readonly locks?: readonly StatementLocks[];
  /** What was fixed, or would be. */
  readonly fixes?: readonly LintFix[];
  /** Files that were added for that. */
  readonly created?: readonly string[];
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}
