import { scriptPath } from "../../core/plan/plan.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { LockstepError } from "../../errors.ts";
import {
  hasInvalidIndexes,
  mayMeetRemains,
  settleStatement,
} from "./in_doubt.ts";
import { remainsOf, type SegmentRun, type StepState } from "./segment_run.ts";
import {
  markOf,
  messageOf,
  type PreparedStep,
  statementError,
  type StepContext,
} from "./step_context.ts";

/** A step that is being executed. */
export interface StepAtWork {
  readonly context: StepContext;
  readonly prepared: PreparedStep;
  readonly state: StepState;
  /** Whether there were INVALID indexes; undefined until that is asked. */
  hasInvalidIndexes?: boolean;
}

/**
 * Clears away what an earlier attempt of a statement, or someone else, has left
 * half-made in its place. Answers "done" when an earlier attempt has done it,
 * and "failure" when the segment has failed before it.
 */
export async function settleRemains(
  step: StepAtWork,
  run: SegmentRun,
  statement: Statement,
): Promise<"done" | "run" | "failure"> {
  const { context: { worker }, prepared, state } = step;
  const { resume } = prepared.step;
  const isResumed = resume?.statementStarted === statement.index;
  if (!isResumed && !mayMeetRemains(statement.text)) return "run";
  if (!await run.settled()) return "failure";
  try {
    step.hasInvalidIndexes ??= await hasInvalidIndexes(worker);
    if (!isResumed && !step.hasInvalidIndexes) return "run";
    const settlement = await settleStatement({
      connection: worker,
      mark: markOf(step.context, prepared.step),
      isAtomic: state.isAtomic,
      tell: (message) => tell(step, statement, message),
    }, statement);
    // A server that refused it has said that it is not done.
    return isResumed && resume.isInDoubt ? settlement : "run";
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    const batch = messageOf(step.context, prepared.step, statement);
    throw statementError(
      { step: prepared.step, batch, error },
      remainsOf(prepared, state),
    );
  }
}

function tell(
  { context, prepared: { step } }: StepAtWork,
  { line, column }: Statement,
  message: string,
): void {
  const location = { path: scriptPath(step), line, column };
  const notice = { severity: "INFO", message, location };
  context.onEvent({ type: "notice", step, notice });
}
