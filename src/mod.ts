/**
 * Moves PostgreSQL schemas forward and back, version by version, under a lock.
 *
 * Nothing here prints, exits or reads the command line: what happens is told
 * to `onEvent`, and what comes of it is the answer.
 *
 * ```ts
 * import { DatabaseManager, MigrationManager } from "@lockstep/lockstep";
 *
 * await using database = new DatabaseManager(); // DATABASE_URL, or PG*
 * const manager = new MigrationManager(database);
 * const result = await manager.migrate();
 * if (result.success) {
 *   console.log(`Applied ${result.migrationsApplied} migrations`);
 * } else {
 *   console.error(result.error?.message);
 * }
 * ```
 *
 * @module
 */
export * from "./database_manager.ts";
export * from "./errors.ts";
export * from "./get_migration_manager.ts";
export * from "./migration_manager.ts";
export type { BackupDecision } from "./core/backup/backup_decision.ts";
export type { BackupFile, BackupMethod } from "./core/backup/backup_file.ts";
export type * from "./core/backup/backup_report.ts";
export type { BackupMode, LossCause } from "./core/backup/weigh_losses.ts";
export type { AwaitedLock, Blockage, Blocker } from "./core/blocker.ts";
export type {
  ShownSetting,
  ShownVariable,
} from "./core/config/describe_config.ts";
export type { MigrationDirectives } from "./core/directives.ts";
export type {
  CheckResult,
  DoctorReport,
  Verdict,
  VerdictState,
} from "./core/doctor/verdict.ts";
export type { Finding } from "./core/finding.ts";
export type {
  EntryState,
  FailedRollback,
  KeptRollback,
  Progress,
} from "./core/history.ts";
export type { LockHolder } from "./core/lock.ts";
export type { LockSession, LockSessionRole } from "./core/lock_session.ts";
export type { LogDirection, LogEntry } from "./core/log_entry.ts";
export type { MigrationFile } from "./core/migration.ts";
export type * from "./core/outcome.ts";
export type { Amount, Phase } from "./core/phase.ts";
export type { Direction, ScriptOrigin, Step } from "./core/plan/plan.ts";
export type * from "./core/report.ts";
export type {
  ReplacedText,
  Statement,
  UnsetVariable,
} from "./core/sql/statement.ts";
export type { Variable, Variables } from "./core/sql/variables.ts";
export type { UnlockReport } from "./core/unlock_report.ts";
export type { CopyTaker } from "./io/postgres/copy_drain.ts";
export type { StatementAnswer } from "./io/postgres/answer_collector.ts";
export type {
  ConnectPatience,
  RoundFailure,
} from "./io/postgres/connect_attempts.ts";
export type { Connection, RunOptions } from "./io/postgres/connection.ts";
export type { PoolCounts } from "./io/postgres/connection_pool.ts";
export type { ConnectionTarget } from "./io/postgres/connection_target.ts";
export type { Environment } from "./io/postgres/libpq_environment.ts";
export type { Address } from "./io/postgres/open_socket.ts";
export type { LogQuery } from "./io/postgres/log_store.ts";
export { PostgresError } from "./io/postgres/postgres_error.ts";
export type { SplitSource, StatementSink } from "./io/split_script.ts";
export type { MigrationHeader } from "./core/migration_header.ts";
export type { Origin } from "./core/config/resolve.ts";
export type {
  ChangedValue,
  RepairAction,
  RepairReport,
  RepairStatus,
  RepairStep,
  RepairStepOutcome,
  VerifyReport,
} from "./core/repair/repair_report.ts";
export type { FailOn } from "./core/lint/fail_on.ts";
export type { LintFix } from "./core/lint/lint_fix.ts";
export type * from "./core/lint/lint_report.ts";
export type { LiveTable } from "./core/lint/live_tables.ts";
export type { LockMode, Stopped } from "./core/locks/lock_mode.ts";
export type { ShownLock, StatementLocks } from "./core/locks/script_locks.ts";
export type { TableWork } from "./core/locks/table_lock.ts";
export type { LintSeverity } from "./core/lint/rule.ts";
export type { VersionMark } from "./core/repair/plan_repair.ts";
export type { Mark } from "./core/repair/mark.ts";
export type * from "./core/adopt/adopt_report.ts";
export type * from "./core/schema/schema_report.ts";
export type * from "./core/testing/test_database_report.ts";
export type * from "./core/schema/drift_report.ts";
export type * from "./core/dry_run/dry_run_report.ts";
export type * from "./core/rehearsal/rehearsal_report.ts";
export type { SchemaDifference } from "./core/schema/compare_schemas.ts";
export type { ForeignCheck, LeftFile } from "./core/adopt/foreign.ts";
export type { ObjectPart, ObjectParts } from "./core/schema/schema_object.ts";
