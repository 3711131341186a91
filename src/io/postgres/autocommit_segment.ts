import { quoteLiteral } from "../../core/sql/quote.ts";
import type { Statement } from "../../core/sql/statement.ts";
import type { StatementAnswer } from "./connection.ts";
import { claimSql, progressSql } from "./record_sql.ts";
import {
  cancelled,
  recordSql,
  remainsOf,
  type SegmentEnd,
  type SegmentRun,
  type StepState,
} from "./segment_run.ts";
import { beginSql, OWN_SESSION } from "./session.ts";
import {
  markOf,
  noticeListener,
  type PreparedStep,
  recordError,
  statementError,
  type StepContext,
} from "./step_context.ts";
import { SHOWN_ROWS } from "./transactional_segment.ts";

/**
 * Statements that run one by one, outside any transaction of ours. Before each
 * the tracking row says that it starts, and after it that it is done; so a
 * crash leaves exactly one statement in doubt.
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
    const { lockTimeoutMs = 0, statementTimeoutMs } =
      this.#prepared.step.directives;
    const statementTimeout = statementTimeoutMs === undefined
      ? ""
      : `; SET statement_timeout = ${statementTimeoutMs}`;
    const [before] = await worker.run(
      "SELECT current_setting('lock_timeout'); " +
        `SET lock_timeout = ${lockTimeoutMs}${statementTimeout}`,
    );
    this.#lockTimeout = before?.rows[0]?.[0];
  }

  async send(statement: Statement): Promise<boolean> {
    return await this.#attempt(statement, async () => {
      const { step } = this.#prepared;
      const answers = await this.#context.worker.run(
        markOf(this.#context, step) + statement.text,
        {
          maxRows: SHOWN_ROWS,
          onNotice: noticeListener(this.#context, step, statement),
        },
      );
      return answers.at(-1);
    });
  }

  async copy(
    statement: Statement,
    data: AsyncIterable<Uint8Array>,
  ): Promise<boolean> {
    return await this.#attempt(statement, () => {
      const sql = markOf(this.#context, this.#prepared.step) + statement.text;
      return this.#context.worker.copyIn(sql, data);
    });
  }

  async finish(end: SegmentEnd): Promise<StatementAnswer | undefined> {
    const record = recordSql(this.#context, this.#prepared, {
      ...end,
      sent: this.#state.sent,
    });
    await this.#record([...this.#claim(), record].join("; "));
    this.#state.isClaimed = true;
    this.#state.done = end.done;
    this.#state.fingerprint = end.fingerprint;
    if (end.kind === "segment") await this.#restoreTimeouts();
    return this.#rows;
  }

  // deno-lint-ignore require-await -- it throws as the interface promises
  async abandon(): Promise<never> {
    if (this.#failure === undefined) {
      throw cancelled(this.#prepared, this.#state);
    }
    throw statementError(
      this.#context,
      { step: this.#prepared.step, ...this.#failure },
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
      return true;
    } catch (error) {
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

  /** At the end of the step the whole session is made clean instead. */
  async #restoreTimeouts(): Promise<void> {
    if (this.#lockTimeout === undefined) return;
    const { statementTimeoutMs } = this.#prepared.step.directives;
    await this.#context.worker.run(
      `SET lock_timeout = ${quoteLiteral(this.#lockTimeout)}` +
        (statementTimeoutMs === undefined ? "" : "; RESET statement_timeout"),
    );
  }

  /** Also needed at the end, when all was done but the record of it. */
  #claim(): readonly string[] {
    if (this.#state.isClaimed) return [];
    return [claimSql(this.#context.recorder, this.#prepared.step)];
  }

  async #record(sql: string): Promise<void> {
    const { worker } = this.#context;
    try {
      await worker.run(`${beginSql(worker.serverVersion, "")}; ${sql}; COMMIT`);
    } catch (error) {
      throw recordError(
        this.#prepared.step,
        error,
        remainsOf(this.#prepared, this.#state),
      );
    }
  }
}
