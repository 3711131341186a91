import { tokenize } from "../sql/tokens.ts";
import type { Finding } from "../finding.ts";
import { showName } from "../display.ts";
import type { ForeignFile, ForeignInput, ForeignRow } from "./foreign.ts";

/** The text of a file without its byte-order mark; undefined if not UTF-8. */
export function textOf({ bytes }: ForeignFile): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The rows of the table that the tool keeps its history in. */
export function historyRows(input: ForeignInput): readonly ForeignRow[] {
  return input.rows.get("history") ?? [];
}

/** Whether a column of a row says true, as `to_jsonb()` writes it. */
export function isTrue(value: string | undefined): boolean {
  return value === "true" || value === "t" || value === "1";
}

/** Whether SQL has anything to run, and is not all comments. */
export function hasStatements(sql: string): boolean {
  for (const token of tokenize(sql)) {
    if (token.text !== ";") return true;
  }
  return false;
}

/** The text with the lines that a test finds taken out. */
export function withoutLines(
  text: string,
  isTakenOut: (line: string) => boolean,
): string {
  return text.split(/(?<=\n)/)
    .filter((line) => !isTakenOut(line.trimEnd()))
    .join("");
}

/** That a text has a place where the tool puts a value in, if it has one. */
export function findPlaceholder(
  text: string,
  pattern = /\$\{[^{}\s]+\}/,
): { readonly untranslated?: string } {
  const found = pattern.exec(text)?.[0];
  return found === undefined
    ? {}
    : { untranslated: `it has the placeholder "${found}"` };
}

/** Digits as numbers, then the whole text: the order of file names. */
export function compareNumbered(
  a: { readonly version?: string; readonly id: string },
  b: { readonly version?: string; readonly id: string },
): number {
  const first = digitsOf(a.version);
  const second = digitsOf(b.version);
  if (first !== second) return first < second ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function digitsOf(version: string | undefined): bigint {
  return version !== undefined && /^[0-9]+$/.test(version)
    ? BigInt(version)
    : -1n;
}

/** A file whose bytes are no text. */
export function notText(path: string): Finding {
  return {
    severity: "error",
    code: "invalid_encoding",
    message: `Cannot adopt "${showName(path)}" as it is not valid UTF-8`,
    hint: "save it as UTF-8, or move it out of the folder",
    location: { path },
  };
}

/** A file that the other tool itself could not read. */
export function notReadable(path: string, state: string): Finding {
  return {
    severity: "error",
    code: "not_adoptable",
    message: `Cannot adopt "${showName(path)}" as ${state}`,
    hint: "correct the file, or move it out of the folder",
    location: { path },
  };
}

/** What the other tool has begun and not finished. */
export function unfinished(state: string, hint: string): Finding {
  return {
    severity: "error",
    code: "unfinished_history",
    message: `Cannot adopt the history as ${state}`,
    hint,
  };
}
