import { hasStatements } from "./foreign_text.ts";

/** A changeset of a formatted SQL file. */
export interface Changeset {
  readonly author: string;
  readonly id: string;
  /** What follows its name, such as `runInTransaction:false`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly sql: string;
  /** What its checksum is made of; absent where a comment sets it. */
  readonly hashedSql?: string;
  readonly rollback: string;
  readonly hasPreconditions: boolean;
}

/** Cuts a formatted SQL file up; undefined for a file that is none. */
export function parseChangesets(
  text: string,
): readonly Changeset[] | undefined {
  if (!/^\s*--\s*liquibase\s+formatted\s+sql/i.test(text)) return undefined;
  const drafts: Draft[] = [];
  const state = { isRollback: false };
  for (const line of linesOf(text)) {
    const start = CHANGESET.exec(line);
    if (start !== null) {
      state.isRollback = false;
      drafts.push(startChangeset(start));
      continue;
    }
    const draft = drafts.at(-1);
    if (draft !== undefined) readLine(draft, line, state);
  }
  return drafts.map(({ hashedSql, rollback, ...rest }) => ({
    ...rest,
    ...(hashedSql !== undefined && { hashedSql }),
    rollback: hasStatements(rollback) ? rollback : "",
  }));
}

interface Draft {
  readonly author: string;
  readonly id: string;
  readonly attributes: ReadonlyMap<string, string>;
  sql: string;
  hashedSql: string | undefined;
  rollback: string;
  hasPreconditions: boolean;
}

const CHANGESET =
  /^\s*--\s*changeset\s+("[^"]+"|[^\s:]+(?: [^\s:]+)*)\s*:\s*("[^"]+"|\S+)(.*)$/is;
const ROLLBACK = /^\s*--\s*rollback\s+(.*)$/is;
const ROLLBACK_START = /^\s*\/\*\s*liquibase\s*rollback\s*$/i;
const ROLLBACK_END = /^(.*?)\*\/\s*$/s;
/** Comments that are the tool's. */
const WORD =
  /^\s*--\s*(comment:?\s|validCheckSum|preconditions?\b|precondition-)/i;
const IGNORED = /^\s*--\s*ignoreLines:(\w+)\s*$/i;
const ATTRIBUTE = /([A-Za-z]+):("[^"]*"|'[^']*'|\S+)/g;

/** The lines without those that are to be ignored. */
function linesOf(text: string): readonly string[] {
  const lines: string[] = [];
  let ignored = 0;
  for (const line of text.split(/(?<=\n)/)) {
    const amount = IGNORED.exec(line)?.[1];
    if (amount === "end") ignored = 0;
    else if (ignored > 0) ignored--;
    else if (amount === undefined) lines.push(line);
    else ignored = amount === "start" ? Infinity : Number(amount);
  }
  return lines;
}

function startChangeset(
  [, author = "", id = "", rest = ""]: RegExpExecArray,
): Draft {
  const attributes = new Map(
    [...rest.matchAll(ATTRIBUTE)].map(([, key = "", value = ""]) =>
      [key.toLowerCase(), unquoted(value)] as const
    ),
  );
  return {
    author: unquoted(author),
    id: unquoted(id),
    attributes,
    sql: "",
    hashedSql: "",
    rollback: "",
    hasPreconditions: false,
  };
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, "$2");
}

function readLine(
  draft: Draft,
  line: string,
  state: { isRollback: boolean },
): void {
  if (state.isRollback) {
    const end = ROLLBACK_END.exec(line);
    draft.rollback += end?.[1] ?? line;
    state.isRollback = end === null;
    return;
  }
  const rollback = ROLLBACK.exec(line)?.[1];
  if (ROLLBACK_START.test(line.trimEnd())) state.isRollback = true;
  else if (rollback !== undefined) addRollback(draft, rollback);
  else {
    addLine(draft, line);
  }
}

function addLine(draft: Draft, line: string): void {
  const word = WORD.exec(line)?.[1]?.toLowerCase() ?? "";
  if (word.startsWith("precondition")) {
    draft.hasPreconditions = true;
    return;
  }
  draft.sql += line;
  if (word === "validchecksum") draft.hashedSql = undefined;
  if (draft.hashedSql !== undefined && word === "") draft.hashedSql += line;
}

/** What is no SQL says that there is none, or where Liquibase finds it. */
function addRollback(draft: Draft, text: string): void {
  const isWord = /^(?:empty|not required)\s*$/i.test(text) ||
    /^changeSetId:/i.test(text);
  if (!isWord) draft.rollback += text;
}
