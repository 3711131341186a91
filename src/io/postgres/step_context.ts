import type { ScriptLosses } from "../../core/backup/loss.ts";
import {
  ConnectionError,
  ExecutionError,
  LockError,
  type LockstepError,
  type Remains,
} from "../../errors.ts";
import type { Notice, RunEvent } from "../../core/outcome.ts";
import { scriptPath, type Step } from "../../core/plan/plan.ts";
import type { ScriptPlan } from "../../core/plan/segments.ts";
import type { SessionSetting } from "../../core/plan/session_leak.ts";
import { locateMessage } from "../../core/sql/locate_error.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { failureHint } from "../../core/failure_hint.ts";
import type { ServerMessage } from "../../errors.ts";
import type { Script } from "../script.ts";
import type { ScriptSeals } from "../script_seals.ts";
import type { Connection } from "./connection.ts";
import { PostgresError } from "./postgres_error.ts";
import type { KeptScript, Recorder } from "./record_sql.ts";
import type { Route } from "./route.ts";
import { type BatchedStatement, StatementBatch } from "./statement_batch.ts";
import { type StatementLimits, statementMark } from "./session.ts";

/** A step with the script that it runs, looked through from end to end. */
export interface PreparedStep {
  readonly step: Step;
  readonly script: Script;
  readonly plan: ScriptPlan;
  /** For a script with more than the one COMMIT at its end. */
  readonly seals: ScriptSeals | undefined;
  /**
   * Whether it changes what new sessions start with, as ALTER DATABASE … SET
   * does: the steps after it need a new session to start from.
   */
  readonly changesSessionDefaults: boolean;
  /** A setting of the session that has to outlive a transaction. */
  readonly leakingSetting?: SessionSetting;
  /** What it may destroy, where that was looked for. */
  readonly losses: ScriptLosses;
  /** Reads the down script to keep with the row, if there is one. */
  readonly readKept: () => Promise<KeptScript | undefined>;
}

/** What the execution of a step works with. */
export interface StepContext {
  readonly worker: Connection;
  readonly recorder: Recorder;
  /** Whether the worker is a session of the server's own. */
  readonly route: Route;
  /** Aborted by a signal, or with the error that the lock was lost with. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  readonly notices: NoticeBudget;
  readonly limits: StatementLimits;
  /** Why a rollback was asked for. */
  readonly reason?: string | undefined;
  /**
   * Whether the last COMMIT waits for the disk. WAL is ordered, so one that
   * does makes all before it durable.
   */
  readonly durability: "wait" | "later";
}

/** How many more notices of a step are passed on, and how many were not. */
export interface NoticeBudget {
  left: number;
  dropped: number;
}

/** The comment that a statement of the step is sent with. */
export function markOf(context: StepContext, step: Step): string {
  return statementMark(context.recorder.lock, {
    runId: context.recorder.runId,
    version: step.version,
  });
}

/** The message of a statement of the step that is sent alone. */
export function messageOf(
  context: StepContext,
  step: Step,
  statement: Statement,
): StatementBatch {
  return new StatementBatch(markOf(context, step), statement);
}

/**
 * Passes the server's notices on, with the place that they come from. A loop
 * may raise them by the hundred thousand, so there is an end to it.
 */
export function noticeListener(
  context: StepContext,
  step: Step,
  batch: StatementBatch,
): (message: ServerMessage, done: number) => void {
  const { notices } = context;
  return (message, done) => {
    if (notices.left === 0) {
      notices.dropped++;
      return;
    }
    notices.left--;
    context.onEvent({
      type: "notice",
      step,
      notice: noticeOf(message, { step, ...batch.find(message, done) }),
    });
  };
}

/** The error of a statement that failed, with its place in the file. */
export function statementError(
  failed: {
    readonly step: Step;
    readonly batch: StatementBatch;
    readonly error: unknown;
  },
  remains: Remains,
): LockstepError {
  const { step, batch, error } = failed;
  if (error instanceof ConnectionError) return error;
  if (!(error instanceof PostgresError)) throw error;
  const path = scriptPath(step);
  const { fields, statementIndex } = error;
  const { statement, prefixLength } = batch.find(fields, statementIndex);
  const hint = failureHint(error.fields, {
    direction: step.direction,
    remains,
    index: statement.index,
  });
  return new ExecutionError(
    "statement_failed",
    `Cannot ${step.direction === "migrate" ? "apply" : "roll back"} ` +
      `"${step.version}_${step.name}" as a statement failed: ` +
      error.fields.message,
    {
      remains,
      location: locateMessage({ path, statement, prefixLength }, error.fields),
      server: error.fields,
      cause: error,
      hint,
    },
  );
}

/** The error of a constraint that was deferred to the end of the step. */
export function constraintError(
  step: Step,
  error: unknown,
  remains: Remains,
): LockstepError {
  if (error instanceof ConnectionError) return error;
  if (!(error instanceof PostgresError)) throw error;
  return new ExecutionError(
    "statement_failed",
    `Cannot commit "${step.version}_${step.name}" as a deferred constraint ` +
      `failed: ${error.fields.message}`,
    {
      remains,
      location: { path: scriptPath(step) },
      server: error.fields,
      cause: error,
    },
  );
}

/** The error of a row, or a table, that another session has locked. */
export function claimBlockedError(step: Step, error: PostgresError): LockError {
  return new LockError(
    "runner_alive",
    `Cannot start "${step.version}_${step.name}" as another session has ` +
      `locked its tracking row: ${error.fields.message}`,
    { server: error.fields, cause: error },
  );
}

/** The error of a record that could not be written, or of a failed COMMIT. */
export function recordError(
  step: Step,
  error: unknown,
  remains: Remains,
): LockstepError {
  if (error instanceof ConnectionError) return error;
  if (!(error instanceof PostgresError)) throw error;
  const isTaken = error.fields.sqlstate === "22P02";
  return new ExecutionError(
    "record_failed",
    isTaken
      ? `Cannot record "${step.version}_${step.name}" as its row is not in ` +
        `the state that the plan was made for`
      : `Cannot record "${step.version}_${step.name}": ` +
        error.fields.message,
    {
      remains,
      server: error.fields,
      cause: error,
      hint: isTaken
        ? "another run, the migration itself or a trigger may have changed " +
          'it; see "lockstep status" and run again'
        : "the migration itself may have changed the tracking tables, or the " +
          "role may lack rights on them",
    },
  );
}

/** The error of a statement that lockstep sent between those of a script. */
export function refusedError(
  { version, name }: Step,
  { fields }: PostgresError,
  remains: Remains,
): ExecutionError {
  return new ExecutionError(
    "statement_failed",
    `Cannot go on with "${version}_${name}" as the server refused what ` +
      `lockstep itself asked it: ${fields.message}`,
    { remains, server: fields },
  );
}

function noticeOf(
  message: ServerMessage,
  { step, statement, prefixLength }: BatchedStatement & {
    readonly step: Step;
  },
): Notice {
  return {
    severity: message.severity,
    message: message.message,
    ...(message.detail !== undefined && { detail: message.detail }),
    ...(message.hint !== undefined && { hint: message.hint }),
    location: locateMessage(
      { path: scriptPath(step), statement, prefixLength },
      message,
    ),
  };
}
