import { AnswerCollector, type StatementAnswer } from "./answer_collector.ts";
import type { CopyDrain } from "./copy_drain.ts";
import type { ServerMessage } from "../../errors.ts";
import { PostgresError } from "./postgres_error.ts";

type NoticeListener = (notice: ServerMessage, done: number) => void;

/** What one message asks for. */
export interface ReplyOptions {
  readonly maxRows: number;
  readonly copyData?: AsyncIterable<Uint8Array>;
  readonly copyDrain?: CopyDrain;
  readonly onNotice?: NoticeListener | undefined;
}

/** What comes back for one message, until it is settled. */
export class Reply {
  readonly #settling = Promise.withResolvers<readonly StatementAnswer[]>();
  readonly collector: AnswerCollector;
  /** What to send when the server asks for COPY data. */
  readonly copyData: AsyncIterable<Uint8Array> | undefined;
  /** Where the COPY data of the server goes. */
  readonly copyDrain: CopyDrain | undefined;
  readonly #onNotice: NoticeListener | undefined;
  #isSettled = false;
  #refusal: PostgresError | undefined;
  #copyError: unknown;

  constructor(options: ReplyOptions) {
    this.collector = new AnswerCollector(options.maxRows);
    this.copyData = options.copyData;
    this.copyDrain = options.copyDrain;
    this.#onNotice = options.onNotice;
    // A caller that has stopped listening must not end the process.
    this.#settling.promise.catch(() => {});
  }

  /** The answers, one for each statement. */
  get answers(): Promise<readonly StatementAnswer[]> {
    return this.#settling.promise;
  }

  /** What the server refused, once it has said so. */
  get refusal(): PostgresError | undefined {
    return this.#refusal;
  }

  /** Whether the server has made up its mind. */
  get isOver(): boolean {
    return this.#isSettled || this.#refusal !== undefined;
  }

  /** The server says something about what it does. */
  notice(notice: ServerMessage): void {
    this.#onNotice?.(notice, this.collector.answers.length);
  }

  /** The server refuses; {@linkcode finish} tells the caller. */
  refuse(refusal: PostgresError): void {
    const { length } = this.collector.answers;
    this.#refusal = new PostgresError(refusal.fields, length);
  }

  /** Reading the COPY data threw this, which counts more than its sequel. */
  failCopy(error: unknown): void {
    this.#copyError = error;
  }

  /** The server is ready for the next message. */
  finish(): void {
    this.#isSettled = true;
    if (this.copyDrain !== undefined) {
      this.copyDrain.finish().then(() => this.#settle());
      return;
    }
    this.#settle();
  }

  #settle(): void {
    const failure = this.copyDrain?.failure;
    if (failure !== undefined) {
      this.#settling.reject(failure.error);
    } else if (this.#refusal === undefined) {
      this.#settling.resolve(this.collector.answers);
    } else {
      this.#settling.reject(this.#copyError ?? this.#refusal);
    }
  }

  /** There will be no more. */
  abandon(error: Error): void {
    this.#isSettled = true;
    this.#settling.reject(
      this.copyDrain?.failure?.error ?? this.#copyError ?? error,
    );
  }
}

/** The answer to a message that has one statement. */
export function onlyAnswer(
  answers: Promise<readonly StatementAnswer[]>,
): Promise<StatementAnswer> {
  const only = answers.then(([answer]) => answer ?? NO_ANSWER);
  // A caller that has stopped listening must not end the process.
  only.catch(() => {});
  return only;
}

/** To a text without a statement the server has none. */
const NO_ANSWER: StatementAnswer = {
  command: "",
  fields: [],
  types: [],
  rows: [],
  truncated: false,
};
