import { firstTokens } from "../sql/tokens.ts";

/** Whether code, such as that of a DO block, has a word of destruction. */
export function mayDestroy(code: string): boolean {
  return DESTRUCTION.test(code);
}

/** The same words for the server's regular expressions, without regard to case. */
export const DESTRUCTIVE_CODE =
  "\\m(drop|truncate|delete|update|merge|execute|call)\\M";

/** Whether the grammar is to be asked what a statement destroys. */
export function mayLose(statement: string): boolean {
  const [first] = firstTokens(statement, 1);
  const word = first?.word ?? first?.text ?? "";
  return ALWAYS.has(word) || SUSPICIOUS[word]?.test(statement) === true;
}

/** Whether it gives a table, or what holds tables, another name. */
export function mayRename(statement: string): boolean {
  const [first] = firstTokens(statement, 1);
  return first?.word === "alter" && RENAMING.test(statement);
}

/** Whether it creates a routine whose code has a word of destruction. */
export function createsDestruction(statement: string): boolean {
  const words = firstTokens(statement, 4).map(({ word }) => word);
  return words[0] === "create" && mayDestroy(statement) &&
    words.some((word) => word === "function" || word === "procedure");
}

const DESTRUCTION = /\b(?:drop|truncate|delete|update|merge|execute|call)\b/i;
const RENAMING = /\brename\b|\bset\s+schema\b/i;

const ALWAYS: ReadonlySet<string> = new Set([
  "(",
  "call",
  "delete",
  "do",
  "drop",
  "merge",
  "select",
  "truncate",
  "update",
  "values",
  "with",
]);

/** By the first word, what must be in the statement. */
const SUSPICIOUS: Readonly<Record<string, RegExp>> = {
  alter: /\bdrop\b|\btype\b/i,
  copy: /\(\s*(?:delete|insert|merge|select|update|values|with)\b/i,
  create: /\bas\s*\(*\s*(?:select|values|with)\b/i,
  declare: DESTRUCTION,
  explain: /\banaly[sz]e\b/i,
  insert: /\bon\s+conflict\b|\bdelete\b|\bselect\b|\bupdate\b/i,
  prepare: DESTRUCTION,
};
