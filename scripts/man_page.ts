import type { Command } from "../src/cli/commands/command.ts";
import { COMMANDS } from "../src/cli/commands/mod.ts";
import {
  argumentShape,
  commandShape,
  flagShape,
} from "../src/cli/help_text.ts";
import { type SettingRow, SETTINGS } from "../src/core/config/settings.ts";
import { EXIT_MEANINGS } from "../src/core/error_catalog.ts";
import { EXIT } from "../src/errors.ts";

/** The text of `docs/lockstep.1`, in the man macros that every system has. */
export function manPage(): string {
  return [
    '.\\" Made by scripts/write_reference.ts from the program itself.',
    ".TH LOCKSTEP 1",
    ".SH NAME",
    "lockstep \\- move PostgreSQL schemas forward and back under a lock",
    ".SH SYNOPSIS",
    ".B lockstep",
    ".I command",
    "[flags]",
    ".SH COMMANDS",
    ...COMMANDS.flatMap(commandLines),
    ".SH FLAGS OF EVERY COMMAND",
    ...settingLines(),
    ".SH EXIT STATUS",
    ...exitLines(),
    ".SH EXAMPLES",
    ...COMMANDS.flatMap(({ examples }) =>
      examples.flatMap(({ command, summary }) => [
        ".TP",
        `.B ${escape(command)}`,
        escape(summary),
      ])
    ),
  ].join("\n") + "\n";
}

function commandLines(command: Command): readonly string[] {
  const items = [
    ...command.arguments.map((one) => [argumentShape(one), one.summary]),
    ...command.flags.map((flag) => [flagShape(flag), flag.summary]),
  ];
  return [
    `.SS ${escape(commandShape(command))}`,
    ...command.help.split("\n\n").flatMap((text, index) =>
      index === 0 ? [escape(text)] : [".PP", escape(text)]
    ),
    ...items.flatMap(([term = "", text = ""]) => item(term, text)),
  ];
}

function settingLines(): readonly string[] {
  const rows: readonly SettingRow[] = SETTINGS;
  return rows.flatMap((row) => {
    if (row.flag === undefined) return [];
    const usual = row.default === undefined || row.type === "switch"
      ? ""
      : ` Default: ${row.default}.`;
    const variables = row.variables.length === 0
      ? ""
      : ` Variables: ${row.variables.join(", ")}.`;
    const shape = flagShape({ ...row, name: row.flag });
    return item(shape, `${row.doc}${usual}${variables}`);
  });
}

function exitLines(): readonly string[] {
  const meanings: Readonly<Record<string, string>> = EXIT_MEANINGS;
  return Object.entries(EXIT).flatMap(([word, number]) =>
    item(String(number), meanings[word] ?? word)
  );
}

function item(term: string, text: string): readonly string[] {
  return [".TP", `.B ${escape(term)}`, escape(text)];
}

/** Text that no macro or escape of the formatter starts in. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-")
    .replace(/^([.'])/, "\\&$1");
}
