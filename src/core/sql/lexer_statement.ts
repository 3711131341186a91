import { statementTooLong } from "./lexer_errors.ts";
import { locate, textOf } from "./lexer_state.ts";
import type { LexerState } from "./lexer_state.ts";
import { resetRoutineBody } from "./routine_body.ts";
import { readsCopyData, standardStringsAfter } from "./script_effects.ts";
import { decodeText } from "./text_check.ts";

/** Emits the open statement, if there is one, and starts to look for another. */
export function closeStatement(lexer: LexerState): void {
  const { scan: s } = lexer;
  if (s.isStatementOpen && s.tokenEnd > s.start) emitStatement(lexer);
  dropStatement(lexer);
}

/** Forgets the open statement. */
export function dropStatement(lexer: LexerState): void {
  const { scan: s } = lexer;
  s.isStatementOpen = false;
  s.mode = "gap";
  resetRoutineBody(s);
  lexer.pieces = [];
  lexer.statementBytes = 0;
  lexer.started = undefined;
}

/** Keeps the bytes of the open statement before they are gone. */
export function keepStatement(lexer: LexerState): void {
  const { scan: s } = lexer;
  if (!s.isStatementOpen) return;
  lexer.started ??= locate(lexer, s.start);
  const piece = s.bytes.slice(Math.max(s.start, 0), s.at);
  if (piece.length > 0) lexer.pieces.push(piece);
  lexer.statementBytes = s.at - s.start;
}

function emitStatement(lexer: LexerState): void {
  const { scan: s } = lexer;
  const location = lexer.started ?? locate(lexer, s.start);
  if (s.tokenEnd - s.start > lexer.maxStatementBytes) {
    throw statementTooLong(lexer.maxStatementBytes, undefined, location);
  }
  const text = lexer.pieces.length === 0
    ? textOf(lexer, s.start, s.tokenEnd)
    : decodeText(joinPieces(lexer));
  lexer.items.push({
    kind: "statement",
    index: lexer.statementCount++,
    text,
    startByte: lexer.base + s.start,
    endByte: lexer.base + s.tokenEnd,
    line: location.line,
    column: location.column,
  });
  s.standardStrings = standardStringsAfter(text) ?? s.standardStrings;
  if (readsCopyData(text)) lexer.phase = "copy_line";
}

/** The bytes of the open statement, up to its last token. */
function joinPieces(lexer: LexerState): Uint8Array {
  const { scan: s } = lexer;
  const joined = new Uint8Array(s.tokenEnd - s.start);
  let length = 0;
  for (const piece of lexer.pieces) {
    const rest = piece.subarray(0, joined.length - length);
    joined.set(rest, length);
    length += rest.length;
  }
  joined.set(s.bytes.subarray(0, joined.length - length), length);
  return joined;
}
