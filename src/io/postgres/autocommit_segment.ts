import { scriptPath } from "../../core/plan/plan.ts";
import { locationOf } from "../../core/plan/script_refusals.ts";
import { statementFingerprint } from "../../core/sql/fingerprint.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import type { Statement } from "../../core/sql/statement.ts";
import { writtenText } from "../../core/sql/written_text.ts";
import { ExecutionError, type LockstepError } from "../../errors.ts";
import type { StatementAnswer } from "./connection.ts";
import { isLockTimeout, PostgresError } from "./postgres_error.ts";
import { claimSql } from "./claim_sql.ts";
import { progressSql } from "./record_sql.ts";
import {
  cancelled,
  type Landing,
  recordSql,
  remainsOf,
  type SegmentEnd,
  type SegmentRun,
  type StepState,
} from "./segment_run.ts";
import {
  beginSql,
  OWN_SESSION,
  OWN_SESSION_QUERY,
  RECORD_LOCK_TIMEOUT,
  statementTimeout,
} from "./session.ts";
import {
  claimBlockedError,
  markOf,
  messageOf,
  noticeListener,
  type PreparedStep,
  recordError,
  statementError,
  type StepContext,
} from "./step_context.ts";
import { SHOWN_ROWS } from "./transactional_segment.ts";

/**
 * Statements that run one by one, outside any transaction of ours. Before each
 * the tracking row says that it starts. That it is done the server records by
 * itself, in the statement's own last transaction if it leaves that open: so
 * also when the client has gone meanwhile. Only a statement that commits by
 * itself, as CREATE INDEX CONCURRENTLY does, can be done and not recorded.
 */
export class AutocommitSegment implements SegmentRun {
  readonly #context: StepContext;
  readonly #prepared: PreparedStep;
  readonly #state: StepState;
  #rows: StatementAnswer | undefined;
  #lockTimeout: string | undefined;
  #failure:
    | { readonly statement: Statement; readonly error: unknown }
    | undefined;

  constructor(
    context: StepContext,
    prepared: PreparedStep,
    state: StepState,
  ) {
    this.#context = context;
    this.#prepared = prepared;
    this.#state = state;
  }

  /**
   * A lock_timeout that ends a concurrent index build leaves an INVALID index
   * behind, so the session has none but what a directive asks for. Behind a
   * pooler a SET would stay with the server connection: there the run was
   * refused before it began if this matters.
   */
  async begin(): Promise<void> {
    const { worker, route } = this.#context;
    if (route === "pooler") return;
    const { lockTimeoutMs = 0 } = this.#prepared.step.directives;
    const timeout = this.#statementTimeout;
    const [before] = await worker.run(
      "SELECT pg_catalog.current_setting('lock_timeout'); " +
        `SET lock_timeout = ${lockTimeoutMs}` +
        (timeout === undefined ? "" : `; SET statement_timeout = ${timeout}`),
    );
    this.#lockTimeout = before?.rows[0]?.[0];
  }

  async send(statement: Statement): Promise<boolean> {
    return await this.#attempt(statement, async () => {
      const { step } = this.#prepared;
      const mark = markOf(this.#context, step);
      const [answer] = await this.#context.worker.runTogether(
        [statement.text, OWN_SESSION_QUERY, this.#doneSql(statement)]
          .map((sql) => mark + sql),
        {
          maxRows: SHOWN_ROWS,
          onNotice: noticeListener(
            this.#context,
            step,
            messageOf(this.#context, step, statement),
          ),
        },
      );
      return answer;
    });
  }

  async copy(
    statement: Statement,
    data: AsyncIterable<Uint8Array>,
  ): Promise<boolean> {
    return await this.#attempt(statement, async () => {
      const { worker } = this.#context;
      const mark = markOf(this.#context, this.#prepared.step);
      await worker.run(mark + beginSql(worker.serverVersion, ""));
      const answer = await worker.copyIn(mark + statement.text, data);
      const done = [OWN_SESSION, this.#doneSql(statement), "COMMIT"];
      await this.#recorded(() => worker.run(mark + done.join("; ")));
      return answer;
    });
  }

