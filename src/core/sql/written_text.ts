import type { Statement } from "./statement.ts";

/** What of a statement matters here. */
export type SentText = Pick<Statement, "text" | "replaced">;

/** The statement as the file has it, with the names of its variables. */
export function writtenText({ text, replaced = [] }: SentText): string {
  let written = "";
  let index = 0;
  for (const part of replaced) {
    written += text.slice(index, part.start) + part.written;
    index = part.end;
  }
  return index === 0 && written === "" ? text : written + text.slice(index);
}

/**
 * Where an index of the text is in {@linkcode writtenText}; all of a value is
 * where its variable stands.
 */
export function writtenIndex(
  { replaced = [] }: SentText,
  index: number,
): number {
  let shift = 0;
  for (const { start, end, written } of replaced) {
    if (index < start) break;
    if (index < end) return start + shift;
    shift += written.length - (end - start);
  }
  return index + shift;
}
