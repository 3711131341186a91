/**
 * A query of pg_stat_activity in one line: its first, without the mark that
 * lockstep puts in front, and without the passwords that it gives to roles.
 */
export function shownQuery(query: string): string {
  const first = query.replace(MARK, "").split(/\r\n|\n|\r/)
    .map((line) => line.trim()).find((line) => line !== "");
  return (first ?? "").replace(PASSWORD, "$1***");
}

const MARK = /^\/\* lockstep [^*]*\*\/ /;

/** The server may have cut the text off inside the literal. */
const PASSWORD = /(\bpassword\s+)(?:e?'(?:[^'\\]|\\.|'')*'?|\$.*)/gi;

/** The beginning of a statement in one line, likewise. */
export function shownSql(text: string): string {
  const line = text.slice(0, 4 * MAX_SHOWN).replace(/\s+/g, " ").trim()
    .replace(PASSWORD, "$1***");
  return line.length <= MAX_SHOWN ? line : `${line.slice(0, MAX_SHOWN - 1)}…`;
}

const MAX_SHOWN = 200;
