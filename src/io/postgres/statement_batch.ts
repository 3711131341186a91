import { codePointCount } from "../../core/sql/position.ts";
import type { Statement } from "../../core/sql/statement.ts";
import type { ServerMessage } from "../../errors.ts";

/** Triggers may keep the text of the whole message, so it stays short. */
const MAX_STATEMENTS = 16;
const MAX_LENGTH = 8 * 1024;
const BREAK = ";\n";

/** A statement of a message, and what stands before it there. */
export interface BatchedStatement {
  readonly statement: Statement;
  /** In code points. */
  readonly prefixLength: number;
}

/**
 * Statements that are sent in one message. The server reads all of it before it
 * runs the first, so only such may share one that change nothing in how others
 * are read.
 */
export class StatementBatch {
  readonly #mark: string;
  readonly #statements: Statement[] = [];
  #length = 0;

  constructor(mark: string, ...statements: readonly Statement[]) {
    this.#mark = mark;
    for (const statement of statements) this.add(statement);
  }

  get isEmpty(): boolean {
    return this.#statements.length === 0;
  }

  /** Whether another statement may follow in the same message. */
  get isOpen(): boolean {
    return this.#statements.length < MAX_STATEMENTS &&
      this.#statements.every(({ text }) => isPlainInsert(text));
  }

  /** What is sent. */
  get text(): string {
    const texts = this.#statements.map(({ text }) => text);
    return this.#mark + texts.join(BREAK);
  }

  /** Whether a statement may be added. */
  takes({ text }: Statement): boolean {
    if (this.isEmpty) return true;
    return this.isOpen && isPlainInsert(text) &&
      this.#length + text.length <= MAX_LENGTH;
  }

  /** Adds a statement behind the others. */
  add(statement: Statement): void {
    this.#statements.push(statement);
    this.#length += statement.text.length;
  }

  /** The statement that a message of the server is about. */
  find(
    { position }: Pick<ServerMessage, "position">,
    done: number,
  ): BatchedStatement {
    const places = this.#places();
    // What cannot be read is refused before the first one is run.
    const byPosition = places.findLast(({ prefixLength }) =>
      position !== undefined && position > prefixLength
    );
    const place = byPosition ?? places[done] ?? places.at(-1);
    if (place === undefined) throw new TypeError("The batch is empty");
    return place;
  }

  #places(): readonly BatchedStatement[] {
    let prefixLength = codePointCount(this.#mark, 0, this.#mark.length);
    return this.#statements.map((statement) => {
      const place = { statement, prefixLength };
      const { text } = statement;
      prefixLength += codePointCount(text, 0, text.length) + BREAK.length;
      return place;
    });
  }
}

function isPlainInsert(text: string): boolean {
  return /^insert\s/i.test(text) && !/set_config/i.test(text);
}
