import type { Segment } from "../../core/plan/segments.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { ExecutionError } from "../../errors.ts";
import type { StatementAnswer } from "./connection.ts";
import { Pipeline } from "./pipeline.ts";
import { claimSql } from "./claim_sql.ts";
import { isLockTimeout } from "./postgres_error.ts";
import {
  cancelled,
  type Landing,
  recordSql,
  remainsOf,
  type SegmentEnd,
  type SegmentRun,
  type StepState,
} from "./segment_run.ts";
import { StatementBatch } from "./statement_batch.ts";
import {
  beginSql,
  limitSettings,
  MARK_BEGUN,
  RECORD_LOCK_TIMEOUT,
  REQUIRE_BEGUN,
} from "./session.ts";
import {
  claimBlockedError,
  constraintError,
  markOf,
  noticeListener,
  type PreparedStep,
  recordError,
  statementError,
  type StepContext,
} from "./step_context.ts";

/** What a message of the pipeline is for. */
type Origin = StatementBatch | "claim" | "constraints" | "record" | "commit";

/** A script's rows are shown, not kept: the first few are enough. */
export const SHOWN_ROWS = 5;

/**
 * The statements of a segment in one transaction with their own record. All
 * messages are on their way before the first answer is awaited, COMMIT too:
 * the server ends a transaction in which one of them failed with ROLLBACK.
 */
export class TransactionalSegment implements SegmentRun {
  readonly #context: StepContext;
  readonly #prepared: PreparedStep;
  readonly #state: StepState;
  readonly #pipeline: Pipeline<Origin>;
  #batch: StatementBatch;
  #sent = 0;
  #rows: StatementAnswer | undefined;
  #isCommitted = false;

  constructor(
    context: StepContext,
    prepared: PreparedStep,
    state: StepState,
  ) {
    this.#context = context;
    this.#prepared = prepared;
    this.#state = state;
    this.#batch = new StatementBatch(this.#mark);
    this.#pipeline = new Pipeline(
      context.worker,
      (origin, answers) => this.#take(origin, answers.at(-1)),
    );
  }

  /** Sends BEGIN, with the script's own modes, and the claim. */
  async begin(segment: Segment): Promise<void> {
    const { worker, recorder, limits } = this.#context;
    const { step } = this.#prepared;
    const begin = beginSql(worker.serverVersion, segment.beginModes);
    const claim = this.#state.isClaimed
      ? []
      : [RECORD_LOCK_TIMEOUT, claimSql(recorder, step, this.#state.follows)];
    const settings = limitSettings(limits, step.directives);
    await this.#pipeline.push(
      `${this.#mark}${begin}; ${MARK_BEGUN}`,
      "claim",
    );
    await this.#pipeline.push(
      this.#mark + [REQUIRE_BEGUN, ...claim, ...settings].join("; "),
      "claim",
    );
  }

  async send(statement: Statement): Promise<boolean> {
    if (!this.#batch.takes(statement)) await this.#flush();
    this.#batch.add(statement);
    this.#sent++;
    if (!this.#batch.isOpen) await this.#flush();
    return this.#pipeline.failure === undefined;
  }

  async copy(
    statement: Statement,
    data: AsyncIterable<Uint8Array>,
  ): Promise<boolean> {
    await this.#flush();
    const batch = new StatementBatch(this.#mark, statement);
    await this.#pipeline.copy(batch.text, data, batch);
    this.#sent++;
    return this.#pipeline.failure === undefined;
  }

  async settled(): Promise<boolean> {
    await this.#flush();
    await this.#pipeline.drain();
    return this.#pipeline.failure === undefined;
  }

  async finish(end: SegmentEnd): Promise<Landing> {
    await this.#flush();
    const sent = this.#state.sent + this.#sent;
    const record = recordSql(this.#context, this.#prepared, { ...end, sent });
    // Deferred constraints fail by themselves, not as a failure to record; and
    // the server reads a whole message in the encoding that it begins with.
    const constraints = "SET CONSTRAINTS ALL IMMEDIATE; RESET client_encoding";
    await this.#pipeline.push(this.#mark + constraints, "constraints");
    await this.#pipeline.push(this.#mark + record, "record");
    await this.#pipeline.push(`${this.#mark}COMMIT`, "commit");
    return () => this.#land(end, sent);
  }

  async abandon(): Promise<never> {
    await this.#pipeline.drain();
    this.#throwFailure();
    throw cancelled(this.#prepared, this.#state);
  }

  async #flush(): Promise<void> {
    const batch = this.#batch;
    if (batch.isEmpty) return;
    this.#batch = new StatementBatch(this.#mark);
    await this.#pipeline.push(batch.text, batch, {
      maxRows: SHOWN_ROWS,
      onNotice: noticeListener(this.#context, this.#prepared.step, batch),
    });
  }

  async #land(
    end: SegmentEnd,
    sent: number,
  ): Promise<StatementAnswer | undefined> {
    await this.#pipeline.drain();
    this.#throwFailure();
    if (!this.#isCommitted) throw this.#notCommitted();
    this.#state.sent = sent;
    this.#state.done = end.done;
    this.#state.fingerprint = end.fingerprint;
    this.#state.isClaimed = true;
    return this.#rows;
  }

  /** All of it has the mark: COMMIT, too, may be at work for a dead runner. */
  get #mark(): string {
    return markOf(this.#context, this.#prepared.step);
  }

  #take(origin: Origin, answer: StatementAnswer | undefined): void {
    if (origin === "commit") this.#isCommitted = answer?.command === "COMMIT";
    if (typeof origin !== "object") return;
    const hasRows = answer !== undefined && answer.fields.length > 0;
    this.#rows = hasRows ? answer : undefined;
  }

  #throwFailure(): void {
    const { step } = this.#prepared;
    const remains = remainsOf(this.#prepared, this.#state);
    const failure = this.#pipeline.failure;
    if (failure === undefined) return;
    const { origin, error } = failure;
    if (typeof origin === "object") {
      throw statementError({ step, batch: origin, error }, remains);
    }
    if (origin === "claim" && isLockTimeout(error)) {
      throw claimBlockedError(step, error);
    }
    if (origin === "constraints") {
      throw constraintError(step, error, remains);
    }
    throw recordError(step, error, remains);
  }

  #notCommitted(): ExecutionError {
    const { version, name } = this.#prepared.step;
    return new ExecutionError(
      "record_failed",
      `Cannot commit "${version}_${name}" as the server rolled the ` +
        `transaction back`,
      { remains: remainsOf(this.#prepared, this.#state) },
    );
  }
}
