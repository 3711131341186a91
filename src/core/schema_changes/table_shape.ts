import { tokenize } from "../sql/tokens.ts";
import { outerTokens, splitList, splitStatements } from "./split_statements.ts";

/** A column, as `schema dump` writes it, in its parts. */
export interface ColumnShape {
  readonly name: string;
  /** All of it, as in CREATE TABLE. */
  readonly line: string;
  readonly type: string;
  readonly collation: string | undefined;
  readonly options: string | undefined;
  /** `GENERATED ALWAYS AS (…)`. */
  readonly generated: string | undefined;
  /** The expression. */
  readonly default: string | undefined;
  /** `GENERATED … AS IDENTITY (…)`. */
  readonly identity: string | undefined;
  readonly isNotNull: boolean;
}

/** A table, as `schema dump` writes it, in its parts. */
export interface TableShape {
  readonly isUnlogged: boolean;
  /** The composite type that it is of. */
  readonly of: string | undefined;
  readonly columns: readonly ColumnShape[];
  /** What stands behind the columns, by its first word. */
  readonly clauses: ReadonlyMap<string, string>;
  /** The statements behind CREATE TABLE. */
  readonly statements: readonly string[];
}

/** Reads the statements that make a table. */
export function readTable(create: string): TableShape {
  const [first = "", ...statements] = splitStatements(create);
  const text = first.slice(0, -1);
  const { open, close } = findBrackets(text);
  const head = text.slice(0, open);
  const of = / OF (.+)$/su.exec(head.trim())?.[1];
  return {
    isUnlogged: head.startsWith("CREATE UNLOGGED "),
    of,
    columns: splitList(text.slice(open + 1, close)).map(readColumn),
    clauses: readClauses(text.slice(close + 1)),
    statements,
  };
}

/** Reads a column, or what stands behind AS in CREATE DOMAIN. */
export function readColumn(line: string): ColumnShape {
  const [first, ...tokens] = [...outerTokens(line)];
  const starts: { readonly part: Part; readonly index: number }[] = [];
  for (const [at, { word, index }] of tokens.entries()) {
    const previous = tokens[at - 1];
    const isName = previous?.text === "." || previous?.word === "by";
    if (word === undefined || isName || !isPartName(word)) continue;
    const isIdentity = word === "generated" &&
      tokens.slice(at, at + 5).some((token) => token.word === "identity");
    // What is behind NOT is NULL, and the end.
    if (word === "not" && at !== tokens.length - 2) continue;
    starts.push({ part: isIdentity ? "identity" : word, index });
  }
  const nameEnd = (first?.index ?? 0) + (first?.text.length ?? 0);
  const texts = new Map(
    starts.map(({ part, index }, at) =>
      [part, line.slice(index, starts[at + 1]?.index).trim()] as const
    ),
  );
  return {
    name: first?.text ?? "",
    line,
    type: line.slice(nameEnd, starts[0]?.index).trim(),
    collation: texts.get("collate")?.slice("COLLATE ".length),
    options: texts.get("options"),
    generated: texts.get("generated"),
    default: texts.get("default")?.slice("DEFAULT ".length),
    identity: texts.get("identity"),
    isNotNull: texts.has("not"),
  };
}

type Part = typeof PART_NAMES[number];

const PART_NAMES = [
  "collate",
  "options",
  "generated",
  "default",
  "identity",
  "not",
] as const;

function isPartName(word: string): word is Part {
  return word !== "identity" && PART_NAMES.some((name) => name === word);
}

/** A table of a type may have no columns of its own, and then no brackets. */
function findBrackets(
  text: string,
): { readonly open: number; readonly close: number } {
  const end = findLineEnd(text);
  const open = end - 1;
  if (text[open] !== "(") return { open: end, close: end - 1 };
  const close = [...outerTokens(text)]
    .find((token) => token.text === ")" && token.index > open);
  return { open, close: close?.index ?? text.length };
}

/** A quoted name may hold line breaks, too. */
function findLineEnd(text: string): number {
  let end = 0;
  for (const { index, text: { length } } of tokenize(text)) {
    if (text.slice(end, index).includes("\n")) return text.indexOf("\n", end);
    end = index + length;
  }
  return text.length;
}

/** Each stands on a line of its own. */
function readClauses(text: string): ReadonlyMap<string, string> {
  const clauses = text.split("\n").map((line) => line.trim())
    .filter((line) => line !== "");
  return new Map(
    clauses.map((clause) => [clause.split(" ", 1)[0] ?? "", clause]),
  );
}
