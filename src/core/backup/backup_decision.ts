import type { BackupMode, LossCause } from "./weigh_losses.ts";

/** Whether a backup is made before a plan runs, and why. */
export interface BackupDecision {
  readonly decision: "made" | "not_needed" | "off";
  /** Half a sentence, such as `nothing in it destroys data`. */
  readonly reason: string;
  /** The statements that would destroy data, the first ones of many. */
  readonly causes: readonly LossCause[];
}

/** What is decided without a look at the plan; undefined for `auto`. */
export function decideByMode(mode: BackupMode): BackupDecision | undefined {
  switch (mode) {
    case "always":
      return { decision: "made", reason: "--backup is always", causes: [] };
    case "never":
      return { decision: "off", reason: "--backup is never", causes: [] };
    case "auto":
      return undefined;
    default:
      return mode satisfies never;
  }
}

/** A backup is made, as these statements destroy data. */
export function decideForCauses(all: readonly LossCause[]): BackupDecision {
  const causes = joinCauses(all);
  const [first] = causes;
  const rest = causes.length - 1;
  const more = rest <= 0
    ? ""
    : ` and ${rest} more ${rest === 1 ? "statement" : "statements"}`;
  return {
    decision: "made",
    reason: first === undefined
      ? "it destroys data"
      : `${describeCause(first)}${more}`,
    causes: causes.slice(0, MAX_CAUSES),
  };
}

/** No backup is made, as nothing with data in it is touched. */
export function decideNothingLost(
  seen: "no_statement" | "empty_tables",
): BackupDecision {
  const reason = seen === "no_statement"
    ? "no statement of it destroys data"
    : "what it drops, empties or overwrites holds no data";
  return { decision: "not_needed", reason, causes: [] };
}

/** The statement, its place, and what it takes data from. */
export function describeCause(cause: LossCause): string {
  const { statement, path, line, lost } = cause;
  const place = `${path}:${line}`;
  if (lost.length === 0) {
    return `${statement} (${place}) may destroy data of any table`;
  }
  const shown = lost.slice(0, MAX_LOST).join(", ");
  const rest = lost.length - MAX_LOST;
  const more = rest <= 0 ? "" : ` and ${rest} more`;
  return `${statement} (${place}) destroys data of ${shown}${more}`;
}

const MAX_CAUSES = 20;
const MAX_LOST = 5;

/** One statement may take from several targets. */
function joinCauses(causes: readonly LossCause[]): readonly LossCause[] {
  const joined = new Map<string, LossCause>();
  for (const cause of causes) {
    const key = `${cause.path} ${cause.line} ${cause.statement}`;
    const before = joined.get(key)?.lost ?? [];
    const lost = [...new Set([...before, ...cause.lost])];
    joined.set(key, { ...cause, lost });
  }
  return [...joined.values()];
}
