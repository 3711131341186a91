import type { Step } from "../../core/plan/plan.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { ExecutionError, type Remains } from "../../errors.ts";
import {
  CLEAN_SESSION,
  OWN_SESSION,
  RECORD_LOCK_TIMEOUT,
  transactionSettings,
} from "./session.ts";
import { finishSql, type KeptScript, progressSql } from "./record_sql.ts";
import type { StatementAnswer } from "./connection.ts";
import type { PreparedStep, StepContext } from "./step_context.ts";

/** How far a step is; the executor and its segments share it. */
export interface StepState {
  /** Whether the tracking row says, committed, that this run is at work. */
  isClaimed: boolean;
  /** Whether the segment at hand is undone as a whole when it fails. */
  isAtomic: boolean;
  /** Statements of the script, from its start, whose effect is committed. */
  done: number;
  /** The fingerprint of those statements. */
  fingerprint: string;
  /** The fingerprint of all statements before the one at hand. */
  reached: string;
  /** Statements sent to the server by this run. */
  sent: number;
  /** The line that the data of the last COPY starts on. */
  copyLine: number | undefined;
  /** The step whose end was not known yet when this one was sent. */
  readonly follows?: Step | undefined;
}

/**
 * Awaits the answers to all that was sent, and throws what made it fail;
 * returns the rows of the last statement if it was a query.
 */
export type Landing = () => Promise<StatementAnswer | undefined>;

/** A segment at work. */
export interface SegmentRun {
  /** Sends a statement; false once one has failed and no more are wanted. */
  send(statement: Statement): Promise<boolean>;
  /** Sends `COPY … FROM STDIN` with its data, likewise. */
  copy(
    statement: Statement,
    data: AsyncIterable<Uint8Array>,
  ): Promise<boolean>;
  /** Waits for the answers to all that was sent; false if one has failed. */
  settled(): Promise<boolean>;
  /** Sends the record of what was done, and COMMIT. */
  finish(end: SegmentEnd): Promise<Landing>;
  /** Commits nothing more, and throws why: a failure, or that it was told to. */
  abandon(): Promise<never>;
}

/** What follows a segment. */
export interface SegmentEnd {
  readonly kind: "step" | "segment";
  /** Statements of the script up to the end of the segment. */
  readonly done: number;
  readonly fingerprint: string;
  /** The down script to keep with the row, at the end of the step. */
  readonly kept?: KeptScript;
}

/** The error of a step that a signal, or the loss of the lock, stopped. */
export function cancelled(
  prepared: PreparedStep,
  state: StepState,
): ExecutionError {
  const { version, name, direction } = prepared.step;
  return new ExecutionError(
    "cancelled",
    `Stopped "${version}_${name}" before its end`,
    {
      remains: remainsOf(prepared, state),
      hint: `run "lockstep ${direction}" again`,
    },
  );
}

/** What the failure of the step would leave, as things stand. */
export function remainsOf(prepared: PreparedStep, state: StepState): Remains {
  return state.isClaimed || prepared.step.resume !== undefined
    ? "part"
    : "nothing";
}

/**
 * The statements that record the end of a segment, inside its transaction and
 * before its COMMIT. After the last segment the session is made clean; between
 * segments it stays the script's own.
 */
export function recordSql(
  context: StepContext,
  prepared: PreparedStep,
  end: SegmentEnd & { readonly sent: number },
): string {
  const { recorder, worker, durability } = context;
  if (end.kind === "segment") {
    const progress = { statementsDone: end.done, fingerprint: end.fingerprint };
    return `${OWN_SESSION}; ${progressSql(recorder, prepared.step, progress)}`;
  }
  const { reason } = context;
  return [
    CLEAN_SESSION,
    transactionSettings(worker.serverVersion),
    RECORD_LOCK_TIMEOUT,
    ...(durability === "later" ? ["SET LOCAL synchronous_commit = off"] : []),
    finishSql(recorder, prepared.step, {
      statements: end.sent,
      ...(reason !== undefined && { reason }),
      ...(end.kept !== undefined && { kept: end.kept }),
    }),
  ].join("; ");
}
