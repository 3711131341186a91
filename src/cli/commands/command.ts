import type { OutputFormat } from "../../core/output_format.ts";
import type { ExitName } from "../../errors.ts";
import type { ConfigReport, Report, RunAnswer } from "../../core/report.ts";
import type {
  MigrateOptions,
  MigrationManager,
  RollbackOptions,
} from "../../migration_manager.ts";

/** A command of the command line, from which parser and help are made. */
export interface Command {
  /** One word, or two, such as `sql split`. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** The manual: what it does step by step, and what it never does. */
  readonly help: string;
  readonly arguments: readonly Argument[];
  readonly flags: readonly Flag[];
  readonly examples: readonly Example[];
  /** The exits that the command can have besides success, bug and usage. */
  readonly exits: readonly ExitName[];
  /** Whether it works without the secrets that the configuration file names. */
  readonly secretVariables?: "optional";
  /** What its result can be printed as; absent for every format. */
  readonly formats?: readonly OutputFormat[];
  run(context: CommandContext): Promise<Report>;
  /** How the process ends, where the report alone does not say it. */
  chooseExit?(report: Report, flags: Flags): ExitName;
}

/** A value that stands on the command line by its place. */
export interface Argument {
  readonly name: string;
  readonly summary: string;
  readonly amount: "optional" | "one" | "any" | "one or more";
}

/** A flag of one command; those of all commands are settings. */
export interface Flag {
  /** Without its dashes. */
  readonly name: string;
  /** What the help shows for the value; absent when it takes none. */
  readonly placeholder?: string;
  readonly summary: string;
}

/** A command line with what it is good for. */
export interface Example {
  readonly command: string;
  readonly summary: string;
}

/** The flags that were given, by name; `true` for one without a value. */
export type Flags = ReadonlyMap<string, string | true>;

/** What the commands use of the manager. */
export interface Manager extends Pick<MigrationManager, OtherMethods> {
  migrate(options?: MigrateOptions): Promise<RunAnswer>;
  rollback(options?: RollbackOptions): Promise<RunAnswer>;
}

type OtherMethods =
  | "getStatus"
  | "readLog"
  | "verify"
  | "repair"
  | "createBackup"
  | "restore"
  | "adopt"
  | "baseline"
  | "create"
  | "init"
  | "dumpSchema"
  | "findDrift"
  | "rehearse"
  | "testDatabase"
  | "splitScript"
  | "lint"
  | "unlock"
  | "examine";

/** What a command is given to work with. */
export interface CommandContext {
  readonly arguments: readonly string[];
  readonly flags: Flags;
  /** Such as `Deno 2.9.6`. */
  readonly runtime: string;
  readonly format: OutputFormat;
  /** Prints a part of a result that is too long to be kept. */
  print(text: string): Promise<void>;
  readStdin(): AsyncIterable<Uint8Array>;
  /**
   * Whether the person at the terminal says yes, or `--yes` was given; the
   * command lists `YES_FLAG`. Throws a UsageError without a terminal.
   */
  confirm(question: string): Promise<boolean>;
  /**
   * Returns when the environment is not protected, or its name was given; the
   * command lists `YES_TO_FLAG`. Throws a UsageError that says "Cannot …" with
   * the action otherwise.
   */
  requireProtectedConsent(action: string): Promise<void>;
  /** Every setting, with where it comes from. */
  describeConfig(): Promise<ConfigReport>;
  /** Resolves the settings and loads the manager when first called. */
  manager(): Promise<Manager>;
  /** The manual of one command, or of all. Throws `unknown_command`. */
  helpText(command: string | undefined): string;
  /** The completion script of a shell; undefined for one that is not known. */
  completions(shell: string): string | undefined;
}

/** The value of a flag; undefined when it was not given. */
export function flagText(flags: Flags, name: string): string | undefined {
  const value = flags.get(name);
  return value === true ? undefined : value;
}
