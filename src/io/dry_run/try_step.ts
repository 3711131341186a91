import type { TriedStep } from "../../core/dry_run/dry_run_report.ts";
import type { Segment } from "../../core/plan/segments.ts";
import { setsSession } from "../../core/sql/session_effects.ts";
import type { LockstepError } from "../../errors.ts";
import { ScriptGuard } from "../postgres/script_guard.ts";
import { markOf, type PreparedStep } from "../postgres/step_context.ts";
import { throwIfStopped } from "../postgres/stop.ts";
import {
  type DryContext,
  endMigration,
  startMigration,
} from "./dry_session.ts";
import { explainFailure } from "./explain_failure.ts";
import { refused } from "./refused_statement.ts";
import { StepRecord } from "./step_record.ts";
import { skip, type Trial, tryStatement } from "./try_statement.ts";

/** A step that was tried, and why it was the last. */
export interface TrialEnd {
  readonly step: TriedStep;
  readonly error?: LockstepError;
}

/**
 * Runs a step inside the open transaction, but for what cannot run in one. It
 * leaves the session as the next migration would find it.
 */
export async function tryStep(
  context: DryContext,
  prepared: PreparedStep,
): Promise<TrialEnd> {
  const trial: Trial = {
    context,
    prepared,
    record: new StepRecord(prepared),
    guard: new ScriptGuard(prepared),
    copyLine: undefined,
  };
  context.notices.left = MAX_NOTICES;
  context.notices.dropped = 0;
  try {
    await startMigration(context, prepared.step.directives);
    await trySegments(trial);
    await trial.guard.requireUnchanged();
    await endMigration(context);
    return { step: trial.record.end("done", context.notices.dropped) };
  } catch (failure) {
    const explained = trial.guard.explain(failure);
    const error = await explainFailure(trial, explained);
    return { step: trial.record.end("failed", context.notices.dropped), error };
  } finally {
    await trial.guard.cursor.close();
  }
}

/** Of one step; more are counted, not listed. */
const MAX_NOTICES = 500;

async function trySegments(trial: Trial): Promise<void> {
  const { prepared: { plan, step } } = trial;
  const start = step.resume?.statementsDone ?? 0;
  await repeatSettings(trial, start);
  for (const segment of plan.segments) {
    if (segment.last < start) continue;
    await trySegment(trial, segment);
    trial.guard.requireSame(segment.last);
  }
}

/** What an earlier attempt has set, it has set for its own session only. */
async function repeatSettings(trial: Trial, start: number): Promise<void> {
  const { guard: { cursor }, context, prepared: { step } } = trial;
  for (
    let item = await cursor.peek();
    item !== undefined && (item.kind !== "statement" || item.index < start);
    item = await cursor.peek()
  ) {
    await cursor.next();
    if (item.kind !== "statement" || !setsSession(item.text)) continue;
    const sql = markOf(context, step) + item.text;
    await refused(item, () => context.worker.run(sql));
  }
}

async function trySegment(trial: Trial, segment: Segment): Promise<void> {
  const { guard, context } = trial;
  for (
    let item = await guard.cursor.peek();
    item !== undefined &&
    (item.kind !== "statement" || item.index <= segment.last);
    item = await guard.cursor.peek()
  ) {
    throwIfStopped(context.signal);
    await guard.cursor.next();
    if (item.kind !== "statement" || segment.absorbed.has(item.index)) continue;
    if (segment.mode === "non_transactional") {
      await skip(trial, item, segment);
      continue;
    }
    await guard.requireSendable(item, segment);
    await tryStatement(trial, item, segment);
  }
}
