import type { Connection, RunOptions, StatementAnswer } from "./connection.ts";

/** What one message of a pipeline was for. */
export interface Failure<Origin> {
  readonly origin: Origin;
  readonly error: unknown;
}

/** Bytes on their way or being worked on before the next message waits. */
const WINDOW_BYTES = 1 << 20;
const WINDOW_MESSAGES = 512;

/**
 * Messages sent one after the other without waiting for the answers. The first
 * that fails is kept; inside a transaction the server refuses those behind it.
 */
export class Pipeline<Origin> {
  readonly #connection: Connection;
  readonly #onAnswer: (
    origin: Origin,
    answers: readonly StatementAnswer[],
  ) => void;
  readonly #waiting: { bytes: number; settled: Promise<void> }[] = [];
  #waitingBytes = 0;
  #failure: Failure<Origin> | undefined;

  constructor(
    connection: Connection,
    onAnswer: (origin: Origin, answers: readonly StatementAnswer[]) => void,
  ) {
    this.#connection = connection;
    this.#onAnswer = onAnswer;
  }

  /** The first message that failed, as far as answers have come. */
  get failure(): Failure<Origin> | undefined {
    return this.#failure;
  }

  /** Sends a message, once there is room in the window. */
  async push(
    sql: string,
    origin: Origin,
    options?: RunOptions,
  ): Promise<void> {
    while (this.#isFull()) await this.#settleOldest();
    if (this.#failure !== undefined) return;
    this.#add(this.#connection.run(sql, options), origin, sql.length);
  }

  /** Sends `COPY … FROM STDIN` and its data, and waits for the answer. */
  async copy(
    sql: string,
    data: AsyncIterable<Uint8Array>,
    origin: Origin,
  ): Promise<void> {
    await this.drain();
    if (this.#failure !== undefined) return;
    const answer = this.#connection.copyIn(sql, data);
    this.#add(answer.then((one) => [one]), origin, 0);
    await this.drain();
  }

  /** Waits until every message is answered. */
  async drain(): Promise<void> {
    while (this.#waiting.length > 0) await this.#settleOldest();
  }

  #add(
    answers: Promise<readonly StatementAnswer[]>,
    origin: Origin,
    bytes: number,
  ): void {
    const settled = answers.then(
      (list) => this.#onAnswer(origin, list),
      (error: unknown) => {
        this.#failure ??= { origin, error };
      },
    );
    this.#waiting.push({ bytes, settled });
    this.#waitingBytes += bytes;
  }

  #isFull(): boolean {
    return this.#waiting.length > 0 &&
      (this.#waitingBytes > WINDOW_BYTES ||
        this.#waiting.length >= WINDOW_MESSAGES);
  }

  async #settleOldest(): Promise<void> {
    const oldest = this.#waiting.shift();
    if (oldest === undefined) return;
    await oldest.settled;
    this.#waitingBytes -= oldest.bytes;
  }
}
