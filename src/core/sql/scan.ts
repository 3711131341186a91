import { BYTE_CLASS, byteClass } from "./byte_class.ts";
import {
  openString,
  scanAfterEscapeQuote,
  scanBlockComment,
  scanDollarQuote,
  scanEscapeQuote,
  scanLineComment,
  scanNameQuote,
  scanPlainQuote,
} from "./scan_quotes.ts";
import { endToken, MORE, openStatement, wait } from "./scan_state.ts";
import type { Scan } from "./scan_state.ts";
import { scanDollar, scanNumber, scanWord, skipWord } from "./scan_tokens.ts";

/** Why the scanner stopped: `more` is the end of the bytes it has. */
export type ScanStop =
  | "more"
  | "semicolon"
  | "backslash"
  | "colon"
  | "conflict";

/** Scans from `at` to the next thing that its caller must act on. */
export function scan(s: Scan): ScanStop {
  while (s.at < s.limit) {
    const stop = step(s);
    if (stop !== undefined) return stop;
  }
  return "more";
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const STAR = 42;
const PLUS = 43;
const DASH = 45;
const SLASH = 47;
const EQUALS = 61;
const CONFLICT_MARK_LENGTH = 7;

function step(s: Scan): ScanStop | undefined {
  switch (s.mode) {
    case "gap":
      return scanGap(s);
    case "code":
      return scanCode(s);
    case "word":
      return goOn(s, skipWord(s, s.at));
    case "plain_quote":
      return goOn(s, scanPlainQuote(s, s.at));
    case "escape_quote":
      return goOn(s, scanEscapeQuote(s, s.at));
    case "after_escape_quote":
      return goOn(s, scanAfterEscapeQuote(s, s.at));
    case "name_quote":
      return goOn(s, scanNameQuote(s, s.at));
    case "dollar_quote":
      return goOn(s, scanDollarQuote(s, s.at));
    case "line_comment":
      return goOn(s, scanLineComment(s, s.at));
    case "block_comment":
      return goOn(s, scanBlockComment(s, s.at));
  }
}

function goOn(s: Scan, at: number): ScanStop | undefined {
  if (at === MORE) return "more";
  s.at = at;
  return undefined;
}

/** Between statements: white space, comments and lone semicolons. */
function scanGap(s: Scan): ScanStop | undefined {
  const { bytes, limit } = s;
  for (let at = s.at; at < limit; at++) {
    const kind = byteClass[bytes[at] ?? 0];
    if (kind === BYTE_CLASS.space || kind === BYTE_CLASS.semicolon) continue;
    if (kind === BYTE_CLASS.backslash || kind === BYTE_CLASS.colon) {
      s.at = at;
      return kind === BYTE_CLASS.colon ? "colon" : "backslash";
    }
    if (kind === BYTE_CLASS.dash || kind === BYTE_CLASS.slash) {
      // Three, to tell a hint from other comments.
      if (at + 2 >= limit && !s.isFinal) return goOn(s, wait(s, at));
      if (startsComment(s, at) && !startsHint(s, at)) {
        return goOn(s, openComment(s, at));
      }
    }
    s.at = at;
    openStatement(s);
    return undefined;
  }
  s.at = limit;
  return "more";
}

/**
 * `/*+` starts a hint of pg_hint_plan, which reads it in front of the
 * statement: so it belongs to it.
 */
function startsHint(s: Scan, at: number): boolean {
  return s.bytes[at] === SLASH && s.bytes[at + 2] === PLUS &&
    at + 2 < s.limit;
}

function startsComment(s: Scan, at: number): boolean {
  const next = at + 1 < s.limit ? s.bytes[at + 1] : undefined;
  return s.bytes[at] === DASH ? next === DASH : next === STAR;
}

function openComment(s: Scan, at: number): number {
  s.openedAt = at;
  s.commentDepth = 0;
  s.mode = s.bytes[at] === DASH ? "line_comment" : "block_comment";
  s.at = at + 2;
  return s.at;
}

function scanCode(s: Scan): ScanStop | undefined {
  const { bytes, limit } = s;
  let at = s.at;
  while (at < limit) {
    switch (byteClass[bytes[at] ?? 0]) {
      case BYTE_CLASS.space:
        at++;
        continue;
      case BYTE_CLASS.word:
        at = scanWord(s, at);
        break;
      case BYTE_CLASS.digit:
        at = scanNumber(s, at);
        break;
      case BYTE_CLASS.singleQuote:
        at = openString(s, at, s.standardStrings ? "plain" : "escape");
        break;
      case BYTE_CLASS.doubleQuote:
        s.openedAt = at;
        s.mode = "name_quote";
        at = scanNameQuote(s, at + 1);
        break;
      case BYTE_CLASS.dollar:
        at = scanDollar(s, at);
        break;
      case BYTE_CLASS.openParen:
        s.parenDepth++;
        at = endToken(s, at + 1);
        break;
      case BYTE_CLASS.closeParen:
        if (s.parenDepth > 0) s.parenDepth--;
        at = endToken(s, at + 1);
        break;
      case BYTE_CLASS.other:
        at = endToken(s, at + 1);
        break;
      default:
        s.at = at;
        return scanRareByte(s, at);
    }
    if (at === MORE) return "more";
    if (s.mode !== "code") break;
  }
  s.at = at;
  return undefined;
}

/** The bytes after which {@linkcode scanCode} may have to stop. */
function scanRareByte(s: Scan, at: number): ScanStop | undefined {
  const kind = byteClass[s.bytes[at] ?? 0];
  if (kind === BYTE_CLASS.backslash) return "backslash";
  if (kind === BYTE_CLASS.colon) return "colon";
  if (kind === BYTE_CLASS.semicolon) {
    if (s.parenDepth === 0 && s.beginDepth === 0) return "semicolon";
    return goOn(s, endToken(s, at + 1));
  }
  if (kind === BYTE_CLASS.conflict) return scanConflict(s, at);
  if (at + 1 >= s.limit && !s.isFinal) return "more";
  if (startsComment(s, at)) return goOn(s, openComment(s, at));
  return goOn(s, endToken(s, at + 1));
}

function scanConflict(s: Scan, at: number): ScanStop | undefined {
  const { bytes, limit } = s;
  const before = at === 0 ? s.previousByte : bytes[at - 1];
  if (before !== LF) return goOn(s, endToken(s, at + 1));
  const mark = bytes[at];
  let end = at;
  while (end < limit && bytes[end] === mark && end - at <= 7) end++;
  if (end === limit && !s.isFinal) return "more";
  if (end - at === CONFLICT_MARK_LENGTH) {
    const next = end < limit ? bytes[end] : LF;
    const isAlone = next === LF || next === CR;
    if (mark === EQUALS ? isAlone : isAlone || next === SPACE) {
      return "conflict";
    }
  }
  return goOn(s, endToken(s, at + 1));
}
