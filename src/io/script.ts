import { createChecksum } from "../core/checksum.ts";
import type { ScriptSeal } from "../core/script_seal.ts";
import { createLexer } from "../core/sql/lexer.ts";
import type { ScriptItem } from "../core/sql/statement.ts";
import type { Variables } from "../core/sql/variables.ts";

/** A script that can be read as often as needed, in pieces. */
export interface Script {
  /** The path that its statements are shown with. */
  readonly path: string;
  readonly maxStatementBytes: number;
  /** What stands for `:name` in it. */
  readonly variables?: Variables | undefined;
  open(): AsyncIterable<Uint8Array>;
}

/** One line of a script, cut off where it is too long to be shown. */
export async function readLine(
  script: Script,
  line: number,
): Promise<string | undefined> {
  for await (const text of readLines(script, line)) return text;
  return undefined;
}

/** The lines of a script from one on, each cut off where it is too long. */
export async function* readLines(
  script: Script,
  first: number,
): AsyncGenerator<string, void, undefined> {
  let kept: Uint8Array = new Uint8Array();
  let line = 1;
  for await (const chunk of script.open()) {
    let start = 0;
    while (start < chunk.length) {
      const lineBreak = chunk.indexOf(LF, start);
      const end = lineBreak < 0 ? chunk.length : lineBreak;
      if (line >= first && kept.length < MAX_LINE_BYTES) {
        kept = Buffer.concat([kept, chunk.subarray(start, end)]);
      }
      start = end + 1;
      if (lineBreak < 0) break;
      if (line >= first) yield showLine(kept);
      kept = new Uint8Array();
      line++;
    }
  }
  if (line >= first && kept.length > 0) yield showLine(kept);
}

function showLine(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, MAX_LINE_BYTES)).toString("utf8");
  return text.replace(/^\uFEFF|\r$/g, "");
}

const LF = 10;
const MAX_LINE_BYTES = 10_000;

/**
 * Reads a script item by item; its bytes are hashed on the way, and the items
 * for a seal that wants them.
 */
export class ScriptCursor {
  readonly #seal: ScriptSeal | undefined;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #lexer: ReturnType<typeof createLexer>;
  readonly #checksum = createChecksum();
  #items: readonly ScriptItem[] = [];
  #position = 0;
  #isAtEnd = false;

  constructor(script: Script, seal?: ScriptSeal) {
    this.#seal = seal;
    this.#chunks = script.open()[Symbol.asyncIterator]();
    this.#lexer = createLexer({
      path: script.path,
      maxStatementBytes: script.maxStatementBytes,
      variables: script.variables,
    });
  }

  /** The next item, left in place; undefined at the end of the script. */
  async peek(): Promise<ScriptItem | undefined> {
    while (this.#position >= this.#items.length) {
      if (this.#isAtEnd) return undefined;
      await this.#read();
    }
    return this.#items[this.#position];
  }

  /** The next item. */
  async next(): Promise<ScriptItem | undefined> {
    const item = await this.peek();
    if (item === undefined) return undefined;
    this.#position++;
    this.#seal?.add(item);
    return item;
  }

  /** The data of the COPY statement that `next()` has just returned. */
  async *copyData(): AsyncGenerator<Uint8Array> {
    for (
      let item = await this.peek();
      item?.kind === "copy_data";
      item = await this.peek()
    ) {
      await this.next();
      yield item.bytes;
      if (item.isLast) return;
    }
  }

  /** Leaves out what is left of a COPY whose data were not all wanted. */
  async skipCopyData(): Promise<void> {
    for await (const _bytes of this.copyData()) { /* not wanted */ }
  }

  /** SHA-256 of the whole script, which is read to its end. */
  async checksum(): Promise<string> {
    while (await this.next() !== undefined) { /* hashed while read */ }
    return this.#checksum.digest();
  }

  /** Closes the file, also when the script was not read to its end. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #read(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    this.#position = 0;
    if (done === true) {
      this.#isAtEnd = true;
      this.#items = this.#lexer.end();
      return;
    }
    this.#checksum.update(value);
    this.#items = this.#lexer.push(value);
  }
}
