import { COMMANDS } from "../src/cli/commands/mod.ts";
import type { Command } from "../src/cli/commands/command.ts";
import {
  argumentShape,
  commandShape,
  flagShape,
} from "../src/cli/help_text.ts";
import {
  fileVariable,
  type SettingRow,
  SETTINGS,
} from "../src/core/config/settings.ts";
import { ERROR_CATALOG, EXIT_MEANINGS } from "../src/core/error_catalog.ts";
import { EXIT, type ExitName } from "../src/errors.ts";

/** The text of `docs/reference.md`, made of what the program itself uses. */
export function referencePage(): string {
  return [
    "# Reference",
    "Made by `scripts/write_reference.ts` from the program itself; edit that.",
    "## Commands",
    ...COMMANDS.flatMap(commandSection),
    "## Settings",
    SETTINGS_INTRODUCTION,
    settingsTable(),
    "## Output",
    OUTPUT,
    "## Exit codes",
    exitTable(Object.keys(EXIT_MEANINGS)),
    "## Errors",
    ERRORS_INTRODUCTION,
    ...ERROR_CATALOG.flatMap((group) => [
      `### ${group.name}`,
      `${group.reaction} Exit ${
        group.exits.map((exit) => EXIT[exit]).join(" or ")
      }.`,
      table(
        ["code", "means"],
        Object.entries(group.codes).map((
          [code, text],
        ) => [`\`${code}\``, text]),
      ),
    ]),
  ].join("\n\n") + "\n";
}

const SETTINGS_INTRODUCTION =
  `Every command takes every setting as a flag, before or after its own words. A flag wins over a variable, a variable over the default; an empty variable counts as not set. A secret can also stand in a file that a variable ending in \`_FILE\` names. An unknown \`LOCKSTEP_\` variable is a warning.

A time is a number with a unit (\`500ms\`, \`30s\`, \`5m\`, \`1h\`) or \`0\`. A size is a number with \`B\`, \`kB\`, \`MB\` or \`GB\`.

The \`PG*\` variables, the password file and the service file of libpq count too, as for psql; \`PGPASSWORD_FILE\` names a file with the password.`;

const OUTPUT =
  `The result goes to standard output; progress, notices of the server, warnings and errors go to standard error. \`--quiet\` leaves only errors, and the text of \`help\`, \`version\` and \`init --sql\`.

\`--json\` prints the result as one JSON document, which [schema/report.json](schema/report.json) describes; standard error stays as it is. \`schemaVersion\` grows when a reader would break. New fields can come at any time.

Colors are used on a terminal. \`NO_COLOR\` and \`TERM=dumb\` turn them off, \`FORCE_COLOR\` turns them on anywhere. Signs beyond ASCII need a UTF-8 locale (\`LC_ALL\`, \`LC_CTYPE\`, \`LANG\`).

The first SIGINT or SIGTERM cancels the statement that runs, rolls it back and releases the lock; a second one leaves at once.`;

const ERRORS_INTRODUCTION =
  "The code of an error is a word that is never renamed. An error names the file, the line and the column where there are some, and the next thing to do.";

function commandSection(command: Command): readonly string[] {
  const flags = [
    ...command.arguments.map((
      argument,
    ) => [`\`${argumentShape(argument)}\``, argument.summary]),
    ...command.flags.map((flag) => [`\`${flagShape(flag)}\``, flag.summary]),
  ];
  const examples = command.examples.map((example) =>
    `# ${example.summary}\n${example.command}`
  );
  return [
    `### ${commandShape(command)}`.replaceAll("<", "\\<"),
    command.help,
    ...(flags.length === 0 ? [] : [table(["argument or flag", "does"], flags)]),
    `\`\`\`sh\n${examples.join("\n")}\n\`\`\``,
    exitLine(command.exits),
  ];
}

function exitLine(exits: readonly ExitName[]): string {
  const names: readonly ExitName[] = ["success", "usage", ...exits];
  return `Exits: ${names.map((name) => `${EXIT[name]} ${name}`).join(", ")}.`;
}

function settingsTable(): string {
  const rows: readonly SettingRow[] = SETTINGS;
  return table(
    ["flag", "variables", "default", "meaning"],
    rows.map((row) => [
      row.flag === undefined
        ? ""
        : `\`${flagShape({ ...row, name: row.flag })}\``,
      variablesOf(row).map((name) => `\`${name}\``).join(", "),
      row.default === undefined ? "" : `\`${row.default}\``,
      row.doc.replaceAll("*", "\\*"),
    ]),
  );
}

function variablesOf(row: SettingRow): readonly string[] {
  return row.type === "secret"
    ? row.variables.flatMap((name) => [name, fileVariable(name)])
    : row.variables;
}

function exitTable(names: readonly string[]): string {
  const numbers: Readonly<Record<string, number>> = EXIT;
  const meanings: Readonly<Record<string, string>> = EXIT_MEANINGS;
  return table(
    ["code", "word", "means"],
    names.map((name) => [String(numbers[name]), name, meanings[name] ?? ""]),
  );
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
