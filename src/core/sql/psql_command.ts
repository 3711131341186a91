import { FileError } from "../../errors.ts";
import type { PsqlCommand } from "./statement.ts";

/**
 * The error for a psql command in a script; undefined for `\restrict` and
 * `\unrestrict`, which pg_dump writes and which only concern psql.
 */
export function refusePsqlCommand(
  command: PsqlCommand,
  path: string,
): FileError | undefined {
  const { text, line, column } = command;
  const name = commandName(text);
  if (ACCEPTED.has(name)) return undefined;
  const location = {
    path,
    line,
    column,
    excerpt: " ".repeat(column - 1) + text,
  };
  return new FileError(
    "psql_command",
    `Cannot run "${name}" on line ${line} as it is a command of psql, not SQL`,
    { hint: hintFor(name), location },
  );
}

const ACCEPTED: ReadonlySet<string> = new Set(["\\restrict", "\\unrestrict"]);

const REMOVE = "remove the line";
const NO_VARIABLES =
  "write the value itself in the SQL, or declare it with --var name=value";
const INCLUDE = "put the SQL of that file here, or in a migration of its own";
const CONNECT =
  "put what is for another database in a folder of its own, and run it with its own --database-url";
const NO_CONDITIONS = "write the condition in SQL, in a DO block";
const SEND = "end the statement with a semicolon";

const HINTS: Readonly<Record<string, string>> = {
  "\\.": "write COPY … FROM STDIN above the data that this line ends",
  "\\;": "write a semicolon without the backslash",
  "\\:": "write a colon without the backslash",
  "\\!": "run the program before or after the migration",
  "\\c": CONNECT,
  "\\connect": CONNECT,
  "\\copy": 'write COPY … FROM STDIN, the data, and a line "\\."',
  "\\elif": NO_CONDITIONS,
  "\\else": NO_CONDITIONS,
  "\\endif": NO_CONDITIONS,
  "\\if": NO_CONDITIONS,
  "\\encoding": "save the file as UTF-8 and remove the line",
  "\\g": SEND,
  "\\gx": SEND,
  "\\gdesc": SEND,
  "\\gexec": "build and run the statements in a DO block, with EXECUTE",
  "\\gset": "keep the value in a DO block, or in a setting with set_config()",
  "\\i": INCLUDE,
  "\\include": INCLUDE,
  "\\ir": INCLUDE,
  "\\include_relative": INCLUDE,
  "\\password": "write ALTER ROLE … PASSWORD with a hashed password",
  "\\prompt": NO_VARIABLES,
  "\\set": NO_VARIABLES,
  "\\unset": REMOVE,
};

/** The backslash with its word, or with the one character that follows. */
function commandName(text: string): string {
  return /^\\(?:[A-Za-z_]+|[^\s]?)/.exec(text)?.[0] ?? text;
}

function hintFor(name: string): string {
  return HINTS[name] ?? REMOVE;
}
