import {
  BYTE_CLASS,
  byteClass,
  continuesTag,
  continuesWord,
} from "./byte_class.ts";
import { noteWord } from "./routine_body.ts";
import { openString, scanDollarQuote } from "./scan_quotes.ts";
import { endToken, wait } from "./scan_state.ts";
import type { Scan } from "./scan_state.ts";

/** Scans a word, or the string that a one-letter word is the prefix of. */
export function scanWord(s: Scan, at: number): number {
  const { bytes, limit } = s;
  let end = at + 1;
  while (end < limit && continuesWord[bytes[end] ?? 0] === 1) end++;
  if (end === limit && !s.isFinal) {
    if (end - at <= LONGEST_KEYWORD) return wait(s, at);
    noteWord(s, at, end);
    s.mode = "word";
    s.tokenEnd = end;
    return wait(s, end);
  }
  if (end - at === 1 && end < limit) {
    const next = bytes[end];
    if (next === SINGLE_QUOTE) return scanPrefixedString(s, at);
    if (next === AMPERSAND && isLetter(bytes[at], "u")) {
      return scanUnicodePrefix(s, at);
    }
  }
  noteWord(s, at, end);
  return endToken(s, end);
}

/** Scans the rest of a word whose start is gone. */
export function skipWord(s: Scan, at: number): number {
  let end = at;
  while (end < s.limit && continuesWord[s.bytes[end] ?? 0] === 1) end++;
  s.tokenEnd = end;
  return end === s.limit ? wait(s, end) : endToken(s, end);
}

/**
 * Scans a number with its exponent and with the letters that stick to it,
 * which are never a word or a prefix of their own: `1e'x'` is `1e` and `'x'`.
 */
export function scanNumber(s: Scan, at: number): number {
  const { bytes, limit } = s;
  let end = at;
  for (;;) {
    end = skipDigits(s, end);
    if (end + 1 >= limit && !s.isFinal) return wait(s, at);
    if (end >= limit || byteClass[bytes[end] ?? 0] !== BYTE_CLASS.word) break;
    const next = end + 1 < limit ? bytes[end + 1] : undefined;
    if (isLetter(bytes[end], "e") && (next === PLUS || next === DASH)) {
      end += 2;
      continue;
    }
    while (end < limit && continuesWord[bytes[end] ?? 0] === 1) end++;
    if (end === limit && !s.isFinal) return wait(s, at);
    break;
  }
  return endToken(s, end);
}

/** Scans a parameter, the start of a dollar quote, or a lone `$`. */
export function scanDollar(s: Scan, at: number): number {
  const { bytes, limit } = s;
  if (at + 1 >= limit && !s.isFinal) return wait(s, at);
  let end = at + 1;
  if (end < limit && byteClass[bytes[end] ?? 0] === BYTE_CLASS.digit) {
    while (end < limit && byteClass[bytes[end] ?? 0] === BYTE_CLASS.digit) {
      end++;
    }
    if (end < limit && byteClass[bytes[end] ?? 0] === BYTE_CLASS.word) {
      while (end < limit && continuesWord[bytes[end] ?? 0] === 1) end++;
    }
    return end === limit && !s.isFinal ? wait(s, at) : endToken(s, end);
  }
  while (end < limit && continuesTag[bytes[end] ?? 0] === 1) end++;
  if (end === limit && !s.isFinal) return wait(s, at);
  if (end === limit || bytes[end] !== DOLLAR) return endToken(s, at + 1);
  s.openedAt = at;
  keepTag(s, at, end + 1);
  s.mode = "dollar_quote";
  return scanDollarQuote(s, end + 1);
}

const PLUS = 43;
const DASH = 45;
const DOLLAR = 36;
const AMPERSAND = 38;
const SINGLE_QUOTE = 39;
const UNDERSCORE = 95;

/** Longer words are no keyword and no prefix of a quote. */
const LONGEST_KEYWORD = 16;

/** Reuses the space of the last tag, as there may be many. */
function keepTag(s: Scan, from: number, to: number): void {
  if (s.tag.length < to - from) s.tag = new Uint8Array(2 * (to - from));
  s.tagLength = to - from;
  for (let i = from; i < to; i++) s.tag[i - from] = s.bytes[i] ?? 0;
}

function scanPrefixedString(s: Scan, at: number): number {
  const prefix = s.bytes[at];
  if (isLetter(prefix, "e")) return openString(s, at + 1, "escape");
  if (isLetter(prefix, "b") || isLetter(prefix, "x")) {
    return openString(s, at + 1, "plain");
  }
  if (!isLetter(prefix, "n")) noteWord(s, at, at + 1);
  return openString(s, at + 1, s.standardStrings ? "plain" : "escape");
}

/** `U&` is a prefix of quotes; psql never counts it as a word. */
function scanUnicodePrefix(s: Scan, at: number): number {
  const quote = at + 2;
  if (quote >= s.limit && !s.isFinal) return wait(s, at);
  if (quote < s.limit && s.bytes[quote] === SINGLE_QUOTE) {
    return openString(s, quote, "plain");
  }
  return endToken(s, at + 1);
}

function isLetter(byte: number | undefined, letter: string): boolean {
  return ((byte ?? 0) | 32) === letter.charCodeAt(0);
}

/** Digits, with single underscores between them. */
function skipDigits(s: Scan, at: number): number {
  const { bytes, limit } = s;
  let end = at;
  while (end < limit) {
    if (byteClass[bytes[end] ?? 0] === BYTE_CLASS.digit) {
      end++;
      continue;
    }
    const isBetween = bytes[end] === UNDERSCORE && end + 1 < limit &&
      byteClass[bytes[end + 1] ?? 0] === BYTE_CLASS.digit;
    if (!isBetween) break;
    end += 2;
  }
  return end;
}
