/** What the server answered to one statement. */
export interface StatementAnswer {
  /** The words of the command tag, such as `INSERT` or `CREATE TABLE`. */
  readonly command: string;
  readonly rowCount?: number;
  /** The names of the columns. */
  readonly fields: readonly string[];
  /** The OIDs of their types. */
  readonly types: readonly number[];
  /** As text; a missing value is `undefined`. */
  readonly rows: readonly (readonly (string | undefined)[])[];
  /** Whether there were more rows than are kept. */
  readonly truncated: boolean;
}

/** Gathers the answers to one message, and keeps at most so many rows each. */
export class AnswerCollector {
  readonly #maxRows: number;
  readonly #answers: StatementAnswer[] = [];
  #fields: readonly string[] = [];
  #types: readonly number[] = [];
  #rows: (string | undefined)[][] = [];
  #truncated = false;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  /** The statements that are finished. */
  get answers(): readonly StatementAnswer[] {
    return this.#answers;
  }

  /** The next rows have these columns. */
  startRows(fields: readonly string[], types: readonly number[]): void {
    this.#fields = fields;
    this.#types = types;
  }

  /** Takes a row, or drops it when there are enough. */
  addRow(values: readonly (string | null)[]): void {
    if (this.#rows.length >= this.#maxRows) {
      this.#truncated = true;
      return;
    }
    this.#rows.push(values.map((value) => value ?? undefined));
  }

  /** The statement is finished, with this command tag. */
  finish(tag: string): void {
    this.#answers.push({
      ...parseCommandTag(tag),
      fields: this.#fields,
      types: this.#types,
      rows: this.#rows,
      truncated: this.#truncated,
    });
    this.#fields = [];
    this.#types = [];
    this.#rows = [];
    this.#truncated = false;
  }
}

/** `INSERT 0 5` → 5 rows of INSERT: of two numbers the first is an old OID. */
function parseCommandTag(
  tag: string,
): Pick<StatementAnswer, "command" | "rowCount"> {
  const [, command = tag, count] =
    /^(.*?)(?: \d+(?= \d))?(?: (\d+))?$/.exec(tag) ?? [];
  return {
    command,
    rowCount: count === undefined ? undefined : Number(count),
  };
}
