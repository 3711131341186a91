/** One statement of a script, cut out as psql would send it. */
export interface Statement {
  readonly kind: "statement";
  /** Counts the statements of its script from 0. */
  readonly index: number;
  /**
   * From its first token to its last, without the final semicolon, as it is
   * sent: with the values of variables, without psql commands.
   */
  readonly text: string;
  /** Where it starts and ends in the file, in bytes from 0. */
  readonly startByte: number;
  readonly endByte: number;
  /** Where `text` starts, from 1. */
  readonly line: number;
  /** In code points, from 1. */
  readonly column: number;
  /** Where `text` is not what the file has, in order; absent if nowhere. */
  readonly replaced?: readonly ReplacedText[];
  /** The first variable in quotes that nothing declares. */
  readonly unset?: UnsetVariable;
}

/** A part of a statement's text that stands for something else in the file. */
export interface ReplacedText {
  /** UTF-16 indexes in the text. */
  readonly start: number;
  readonly end: number;
  /** What the file has, such as `:'name'`; never more than one line. */
  readonly written: string;
}

/** A reference such as `:'name'` to a variable that nothing declares. */
export interface UnsetVariable {
  readonly name: string;
  readonly written: string;
  readonly line: number;
  readonly column: number;
}

/** Some of the data that follow a `COPY … FROM STDIN` in the script. */
export interface CopyData {
  readonly kind: "copy_data";
  /** Whole lines with their line breaks, without the closing `\.` line. */
  readonly bytes: Uint8Array;
  /** The line of the file that `bytes` starts on. */
  readonly line: number;
  readonly isLast: boolean;
}

/** A line for psql itself, such as `\connect other`. */
export interface PsqlCommand {
  readonly kind: "psql_command";
  /** From the backslash to the end of the line. */
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** What a script consists of, in the order of the file. */
export type ScriptItem = Statement | CopyData | PsqlCommand;
