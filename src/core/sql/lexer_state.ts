import type { SourceLocation } from "../../errors.ts";
import { movePlace } from "./position.ts";
import type { MovingPlace } from "./position.ts";
import { createScan } from "./scan_state.ts";
import type { Scan } from "./scan_state.ts";
import type { ScriptItem, UnsetVariable } from "./statement.ts";
import { decodeText } from "./text_check.ts";
import type { Variables } from "./variables.ts";

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
  readonly variables: Variables;
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
  /** So many of them are no part of a chunk's buffer. */
  ownedPieces: number;
  statementBytes: number;
  /** Where the open statement started, when those bytes are gone. */
  started: StatementStart | undefined;
  /** Where the open quote or comment was opened, as soon as bytes are gone. */
  opened: PlacedLocation | undefined;
  isCopyLineStart: boolean;
  /** What stands in the file where other bytes are scanned instead. */
  instead: Instead | undefined;
  /** What of the open statement is not as the file has it, in order. */
  replaced: ReplacedBytes[];
  /** The first variable in quotes of the open statement without a value. */
  unset: UnsetVariable | undefined;
  /** What stood for a reference before, by the reference. */
  readonly inserted: Map<string, Inserted>;
  /** The variables whose values are being scanned, each inside the one before. */
  readonly expanding: string[];
}

/** Bytes that stand for others, and their text if each is one character. */
export interface Inserted {
  readonly bytes: Uint8Array;
  readonly asciiText: string | undefined;
}

/** Where a statement starts in the file. */
export interface StatementStart {
  readonly location: PlacedLocation;
  readonly byte: number;
}

/** A stretch of the file that other bytes stand for. */
export interface Written {
  readonly startByte: number;
  readonly endByte: number;
  readonly written: string;
}

/** Such a stretch while those other bytes are scanned. */
export interface Instead extends Written {
  readonly location: PlacedLocation;
  /** Where they start, as an offset of the scan. */
  offset: number;
}

/** Such a stretch in an open statement. */
export interface ReplacedBytes extends Written {
  /** What stands for it, in bytes from the start of the statement. */
  readonly start: number;
  readonly end: number;
}

/** A location whose line and column are known. */
export interface PlacedLocation extends SourceLocation {
  readonly line: number;
  readonly column: number;
}

/** The state before the first byte. */
export function createLexerState(
  options: Pick<LexerState, "path" | "maxStatementBytes" | "variables">,
): LexerState {
  return {
    ...options,
    scan: createScan(),
    phase: "start",
    items: [],
    asciiText: undefined,
    base: 0,
    place: { line: 1, column: 1 },
    placedTo: 0,
    statementCount: 0,
    pieces: [],
    ownedPieces: 0,
    statementBytes: 0,
    started: undefined,
    opened: undefined,
    isCopyLineStart: true,
    instead: undefined,
    replaced: [],
    unset: undefined,
    inserted: new Map(),
    expanding: [],
  };
}

/** Where a scanned byte is in the file. Only ever asked for going forward. */
export function locate(lexer: LexerState, offset: number): PlacedLocation {
  if (lexer.instead !== undefined) return lexer.instead.location;
  movePlace(lexer.place, lexer.scan.bytes, {
    from: lexer.placedTo,
    to: offset,
  });
  lexer.placedTo = Math.max(lexer.placedTo, offset);
  const { line, column } = lexer.place;
  return { path: lexer.path, line, column };
}

/** Notes where the open statement starts, before its bytes are gone. */
export function keepStart(lexer: LexerState): StatementStart {
  const { scan: s } = lexer;
  lexer.started ??= {
    location: locate(lexer, s.start),
    byte: lexer.instead?.startByte ?? lexer.base + s.start,
  };
  return lexer.started;
}

/** The text of scanned bytes. */
export function textOf(lexer: LexerState, from: number, to: number): string {
  return lexer.asciiText === undefined
    ? decodeText(lexer.scan.bytes.subarray(from, to))
    : lexer.asciiText.slice(from, to);
}
