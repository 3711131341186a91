import type { SourceLocation } from "../../errors.ts";
import { movePlace } from "./position.ts";
import type { MovingPlace } from "./position.ts";
import { createScan } from "./scan_state.ts";
import type { Scan } from "./scan_state.ts";
import type { ScriptItem } from "./statement.ts";
import { decodeText } from "./text_check.ts";

/** What part of a script the lexer is in. */
export type LexerPhase =
  | "start"
  | "sql"
  | "command"
  | "rest_of_line"
  | "copy_line"
  | "copy_comment"
  | "copy_data";

/** The state of a lexer between two bytes. */
export interface LexerState {
  readonly path: string;
  readonly maxStatementBytes: number;
  readonly scan: Scan;
  phase: LexerPhase;
  items: ScriptItem[];
  /** The text of the scanned bytes, if each is one character. */
  asciiText: string | undefined;
  /** How many bytes of the file come before the scanned ones. */
  base: number;
  /** The place of the scanned byte at `placedTo`. */
  readonly place: MovingPlace;
  placedTo: number;
  statementCount: number;
  /** The bytes of the open statement that are not scanned any more. */
  pieces: Uint8Array[];
  statementBytes: number;
  /** Where the open statement started, when those bytes are gone. */
  started: PlacedLocation | undefined;
  /** Where the open quote or comment was opened, as soon as bytes are gone. */
  opened: PlacedLocation | undefined;
  isCopyLineStart: boolean;
}

/** A location whose line and column are known. */
export interface PlacedLocation extends SourceLocation {
  readonly line: number;
  readonly column: number;
}

/** The state before the first byte. */
export function createLexerState(
  path: string,
  maxStatementBytes: number,
): LexerState {
  return {
    path,
    maxStatementBytes,
    scan: createScan(),
    phase: "start",
    items: [],
    asciiText: undefined,
    base: 0,
    place: { line: 1, column: 1 },
    placedTo: 0,
    statementCount: 0,
    pieces: [],
    statementBytes: 0,
    started: undefined,
    opened: undefined,
    isCopyLineStart: true,
  };
}

/** Where a scanned byte is in the file. Only ever asked for going forward. */
export function locate(lexer: LexerState, offset: number): PlacedLocation {
  movePlace(lexer.place, lexer.scan.bytes, {
    from: lexer.placedTo,
    to: offset,
  });
  lexer.placedTo = Math.max(lexer.placedTo, offset);
  const { line, column } = lexer.place;
  return { path: lexer.path, line, column };
}

/** The text of scanned bytes. */
export function textOf(lexer: LexerState, from: number, to: number): string {
  return lexer.asciiText === undefined
    ? decodeText(lexer.scan.bytes.subarray(from, to))
    : lexer.asciiText.slice(from, to);
}
