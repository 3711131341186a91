import type { Statement } from "../sql/statement.ts";
import { setsSession } from "../sql/session_effects.ts";
import type { ScriptPlan } from "./segments.ts";

/** The first statement of a script that sets something for its session. */
export interface SessionSetting {
  readonly index: number;
  /** Counts from 1. */
  readonly line: number;
}

/** The statement as a setting of its session, if it is one. */
export function sessionSettingOf(
  { index, line, text }: Statement,
): SessionSetting | undefined {
  return setsSession(text) ? { index, line } : undefined;
}

/**
 * Whether the setting would have to outlive a transaction: only what the last
 * one sets is undone before its end.
 */
export function leavesTransaction(
  { segments }: ScriptPlan,
  { index }: SessionSetting,
): boolean {
  const last = segments.at(-1);
  return last !== undefined &&
    (last.mode === "non_transactional" || index < last.first);
}
