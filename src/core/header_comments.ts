/** A comment that stands before the first statement of a file. */
export interface HeaderComment {
  /** From 1. */
  readonly line: number;
  /** From its first mark to the end of the line. */
  readonly text: string;
}

/** The comments of a header, and where the first statement starts. */
export interface HeaderComments {
  readonly comments: readonly HeaderComment[];
  /** Comments of the other kind, as far as they are on their first line. */
  readonly blocks: readonly HeaderComment[];
  /** An index into the text; its length when there is no statement. */
  readonly end: number;
  /** The line of `end`, from 1. */
  readonly endLine: number;
}

/** Finds the comments before the first statement. */
export function readHeaderComments(text: string): HeaderComments {
  const comments: HeaderComment[] = [];
  const blocks: HeaderComment[] = [];
  let position = 0;
  let line = 1;
  while (position < text.length) {
    const next = tokenEnd(text, position);
    if (next === position) break;
    if (text.startsWith("--", position)) {
      comments.push({ line, text: text.slice(position, next) });
    } else if (text.startsWith("/*", position)) {
      const end = Math.min(next, lineEnd(text, position));
      blocks.push({ line, text: text.slice(position, end) });
    }
    line += countLineBreaks(text, position, next);
    position = next;
  }
  return { comments, blocks, end: position, endLine: line };
}

/** The end of the space or comment at `start`; `start` if there is neither. */
function tokenEnd(text: string, start: number): number {
  if (text.startsWith("--", start)) return lineEnd(text, start);
  if (text.startsWith("/*", start)) return blockCommentEnd(text, start);
  let end = start;
  while (SPACES.includes(text.charAt(end)) && end < text.length) end++;
  return end;
}

/** What the server skips between tokens (scan.l, "space"). */
const SPACES = " \n\r\t\f\v";

function lineEnd(text: string, start: number): number {
  const feed = text.indexOf("\n", start);
  const end = feed === -1 ? text.length : feed;
  // The server ends a comment at a carriage return, too (scan.l, "comment").
  const comment = text.slice(start, end);
  const carriage = comment.indexOf("\r");
  return carriage === -1 ? end : start + carriage;
}

/** Block comments nest in PostgreSQL; one that stays open takes all. */
function blockCommentEnd(text: string, start: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return text.length;
}

function countLineBreaks(text: string, start: number, end: number): number {
  let count = 0;
  let feed = text.indexOf("\n", start);
  while (feed !== -1 && feed < end) {
    count++;
    feed = text.indexOf("\n", feed + 1);
  }
  return count;
}
