/** A place in a text as a person counts: from 1, columns in code points. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A place inside a statement, with the text of its line. */
export interface StatementPlace extends Place {
  /** The line, as far as it belongs to the statement. */
  readonly excerpt: string;
}

/**
 * Where a position that the server reported (code points from 1, over the
 * text of the statement) is in the file.
 */
export function placeInStatement(
  statement: Place & { readonly text: string },
  position: number,
): StatementPlace {
  const { text } = statement;
  const index = codePointIndex(text, position - 1);
  const lineStart = text.lastIndexOf("\n", index - 1) + 1;
  const nextBreak = text.indexOf("\n", index);
  const lineEnd = nextBreak < 0 ? text.length : nextBreak;
  const linesBefore = countLineBreaks(text, lineStart);
  const column = codePointCount(text, lineStart, index) + 1;
  return {
    line: statement.line + linesBefore,
    column: linesBefore === 0 ? statement.column + column - 1 : column,
    excerpt: text.slice(lineStart, lineEnd).replace(/\r$/, ""),
  };
}

/** The UTF-16 index of a code point, at most the length of the text. */
export function codePointIndex(text: string, codePoints: number): number {
  let index = 0;
  for (let seen = 0; seen < codePoints && index < text.length; seen++) {
    index += isPair(text, index) ? 2 : 1;
  }
  return index;
}

/** How many code points there are between two UTF-16 indexes. */
export function codePointCount(
  text: string,
  from: number,
  to: number,
): number {
  let count = 0;
  for (let index = from; index < to; count++) {
    index += isPair(text, index) ? 2 : 1;
  }
  return count;
}

/** The UTF-16 index of a byte of the text's UTF-8 form. */
export function byteIndex(text: string, byteOffset: number): number {
  let index = 0;
  for (let bytes = 0; bytes < byteOffset && index < text.length;) {
    const unit = text.charCodeAt(index);
    const pair = isPair(text, index);
    bytes += pair ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    index += pair ? 2 : 1;
  }
  return index;
}

/** A place that moves forward through the bytes of a file. */
export interface MovingPlace {
  line: number;
  column: number;
}

/** Moves a place over the bytes between two offsets. */
export function movePlace(
  place: MovingPlace,
  bytes: Uint8Array,
  range: { readonly from: number; readonly to: number },
): void {
  let lineStart = -1;
  for (let i = range.from; i < range.to; i++) {
    if (bytes[i] === LF) {
      place.line++;
      lineStart = i + 1;
    }
  }
  if (lineStart >= 0) place.column = 1;
  const from = lineStart >= 0 ? lineStart : range.from;
  for (let i = from; i < range.to; i++) {
    if (((bytes[i] ?? 0) & 0xc0) !== 0x80) place.column++;
  }
}

const LF = 10;

function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}

function countLineBreaks(text: string, end: number): number {
  let count = 0;
  for (
    let at = text.indexOf("\n");
    at >= 0 && at < end;
    at = text.indexOf("\n", at + 1)
  ) count++;
  return count;
}