  /** Nothing is sent before the answer to what came before it. */
  settled(): Promise<boolean> {
    return Promise.resolve(this.#failure === undefined);
  }

  async finish(end: SegmentEnd): Promise<Landing> {
    const record = recordSql(this.#context, this.#prepared, {
      ...end,
      sent: this.#state.sent,
    });
    await this.#record([...this.#claim(), record].join("; "));
    this.#state.isClaimed = true;
    this.#state.done = end.done;
    this.#state.fingerprint = end.fingerprint;
    if (end.kind === "segment") await this.#restoreTimeouts();
    return () => Promise.resolve(this.#rows);
  }

  // deno-lint-ignore require-await -- it throws as the interface promises
  async abandon(): Promise<never> {
    if (this.#failure === undefined) {
      throw cancelled(this.#prepared, this.#state);
    }
    const { statement, error } = this.#failure;
    const { step } = this.#prepared;
    const batch = messageOf(this.#context, step, statement);
    throw statementError(
      { step, batch, error },
      remainsOf(this.#prepared, this.#state),
    );
  }

  async #attempt(
    statement: Statement,
    run: () => Promise<StatementAnswer | undefined>,
  ): Promise<boolean> {
    await this.#start(statement);
    try {
      const answer = await run();
      this.#rows = answer !== undefined && answer.fields.length > 0
        ? answer
        : undefined;
      this.#state.sent++;
      this.#state.done = statement.index + 1;
      this.#state.fingerprint = this.#fingerprintAfter(statement);
      return true;
    } catch (error) {
      if (error instanceof ExecutionError) throw error;
      const isRecord = error instanceof PostgresError &&
        error.statementIndex > 0;
      if (isRecord) throw this.#recordErrorAt(statement, error);
      this.#failure = { statement, error };
      return false;
    }
  }

  async #start(statement: Statement): Promise<void> {
    const { recorder } = this.#context;
    const { step } = this.#prepared;
    const fingerprint = this.#state.reached;
    const progress = progressSql(recorder, step, {
      statementsDone: statement.index,
      fingerprint,
      statementStarted: statement.index,
    });
    await this.#record([OWN_SESSION, ...this.#claim(), progress].join("; "));
    this.#state.isClaimed = true;
    this.#state.done = statement.index;
    this.#state.fingerprint = fingerprint;
  }

  #doneSql(statement: Statement): string {
    return progressSql(this.#context.recorder, this.#prepared.step, {
      statementsDone: statement.index + 1,
      fingerprint: this.#fingerprintAfter(statement),
    });
  }

  #fingerprintAfter(statement: Statement): string {
    return statementFingerprint(this.#state.reached, writtenText(statement));
  }

  /** At the end of the step the whole session is made clean instead. */
  async #restoreTimeouts(): Promise<void> {
    if (this.#lockTimeout === undefined) return;
    await this.#context.worker.run(
      `SET lock_timeout = ${quoteLiteral(this.#lockTimeout)}` +
        (this.#statementTimeout === undefined
          ? ""
          : "; RESET statement_timeout"),
    );
  }

  get #statementTimeout(): number | undefined {
    const { directives } = this.#prepared.step;
    return statementTimeout(this.#context.limits, directives);
  }

  /** Also needed at the end, when all was done but the record of it. */
  #claim(): readonly string[] {
    if (this.#state.isClaimed) return [];
    const { recorder } = this.#context;
    return [RECORD_LOCK_TIMEOUT, claimSql(recorder, this.#prepared.step)];
  }

  async #record(sql: string): Promise<void> {
    const { worker } = this.#context;
    const mark = markOf(this.#context, this.#prepared.step);
    const begin = mark + beginSql(worker.serverVersion, "");
    await this.#recorded(() => worker.run(`${begin}; ${sql}; COMMIT`));
  }

  async #recorded<Answer>(record: () => Promise<Answer>): Promise<Answer> {
    try {
      return await record();
    } catch (error) {
      throw this.#recordError(error);
    }
  }

  /** The effect of the statement is undone with its record. */
  #recordErrorAt(statement: Statement, refusal: unknown): LockstepError {
    const error = this.#recordError(refusal);
    if (!(error instanceof ExecutionError)) return error;
    const { code, message, remains, hint, server, cause } = error;
    const location = locationOf(scriptPath(this.#prepared.step), statement);
    return new ExecutionError(code, message, {
      remains,
      location,
      cause,
      ...(hint !== undefined && { hint }),
      ...(server !== undefined && { server }),
    });
  }

  #recordError(error: unknown): LockstepError {
    const { step } = this.#prepared;
    if (isLockTimeout(error)) return claimBlockedError(step, error);
    const remains = remainsOf(this.#prepared, this.#state);
    return recordError(step, error, remains);
  }
}
