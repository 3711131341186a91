import type { LockstepError } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import type { SchemaDifference } from "../schema/compare_schemas.ts";

/** What became of a migration in a rehearsal. */
export type RehearsalStatus =
  /** Applied, rolled back to the schema before it, and applied again. */
  | "reversible"
  /** Marked so: applied only. */
  | "irreversible"
  /** It has no down script: applied only. */
  | "no_rollback"
  /** Its rollback, or applying it again, made another schema. */
  | "different"
  | "failed"
  | "not_run";

/** A migration that was rehearsed, or was to be. */
export interface RehearsedMigration {
  readonly version: string;
  readonly name: string;
  readonly path: string;
  readonly status: RehearsalStatus;
  /** All of its runs together. */
  readonly durationMs?: number;
}

/** An object that is not as it was, and what it comes from. */
export interface RehearsalDifference extends SchemaDifference {
  /** The migration; absent where it comes from several together. */
  readonly version?: string;
  /** Its name in full, or what it is one of. */
  readonly of: string;
  readonly after: "rollback" | "migrate";
  /** The script that was run. */
  readonly path?: string;
  /** Whether only the order of the lines is another one. */
  readonly isOnlyOrder: boolean;
}

/** What `rehearse` answers. */
export interface RehearsalReport {
  readonly kind: "rehearsal";
  /** Whether no finding is an error. */
  readonly success: boolean;
  /** The database that the server was found by, or whose schema was copied. */
  readonly target?: string;
  readonly scope: "all" | "pending";
  readonly migrations: readonly RehearsedMigration[];
  readonly differences: readonly RehearsalDifference[];
  /** The differences as findings, and what failed. */
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}
