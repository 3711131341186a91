/** One token of a statement; comments and white space are none. */
export interface Token {
  /** As written. */
  readonly text: string;
  /** In lower case, if the token is an unquoted word. */
  readonly word?: string;
  /** The identifier it stands for: folded, or without its quotes. */
  readonly name?: string;
  /** The value of a string whose value is plain to see. */
  readonly value?: string;
  /** Its UTF-16 index in the statement. */
  readonly index: number;
}

/** The tokens of a statement, one by one as they are asked for. */
export function* tokenize(text: string): Generator<Token, undefined> {
  let at = 0;
  while (at < text.length) {
    const gap = skipGap(text, at);
    if (gap > at) {
      at = gap;
      continue;
    }
    const token = readToken(text, at);
    yield token;
    at += token.text.length;
  }
}

/** The first tokens of a statement, at most `count`. */
export function firstTokens(text: string, count: number): readonly Token[] {
  const tokens: Token[] = [];
  for (const token of tokenize(text)) {
    tokens.push(token);
    if (tokens.length >= count) break;
  }
  return tokens;
}

/** Where the first token of a text starts; its end, if it has none. */
export function firstTokenIndex(text: string): number {
  let at = 0;
  for (;;) {
    const next = skipGap(text, at);
    if (next === at) return at;
    at = next;
  }
}

const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const NUMBER = /[0-9][0-9_]*(?:[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)?/y;
const QUOTE_START = /(?:[bBeExXnN]|[uU]&)?'|(?:[uU]&)?"/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const GAP = /(?:[ \t\n\r\f\v]|--[^\n\r]*)+/y;
const ESCAPED_EDGE = /''|'|\\[^]/g;
const COMMENT_EDGE = /\/\*|\*\//g;

function skipGap(text: string, at: number): number {
  if (text.startsWith("/*", at)) return skipComment(text, at);
  return at + (match(GAP, text, at)?.length ?? 0);
}

function skipComment(text: string, at: number): number {
  COMMENT_EDGE.lastIndex = at;
  let depth = 0;
  for (;;) {
    const edge = COMMENT_EDGE.exec(text);
    if (edge === null) return text.length;
    depth += edge[0] === "/*" ? 1 : -1;
    if (depth === 0) return COMMENT_EDGE.lastIndex;
  }
}

function readToken(text: string, index: number): Token {
  const start = match(QUOTE_START, text, index);
  if (start !== undefined) return readQuoted(text, index, start);
  const word = match(WORD, text, index);
  if (word !== undefined) {
    const folded = foldAscii(word);
    return { text: word, index, word: folded, name: folded };
  }
  const number = match(NUMBER, text, index);
  if (number !== undefined) return { text: number, index };
  return readDollarQuote(text, index) ?? { text: text.charAt(index), index };
}

function readQuoted(text: string, index: number, start: string): Token {
  const open = index + start.length;
  const end = /^e/i.test(start)
    ? escapedEnd(text, open)
    : quotedEnd(text, open, start.slice(-1));
  const quoted = text.slice(index, end);
  if (start === "'") {
    return { text: quoted, index, value: undouble(quoted, "'") };
  }
  if (!start.endsWith('"')) return { text: quoted, index };
  const name = start === '"' ? undouble(quoted, '"') : quoted;
  return { text: quoted, index, name };
}

/** Behind the quote that closes what was opened before `at`. */
function quotedEnd(text: string, at: number, quote: string): number {
  for (;;) {
    const found = text.indexOf(quote, at);
    if (found < 0) return text.length;
    if (text[found + 1] !== quote) return found + 1;
    at = found + 2;
  }
}

function escapedEnd(text: string, at: number): number {
  ESCAPED_EDGE.lastIndex = at;
  for (;;) {
    const edge = ESCAPED_EDGE.exec(text)?.[0];
    if (edge === undefined) return text.length;
    if (edge === "'") return ESCAPED_EDGE.lastIndex;
  }
}

function readDollarQuote(text: string, index: number): Token | undefined {
  const tag = match(DOLLAR_TAG, text, index);
  if (tag === undefined) return undefined;
  const close = text.indexOf(tag, index + tag.length);
  const end = close < 0 ? text.length : close;
  return {
    text: text.slice(index, end + tag.length),
    index,
    value: text.slice(index + tag.length, end),
  };
}

function match(
  pattern: RegExp,
  text: string,
  at: number,
): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function undouble(quoted: string, quote: string): string {
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}

/** Only ASCII letters are folded, as the server does in UTF-8. */
function foldAscii(word: string): string {
  return word.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
