import type {
  ConfigErrorCode,
  ConnectionErrorCode,
  ExecutionErrorCode,
  ExitName,
  FileErrorCode,
  HistoryErrorCode,
  LockErrorCode,
  UsageErrorCode,
} from "../errors.ts";

/** A class of errors with what each of its codes means. */
export interface ErrorClass {
  readonly name: string;
  readonly exits: readonly ExitName[];
  /** What its reader has to do. */
  readonly reaction: string;
  readonly codes: Readonly<Record<string, string>>;
}

/** Every error code there is, by class, for the reference. */
export const ERROR_CATALOG: readonly ErrorClass[] = [
  {
    name: "UsageError",
    exits: ["usage"],
    reaction: "Fix the command.",
    codes: {
      unknown_command: "There is no command of that name.",
      unknown_flag: "The command has no such flag.",
      missing_argument: "The command, or a flag, lacks its value.",
      invalid_argument:
        "A value has the wrong form, or two exclude each other.",
      unknown_version: "No migration has the version that was named.",
      bad_migration_name: "No file name can be made of the name for `create`.",
      confirmation_needed:
        "The command asks first, and there is no terminal to ask on.",
      protected_environment:
        "The environment is protected, and its name was not given.",
      file_exists: "A file that would be written is there already.",
    } satisfies Record<UsageErrorCode, string>,
  },
  {
    name: "ConfigError",
    exits: ["usage"],
    reaction: "Fix the configuration.",
    codes: {
      invalid_setting:
        "A flag, a variable or a key has a value of the wrong form.",
      config_unreadable:
        "The configuration file, or one that a setting names, cannot be read.",
      bad_config: "The configuration file is not correct TOML in UTF-8.",
      untrusted_config:
        "A configuration file above the working directory is another user's.",
      unknown_setting: "A key of the configuration file is no setting.",
      unknown_environment:
        "The configuration file has no section for the environment.",
      missing_directory: "The migrations folder is not there.",
      unreadable_directory: "The migrations folder cannot be read.",
      unwritable_directory:
        "The folder of the migrations, or of the backups, cannot be written to.",
      pooled_connection:
        "A statement outside a transaction, or a backup, needs a connection past the pooler.",
      pg_dump_missing: "What was asked for needs pg_dump, or pg_restore.",
      pg_dump_too_old: "The pg_dump at hand is older than the server.",
    } satisfies Record<ConfigErrorCode, string>,
  },
  {
    name: "FileError",
    exits: ["findings"],
    reaction: "Edit the file.",
    codes: {
      bad_name: "The name of a .sql file is not that of a migration.",
      duplicate_version: "Two files have the same version.",
      down_name_mismatch: "A rollback file is named unlike its migration.",
      link_outside: "A symbolic link leaves the migrations folder.",
      not_a_file: "A pipe, a device or a folder stands where a file should be.",
      file_unreadable: "The file cannot be opened or read.",
      file_changed: "The file changed while it was being used.",
      shared_object: "A rehearsal would reach beyond its database.",
      invalid_encoding: "The file is not valid UTF-8.",
      nul_byte: "The file has a NUL byte.",
      merge_conflict: "The file has conflict marks of a merge.",
      unterminated: "A quote or a comment is opened and never closed.",
      bad_header: "A header line contradicts the name of the file.",
      bad_dependency: "A dependency names no migration that there is.",
      dependency_cycle: "Migrations depend on each other in a circle.",
      bad_directive: "A `-- lockstep:` line cannot be understood.",
      syntax_error: "The SQL is not correct.",
      lint_findings:
        "Lint finds in what is pending what `--fail-on` does not allow.",
      psql_command: "The file has a command for psql that cannot be obeyed.",
      unknown_variable: "The file uses a variable that nothing declares.",
      unclosed_transaction: "The file opens a transaction and does not end it.",
      transaction_control: "The file ends a transaction that is not its own.",
      impossible_statement: "The statement can never run in a migration.",
      statement_too_long: "A statement is longer than `--max-statement-size`.",
    } satisfies Record<FileErrorCode, string>,
  },
  {
    name: "HistoryError",
    exits: ["findings"],
    reaction: "Compare the files with what was applied.",
    codes: {
      checksum_mismatch: "A file changed after it was applied.",
      missing_file: "A migration was applied and its file is gone.",
      out_of_order: "A pending migration is older than the newest applied one.",
      dependency_not_applied: "A migration needs one that is not applied.",
      dependent_applied: "An applied migration needs the one to roll back.",
      missing_rollback: "The version has no rollback, in the folder or kept.",
      irreversible: "The version is marked as one without a way back.",
      partly_applied: "A migration stopped part-way.",
      partly_rolled_back: "A rollback stopped part-way.",
      resume_changed: "The statements that ran before the stop were edited.",
      duplicate_row: "The tracking table has two rows for one version.",
      foreign_table:
        "The tracking table, its view, or the history to adopt is of something else.",
      not_part_way: "The version to retry did not stop part-way.",
      row_changed: "A row changed while it was being repaired or adopted.",
      already_tracked: "The tracking table has rows already.",
      missing_grants: "The database user lacks privileges.",
      no_snapshot: "There is no stored schema to look for drift with.",
      schema_drift: "The schema is not as the last run has left it.",
    } satisfies Record<HistoryErrorCode, string>,
  },
  {
    name: "LockError",
    exits: ["locked"],
    reaction: "Wait for the other run.",
    codes: {
      lock_timeout: "Another run held the lock for longer than the timeout.",
      lock_lost: "The session that held the lock ended during the run.",
      runner_alive: "A runner without its lock is still at work.",
      holder_changed:
        "The session to end had let go of the lock, and another holds it.",
      termination_refused: "The role may not end the session.",
    } satisfies Record<LockErrorCode, string>,
  },
  {
    name: "ExecutionError",
    exits: ["failed", "partial"],
    reaction: "Read the server's message, fix the migration and run again.",
    codes: {
      statement_failed: "The server refused a statement.",
      blocked:
        "Others held locks that it needs, in every try until `--lock-retry-for` was over.",
      record_failed: "The tracking row could not be written.",
      dump_failed: "pg_dump could not write the schema down.",
      cancelled: "The run was stopped when a step was part-way.",
      backup_failed: "The backup could not be made, so the run did not start.",
      bad_backup:
        "The file is not what was written when the backup was made, or pg_restore cannot read it.",
      restore_failed: "The server refused what the backup holds.",
    } satisfies Record<ExecutionErrorCode, string>,
  },
  {
    name: "ConnectionError",
    exits: ["connection"],
    reaction: "Check the server, then try again.",
    codes: {
      cannot_connect: "The server cannot be reached, or refuses the login.",
      connection_lost: "The connection broke during the work.",
      outcome_unknown:
        "The connection broke at a COMMIT and the server cannot be asked.",
      server_too_old: "The server is older than the oldest supported version.",
      read_only_server: "The server is a standby or is set to read only.",
    } satisfies Record<ConnectionErrorCode, string>,
  },
  {
    name: "InterruptedError",
    exits: ["hung_up", "interrupted", "terminated"],
    reaction: "Run again when you want to go on.",
    codes: { interrupted: "A signal stopped the run; nothing is part-way." },
  },
];

/** What each way to end means, for the reference. */
export const EXIT_MEANINGS: Readonly<Record<ExitName, string>> = {
  success: "Done, also when there was nothing to do.",
  bug: "A bug in lockstep, or its output could not be written.",
  usage: "The command or a setting is wrong; nothing was done.",
  findings:
    "The files or the history need a look first; for `status --exit-code` and `plan --exit-code`: the database is not where the files are.",
  locked:
    "Another run holds the lock, or a question was answered with no; nothing was done.",
  failed:
    "A migration, a backup or a restore failed and left nothing behind; migrations before it stay applied.",
  partial: "A migration stopped part-way; a person must look.",
  connection: "The server could not be reached, or the connection broke.",
  hung_up:
    "Stopped by SIGHUP, as its terminal was closed; nothing is part-way.",
  interrupted: "Stopped by SIGINT; nothing is part-way.",
  terminated: "Stopped by SIGTERM; nothing is part-way.",
};
