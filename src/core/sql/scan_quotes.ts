import { BYTE_CLASS, byteClass } from "./byte_class.ts";
import { endToken, wait } from "./scan_state.ts";
import type { Scan } from "./scan_state.ts";

/** Scans the string whose quote is at `at`. */
export function openString(
  s: Scan,
  at: number,
  kind: "plain" | "escape",
): number {
  s.openedAt = at;
  if (kind === "plain") {
    s.mode = "plain_quote";
    return scanPlainQuote(s, at + 1);
  }
  s.mode = "escape_quote";
  return scanEscapeQuote(s, at + 1);
}

/** Scans the rest of a string in which a backslash is only a backslash. */
export function scanPlainQuote(s: Scan, at: number): number {
  return scanToQuote(s, at, SINGLE_QUOTE);
}

/** Scans the rest of a quoted identifier. */
export function scanNameQuote(s: Scan, at: number): number {
  return scanToQuote(s, at, DOUBLE_QUOTE);
}

/** Scans the rest of a string in which a backslash escapes. */
export function scanEscapeQuote(s: Scan, at: number): number {
  const { bytes, limit } = s;
  while (at < limit) {
    const byte = bytes[at];
    if (byte !== SINGLE_QUOTE && byte !== BACKSLASH) {
      at++;
      continue;
    }
    if (at + 1 === limit && !s.isFinal) return wait(s, at);
    const isDoubled = at + 1 < limit && bytes[at + 1] === SINGLE_QUOTE;
    if (byte === SINGLE_QUOTE && !isDoubled) {
      endToken(s, at + 1);
      if (s.standardStrings) {
        s.mode = "after_escape_quote";
        s.sawCarriageReturn = false;
      }
      return at + 1;
    }
    at += 2;
  }
  return wait(s, limit);
}

/**
 * Strings that only white space with a line break parts are one. psql sees
 * line by line, so for it only a carriage return is such a break.
 */
export function scanAfterEscapeQuote(s: Scan, at: number): number {
  const { bytes, limit } = s;
  for (; at < limit; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === SINGLE_QUOTE && s.sawCarriageReturn) {
      s.mode = "escape_quote";
      return at + 1;
    }
    if (byte === LF || byteClass[byte] !== BYTE_CLASS.space) {
      s.mode = "code";
      return at;
    }
    if (byte === CR) s.sawCarriageReturn = true;
  }
  return wait(s, limit);
}

/** Scans the rest of a dollar quote, up to its tag. */
export function scanDollarQuote(s: Scan, at: number): number {
  const { bytes, limit, tagLength } = s;
  for (;;) {
    while (at < limit && bytes[at] !== DOLLAR) at++;
    if (at === limit) return wait(s, at);
    if (at + tagLength > limit && !s.isFinal) return wait(s, at);
    if (hasTag(s, at)) return endToken(s, at + tagLength);
    at++;
  }
}

/** Scans the rest of a comment that ends with its line. */
export function scanLineComment(s: Scan, at: number): number {
  const { bytes, limit } = s;
  while (at < limit && bytes[at] !== LF && bytes[at] !== CR) at++;
  if (at === limit) return wait(s, at);
  return endComment(s, at);
}

/** Scans the rest of a comment that may hold comments. */
export function scanBlockComment(s: Scan, at: number): number {
  const { bytes, limit } = s;
  while (at < limit) {
    const byte = bytes[at];
    if (byte !== STAR && byte !== SLASH) {
      at++;
      continue;
    }
    if (at + 1 === limit) return wait(s, s.isFinal ? limit : at);
    const next = bytes[at + 1];
    if (byte === STAR && next === SLASH) {
      if (s.commentDepth === 0) return endComment(s, at + 2);
      s.commentDepth--;
      at += 2;
    } else if (byte === SLASH && next === STAR) {
      s.commentDepth++;
      at += 2;
    } else {
      at++;
    }
  }
  return wait(s, limit);
}

const LF = 10;
const CR = 13;
const DOUBLE_QUOTE = 34;
const DOLLAR = 36;
const SINGLE_QUOTE = 39;
const STAR = 42;
const SLASH = 47;
const BACKSLASH = 92;

/** Up to a quote that is not doubled. */
function scanToQuote(s: Scan, at: number, quote: number): number {
  const { bytes, limit } = s;
  for (;;) {
    while (at < limit && bytes[at] !== quote) at++;
    if (at === limit) return wait(s, at);
    if (at + 1 === limit && !s.isFinal) return wait(s, at);
    if (at + 1 === limit || bytes[at + 1] !== quote) {
      return endToken(s, at + 1);
    }
    at += 2;
  }
}

function hasTag(s: Scan, at: number): boolean {
  const { bytes, limit, tag, tagLength } = s;
  if (at + tagLength > limit) return false;
  for (let i = 1; i < tagLength; i++) {
    if (bytes[at + i] !== tag[i]) return false;
  }
  return true;
}

function endComment(s: Scan, at: number): number {
  s.mode = s.isStatementOpen ? "code" : "gap";
  return at;
}
