import { COMMANDS } from "../src/cli/commands/mod.ts";
import type { Command } from "../src/cli/commands/command.ts";
import {
  argumentShape,
  commandShape,
  flagShape,
} from "../src/cli/help_text.ts";
import { configKeys } from "../src/core/config/config_keys.ts";
import {
  fileVariable,
  type SettingRow,
  SETTINGS,
} from "../src/core/config/settings.ts";
import { ERROR_CATALOG, EXIT_MEANINGS } from "../src/core/error_catalog.ts";
import { RULES } from "../src/core/lint/rules/mod.ts";
import { EXIT, type ExitName } from "../src/errors.ts";
import {
  type PeerRule,
  SQUAWK_RULES,
  STRONG_MIGRATIONS_CHECKS,
} from "./peer_rules.ts";
import { FORMATS } from "../src/report/formats/mod.ts";

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
    "## Configuration file",
    CONFIGURATION_FILE,
    "## Variables",
    VARIABLES,
    "## Output",
    OUTPUT,
    "## Exit codes",
    exitTable(Object.keys(EXIT_MEANINGS)),
    "## Lint rules",
    LINT_INTRODUCTION,
    ...lintSections(),
    "### Beside other linters",
    PEERS_INTRODUCTION,
    ...peerSections("squawk", SQUAWK_RULES),
    ...peerSections("strong_migrations", STRONG_MIGRATIONS_CHECKS),
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
  `Every command takes every setting as a flag, before or after its own words. A flag wins over a variable, a variable over the [configuration file](#configuration-file), that over the default; an empty variable counts as not set. \`lockstep config\` shows what counts, and why. A secret can also stand in a file that a variable ending in \`_FILE\` names. An unknown \`LOCKSTEP_\` variable is a warning.

A time is a number with a unit (\`500ms\`, \`30s\`, \`5m\`, \`1h\`) or \`0\`. A size is a number with \`B\`, \`kB\`, \`MB\` or \`GB\`.

The \`PG*\` variables, the password file and the service file of libpq count too, as for psql; \`PGPASSWORD_FILE\` names a file with the password.`;

const CONFIGURATION_FILE =
  `\`lockstep.toml\` holds settings in [TOML](https://toml.io), under the keys of the table above: the names of the flags with \`_\` for \`-\`. It is looked for in the working directory and then in each folder above it; the first one counts, alone. Folders that cannot be entered are passed over. One above the working directory has to belong to you, to root or to the owner of the working directory. \`--config\` or \`LOCKSTEP_CONFIG\` names another file, \`--config /dev/null\` none.

\`\`\`toml
migrations_dir = "db/migrations"
database_url = "postgres://app@localhost/app"

[vars]
role = "app"

[env.production]
protected = true
database_url_file = "/run/secrets/database_url"
lock_timeout = "30s"

[env.production.secret_vars]
password = "APP_PASSWORD"
\`\`\`

\`--env\` or \`LOCKSTEP_ENV\` chooses an environment, whose section \`[env.<name>]\` wins over what stands above the sections. Without it no section counts. A flag wins over both, and so does a variable, also one like \`DATABASE_URL\`; if that keeps the database of the chosen environment from being used, there is a warning.

Times and sizes are texts in quotes, switches are \`true\` or \`false\`, \`ignore\` is a list. \`[vars]\` has [variables](#variables) of the SQL files, as texts, whole numbers, \`true\` or \`false\`; \`[secret_vars]\` names for each secret the variable of the environment that holds it. Both are merged by name: a flag or \`--vars-from-env\` wins over the environment's section, that over the rest. \`status\`, \`history\`, \`create\`, \`init\` and \`unlock\` do without secrets that are not set. \`database_url_file\` and \`direct_url_file\` name a file with the connection string.

Paths count from the folder of the file, and so does the default of \`migrations_dir\` in a file that was found. An unknown key, a value of another type and an environment that is not there are errors, in sections that are not chosen, too. [schema/config.json](schema/config.json) is a JSON Schema for editors.

An environment with \`protected = true\` asks for its name before \`rollback\`, \`repair\`, \`migrate --force\` and \`unlock --terminate\`, unless it is a dry run. Where no terminal is, \`--yes-to <name>\` gives it. What is pending there is linted before it runs: \`fail_on\` is \`error\` unless it is set.`;

const VARIABLES =
  `SQL files can use variables as psql has them: \`:name\` stands for the text of the value, which is then read as SQL; \`:'name'\` for a string and \`:"name"\` for an identifier, quoted as they need; \`:{?name}\` for \`TRUE\` or \`FALSE\`, whether it is declared. In quotes, comments and function bodies nothing is replaced, nor is \`::type\`. Names consist of letters, digits and underscores, and case counts.

Only what is declared is replaced: with \`--var name=value\`; with \`--secret-var name=VARIABLE\`, which takes the value from the environment or, for \`VARIABLE_FILE\`, from a file without its last line breaks; with \`--vars-from-env PREFIX_\`, which makes \`PREFIX_NAME\` the variable \`name\`, in lower case; in \`[vars]\` and \`[secret_vars]\` of the [configuration file](#configuration-file). A flag wins over the environment, the environment over the file, the last \`--var\` over those before. A \`:'name'\` or \`:"name"\` that is not declared is an error before the run, unless nothing is declared and the statement is correct SQL as it stands, such as \`a[1:"n"]\`. Without any variable, files are sent as they are.

Checksums, kept rollback files and the place that a migration is resumed at are those of the file, so values can change between runs. Errors point at the file.

The value of a secret is shown as \`***\` in all output and in the tracking tables: whole, in letters of another case, as SQL, arrays, rows and JSON quote it, in parts of 16 characters or more, and in parts of 4 or more where the server cuts a value off with \`...\` or quotes the word that it stumbled over. It needs 4 characters at least. The server gets it: \`pg_stat_activity\` can show it, and so can the server\'s log, which by default has every statement that fails (\`log_min_error_statement\`); with \`log_statement\` it has all. A function of yours that changes it before it tells it shows it, too, and what other sessions run is shown as the server tells it, by \`unlock\` and while waiting for a lock.

The password of a connection is never shown, nor any part of a connection string that cannot be read. It is not looked for in what the server says: make it a secret variable where a script uses it.`;

