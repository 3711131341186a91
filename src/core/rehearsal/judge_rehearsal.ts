import { FileError, type LockstepError } from "../../errors.ts";
import type { Finding } from "../finding.ts";
import { type Direction, scriptPath, type Step } from "../plan/plan.ts";
import {
  countLines,
  type SchemaDifference,
} from "../schema/compare_schemas.ts";
import type { RehearsalDifference } from "./rehearsal_report.ts";

/** The migrations that a schema comes from, and which way they went. */
export interface Passage {
  readonly after: Direction;
  readonly steps: readonly Step[];
}

/** Differences with what they come from. */
export function differencesOf(
  { after, steps }: Passage,
  differences: readonly SchemaDifference[],
): readonly RehearsalDifference[] {
  const [step] = steps;
  const isOne = steps.length === 1 && step !== undefined;
  const path = isOne ? pathOf(step, after) : undefined;
  return differences.map((difference) => ({
    ...difference,
    ...(isOne && { version: step.version }),
    of: isOne ? `"${labelOf(step)}"` : `all ${steps.length} migrations`,
    after,
    ...(path !== undefined && { path }),
    isOnlyOrder: isOnlyOrder(difference),
  }));
}

/** A difference as a finding; another order of columns alone is a warning. */
export function findingOfDifference(
  difference: RehearsalDifference,
): Finding {
  const { version, path, after, isOnlyOrder } = difference;
  return {
    severity: isOnlyOrder ? "warning" : "error",
    code: isOnlyOrder
      ? "order_not_restored"
      : after === "rollback"
      ? "schema_not_restored"
      : "schema_not_repeated",
    message: describeDifference(difference),
    ...(version !== undefined && { version }),
    ...(path !== undefined && { location: { path } }),
  };
}

/** What did not run as a finding. */
export function findingOfFailure(
  { direction, step, isAgain }: {
    readonly direction: Direction;
    readonly step: Step;
    readonly isAgain: boolean;
  },
  error: LockstepError,
): Finding {
  const { message, location, server } = error;
  // What it says of the next run is about a database that stays.
  const hint = error instanceof FileError
    ? error.hint
    : "mend the file and rehearse again";
  const when = direction === "rollback"
    ? "When rolled back"
    : isAgain
    ? "When applied again after its rollback"
    : "When applied";
  const detail = server?.detail === undefined ? "" : ` (${server.detail})`;
  return {
    severity: "error",
    code: direction === "rollback"
      ? "rollback_failed"
      : isAgain
      ? "migrate_again_failed"
      : "migrate_failed",
    message: `${when}: ${message}${detail}`,
    version: step.version,
    ...(hint !== undefined && { hint }),
    location: location ?? { path: pathOf(step, direction) ?? scriptPath(step) },
  };
}

/** A migration that can only go one way without saying so. */
export function findingOfNoRollback(step: Step): Finding {
  return {
    severity: "warning",
    code: "missing_rollback",
    message: `"${labelOf(step)}" has no down script, and was only applied`,
    hint: "write one, or mark it with the directive irreversible",
    version: step.version,
    location: { path: scriptPath(step) },
  };
}

/** Such as `003_add_email`. */
export function labelOf({ version, name }: Step): string {
  return `${version}_${name}`;
}

function pathOf(step: Step, direction: Direction): string | undefined {
  return direction === "rollback" ? step.down?.path : scriptPath(step);
}

/** Where a column was dropped, no rollback can put it back in the middle. */
export function isOnlyOrder({ expected, found }: SchemaDifference): boolean {
  return expected !== undefined && found !== undefined &&
    sortedLines(expected) === sortedLines(found);
}

function sortedLines(text: string): string {
  return text.split("\n").map((line) => line.replace(/,$/, "")).sort()
    .join("\n");
}

function describeDifference(difference: RehearsalDifference): string {
  const { change, kind, name, of, after, isOnlyOrder } = difference;
  const what = `the ${kind} ${name}`;
  const subject = after === "rollback"
    ? `The rollback of ${of}`
    : `Applying ${of} again`;
  if (isOnlyOrder) return `${subject} leaves ${what} in another order`;
  if (after === "rollback") {
    if (change === "added") return `${subject} leaves ${what} behind`;
    if (change === "removed") return `${subject} does not bring ${what} back`;
    return `${subject} does not restore ${what}: ${lines(difference)}`;
  }
  if (change === "added") return `${subject} makes ${what}, as not before`;
  if (change === "removed") return `${subject} does not make ${what}`;
  return `${subject} makes ${what} otherwise: ${lines(difference)}`;
}

function lines(difference: SchemaDifference): string {
  const { added, removed } = countLines(difference);
  const gone = removed === 1 ? "1 line is gone" : `${removed} lines are gone`;
  return `${gone}, ${added === 1 ? "1 is new" : `${added} are new`}`;
}
