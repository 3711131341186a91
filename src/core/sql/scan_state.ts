import type { RoutineBody } from "./routine_body.ts";

/** What the scanner is inside of. */
export type ScanMode =
  | "gap"
  | "code"
  | "word"
  | "plain_quote"
  | "escape_quote"
  | "after_escape_quote"
  | "name_quote"
  | "dollar_quote"
  | "line_comment"
  | "block_comment";

/**
 * The state of the scanner, which knows the tokens of psql (PostgreSQL
 * source, `psqlscan.l`). All offsets count from the start of `bytes`; those
 * of what began in bytes that are gone are negative.
 */
export interface Scan extends RoutineBody {
  bytes: Uint8Array;
  /** The first byte that is not scanned; after `more`, what to keep. */
  at: number;
  limit: number;
  /** No bytes follow those before `limit`. */
  isFinal: boolean;
  /** The byte before the first of `bytes`; a line feed when there is none. */
  previousByte: number;
  mode: ScanMode;
  isStatementOpen: boolean;
  start: number;
  /** The end of the last token; equals `start` while there is none. */
  tokenEnd: number;
  /** Where the quote or comment that `mode` is about was opened. */
  openedAt: number;
  /** Its first `tagLength` bytes are the tag of the open dollar quote. */
  tag: Uint8Array;
  tagLength: number;
  commentDepth: number;
  sawCarriageReturn: boolean;
  standardStrings: boolean;
}

/** The state before the first byte of a script. */
export function createScan(): Scan {
  return {
    bytes: new Uint8Array(),
    at: 0,
    limit: 0,
    isFinal: false,
    previousByte: 10,
    mode: "gap",
    isStatementOpen: false,
    start: 0,
    tokenEnd: 0,
    openedAt: 0,
    tag: new Uint8Array(64),
    tagLength: 0,
    commentDepth: 0,
    sawCarriageReturn: false,
    standardStrings: true,
    opening: "",
    isRoutine: false,
    wordCount: 0,
    parenDepth: 0,
    beginDepth: 0,
  };
}

/** What a scanning function returns when the bytes end inside its token. */
export const MORE = -1;

/** Starts a statement at the current byte, unless one is open. */
export function openStatement(s: Scan): void {
  if (s.isStatementOpen) return;
  s.isStatementOpen = true;
  s.start = s.at;
  s.tokenEnd = s.at;
  s.mode = "code";
}

/** Leaves the token that ends at `at`. */
export function endToken(s: Scan, at: number): number {
  s.mode = "code";
  s.tokenEnd = at;
  return at;
}

/** Keeps the bytes from `at` on, to go on there when more have come. */
export function wait(s: Scan, at: number): typeof MORE {
  s.at = at;
  return MORE;
}
