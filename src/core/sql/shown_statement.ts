import { maskValues } from "../config/mask.ts";
import type { ReplacedText, Statement } from "./statement.ts";

/** What of a statement a listing shows. */
export type ListedText = Pick<Statement, "text" | "line" | "replaced">;

/**
 * The line of the file that each line of the text stands on; undefined for one
 * that begins inside the value of a variable, which the file does not have.
 */
export function fileLines(
  { text, line, replaced = [] }: ListedText,
): readonly (number | undefined)[] {
  const lines: (number | undefined)[] = [line];
  let last = line;
  let index = 0;
  for (const { start, end } of [...replaced, endOf(text)]) {
    for (const _ of text.slice(index, start).matchAll(/\n/g)) {
      lines.push(++last);
    }
    for (const _ of text.slice(start, end).matchAll(/\n/g)) {
      lines.push(undefined);
    }
    index = end;
  }
  return lines;
}

/** Whether lines of the text are not simply lines of the file. */
export function hasLongValues({ text, replaced = [] }: ListedText): boolean {
  return replaced.some(({ start, end }) =>
    text.slice(start, end).includes("\n")
  );
}

/** The statement with secrets masked in the values of its variables. */
export function maskReplaced<Listed extends ListedText>(
  statement: Listed,
  secrets: readonly string[],
): Listed {
  const { text, replaced } = statement;
  if (replaced === undefined || secrets.length === 0) return statement;
  const parts: ReplacedText[] = [];
  let masked = "";
  let index = 0;
  for (const { start, end, written } of replaced) {
    masked += text.slice(index, start);
    const value = maskValues(text.slice(start, end), secrets);
    parts.push({
      start: masked.length,
      end: masked.length + value.length,
      written,
    });
    masked += value;
    index = end;
  }
  return { ...statement, text: masked + text.slice(index), replaced: parts };
}

function endOf({ length }: string): Pick<ReplacedText, "start" | "end"> {
  return { start: length, end: length };
}
