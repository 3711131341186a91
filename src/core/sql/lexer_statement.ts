import type { FileError } from "../../errors.ts";
import { openedBy, statementTooLong } from "./lexer_errors.ts";
import { keepStart, locate, textOf } from "./lexer_state.ts";
import type { LexerState, ReplacedBytes } from "./lexer_state.ts";
import { byteIndex } from "./position.ts";
import { resetRoutineBody } from "./routine_body.ts";
import { readsCopyData, standardStringsAfter } from "./script_effects.ts";
import type { ReplacedText } from "./statement.ts";
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
  if (lexer.pieces.length > 0) lexer.pieces = [];
  lexer.ownedPieces = 0;
  lexer.statementBytes = 0;
  lexer.started = undefined;
  if (lexer.replaced.length > 0) lexer.replaced = [];
  lexer.unset = undefined;
}

/**
 * Forgets the first scanned bytes, so that the one at `count` becomes the
 * first; what is still needed of them is kept.
 */
export function dropBytes(lexer: LexerState, count: number): void {
  const { scan: s } = lexer;
  if (s.isStatementOpen) keepStatement(lexer, count);
  if (openedBy(s.mode) !== undefined && s.openedAt >= 0) {
    lexer.opened = locate(lexer, s.openedAt);
  }
  if (lexer.instead === undefined) {
    locate(lexer, count);
    lexer.base += count;
    lexer.placedTo -= count;
  } else {
    lexer.instead.offset -= count;
  }
  if (count > 0) s.previousByte = s.bytes[count - 1] ?? 0;
  s.bytes = s.bytes.subarray(count);
  lexer.asciiText = lexer.asciiText?.slice(count);
  s.at -= count;
  s.limit -= count;
  s.start -= count;
  s.tokenEnd -= count;
  s.openedAt -= count;
  if (lexer.statementBytes > lexer.maxStatementBytes) throw tooLong(lexer);
}

/** Copies what is kept, as the caller may use the buffer of a chunk again. */
export function copyKept(lexer: LexerState): void {
  const { scan: s, pieces } = lexer;
  for (let index = lexer.ownedPieces; index < pieces.length; index++) {
    pieces[index] = pieces[index]?.slice() ?? new Uint8Array();
  }
  lexer.ownedPieces = pieces.length;
  s.bytes = s.bytes.slice();
}

/** Notes that what was scanned up to `end` stands for something else. */
export function noteReplaced(lexer: LexerState, end: number): void {
  const { scan: s, instead } = lexer;
  if (instead === undefined || !s.isStatementOpen) return;
  const { startByte, endByte, written } = instead;
  const next: ReplacedBytes = {
    start: Math.max(instead.offset - s.start, 0),
    end: end - s.start,
    startByte,
    endByte,
    written,
  };
  const last = lexer.replaced.at(-1);
  const goesOn = last !== undefined && last.endByte === startByte &&
    isLeftOut(last) && isLeftOut(next);
  if (goesOn) lexer.replaced.pop();
  lexer.replaced.push(goesOn ? joined(last, next) : next);
}

function isLeftOut({ start, end }: ReplacedBytes): boolean {
  return start === end;
}

/** More of a command's line is not kept: nothing follows it there. */
const MAX_WRITTEN_LENGTH = 4096;

/** A line that came in several chunks. */
function joined(one: ReplacedBytes, other: ReplacedBytes): ReplacedBytes {
  const written = one.written + other.written;
  return {
    ...one,
    endByte: other.endByte,
    written: written.slice(0, MAX_WRITTEN_LENGTH),
  };
}

function keepStatement(lexer: LexerState, count: number): void {
  const { scan: s } = lexer;
  keepStart(lexer);
  const piece = s.bytes.subarray(Math.max(s.start, 0), count);
  if (piece.length > 0) lexer.pieces.push(piece);
  lexer.statementBytes = count - s.start;
}

function tooLong(lexer: LexerState): FileError {
  const opened = openedBy(lexer.scan.mode);
  const location = lexer.started?.location ?? { path: lexer.path };
  return statementTooLong(lexer.maxStatementBytes, opened, location);
}

function emitStatement(lexer: LexerState): void {
  const { scan: s } = lexer;
  const { location, byte } = keepStart(lexer);
  const length = s.tokenEnd - s.start;
  if (length > lexer.maxStatementBytes) {
    throw statementTooLong(lexer.maxStatementBytes, undefined, location);
  }
  const text = lexer.pieces.length === 0
    ? textOf(lexer, s.start, s.tokenEnd)
    : decodeText(joinPieces(lexer));
  noteReplaced(lexer, s.tokenEnd);
  const replaced = lexer.replaced.filter(({ start }) => start < length);
  lexer.items.push({
    kind: "statement",
    index: lexer.statementCount++,
    text,
    startByte: byte,
    endByte: endInFile(replaced, { startByte: byte, length }),
    line: location.line,
    column: location.column,
    ...(replaced.length > 0 && { replaced: indexesIn(text, replaced) }),
    ...(lexer.unset !== undefined && { unset: lexer.unset }),
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

function endInFile(
  replaced: readonly ReplacedBytes[],
  { startByte, length }: {
    readonly startByte: number;
    readonly length: number;
  },
): number {
  const last = replaced.at(-1);
  if (last === undefined) return startByte + length;
  return last.endByte + Math.max(length - last.end, 0);
}

function indexesIn(
  text: string,
  replaced: readonly ReplacedBytes[],
): readonly ReplacedText[] {
  let rest = text;
  let byte = 0;
  function indexOf(offset: number): number {
    rest = rest.slice(byteIndex(rest, offset - byte));
    byte = offset;
    return text.length - rest.length;
  }
  return replaced.map(({ start, end, written }) => ({
    start: indexOf(start),
    end: indexOf(end),
    written,
  }));
}
