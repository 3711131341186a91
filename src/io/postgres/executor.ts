import type { StepOutcome } from "../../core/outcome.ts";
import { scriptPath, type Step } from "../../core/plan/plan.ts";
import type { Segment } from "../../core/plan/segments.ts";
import { statementFingerprint } from "../../core/sql/fingerprint.ts";
import { setsSession } from "../../core/sql/session_effects.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { writtenText } from "../../core/sql/written_text.ts";
import { AutocommitSegment } from "./autocommit_segment.ts";
import type { StatementAnswer } from "./connection.ts";
import { ScriptGuard } from "./script_guard.ts";
import type { Landing, SegmentRun, StepState } from "./segment_run.ts";
import { settleRemains, type StepAtWork } from "./settle_remains.ts";
import {
  messageOf,
  type PreparedStep,
  statementError,
  type StepContext,
} from "./step_context.ts";
import { TransactionalSegment } from "./transactional_segment.ts";

/**
 * Sends a step, or what `state` says is left of it, with its record; what it
 * returns awaits the end. Whatever either throws, the caller has to end the
 * open transaction and to record the failure; `state` says what is committed.
 */
export async function sendStep(
  context: StepContext,
  prepared: PreparedStep,
  state: StepState,
): Promise<() => Promise<void>> {
  const script = new ScriptGuard(prepared);
  state.reached = "";
  state.copyLine = undefined;
  const step: StepAtWork = { context, prepared, state };
  try {
    await skipDone(script, step);
    const last = prepared.plan.segments.at(-1) ?? EMPTY_SEGMENT;
    let landing: Landing | undefined;
    for (const segment of remainingSegments(prepared, state)) {
      const run = await startSegment(context, prepared, { segment, state });
      const reached = await sendSegment(step, { script, run, segment });
      if (reached === "failure") return await run.abandon();
      const finish = segment === last ? finishStep : finishSegment;
      landing = await finish(step, { script, run, segment });
      if (segment !== last) await landing();
    }
    return async () => showRows(context, prepared, await landing?.());
  } catch (error) {
    throw script.explain(error);
  } finally {
    await script.cursor.close();
  }
}

/** The state of a step that is about to start. */
export function freshState(
  { step }: PreparedStep,
  follows?: Step,
): StepState {
  return {
    follows,
    isClaimed: false,
    isAtomic: false,
    done: step.resume?.statementsDone ?? 0,
    fingerprint: step.resume?.fingerprint ?? "",
    reached: "",
    sent: 0,
    copyLine: undefined,
  };
}

/** The part of an outcome that does not depend on how the step ended. */
export function outcomeOf(
  { step }: PreparedStep,
  state: StepState,
): Omit<StepOutcome, "status"> {
  return {
    direction: step.direction,
    version: step.version,
    name: step.name,
    path: scriptPath(step),
    statements: state.sent,
    ...(step.origin.kind === "kept" && { isFromKeptCopy: true }),
  };
}

/** What an empty script runs: a transaction with nothing but the record. */
const EMPTY_SEGMENT: Segment = {
  mode: "transactional",
  beginModes: "",
  first: 0,
  last: -1,
  absorbed: new Set(),
};

function remainingSegments(
  { plan }: PreparedStep,
  state: StepState,
): readonly Segment[] {
  const segments = plan.segments.filter(({ last }) => last >= state.done);
  if (segments.length > 0) return segments;
  // All is done but the record of it.
  return [plan.segments.at(-1) ?? EMPTY_SEGMENT];
}

/** The session's settings did not outlive the session that was cut off. */
async function skipDone(
  { cursor }: ScriptGuard,
  { context, prepared, state }: StepAtWork,
): Promise<void> {
  while (true) {
    const item = await cursor.peek();
    if (item === undefined) return;
    if (item.kind === "statement" && item.index >= state.done) return;
    await cursor.next();
    if (item.kind !== "statement") continue;
    advance(prepared, state, item);
    if (setsSession(item.text)) await repeat(context, prepared, item);
  }
}

async function repeat(
  context: StepContext,
  { step }: PreparedStep,
  statement: Statement,
): Promise<void> {
  const batch = messageOf(context, step, statement);
  try {
    await context.worker.run(batch.text);
  } catch (error) {
    throw statementError({ step, batch, error }, "part");
  }
}

async function startSegment(
  context: StepContext,
  prepared: PreparedStep,
  { segment, state }: { readonly segment: Segment; readonly state: StepState },
): Promise<SegmentRun> {
  state.isAtomic = segment.mode === "transactional";
  if (!state.isAtomic) {
    const run = new AutocommitSegment(context, prepared, state);
    await run.begin();
    return run;
  }
  const run = new TransactionalSegment(context, prepared, state);
  await run.begin(segment);
  return run;
}

interface SegmentAtWork {
  readonly script: ScriptGuard;
  readonly run: SegmentRun;
  readonly segment: Segment;
}

/** Sends the statements of a segment until its end or its first failure. */
async function sendSegment(
  step: StepAtWork,
  { script, run, segment }: SegmentAtWork,
): Promise<"end" | "failure"> {
  while (true) {
    if (step.context.signal.aborted) return "failure";
    const item = await script.cursor.peek();
    if (item === undefined) return "end";
    if (item.kind === "statement" && item.index > segment.last) return "end";
    await script.cursor.next();
    if (item.kind !== "statement") continue;
    const isAbsorbed = segment.absorbed.has(item.index);
    if (!isAbsorbed) await script.requireSendable(item, segment);
    const settlement = isAbsorbed
      ? "done"
      : await settleRemains(step, run, item);
    const isSent = settlement === "run" &&
      await sendStatement(step, { script, run, segment }, item);
    if (settlement !== "done" && !isSent) return "failure";
    advance(step.prepared, step.state, item);
  }
}

async function sendStatement(
  { state }: StepAtWork,
  { script, run, segment }: SegmentAtWork,
  statement: Statement,
): Promise<boolean> {
  const following = await script.cursor.peek();
  if (following?.kind === "copy_data") {
    state.copyLine = following.line;
    return await run.copy(statement, script.copyData(statement, segment));
  }
  return await run.send(statement);
}

/** Fingerprints are of use only where a step can stop half-way. */
function advance(
  { plan, step }: PreparedStep,
  state: StepState,
  statement: Statement,
): void {
  const isAtomic = plan.segments.length === 1 && step.resume === undefined &&
    plan.segments[0]?.mode === "transactional";
  if (isAtomic) return;
  const text = writtenText(statement);
  state.reached = statementFingerprint(state.reached, text);
}

async function finishSegment(
  { state }: StepAtWork,
  { script, run, segment }: SegmentAtWork,
): Promise<Landing> {
  script.requireSame(segment.last);
  return await run.finish({
    kind: "segment",
    done: segment.last + 1,
    fingerprint: state.reached,
  });
}

async function finishStep(
  { prepared, state }: StepAtWork,
  { script, run }: SegmentAtWork,
): Promise<Landing> {
  await script.requireUnchanged();
  const kept = await prepared.readKept();
  return await run.finish({
    kind: "step",
    done: prepared.plan.statementCount,
    fingerprint: state.reached,
    ...(kept !== undefined && { kept }),
  });
}

function showRows(
  context: StepContext,
  { step }: PreparedStep,
  answer: StatementAnswer | undefined,
): void {
  if (answer === undefined || answer.rows.length === 0) return;
  context.onEvent({
    type: "rows",
    step,
    fields: answer.fields,
    rows: answer.rows,
    isTruncated: answer.truncated,
  });
}
