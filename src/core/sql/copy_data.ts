/** The bytes of a script in which COPY data are looked for. */
export interface CopyInput {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly limit: number;
  /** Nothing follows those before `limit`. */
  readonly isFinal: boolean;
  /** `at` is where a line starts. */
  readonly isLineStart: boolean;
}

/** A stretch of COPY data, from where it was looked for. */
export interface CopyStretch {
  readonly end: number;
  /** Where to go on: behind the `\.` line when `isDone`. */
  readonly next: number;
  readonly isDone: boolean;
  /** The stretch ends with a line break, or is empty. */
  readonly endsLine: boolean;
}

/**
 * Finds the data up to the line `\.`, in whole lines. What psql takes for
 * that line: exactly these two characters, then LF, CR LF, or the end.
 */
export function findCopyStretch(input: CopyInput): CopyStretch {
  const { bytes, limit, isFinal } = input;
  let line = input.at;
  let isLineStart = input.isLineStart;
  for (;;) {
    const mark = isLineStart ? endMark(input, line) : "none";
    if (mark === "unknown") return stretch(line, line, false);
    if (typeof mark === "number") return stretch(line, mark, true);
    const lineBreak = bytes.indexOf(LF, line);
    if (lineBreak < 0 || lineBreak >= limit) break;
    line = lineBreak + 1;
    isLineStart = true;
  }
  if (isFinal || limit - line >= MAX_KEPT_BYTES) {
    return { end: limit, next: limit, isDone: false, endsLine: false };
  }
  if (line > input.at) return stretch(line, line, false);
  return { end: line, next: line, isDone: false, endsLine: isLineStart };
}

/** Cuts a stretch of data into pieces of bounded size, between lines. */
export function cutCopyData(
  bytes: Uint8Array,
  from: number,
  to: number,
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = from;
  while (to - at > MAX_PIECE_BYTES) {
    const lineBreak = bytes.lastIndexOf(LF, at + MAX_PIECE_BYTES - 1);
    const end = lineBreak >= at ? lineBreak + 1 : at + MAX_PIECE_BYTES;
    pieces.push(bytes.slice(at, end));
    at = end;
  }
  if (at < to) pieces.push(bytes.slice(at, to));
  return pieces;
}

const LF = 10;
const CR = 13;
const DOT = 46;
const BACKSLASH = 92;
/** A line of data that is longer than this is passed on in parts. */
const MAX_KEPT_BYTES = 262_144;
const MAX_PIECE_BYTES = 1_048_576;

function stretch(end: number, next: number, isDone: boolean): CopyStretch {
  return { end, next, isDone, endsLine: true };
}

/** Where the line after `\.` starts, if `\.` is what the line consists of. */
function endMark(
  input: CopyInput,
  line: number,
): number | "none" | "unknown" {
  const { bytes, limit, isFinal } = input;
  const open = isFinal ? limit : "unknown";
  if (line >= limit || bytes[line] !== BACKSLASH) return "none";
  if (line + 1 >= limit) return isFinal ? "none" : "unknown";
  if (bytes[line + 1] !== DOT) return "none";
  if (line + 2 >= limit) return open;
  if (bytes[line + 2] === LF) return line + 3;
  if (bytes[line + 2] !== CR) return "none";
  if (line + 3 >= limit) return open;
  return bytes[line + 3] === LF ? line + 4 : "none";
}
