import { cutCopyData, findCopyStretch } from "./copy_data.ts";
import { trailingCopyText } from "./lexer_errors.ts";
import type { CopyStretch } from "./copy_data.ts";
import { insertInstead } from "./lexer_replace.ts";
import { keepStart, locate } from "./lexer_state.ts";
import type { LexerPhase, LexerState } from "./lexer_state.ts";
import { closeStatement, dropStatement } from "./lexer_statement.ts";
import { decodeText, wholeCharacters } from "./text_check.ts";

/** Takes the psql command at the current byte, with the rest of its line. */
export function lexCommand(lexer: LexerState): boolean {
  const { scan: s } = lexer;
  if (s.at + 1 >= s.limit && !s.isFinal) return false;
  const next = s.bytes[s.at + 1];
  if (next === SEMICOLON || next === COLON) {
    emitCommand(lexer, s.at + 2);
    leaveOut(lexer, s.at + 2, next === COLON ? ":" : ";");
    s.wordCount = 0;
    s.opening = "";
    s.isRoutine = false;
    lexer.phase = "sql";
    return true;
  }
  const lineBreak = indexOfBreak(lexer);
  const isCut = lineBreak === undefined && s.limit - s.at >= MAX_COMMAND_BYTES;
  if (lineBreak === undefined && !isCut && !s.isFinal) return false;
  const end = Math.min(lineBreak ?? s.limit, s.at + MAX_COMMAND_BYTES);
  const whole = wholeCharacters(s.bytes.subarray(s.at, end));
  const commandEnd = s.at + whole;
  emitCommand(lexer, commandEnd);
  leaveOut(lexer, commandEnd);
  lexer.phase = "rest_of_line";
  return true;
}

/** Skips to the end of the line; what follows it is of the phase `then`. */
export function skipLine(lexer: LexerState, then: LexerPhase): boolean {
  const { scan: s } = lexer;
  const lineBreak = indexOfBreak(lexer);
  leaveOut(lexer, lineBreak ?? s.limit);
  if (lineBreak === undefined) return false;
  s.at++;
  lexer.phase = then;
  lexer.isCopyLineStart = true;
  return true;
}

/** Skips the line of a COPY statement, on which nothing may follow it. */
export function lexCopyLine(lexer: LexerState): boolean {
  const { scan: s } = lexer;
  for (; s.at < s.limit; s.at++) {
    const byte = s.bytes[s.at] ?? 0;
    // The data are read from the file, also if COPY stands in a variable.
    const isEnd = byte === LF && lexer.instead === undefined;
    if (isEnd) return skipLine(lexer, "copy_data");
    if (byte === LF || BLANKS.includes(byte)) continue;
    if (byte !== DASH || lexer.instead !== undefined) {
      throw trailingCopyText(locate(lexer, s.at));
    }
    if (s.at + 1 >= s.limit && !s.isFinal) return false;
    if (s.bytes[s.at + 1] !== DASH) {
      throw trailingCopyText(locate(lexer, s.at));
    }
    lexer.phase = "copy_comment";
    return true;
  }
  return false;
}

/** Takes data of a COPY statement. */
export function lexCopyData(lexer: LexerState): boolean {
  const { scan: s } = lexer;
  const found = findCopyStretch({
    bytes: s.bytes,
    at: s.at,
    limit: s.limit,
    isFinal: s.isFinal,
    isLineStart: lexer.isCopyLineStart,
  });
  emitCopyData(lexer, found);
  lexer.isCopyLineStart = found.endsLine;
  s.at = found.next;
  if (found.isDone) lexer.phase = "sql";
  return found.isDone;
}

const LF = 10;
const DASH = 45;
const COLON = 58;
const SEMICOLON = 59;
/** Tab, vertical tab, form feed, carriage return, space, and semicolon. */
const BLANKS = [9, 11, 12, 13, 32, SEMICOLON];
const encoder = new TextEncoder();
/** What is more of the line of a psql command is left out of its text. */
const MAX_COMMAND_BYTES = 4096;
/** The commands that send the statement before them, as a semicolon does. */
const SENDS = /^\\(?:g|gx|gset|gexec|gdesc|crosstabview|watch|parse)(?![a-z_])/;
const FORGETS = /^\\r(?:eset)?(?![a-z_])/;

function emitCommand(lexer: LexerState, end: number): void {
  const { scan: s } = lexer;
  const text = decodeText(s.bytes.subarray(s.at, end)).trimEnd();
  if (SENDS.test(text)) closeStatement(lexer);
  if (FORGETS.test(text)) dropStatement(lexer);
  // Places only move forward: the statement's comes before the command's.
  if (s.isStatementOpen) keepStart(lexer);
  const { line, column } = locate(lexer, s.at);
  lexer.items.push({ kind: "psql_command", text, line, column });
}

/** Goes on at `end`; in a statement, what psql sends for the bytes is put in. */
function leaveOut(
  lexer: LexerState,
  end: number,
  sent: "" | ":" | ";" = "",
): void {
  const { scan: s } = lexer;
  if (end === s.at) return;
  if (s.isStatementOpen) {
    const insert = { bytes: encoder.encode(sent), asciiText: sent };
    const kind = sent === "" ? "space" : "token";
    insertInstead(lexer, end, { insert, kind });
  } else {
    s.at = end;
    s.tokenEnd = end;
  }
}

function indexOfBreak(lexer: LexerState): number | undefined {
  const { scan: s } = lexer;
  const found = s.bytes.indexOf(LF, s.at);
  return found < 0 || found >= s.limit ? undefined : found;
}

function emitCopyData(lexer: LexerState, found: CopyStretch): void {
  const { scan: s } = lexer;
  const pieces = cutCopyData(s.bytes, s.at, found.end);
  if (found.isDone && pieces.length === 0) pieces.push(new Uint8Array());
  let offset = s.at;
  for (const [index, bytes] of pieces.entries()) {
    const { line } = locate(lexer, offset);
    const isLast = found.isDone && index === pieces.length - 1;
    lexer.items.push({ kind: "copy_data", bytes, line, isLast });
    offset += bytes.length;
  }
}
