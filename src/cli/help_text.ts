import {
  fileVariable,
  type SettingRow,
  SETTINGS,
} from "../core/config/settings.ts";
import { displayWidth, wrapText } from "../report/layout.ts";
import type { Argument, Command, Flag } from "./commands/command.ts";
import { COMMANDS, commandsOfGroup } from "./commands/mod.ts";
import { unknownCommand } from "./usage_error.ts";

const DEFAULT_COLUMNS = 80;
const MAX_COLUMNS = 100;

/** The manual of a command, or of all. Throws `unknown_command`. */
export function helpText(
  name: string | undefined,
  columns: number | undefined,
): string {
  const width = Math.min(columns ?? DEFAULT_COLUMNS, MAX_COLUMNS);
  if (name === undefined) return overview(width);
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return manual(command, width);
  const group = commandsOfGroup(name);
  if (group.length === 0) throw unknownCommand(name);
  return section("Commands", group.map(commandItem), width);
}

/** How a command is written, such as `migrate [version]`. */
export function commandShape(command: Command): string {
  return [command.name, ...command.arguments.map(argumentShape)].join(" ");
}

/** How an argument is written, such as `[version]`. */
export function argumentShape({ name, amount }: Argument): string {
  switch (amount) {
    case "optional":
      return `[${name}]`;
    case "any":
      return `[${name}...]`;
    case "one":
      return `<${name}>`;
    case "one or more":
      return `<${name}...>`;
    default:
      return amount satisfies never;
  }
}

/** How a flag is written, such as `--to <version>`. */
export function flagShape(flag: Pick<Flag, "name" | "placeholder">): string {
  return flag.placeholder === undefined
    ? `--${flag.name}`
    : `--${flag.name} <${flag.placeholder}>`;
}

type Item = readonly [term: string, text: string];

function overview(width: number): string {
  return [
    "Usage: lockstep <command> [flags]\n",
    wrapText(ABOUT, "", width),
    section("Commands", COMMANDS.map(commandItem), width),
    section("Flags of every command", settingItems(), width),
    wrapText(
      '"lockstep help <command>" has the manual of a command.',
      "",
      width,
    ),
  ].join("\n");
}

function commandItem(command: Command): Item {
  return [commandShape(command), command.summary];
}

const ABOUT =
  "Moves PostgreSQL schemas forward and back, version by version, under a lock.";

function manual(command: Command, width: number): string {
  const paragraphs = command.help.split("\n\n").map((text) =>
    wrapText(text, "", width)
  );
  const examples = command.examples.map((example) =>
    `  ${example.command}\n      ${example.summary}\n`
  );
  return [
    `Usage: lockstep ${commandShape(command)} [flags]\n`,
    ...paragraphs,
    section(
      "Arguments",
      command.arguments.map((argument) => [
        argumentShape(argument),
        argument.summary,
      ]),
      width,
    ),
    section(
      "Flags",
      command.flags.map((flag) => [flagShape(flag), flag.summary]),
      width,
    ),
    section("Flags of every command", settingItems(), width),
    `Examples:\n${examples.join("")}`,
  ].filter((part) => part !== "").join("\n");
}

function settingItems(): readonly Item[] {
  const rows: readonly SettingRow[] = SETTINGS;
  const settings = rows.flatMap((row): readonly Item[] =>
    row.flag === undefined
      ? []
      : [[flagShape({ ...row, name: row.flag }), describeSetting(row)]]
  );
  return [
    ...settings,
    ["-h, --help", "Show the manual"],
    ["-V, --version", "Show the version of lockstep"],
  ];
}

function describeSetting(row: SettingRow): string {
  const hasDefault = row.default !== undefined && row.type !== "switch";
  const usual = hasDefault ? ` Default: ${row.default}.` : "";
  const files = row.type === "secret" ? row.variables.map(fileVariable) : [];
  const all = [...row.variables, ...files];
  const variables = all.length === 0 ? "" : ` [${all.join(", ")}]`;
  return `${row.doc}${usual}${variables}`;
}

function section(
  title: string,
  items: readonly Item[],
  width: number,
): string {
  if (items.length === 0) return "";
  const widest = Math.max(...items.map(([term]) => displayWidth(term)));
  const indent = " ".repeat(widest + 4);
  const lines = items.map(([term, text]) => {
    const body = wrapText(text, indent, width);
    return `  ${term.padEnd(widest)}  ${body.slice(indent.length)}`;
  });
  return `${title}:\n${lines.join("")}`;
}