const OUTPUT =
  `The result goes to standard output; progress, notices of the server, warnings and errors go to standard error. \`--quiet\` leaves only errors, and the text of \`help\`, \`version\`, \`config\`, \`init --sql\` and \`sql split\`.

\`--output\` chooses the form of the result; standard error and the exit code stay as they are. \`--json\` is short for \`--output json\`.

${formatTable()}

\`schemaVersion\` grows when a reader would break. New fields and new events can come at any time. Only \`sql split --json\` prints a bare list, unless it fails. Paths in the working directory are relative to it.

\`init\`, \`create\`, \`unlock\`, \`config\`, \`version\`, \`completions\` and \`help\` have the first three forms, \`history\` has \`markdown\`, too, and \`sql split\` only \`human\` and \`json\`. There another \`--output\` is an error, while \`LOCKSTEP_OUTPUT\`, which is for all commands, gives way to \`human\`. A flag wins over both variables; \`--json\` beside another \`--output\` is an error, as are their variables.

For a step summary of GitHub Actions: \`lockstep status --output markdown >> "$GITHUB_STEP_SUMMARY"\`.

Colors are used on a terminal. \`NO_COLOR\` and \`TERM=dumb\` turn them off, \`FORCE_COLOR\` turns them on anywhere. Signs beyond ASCII need a UTF-8 locale (\`LC_ALL\`, \`LC_CTYPE\`, \`LANG\`).

The first SIGINT, SIGTERM or SIGHUP cancels the statement that runs, rolls it back and releases the lock; a second one, half a second later or more, or SIGQUIT, leaves at once, and the server rolls back what is not committed once it finds the client gone. SIGHUP counts where standard input, output or error is a terminal, and does nothing elsewhere, as under \`nohup\`. A process that is suspended (Ctrl-Z) keeps its locks until it goes on.

A run never waits for who reads its output, so it holds no lock for that: what is not read is kept, and the process waits for its reader at the end, when all is committed and the lock is free; a signal ends that wait. A reader that goes away changes nothing. Output that cannot be written, as on a full disk, makes exit 1 of a success and changes no other exit code.`;

const ERRORS_INTRODUCTION =
  "The code of an error is a word that is never renamed. An error names the file, the line and the column where there are some, and the next thing to do.";

const LINT_INTRODUCTION =
  `What \`lockstep lint\` looks for: ${RULES.length} rules. A rule that is for migrations does not look at rollback files. \`-- lockstep: lint-ignore <rule>: <reason>\` before a statement, or in the header for the whole file, keeps one quiet.

Besides, \`bad-lint-ignore\` is an error in such a line, \`unused-lint-ignore\` says that it keeps nothing quiet, and \`unknown-statement\` that the grammar cannot read a statement.`;

function lintSections(): readonly string[] {
  return [
    table(
      ["rule", "severity", "finds", "looks at", "squawk"],
      RULES.map(({ name, severity, summary, files, squawk }) => [
        `[\`${name}\`](#${name})`,
        severity,
        cell(summary),
        files === "both" ? "all files" : "migrations",
        squawk === undefined ? "" : `\`${squawk}\``,
      ]),
    ),
    ...RULES.flatMap(({ name, why, instead, bad, good }) => [
      `### ${name}`,
      `${why} Instead: ${instead}.`,
      `\`\`\`sql\n-- finds\n${bad}\n\n-- does not find\n${good}\n\`\`\``,
    ]),
  ];
}

const PEERS_INTRODUCTION =
  `What the rules of other linters are called here, and what takes their place.`;

function peerSections(
  peer: string,
  rules: readonly PeerRule[],
): readonly string[] {
  const found = rules.filter((rule) => "rule" in rule).length;
  const elsewhere = rules.filter((rule) => "elsewhere" in rule).length;
  const missing = rules.length - found - elsewhere;
  return [
    `Of the ${rules.length} of ${peer}, lint finds ${found}, other parts of lockstep take care of ${elsewhere}, and ${missing} are not covered.`,
    table(
      [peer, "here"],
      rules.map((rule) => [`\`${rule.name}\``, here(rule)]),
    ),
  ];
}

function here(rule: PeerRule): string {
  if ("rule" in rule) return `[\`${rule.rule}\`](#${rule.rule})`;
  return "elsewhere" in rule ? rule.elsewhere : `not covered: ${rule.missing}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function formatTable(): string {
  return table(
    ["format", "is"],
    Object.entries(FORMATS).map((
      [name, { summary }],
    ) => [`\`${name}\``, summary]),
  );
}

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
    ["flag", "variables", "key", "default", "meaning"],
    rows.map((row) => [
      row.flag === undefined
        ? ""
        : `\`${flagShape({ ...row, name: row.flag })}\``,
      variablesOf(row).map((name) => `\`${name}\``).join(", "),
      keysOf(row).map((key) => `\`${key}\``).join(", "),
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

function keysOf(row: SettingRow): readonly string[] {
  return configKeys()
    .filter((candidate) => candidate.row?.name === row.name)
    .map(({ key, form }) => form === "table" ? `[${key}]` : key);
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
