import { type Token, tokenize } from "../sql/tokens.ts";
import type { SchemaObject } from "./schema_object.ts";

/**
 * Whether what makes two objects of servers of different major versions is the
 * same but for how the servers write it: from PostgreSQL 16 on, views have no
 * names of tables before columns where there is but one; and extensions come
 * in the version that a server brings along.
 */
export function isSameAcrossMajors(
  { kind, parts: { create: first = "" } }: SchemaObject,
  { parts: { create: second = "" } }: SchemaObject,
): boolean {
  switch (kind) {
    case "view":
    case "materialized view":
    case "rule":
      return isShorterForm(first, second) || isShorterForm(second, first);
    case "extension":
      return first.replace(VERSION, "") === second.replace(VERSION, "");
    default:
      return first === second;
  }
}

const VERSION = / VERSION '[^']*';$/;

/** Whether `short` is `long` without some of the tables before columns. */
function isShorterForm(long: string, short: string): boolean {
  const tokens = [...tokenize(long)];
  let at = 0;
  for (const token of tokenize(short)) {
    const isQualified = tokens[at]?.text !== token.text &&
      tokens[at + 1]?.text === "." && tokens[at + 2]?.text === token.text;
    if (isQualified && isName(tokens[at])) at += 2;
    if (tokens[at]?.text !== token.text) return false;
    at += 1;
  }
  return at === tokens.length;
}

function isName(token: Token | undefined): boolean {
  return token?.name !== undefined;
}
