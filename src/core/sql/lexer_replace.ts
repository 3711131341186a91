import { locate, textOf } from "./lexer_state.ts";
import type { Inserted, LexerState } from "./lexer_state.ts";
import { dropBytes, noteReplaced } from "./lexer_statement.ts";
import { endToken } from "./scan_state.ts";
import { wholeCharacters } from "./text_check.ts";

/** What the bytes are that stand for others. */
export type InsertKind = "token" | "space";

/** Goes on behind `end`, with other bytes for those from here to there. */
export function insertInstead(
  lexer: LexerState,
  end: number,
  { insert, kind }: { readonly insert: Inserted; readonly kind: InsertKind },
): void {
  const { scan: s } = lexer;
  const rest = enter(lexer, end, insert);
  s.at = s.limit;
  if (kind === "token") endToken(s, s.at);
  leave(lexer, rest);
}

/** The same, but the other bytes are scanned, by `scanAll`, before it goes on. */
export function scanInstead(
  lexer: LexerState,
  end: number,
  { insert, scanAll }: {
    readonly insert: Inserted;
    readonly scanAll: () => void;
  },
): void {
  const { scan: s } = lexer;
  const rest = enter(lexer, end, insert);
  scanAll();
  // psql, too, ends a comment where the value ends that it stands in.
  if (s.mode === "line_comment") s.mode = s.isStatementOpen ? "code" : "gap";
  leave(lexer, rest);
}

interface Rest {
  readonly bytes: Uint8Array;
  readonly limit: number;
  readonly isFinal: boolean;
  readonly asciiText: string | undefined;
  readonly depth: "file" | "value";
}

const COLON = 58;
/** More of a command's line is not kept: nothing follows it there. */
const MAX_WRITTEN_BYTES = 4096;

function enter(lexer: LexerState, end: number, insert: Inserted): Rest {
  const { scan: s } = lexer;
  const length = end - s.at;
  dropBytes(lexer, s.at);
  const rest: Rest = {
    bytes: s.bytes.subarray(length),
    limit: s.limit - length,
    isFinal: s.isFinal,
    asciiText: lexer.asciiText?.slice(length),
    depth: lexer.instead === undefined ? "file" : "value",
  };
  if (rest.depth === "file") leaveFile(lexer, length);
  s.bytes = insert.bytes;
  s.limit = insert.bytes.length;
  s.isFinal = true;
  s.previousByte = COLON;
  lexer.asciiText = insert.asciiText;
  return rest;
}

/** All that is scanned from now on stands for `length` bytes of the file. */
function leaveFile(lexer: LexerState, length: number): void {
  const { bytes } = lexer.scan;
  const shown = Math.min(length, MAX_WRITTEN_BYTES);
  const written = textOf(lexer, 0, wholeCharacters(bytes.subarray(0, shown)));
  const location = locate(lexer, 0);
  const startByte = lexer.base;
  locate(lexer, length);
  lexer.base += length;
  lexer.placedTo -= length;
  lexer.instead = {
    location,
    startByte,
    endByte: lexer.base,
    written,
    offset: 0,
  };
}

function leave(lexer: LexerState, rest: Rest): void {
  const { scan: s } = lexer;
  dropBytes(lexer, s.limit);
  if (rest.depth === "file") {
    noteReplaced(lexer, 0);
    lexer.instead = undefined;
  }
  s.bytes = rest.bytes;
  s.at = 0;
  s.limit = rest.limit;
  s.isFinal = rest.isFinal;
  s.previousByte = COLON;
  lexer.asciiText = rest.asciiText;
}
