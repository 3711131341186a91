/** Where something is in a text: line and column from 1. */
export interface Position {
  readonly line: number;
  /** In code points. */
  readonly column: number;
}

/**
 * Where each key of a TOML document stands, by {@linkcode pathOf}; a table
 * stands where its first heading names it. The parser does not tell. The text
 * has to be correct TOML; of any other, some keys are missing.
 */
export function findKeyPositions(
  toml: string,
): ReadonlyMap<string, Position> {
  const scan: Scan = { toml, at: 0, found: new Map() };
  let table: readonly string[] = [];
  for (;;) {
    skip(scan, BLANK);
    const start = scan.at;
    if (start >= toml.length) break;
    if (toml[start] === "[") table = readHeading(scan);
    else readPair(scan, table);
    if (scan.at === start) break;
  }
  return locateAll(toml, scan.found);
}

/** The name of a key together with the tables that it is in. */
export function pathOf(keys: readonly string[]): string {
  return JSON.stringify(keys);
}

/** The position of an offset, in UTF-16 units. */
export function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: columnAfter(lines.at(-1) ?? "") };
}

interface Scan {
  readonly toml: string;
  at: number;
  /** Offsets, by the path of the key. */
  readonly found: Map<string, number>;
}

const BLANK = /(?:[ \t\r\n\ufeff]|#[^\n]*)*/y;
const GAP = /[ \t]*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BARE_VALUE = /[^,\]}#\r\n]*/y;

function skip(scan: Scan, pattern: RegExp): string {
  pattern.lastIndex = scan.at;
  const [text = ""] = pattern.exec(scan.toml) ?? [];
  scan.at += text.length;
  return text;
}

function skipSign(scan: Scan, sign: string): void {
  if (scan.toml[scan.at] === sign) scan.at++;
}

/** `[a.b]` or `[[a.b]]`. */
function readHeading(scan: Scan): readonly string[] {
  skipSign(scan, "[");
  skipSign(scan, "[");
  const path = readKey(scan, []);
  skipSign(scan, "]");
  skipSign(scan, "]");
  return path;
}

/** `a.b = value` */
function readPair(scan: Scan, table: readonly string[]): void {
  const path = readKey(scan, table);
  skipSign(scan, "=");
  skip(scan, GAP);
  readValue(scan, path);
}

function readKey(scan: Scan, table: readonly string[]): readonly string[] {
  let path = table;
  for (;;) {
    skip(scan, GAP);
    const start = scan.at;
    path = [...path, readKeyPart(scan)];
    const name = pathOf(path);
    if (!scan.found.has(name)) scan.found.set(name, start);
    skip(scan, GAP);
    if (scan.toml[scan.at] !== ".") return path;
    scan.at++;
  }
}

function readKeyPart(scan: Scan): string {
  const start = scan.at;
  if (!isQuote(scan.toml[start])) return skip(scan, BARE_KEY);
  skipString(scan);
  const quoted = scan.toml.slice(start, scan.at);
  if (quoted.startsWith("'")) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted);
  } catch (error) {
    // TOML has a few escapes more; no key of ours is written with them.
    if (!(error instanceof SyntaxError)) throw error;
    return quoted;
  }
}

function readValue(scan: Scan, path: readonly string[]): void {
  const sign = scan.toml[scan.at];
  if (isQuote(sign)) return skipString(scan);
  if (sign === "[") {
    return readItems(scan, "]", () => readValue(scan, path));
  }
  if (sign === "{") return readItems(scan, "}", () => readPair(scan, path));
  skip(scan, BARE_VALUE);
}

function readItems(scan: Scan, end: string, readItem: () => void): void {
  scan.at++;
  for (;;) {
    skip(scan, BLANK);
    const start = scan.at;
    if (start >= scan.toml.length || scan.toml[start] === end) break;
    readItem();
    skip(scan, BLANK);
    skipSign(scan, ",");
    if (scan.at === start) return;
  }
  scan.at++;
}

function isQuote(sign: string | undefined): sign is '"' | "'" {
  return sign === '"' || sign === "'";
}

/** A string in any of the four forms, up to behind its last quote. */
function skipString(scan: Scan): void {
  const { toml, at } = scan;
  const quote = toml[at] ?? "";
  const isLong = toml.startsWith(quote.repeat(3), at);
  const end = isLong ? quote.repeat(3) : quote;
  let i = at + end.length;
  while (i < toml.length && !toml.startsWith(end, i)) {
    i += quote === '"' && toml[i] === "\\" ? 2 : 1;
  }
  i += end.length;
  // Two more quotes can belong to the text of a long string.
  for (let more = 0; isLong && more < 2 && toml[i] === quote; more++) i++;
  scan.at = i;
}

function locateAll(
  toml: string,
  offsets: ReadonlyMap<string, number>,
): ReadonlyMap<string, Position> {
  const positions = new Map<string, Position>();
  let line = 1;
  let lineStart = 0;
  for (const [path, offset] of [...offsets].sort(([, a], [, b]) => a - b)) {
    for (
      let next = toml.indexOf("\n", lineStart);
      next >= 0 && next < offset;
      next = toml.indexOf("\n", lineStart)
    ) {
      line++;
      lineStart = next + 1;
    }
    const column = columnAfter(toml.slice(lineStart, offset));
    positions.set(path, { line, column });
  }
  return positions;
}

function columnAfter(before: string): number {
  return [...before.replace("\ufeff", "")].length + 1;
}
