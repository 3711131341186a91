import type { LockstepError } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import { countLines, type SchemaDifference } from "./compare_schemas.ts";

/** What the schema of a database is held against. */
export type DriftReference =
  /** As it was stored after a run, or accepted. */
  | {
    readonly kind: "snapshot";
    readonly id: number;
    /** ISO 8601, by the server's clock. */
    readonly takenAt: string;
    readonly runId: string;
    readonly client: string;
    /** Why it was accepted. */
    readonly reason?: string;
  }
  /** Another database. */
  | { readonly kind: "database"; readonly target: string }
  /** What the files of the applied versions make. */
  | { readonly kind: "files"; readonly migrations: number };

/** A migration that was written for what differs. */
export interface WrittenMigration {
  readonly version: string;
  /** The two files, from the working directory. */
  readonly up: string;
  readonly down: string;
}

/** What `drift` answers. */
export interface DriftReport {
  readonly kind: "drift";
  /** Whether nothing was found, or it was accepted. */
  readonly success: boolean;
  readonly target?: string;
  readonly reference?: DriftReference;
  /** Objects in the database. */
  readonly objects: number;
  /** Differences that `--ignore-objects` has left out. */
  readonly ignoredCount: number;
  readonly differences: readonly SchemaDifference[];
  /** The differences as findings; with a migration, what it leaves. */
  readonly findings: readonly Finding[];
  /** Set when the schema was stored as the one to expect. */
  readonly isAccepted?: true;
  /** Set when a migration was written for the differences. */
  readonly written?: WrittenMigration;
  readonly warnings: readonly Finding[];
  readonly error?: LockstepError;
}

/**
 * The differences of a schema as findings, one for each. What is only said of
 * an object is a warning: nothing works otherwise for it.
 */
export function findingsOfDrift(
  differences: readonly SchemaDifference[],
): readonly Finding[] {
  return differences.map((difference) => ({
    severity: isOnlyComment(difference) ? "warning" : "error",
    code: `object_${difference.change}`,
    message: describeDifference(difference),
  }));
}

/** Whether only the comments of an object differ. */
export function isOnlyComment({ differsIn }: SchemaDifference): boolean {
  return differsIn?.length === 1 && differsIn[0] === "comment";
}

/** One difference in one line. */
export function describeDifference(difference: SchemaDifference): string {
  const { change, kind, name } = difference;
  const label = `The ${kind} ${name}`;
  if (change === "added") return `${label} is not expected`;
  if (change === "removed") return `${label} is expected and is not there`;
  const { added, removed } = countLines(difference);
  const gone = removed === 1 ? "1 line is gone" : `${removed} lines are gone`;
  const fresh = added === 1 ? "1 is new" : `${added} are new`;
  return `${label} is not as expected: ${gone}, ${fresh}`;
}
