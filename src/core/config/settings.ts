import { FAIL_ON } from "../lint/fail_on.ts";
import { OUTPUT_FORMATS } from "../output_format.ts";
import { BACKUP_SETTINGS } from "./backup_settings.ts";
import type { Range, SettingRow, ValueTypes } from "./setting_row.ts";

export type { SettingRow };

/** The longest time that a timer of the runtime can count. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const TIME: Range = { min: 0, max: MAX_TIMER_MS };

/** Every setting there is. */
export const SETTINGS = [
  {
    name: "config",
    type: "path",
    flag: "config",
    placeholder: "file",
    variables: ["LOCKSTEP_CONFIG"],
    inFile: "nowhere",
    doc:
      "The configuration file. Without it, the first lockstep.toml counts that is in the working directory or a folder above it; /dev/null stands for none.",
  },
  {
    name: "environment",
    type: "text",
    flag: "env",
    placeholder: "name",
    variables: ["LOCKSTEP_ENV"],
    inFile: "nowhere",
    doc:
      "The environment, whose section of lockstep.toml counts before the rest of it.",
  },
  {
    name: "databaseUrl",
    type: "secret",
    flag: "database-url",
    placeholder: "url",
    variables: ["LOCKSTEP_DATABASE_URL", "DATABASE_URL"],
    doc:
      "The database, as a URL or as keywords and values; what it leaves open comes from the PG* variables, PGPASSWORD_FILE and .pgpass. Other users of the host can read a command line: prefer a variable.",
  },
  {
    name: "directUrl",
    type: "secret",
    flag: "direct-url",
    placeholder: "url",
    variables: ["LOCKSTEP_DIRECT_URL"],
    doc:
      "The same database past its connection pooler; migrate, rollback, repair and init then connect there.",
  },
  {
    name: "migrationsDir",
    type: "path",
    flag: "migrations-dir",
    placeholder: "folder",
    variables: ["LOCKSTEP_MIGRATIONS_DIR"],
    default: "migrations",
    doc:
      "The folder with the migrations. The default is beside a lockstep.toml that was found.",
  },
  {
    name: "table",
    type: "text",
    flag: "table",
    placeholder: "name",
    variables: ["LOCKSTEP_TABLE"],
    default: "public.schema_migrations",
    doc: "The tracking table, with or without its schema.",
  },
  {
    name: "ignore",
    type: "list",
    flag: "ignore",
    placeholder: "pattern",
    variables: ["LOCKSTEP_IGNORE"],
    doc:
      "File names in the folder that are no migrations, such as seed_*.sql; several are separated by commas.",
  },
  {
    name: "allowOutOfOrder",
    type: "switch",
    flag: "allow-out-of-order",
    variables: ["LOCKSTEP_ALLOW_OUT_OF_ORDER"],
    default: "false",
    doc: "Apply a pending migration that is older than the newest applied one.",
  },
  {
    name: "lockTimeout",
    type: "duration",
    flag: "lock-timeout",
    placeholder: "time",
    variables: ["LOCKSTEP_LOCK_TIMEOUT"],
    default: "10m",
    range: TIME,
    doc: "How long to wait for another run; 0 leaves at once.",
  },
  {
    name: "statementLockTimeout",
    type: "duration",
    flag: "statement-lock-timeout",
    placeholder: "time",
    variables: ["LOCKSTEP_STATEMENT_LOCK_TIMEOUT"],
    default: "5s",
    range: TIME,
    doc:
      "How long a statement in a transaction may wait for a lock, as others queue behind it; then the migration is rolled back and tried again. 0 waits without end.",
  },
  {
    name: "dryRunLockTimeout",
    type: "duration",
    flag: "dry-run-lock-timeout",
    placeholder: "time",
    variables: ["LOCKSTEP_DRY_RUN_LOCK_TIMEOUT"],
    range: TIME,
    doc:
      "How long a statement of --dry-run=execute may wait for a lock, as others queue behind all that it has locked before; 0 waits without end. Without it --statement-lock-timeout counts where that is set, else 3s.",
  },
  {
    name: "lockRetryFor",
    type: "duration",
    flag: "lock-retry-for",
    placeholder: "time",
    variables: ["LOCKSTEP_LOCK_RETRY_FOR"],
    default: "5m",
    range: TIME,
    doc:
      "How long to go on trying a migration that waits for a lock in vain or meets a deadlock; 0 tries once.",
  },
  {
    name: "statementTimeout",
    type: "duration",
    flag: "statement-timeout",
    placeholder: "time",
    variables: ["LOCKSTEP_STATEMENT_TIMEOUT"],
    range: TIME,
    doc:
      "How long a statement may run; 0 sets no limit. Without it, the statement_timeout of the role or the database counts.",
  },
  {
    name: "lockKey",
    type: "integer",
    flag: "lock-key",
    placeholder: "number",
    variables: ["LOCKSTEP_LOCK_KEY"],
    default: "12345",
    range: { min: -(2 ** 31), max: 2 ** 31 - 1 },
    doc: "The key space of the advisory lock; all runners must agree on it.",
  },
  {
    name: "connectTimeout",
    type: "duration",
    flag: "connect-timeout",
    placeholder: "time",
    variables: ["LOCKSTEP_CONNECT_TIMEOUT"],
    default: "10s",
    range: TIME,
    doc:
      "How long one attempt to connect may take; 0 sets no limit. Without it, connect_timeout of the connection string or PGCONNECT_TIMEOUT counts.",
  },
  {
    name: "wait",
    type: "duration",
    flag: "wait",
    placeholder: "time",
    variables: ["LOCKSTEP_WAIT"],
    default: "0",
    range: TIME,
    doc: "How long to wait for a server that is not up yet.",
  },
  {
    name: "maxStatementSize",
    type: "size",
    flag: "max-statement-size",
    placeholder: "size",
    variables: ["LOCKSTEP_MAX_STATEMENT_SIZE"],
    default: "64MB",
    range: { min: 1024, max: 256 * 1024 ** 2 },
    doc: "The longest statement that is accepted; memory is bounded by it.",
  },
  ...BACKUP_SETTINGS,
  {
    name: "snapshot",
    type: "choice",
    flag: "snapshot",
    placeholder: "when",
    variables: ["LOCKSTEP_SNAPSHOT"],
    default: "auto",
    choices: ["auto", "never"],
    doc:
      "Whether migrate and rollback store the schema when they have changed it, for drift to compare with: auto or never. It takes one round trip, and about two seconds with 10,000 tables.",
  },
  {
    name: "failOn",
    type: "choice",
    flag: "fail-on",
    placeholder: "severity",
    variables: ["LOCKSTEP_FAIL_ON"],
    choices: FAIL_ON,
    doc:
      "From which findings of lint on lint fails and migrate refuses to run: info, warning, error or off. Without it, lint fails on errors, and migrate looks in protected environments alone, for errors.",
  },
  {
    name: "vars",
    type: "assignments",
    flag: "var",
    placeholder: "name=value",
    variables: [],
    inFile: "table",
    doc:
      "A variable of the SQL files, for :name, :'name' and :\"name\"; can be given several times.",
  },
  {
    name: "secretVars",
    type: "list",
    flag: "secret-var",
    placeholder: "name=variable",
    variables: ["LOCKSTEP_SECRET_VARS"],
    inFile: "table",
    doc:
      "A variable of the SQL files with a secret value, which the named variable of the environment holds, or the file that the same name with _FILE names; it is masked in all output and records.",
  },
  {
    name: "varsFromEnv",
    type: "prefix",
    flag: "vars-from-env",
    placeholder: "prefix",
    variables: ["LOCKSTEP_VARS_FROM_ENV"],
    doc:
      "Variables of the environment that start so are variables of the SQL files: with APP_, APP_ROLE is :role. They are no secrets.",
  },
  {
    name: "output",
    type: "choice",
    flag: "output",
    placeholder: "format",
    variables: ["LOCKSTEP_OUTPUT"],
    default: "human",
    choices: OUTPUT_FORMATS,
    inFile: "nowhere",
    doc:
      "How the result is printed: human, json, jsonl, junit, github, gitlab, sarif or markdown.",
  },
  {
    name: "json",
    type: "switch",
    flag: "json",
    variables: ["LOCKSTEP_JSON"],
    default: "false",
    inFile: "nowhere",
    doc: "Short for --output json.",
  },
  {
    name: "quiet",
    type: "switch",
    flag: "quiet",
    variables: ["LOCKSTEP_QUIET"],
    default: "false",
    inFile: "nowhere",
    doc: "Print only errors, and what was asked for in so many words.",
  },
] as const satisfies readonly SettingRow[];

/** The name of a setting. */
export type SettingName = (typeof SETTINGS)[number]["name"];

/** The value of each setting, by its name. */
export type SettingValues = {
  readonly [Row in (typeof SETTINGS)[number] as Row["name"]]: ValueOf<Row>;
};

type ValueOf<Row extends SettingRow> =
  | ValueTypes[Row["type"]]
  | (Row extends { choices: readonly (infer Word)[] } ? Word : never)
  | (Row extends { type: ValueWithDefault; default?: never } ? undefined
    : never);

type ValueWithDefault = "duration" | "text" | "path" | "choice";

/** The variable that names a file which holds the value of another one. */
export function fileVariable(variable: string): string {
  return `${variable}_FILE`;
}
