import {
  Argument,
  Command as Program,
  CommanderError,
  Option,
} from "commander";
import type { SettingSources } from "../core/config/resolve.ts";
import { type SettingRow, SETTINGS } from "../core/config/settings.ts";
import { VERSION } from "../core/version.ts";
import type { Command, Flags } from "./commands/command.ts";
import { COMMANDS, commandsOfGroup, findCommand } from "./commands/mod.ts";
import { argumentShape, flagShape } from "./help_text.ts";
import { explainUsage } from "./usage_error.ts";

/** A command line, understood. */
export interface Invocation {
  readonly command: Command;
  readonly arguments: readonly string[];
  readonly flags: Flags;
  /** As typed, by the name of the setting. */
  readonly settings: SettingSources["flags"];
}

/** What the command line asks for. Throws a UsageError when it cannot be. */
export function parseArguments(args: readonly string[]): Invocation {
  // All commands take as long to declare as the program to start.
  const named = COMMANDS.filter(({ name }) =>
    name.split(" ").every((word) => args.includes(word))
  );
  try {
    if (named.length > 0) return parseWith(named, args);
  } catch (error) {
    // What is wrong may look otherwise beside the other commands.
    if (!(error instanceof CommanderError)) throw error;
  }
  try {
    return parseWith(COMMANDS, args);
  } catch (error) {
    throw error instanceof CommanderError ? explainUsage(error, args) : error;
  }
}

function parseWith(
  commands: readonly Command[],
  args: readonly string[],
): Invocation {
  let chosen: Choice | undefined;
  const program = buildProgram(commands, (choice) => {
    chosen = choice;
  });
  try {
    program.parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    chosen = askedInstead(error, program);
    if (chosen === undefined) throw error;
  }
  if (chosen === undefined) throw new Error("The parser chose no command");
  return { ...chosen, settings: readSettings(program) };
}

type Choice = Omit<Invocation, "settings">;

function buildProgram(
  commands: readonly Command[],
  onChosen: (choice: Choice) => void,
): Program {
  const program = new Program("lockstep")
    .version(VERSION, "-V, --version")
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureOutput(SILENT)
    .exitOverride();
  for (const row of SETTINGS) addSetting(program, row);
  for (const command of commands) addCommand(program, command, onChosen);
  return program;
}

/** Its texts are made elsewhere, and it need not look at the process. */
const SILENT = {
  writeOut: () => undefined,
  writeErr: () => undefined,
  getOutHasColors: () => false,
  getErrHasColors: () => false,
  getOutHelpWidth: () => 80,
  getErrHelpWidth: () => 80,
};

function addSetting(program: Program, row: SettingRow): void {
  if (row.flag === undefined) return;
  const option = new Option(flagShape({ ...row, name: row.flag }));
  if (row.type === "list" || row.type === "assignments") {
    option.argParser((text: string, before: readonly string[] = []) => [
      ...before,
      text,
    ]);
  }
  program.addOption(option);
}

function addCommand(
  program: Program,
  command: Command,
  onChosen: (choice: Choice) => void,
): void {
  const words = command.name.split(" ");
  const last = words.pop() ?? "";
  const child = words.reduce(findGroup, program).command(last);
  for (const argument of command.arguments) {
    child.addArgument(new Argument(argumentShape(argument)));
  }
  for (const flag of command.flags) {
    child.addOption(new Option(flagShape(flag)));
  }
  child.action(() =>
    onChosen({
      command,
      arguments: child.args,
      flags: readFlags(command, child),
    })
  );
}

/** The parser's own command for the first word of several commands. */
function findGroup(program: Program, word: string): Program {
  const known = program.commands.find((command) => command.name() === word);
  return known ?? program.command(word);
}

/** `--help` and `--version` reach us as errors of the parser. */
function askedInstead(
  error: CommanderError,
  program: Program,
): Choice | undefined {
  const name = ASKED[error.code];
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) return undefined;
  const topic = name === "help" ? findTopic(program.args) : undefined;
  return {
    command,
    arguments: topic === undefined ? [] : [topic],
    flags: new Map(),
  };
}

function findTopic(words: readonly string[]): string | undefined {
  const group = words.find((word) => commandsOfGroup(word).length > 0);
  return findCommand(words)?.name ?? group;
}

const ASKED: Readonly<Record<string, string>> = {
  "commander.helpDisplayed": "help",
  "commander.version": "version",
};

function readFlags(command: Command, parsed: Program): Flags {
  const values = parsed.opts<OptionValues>();
  const flags = new Map<string, string | true>();
  for (const { name } of command.flags) {
    const value = values[keyOf(name)];
    if (value === true || typeof value === "string") flags.set(name, value);
  }
  return flags;
}

function readSettings(program: Program): Invocation["settings"] {
  const values = program.opts<OptionValues>();
  const rows: readonly SettingRow[] = SETTINGS;
  return Object.fromEntries(rows.map((row) => {
    const value = row.flag === undefined ? undefined : values[keyOf(row.flag)];
    return [row.name, value === true ? "true" : value];
  }));
}

type OptionValues = Record<
  string,
  string | readonly string[] | true | undefined
>;

/** The key under which the parser keeps a flag, such as `dryRun`. */
function keyOf(flag: string): string {
  return new Option(`--${flag}`).attributeName();
}
