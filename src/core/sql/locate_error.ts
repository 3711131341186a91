import type { ServerMessage, SourceLocation } from "../../errors.ts";
import {
  codePointCount,
  codePointIndex,
  placeInStatement,
  type StatementPlace,
} from "./position.ts";
import type { Statement } from "./statement.ts";
import { writtenIndex, writtenText } from "./written_text.ts";

/** A statement as it was sent. */
export interface SentStatement {
  readonly path: string;
  readonly statement: Statement;
  /** Code points that were sent before the statement's text. */
  readonly prefixLength: number;
}

/**
 * Where in the file an error or a notice of the server comes from: its
 * position, also one inside a function body or a DO block as far as the
 * server tells, else the start of the statement.
 */
export function locateMessage(
  { path, statement, prefixLength }: SentStatement,
  message: ServerMessage,
): SourceLocation {
  const position = findPosition(statement.text, prefixLength, message);
  const place = placeInFile(statement, position ?? 1);
  // The excerpt of a first line starts where the statement does.
  const indent = place.line === statement.line
    ? " ".repeat(statement.column - 1)
    : "";
  return {
    path,
    line: place.line,
    column: place.column,
    excerpt: indent + place.excerpt,
  };
}

/** The server knows the text that was sent, a person knows the file. */
function placeInFile(statement: Statement, position: number): StatementPlace {
  if (statement.replaced === undefined) {
    return placeInStatement(statement, position);
  }
  const { line, column } = statement;
  const text = writtenText(statement);
  const sent = codePointIndex(statement.text, position - 1);
  const index = writtenIndex(statement, sent);
  return placeInStatement(
    { text, line, column },
    codePointCount(text, 0, index) + 1,
  );
}

function findPosition(
  text: string,
  prefixLength: number,
  message: ServerMessage,
): number | undefined {
  if (message.position !== undefined) return message.position - prefixLength;
  return findInternalPosition(text, message) ?? findBlockLine(text, message);
}

/** The query of a PL/pgSQL statement stands in the block as it was written. */
function findInternalPosition(
  text: string,
  { internalQuery, internalPosition }: ServerMessage,
): number | undefined {
  if (internalQuery === undefined || internalPosition === undefined) {
    return undefined;
  }
  const start = text.indexOf(internalQuery);
  if (start < 0 || text.indexOf(internalQuery, start + 1) >= 0) {
    return undefined;
  }
  return [...text.slice(0, start)].length + internalPosition;
}

/**
 * The line that the innermost frame of a DO block's context names. PL/pgSQL
 * counts lines from the text right after the opening quote, or from the next
 * line when a line break follows it (PostgreSQL's pl_scanner.c).
 */
function findBlockLine(
  text: string,
  { where }: ServerMessage,
): number | undefined {
  const frame = where?.match(
    /PL\/pgSQL function inline_code_block line (\d+)/,
  );
  if (frame === null || frame === undefined) return undefined;
  const body = /^DO\b[^$']*(\$[^$]*\$|')/i.exec(text);
  if (body === null) return undefined;
  let start = body[0].length;
  for (let line = 1; line < Number(frame[1]); line++) {
    const lineBreak = text.indexOf("\n", start);
    if (lineBreak < 0) return undefined;
    start = lineBreak + 1;
  }
  const indent = /^[ \t]*/.exec(text.slice(start, start + 200))?.[0].length ??
    0;
  return [...text.slice(0, start + indent)].length + 1;
}
