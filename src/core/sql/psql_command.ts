import { FileError } from "../../errors.ts";
import { showName } from "../display.ts";
import type { Finding } from "../finding.ts";
import type { PsqlCommand } from "./statement.ts";

/** Takes the psql commands of one script in their order. */
export interface CommandCheck {
  /** Throws `FileError`, with the line and what to do instead. */
  take(command: PsqlCommand): void;
  /** What the end of the script shows: a dump that was cut off. */
  end(): readonly Finding[];
}

/**
 * A check of psql commands, which throws for each that cannot be obeyed. Only `\restrict` and `\unrestrict` can, which pg_dump
 * puts around all it writes: between them psql takes no other command, so that
 * nothing in the names and the data of a database can be one.
 */
export function createCommandCheck(path: string): CommandCheck {
  let open: Restriction | undefined;
  return {
    take(command) {
      const given = { command, path, ...readCommand(command.text) };
      switch (given.name) {
        case "\\unrestrict":
          requireKey(given, open);
          open = undefined;
          return;
        case "\\restrict":
          if (open !== undefined) throw refuseRestricted(given, open);
          if (given.key === "") throw refuse(given, NO_KEY, AS_DUMPED);
          open = { key: given.key, line: command.line };
          return;
        default:
          if (open !== undefined) throw refuseRestricted(given, open);
          throw refuse(given, NOT_SQL, HINTS[given.name] ?? REMOVE);
      }
    },
    end: () => open === undefined ? [] : [noteCutOff(path, open)],
  };
}

/** A command with its script, and what it says. */
interface GivenCommand {
  readonly command: PsqlCommand;
  readonly path: string;
  /** The backslash with its word, or with the one character that follows. */
  readonly name: string;
  /** What follows it up to the next space; may be empty. */
  readonly key: string;
}

/** An open `\restrict`. */
type Restriction = Pick<GivenCommand, "key"> & { readonly line: number };

function readCommand(text: string): Pick<GivenCommand, "name" | "key"> {
  const name = /^\\(?:[A-Za-z_]+|[^\s]?)/.exec(text)?.[0] ?? text;
  const [key = ""] = text.slice(name.length).trim().split(/\s/, 1);
  return { name, key };
}

function requireKey(
  given: GivenCommand,
  open: Restriction | undefined,
): void {
  if (given.key === "") throw refuse(given, NO_KEY, AS_DUMPED);
  if (given.key === open?.key) return;
  const state = open === undefined
    ? 'there is no "\\restrict" before it'
    : `its key is not that of the "\\restrict" on line ${open.line}`;
  throw refuse(given, state, AS_DUMPED);
}

function noteCutOff(path: string, { line }: Restriction): Finding {
  return {
    severity: "warning",
    code: "unclosed_restrict",
    message: `"${showName(path)}" seems to be cut off: it has no ` +
      `"\\unrestrict" for the "\\restrict" on line ${line}`,
    hint: "compare it with the dump that it was made of; if it is whole, " +
      "remove that line",
    location: { path, line },
  };
}

function refuseRestricted(
  given: GivenCommand,
  { line }: Restriction,
): FileError {
  return refuse(
    given,
    `the "\\restrict" on line ${line} forbids commands of psql`,
    "see where the line comes from: pg_dump writes no command there",
  );
}

function refuse(
  { command, path, name }: GivenCommand,
  state: string,
  hint: string,
): FileError {
  const { text, line, column } = command;
  const excerpt = " ".repeat(column - 1) + text;
  return new FileError(
    "psql_command",
    `Cannot run "${name}" on line ${line} as ${state}`,
    { hint, location: { path, line, column, excerpt } },
  );
}

const NOT_SQL = "it is a command of psql, not SQL";
const NO_KEY = "it has no key";
const AS_DUMPED = "restore the line as pg_dump wrote it, or remove both lines";
const REMOVE = "remove the line";
const NO_VARIABLES =
  "write the value itself in the SQL, or declare it with --var name=value";
const INCLUDE = "put the SQL of that file here, or in a migration of its own";
const CONNECT =
  "make a dump without --create (-C); put what is for another database in a folder of its own, and run it with its own --database-url";
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
