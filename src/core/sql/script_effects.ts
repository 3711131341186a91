import { firstTokenIndex, tokenize } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** Whether the lines after the statement are data that it reads. */
export function readsCopyData(text: string): boolean {
  if (!COPY.test(text)) return false;
  const tokens = tokenize(text);
  let token = next(tokens);
  if (token?.word !== "copy") return false;
  token = next(tokens);
  if (token?.word === "binary") token = next(tokens);
  // A query can only be copied from, to somewhere else.
  if (token === undefined || token.text === "(") return false;
  let depth = 0;
  while ((token = next(tokens)) !== undefined) {
    if (token.text === "(") depth++;
    if (token.text === ")") depth--;
    if (depth > 0) continue;
    if (token.word === "to") return false;
    if (token.word === "from") break;
  }
  // The grammar takes STDIN and STDOUT for the same word.
  const source = next(tokens)?.word;
  return source === "stdin" || source === "stdout";
}

/**
 * What the statement makes of `standard_conforming_strings`, if it sets it.
 * RESET counts as `on`, the default of every server.
 */
export function standardStringsAfter(text: string): boolean | undefined {
  if (!MAY_SET.test(text)) return undefined;
  const index = firstTokenIndex(text);
  const start = text.slice(index, index + 1000);
  const set = SET.exec(start) ?? SET_CONFIG.exec(start);
  if (set !== null) return !OFF.test(set[1] ?? "");
  return RESET.test(start) ? true : undefined;
}

/** A hint in a comment may come first. */
const COPY = /^(?:copy\b|[/-])/i;
const MAY_SET = /^(?:set|reset|discard|select)\s|^[/-]/i;
const SET =
  /^set\s+(?:(?:session|local)\s+)?standard_conforming_strings(?:\s*=|\s+to\s)\s*'?(\w+)/i;
const SET_CONFIG =
  /^select\s+(?:pg_catalog\s*\.\s*)?set_config\s*\(\s*'standard_conforming_strings'\s*,\s*'(\w+)'/i;
const RESET =
  /^(?:reset\s+(?:all|standard_conforming_strings)|discard\s+all)\b/i;
/** A boolean may be cut short as long as it is unique. */
const OFF = /^(?:of|off|f|fa|fal|fals|false|n|no|0)$/i;

function next(tokens: Iterator<Token>): Token | undefined {
  const result = tokens.next();
  return result.done === true ? undefined : result.value;
}
