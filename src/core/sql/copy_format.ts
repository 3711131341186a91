import { tokenize } from "./tokens.ts";

/**
 * Whether a COPY reads the binary format: `COPY BINARY t …`, `… BINARY` or
 * `… (FORMAT binary)`.
 */
export function isBinaryCopy(text: string): boolean {
  let before: string | undefined;
  let depth = 0;
  for (const token of tokenize(text)) {
    if (token.text === "(") depth++;
    if (token.text === ")") depth--;
    const word = token.word ?? token.value?.toLowerCase();
    const isFormat = depth === 0 ? before !== "." : before === "format";
    // A column or a table of that name stands elsewhere.
    if (word === "binary" && isFormat) return true;
    before = token.word ?? token.text;
  }
  return false;
}
