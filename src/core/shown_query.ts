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
