import {
  findNeeded,
  type LeftOut,
  leftOut,
  mayComeOfIt,
  needsReason,
} from "../../core/dry_run/left_out.ts";
import { scriptPath } from "../../core/plan/plan.ts";
import type { Segment } from "../../core/plan/segments.ts";
import type { Notice, RunEvent } from "../../core/outcome.ts";
import type { Statement } from "../../core/sql/statement.ts";
import type { StatementAnswer } from "../postgres/connection.ts";
import type { ScriptGuard } from "../postgres/script_guard.ts";
import {
  markOf,
  messageOf,
  noticeListener,
  type PreparedStep,
} from "../postgres/step_context.ts";
import type { DryContext } from "./dry_session.ts";
import { classifyStatement } from "./classify_statement.ts";
import { refused, RefusedStatement } from "./refused_statement.ts";
import type { StepRecord } from "./step_record.ts";

/** A step at work. */
export interface Trial {
  readonly context: DryContext;
  readonly prepared: PreparedStep;
  readonly record: StepRecord;
  readonly guard: ScriptGuard;
  /** The line that the data of the last COPY starts on. */
  copyLine: number | undefined;
}

/** Names a statement that cannot run in a transaction. */
export async function skip(
  trial: Trial,
  statement: Statement,
  segment: Segment,
): Promise<void> {
  const { reason = segment.reason } = await classifyStatement(statement);
  leaveOut(trial, statement, reason ?? "it cannot run in a transaction");
}

function leaveOut(
  { record, context, prepared }: Trial,
  statement: Statement,
  reason: string,
): void {
  record.add(statement, { ...NOTHING_SEEN, status: "skipped", reason });
  context.skipped.push(leftOut(scriptPath(prepared.step), statement));
}

const NOTHING_SEEN = { locks: [], rewritten: [], notices: [] } as const;

/**
 * Runs a statement and notes what it did. One that may fail only as the dry run
 * is one transaction, or leaves statements out, runs behind a savepoint, to go
 * on without it.
 */
export async function tryStatement(
  trial: Trial,
  statement: Statement,
  segment: Segment,
): Promise<void> {
  const { context: { worker, enums, skipped }, guard } = trial;
  const doubts: Doubts = {
    usesNewValue: await enums.mayUseNew(statement),
    needed: findNeeded(skipped, statement),
  };
  if (!doubts.usesNewValue && doubts.needed === undefined) {
    await observe(trial, statement, segment);
    return await enums.note(statement);
  }
  await worker.run("SAVEPOINT lockstep_doubt");
  try {
    await observe(trial, statement, segment);
    await worker.run("RELEASE SAVEPOINT lockstep_doubt");
    await enums.note(statement);
  } catch (error) {
    const reason = excuse(error, doubts);
    if (reason === undefined) throw error;
    await worker.run(
      "ROLLBACK TO SAVEPOINT lockstep_doubt; RELEASE SAVEPOINT lockstep_doubt",
    );
    await guard.cursor.skipCopyData();
    trial.record.withdraw();
    leaveOut(trial, statement, reason);
  }
}

interface Doubts {
  readonly usesNewValue: boolean;
  readonly needed: LeftOut | undefined;
}

/** Why a statement that failed would perhaps not have failed in a run. */
function excuse(
  error: unknown,
  { usesNewValue, needed }: Doubts,
): string | undefined {
  if (!(error instanceof RefusedStatement)) return undefined;
  const { fields } = error.refusal;
  if (usesNewValue && fields.sqlstate === UNSAFE_NEW_ENUM_VALUE) {
    return "it uses an enum value that was added in the same transaction; " +
      "a run commits before it";
  }
  if (needed === undefined || !mayComeOfIt(fields)) return undefined;
  return needsReason(needed, fields);
}

const UNSAFE_NEW_ENUM_VALUE = "55P04";

async function observe(
  trial: Trial,
  statement: Statement,
  segment: Segment,
): Promise<void> {
  const { context, record } = trial;
  const notices: Notice[] = [];
  const onEvent = (event: RunEvent) => {
    if (event.type === "notice") notices.push(event.notice);
  };
  const start = performance.now();
  try {
    const { running } = await startSending(trial, statement, {
      segment,
      onEvent,
    });
    const looking = context.observer.look();
    // It fails with the statement, which is what counts.
    looking.catch(() => {});
    const answer = await refused(statement, () => running);
    const durationMs = performance.now() - start;
    const { walBytes, locks, rewritten } = await looking;
    record.add(statement, {
      status: "done",
      durationMs,
      ...(answer.rowCount !== undefined && { rows: answer.rowCount }),
      walBytes,
      locks,
      // That gives a table an empty file, and writes nothing anew.
      rewritten: answer.command === "TRUNCATE TABLE" ? [] : rewritten,
      notices,
    });
  } catch (error) {
    const durationMs = performance.now() - start;
    const seen = { ...NOTHING_SEEN, notices, durationMs };
    record.add(statement, { ...seen, status: "failed" });
    throw error;
  }
  await context.constraints.see(statement);
}

/**
 * One statement to a message of the extended protocol, which takes no more: so
 * no COMMIT can hide in it.
 */
async function startSending(
  trial: Trial,
  statement: Statement,
  { segment, onEvent }: {
    readonly segment: Segment;
    readonly onEvent: DryContext["onEvent"];
  },
): Promise<{ readonly running: Promise<StatementAnswer> }> {
  const { context, prepared: { step }, guard } = trial;
  const { worker } = context;
  const sql = markOf(context, step) + statement.text;
  const following = await guard.cursor.peek();
  if (following?.kind === "copy_data") {
    trial.copyLine = following.line;
    return { running: worker.copyIn(sql, guard.copyData(statement, segment)) };
  }
  const listening = { ...context, onEvent };
  const batch = messageOf(context, step, statement);
  const onNotice = noticeListener(listening, step, batch);
  return { running: worker.query(sql, [], { maxRows: 0, onNotice }) };
}
