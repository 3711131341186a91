import type { LockstepError } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import type { Notice } from "../outcome.ts";
import type { Direction } from "../plan/plan.ts";

/** A table, index or the like, as in `public.orders`. */
export interface TriedRelation {
  readonly name: string;
  /** Such as `table`. */
  readonly kind: string;
}

/** A lock that a statement took and kept. */
export interface TriedLock extends TriedRelation {
  /** As LOCK TABLE names it, such as `ACCESS EXCLUSIVE`. */
  readonly mode: string;
}

/** A statement of an executed dry run. */
export interface TriedStatement {
  readonly line: number;
  /** Its beginning, in one line. */
  readonly sql: string;
  readonly status: "done" | "failed" | "skipped";
  /** Why it was skipped. */
  readonly reason?: string;
  readonly durationMs?: number;
  readonly rows?: number;
  /** What the whole server wrote meanwhile, others included. */
  readonly walBytes?: number;
  /**
   * The strongest on each relation that there was before the dry run, where it
   * is stronger than that of the statements before.
   */
  readonly locks: readonly TriedLock[];
  /** How many more locks there are than are listed. */
  readonly omittedLocks?: number;
  /** What was written anew as a whole. */
  readonly rewritten: readonly TriedRelation[];
  readonly notices: readonly Notice[];
}

/** A step of an executed dry run. */
export interface TriedStep {
  readonly direction: Direction;
  readonly version: string;
  readonly name: string;
  readonly path: string;
  readonly status: "done" | "failed" | "not_run";
  readonly durationMs?: number;
  readonly isFromKeptCopy?: true;
  readonly statements: readonly TriedStatement[];
  /** How many more went well than are listed. */
  readonly omitted: number;
  readonly skipped: number;
  /** Notices beyond those that are listed. */
  readonly omittedNotices?: number;
}

/** A sequence that went on, which ROLLBACK does not undo. */
export interface AdvancedSequence {
  readonly name: string;
  /** Its last value before; absent if it had none, or it may not be read. */
  readonly from?: string;
  readonly to?: string;
}

/** What `migrate` and `rollback` answer with `--dry-run=execute`. */
export interface DryRunReport {
  readonly kind: "dry_run";
  readonly direction: Direction;
  readonly success: boolean;
  readonly target?: string;
  readonly steps: readonly TriedStep[];
  readonly sequences: readonly AdvancedSequence[];
  /** What the whole server wrote meanwhile, others included. */
  readonly walBytes?: number;
  readonly warnings: readonly Finding[];
  readonly forced: readonly Finding[];
  readonly error?: LockstepError;
}
