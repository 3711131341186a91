import { type Token, tokenize } from "../sql/tokens.ts";

/**
 * The statements of a text that a server has written, each with its semicolon.
 * Bodies in SQL standard syntax, which hold semicolons, are not split rightly.
 */
export function splitStatements(text: string): readonly string[] {
  return splitAt(text, ";").map((part) => part.trim())
    .filter((part) => part !== "").map((part) => `${part};`);
}

/** The parts of a list that has brackets only in pairs. */
export function splitList(text: string): readonly string[] {
  return splitAt(text, ",").map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Whether a text has this name in it, of whatever it is. */
export function mentions(text: string | undefined, name: string): boolean {
  return [...tokenize(text ?? "")].some((token) => token.text === name);
}

/** Tokens that are in no brackets, with the brackets themselves. */
export function* outerTokens(text: string): Generator<Token, undefined> {
  let depth = 0;
  for (const token of tokenize(text)) {
    if (CLOSING.has(token.text)) depth -= 1;
    if (depth === 0) yield token;
    if (OPENING.has(token.text)) depth += 1;
  }
}

const OPENING: ReadonlySet<string> = new Set(["(", "["]);
const CLOSING: ReadonlySet<string> = new Set([")", "]"]);

function splitAt(text: string, separator: string): readonly string[] {
  const ends = [...outerTokens(text)]
    .filter((token) => token.text === separator).map(({ index }) => index);
  const starts = [0, ...ends.map((end) => end + 1)];
  return starts.map((start, at) => text.slice(start, ends[at]));
}
