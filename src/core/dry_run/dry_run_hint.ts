import type { ServerMessage, SourceLocation } from "../../errors.ts";
import type { Blockage, Blocker } from "../blocker.ts";
import { specialHint } from "../failure_hint.ts";

/** What was left out before a statement that failed, and who was in its way. */
export interface DryFailure {
  /** Statements that were left out. */
  readonly skipped: readonly SourceLocation[];
  readonly blockage?: Blockage | undefined;
}

/** What to do after the server refused a statement of an executed dry run. */
export function dryRunHint(
  server: ServerMessage,
  { skipped, blockage }: DryFailure,
): string {
  if (isBlocked(server)) return blockedHint(blockage);
  return specialHint(server) ?? skippedHint(skipped) ??
    "nothing was changed: mend the file and try it again";
}

/** Whether others held locks, or a deadlock came of it. */
export function isBlocked({ sqlstate }: ServerMessage): boolean {
  return sqlstate === "55P03" || sqlstate === "40P01";
}

function blockedHint(blockage: Blockage | undefined): string {
  const advice = "nothing was changed: try it again when there is less " +
    "traffic, or wait longer with --dry-run-lock-timeout";
  const blocker = blockage?.blockers[0];
  if (blocker === undefined) return advice;
  return `${describeBlocker(blocker)} was in the way; ${advice}`;
}

function describeBlocker(blocker: Blocker): string {
  const { kind, processId, preparedAs, user, application, state } = blocker;
  if (kind === "prepared") return `the prepared transaction "${preparedAs}"`;
  const facts = [
    ...(kind === "autovacuum" ? ["autovacuum"] : []),
    ...(user === undefined ? [] : [`user ${user}`]),
    ...(application === undefined ? [] : [application]),
    ...(state === undefined ? [] : [state]),
  ];
  const who = `pid ${processId}`;
  return facts.length === 0 ? who : `${who} (${facts.join(", ")})`;
}

function skippedHint(skipped: readonly SourceLocation[]): string | undefined {
  const [first] = skipped;
  if (first === undefined) return undefined;
  const amount = skipped.length === 1
    ? "a statement before it was"
    : `${skipped.length} statements before it were`;
  const place = skipped.length === 1 ? "in" : "the first in";
  return `it may fail only as ${amount} left out, ${place} ` +
    `${first.path}:${first.line}; "lockstep rehearse --pending" runs all`;
}
