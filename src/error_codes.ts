/** The codes of a {@linkcode UsageError}. */
export type UsageErrorCode =
  | "unknown_command"
  | "unknown_flag"
  | "missing_argument"
  | "invalid_argument"
  | "unknown_version"
  | "bad_migration_name"
  | "confirmation_needed"
  | "protected_environment"
  | "file_exists";

/** The codes of a {@linkcode ConfigError}. */
export type ConfigErrorCode =
  | "invalid_setting"
  | "config_unreadable"
  | "bad_config"
  | "untrusted_config"
  | "unknown_setting"
  | "unknown_environment"
  | "missing_directory"
  | "unreadable_directory"
  | "unwritable_directory"
  | "pooled_connection"
  | "pg_dump_missing"
  | "pg_dump_too_old";

/** The codes of a {@linkcode FileError}. */
export type FileErrorCode =
  | "bad_name"
  | "duplicate_version"
  | "down_name_mismatch"
  | "link_outside"
  | "not_a_file"
  | "file_unreadable"
  | "file_changed"
  | "shared_object"
  | "invalid_encoding"
  | "nul_byte"
  | "merge_conflict"
  | "unterminated"
  | "bad_header"
  | "bad_dependency"
  | "dependency_cycle"
  | "bad_directive"
  | "syntax_error"
  | "lint_findings"
  | "psql_command"
  | "unknown_variable"
  | "unclosed_transaction"
  | "transaction_control"
  | "impossible_statement"
  | "statement_too_long";

/** The codes of a {@linkcode HistoryError}. */
export type HistoryErrorCode =
  | "checksum_mismatch"
  | "missing_file"
  | "out_of_order"
  | "dependency_not_applied"
  | "dependent_applied"
  | "missing_rollback"
  | "irreversible"
  | "partly_applied"
  | "partly_rolled_back"
  | "resume_changed"
  | "not_part_way"
  | "row_changed"
  | "duplicate_row"
  | "already_tracked"
  | "foreign_table"
  | "missing_grants"
  | "no_snapshot"
  | "schema_drift";

/** The codes of a {@linkcode LockError}. */
export type LockErrorCode =
  | "lock_timeout"
  | "lock_lost"
  | "runner_alive"
  | "holder_changed"
  | "termination_refused";

/** The codes of an {@linkcode ExecutionError}. */
export type ExecutionErrorCode =
  | "statement_failed"
  | "blocked"
  | "record_failed"
  | "dump_failed"
  | "cancelled"
  | "backup_failed"
  | "bad_backup"
  | "restore_failed";

/** The codes of a {@linkcode ConnectionError}. */
export type ConnectionErrorCode =
  | "cannot_connect"
  | "connection_lost"
  | "outcome_unknown"
  | "server_too_old"
  | "read_only_server";
