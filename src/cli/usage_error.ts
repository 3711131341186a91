import type { CommanderError } from "commander";
import { maskSecrets, maskValue } from "../core/config/mask.ts";
import { type SettingRow, SETTINGS } from "../core/config/settings.ts";
import { showName } from "../core/display.ts";
import { findNearest } from "../core/suggestion.ts";
import { UsageError } from "../errors.ts";
import type { Command } from "./commands/command.ts";
import { COMMANDS, commandsOfGroup, findCommand } from "./commands/mod.ts";

/** What the parser found wrong, in the words of this house. */
export function explainUsage(
  error: CommanderError,
  args: readonly string[],
): UsageError {
  const quoted = /'(.*)'/s.exec(error.message)?.[1] ?? "";
  const command = findCommand(args);
  const group = args.find((word) => commandsOfGroup(word).length > 0);
  switch (error.code) {
    case "commander.unknownCommand":
      return unknownCommand(
        group === undefined || args.indexOf(group) > args.indexOf(quoted)
          ? quoted
          : `${group} ${quoted}`,
      );
    case "commander.unknownOption":
      return unknownFlag(quoted, command);
    case "commander.missingArgument":
      return missingArgument(quoted, command);
    case "commander.optionMissingArgument":
      return missingValue(quoted);
    case "commander.excessArguments":
      return tooManyArguments(command);
    case "commander.help":
      return group === undefined ? noCommand() : noSecondWord(group);
    default:
      throw error;
  }
}

/** The error for a word that is no command. */
export function unknownCommand(word: string): UsageError {
  const names = COMMANDS.map(({ name }) => name);
  const nearest = OTHER_NAMES.get(word) ?? findNearest(word, names) ??
    names.find((name) => name.endsWith(` ${word}`));
  return new UsageError(
    "unknown_command",
    `Cannot run "${showName(maskValue(word))}" as there is no such command`,
    {
      hint: nearest === undefined
        ? `choose one of ${names.join(", ")}`
        : `did you mean "${nearest}"?`,
    },
  );
}

function unknownFlag(
  typed: string,
  command: Command | undefined,
): UsageError {
  const flag = nameOfFlag(typed);
  const subject = command === undefined ? "lockstep" : command.name;
  const takesNoValue = flag !== typed && flagsOf(command).includes(flag);
  if (takesNoValue) {
    const other = flagsOf(command).find((one) => one.startsWith(`${flag}=`));
    return new UsageError(
      "invalid_argument",
      `Cannot run "${subject}" as "${flag}" takes no ` +
        (other === undefined ? "value" : "such value"),
      {
        hint: `write ${flag} alone${
          other === undefined ? "" : `, or ${other}`
        }`,
      },
    );
  }
  const nearest = findNearest(flag, flagsOf(command));
  return new UsageError(
    "unknown_flag",
    `Cannot run "${subject}" as it has no flag "${flag}"`,
    {
      hint: nearest === undefined
        ? `see "${helpCommand(command)}"`
        : `did you mean "${nearest}"?`,
    },
  );
}

/** A value that is glued to a flag may be a password, so it is not shown. */
function nameOfFlag(typed: string): string {
  const name = typed.startsWith("--")
    ? typed.split("=")[0] ?? ""
    : typed.slice(0, 2);
  return showName(maskSecrets(name));
}

function flagsOf(command: Command | undefined): readonly string[] {
  const rows: readonly SettingRow[] = SETTINGS;
  const global = rows.flatMap((row) => row.flag ?? []);
  const commands = command === undefined ? COMMANDS : [command];
  const own = commands.flatMap(({ flags }) => flags.map(({ name }) => name));
  return [...own, ...global, "help", "version"].map((name) => `--${name}`);
}

function missingArgument(
  name: string,
  command: Command | undefined,
): UsageError {
  const subject = command?.name ?? "lockstep";
  return new UsageError(
    "missing_argument",
    `Cannot run "${subject}" as its argument <${name}> is missing`,
    { hint: exampleHint(command) },
  );
}

function missingValue(shape: string): UsageError {
  const [flag = shape, value = ""] = shape.split(" ");
  return new UsageError(
    "missing_argument",
    `Cannot use "${flag}" as its value ${value} is missing`,
    { hint: `write ${shape}` },
  );
}

function tooManyArguments(command: Command | undefined): UsageError {
  const limit = command?.arguments.length ?? 0;
  const amount = limit === 0 ? "no argument" : "one argument at most";
  return new UsageError(
    "invalid_argument",
    `Cannot run "${command?.name ?? "lockstep"}" as it takes ${amount}`,
    {
      hint: command?.flags.some(({ name }) => name === "to") === true
        ? `name the version that stays: lockstep ${command.name} --to 001`
        : exampleHint(command),
    },
  );
}

function noCommand(): UsageError {
  return new UsageError(
    "missing_argument",
    "Cannot start as no command is given",
    { hint: 'see "lockstep help"' },
  );
}

function noSecondWord(group: string): UsageError {
  const names = commandsOfGroup(group).map(({ name }) => `"${name}"`);
  return new UsageError(
    "missing_argument",
    `Cannot run "${group}" as its second word is missing`,
    { hint: `write ${names.join(" or ")}` },
  );
}

function exampleHint(command: Command | undefined): string {
  const example = command?.examples[0]?.command;
  return example === undefined
    ? `see "${helpCommand(command)}"`
    : `write, for example: ${example}`;
}

function helpCommand(command: Command | undefined): string {
  return command === undefined
    ? "lockstep help"
    : `lockstep help ${command.name}`;
}

/** What the commands are called in other tools. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["apply", "migrate"],
  ["deploy", "migrate"],
  ["up", "migrate"],
  ["upgrade", "migrate"],
  ["down", "rollback"],
  ["downgrade", "rollback"],
  ["revert", "rollback"],
  ["undo", "rollback"],
  ["info", "status"],
  ["list", "status"],
  ["log", "history"],
  ["check", "verify"],
  ["validate", "verify"],
  ["add", "create"],
  ["generate", "create"],
  ["new", "create"],
  ["dump", "backup"],
  ["import", "adopt"],
]);
