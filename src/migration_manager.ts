import { DatabaseManager } from "./database_manager.ts";
import { maskedAsk } from "./core/config/mask_texts.ts";
import { planMigrate } from "./core/plan/plan_migrate.ts";
import {
  planRollback,
  type RollbackTarget,
} from "./core/plan/plan_rollback.ts";
import { validationOf } from "./core/doctor/setup_validation.ts";
import type { LintOptions } from "./core/lint/lint_report.ts";
import type { LogEntry } from "./core/log_entry.ts";
import type { LockSession } from "./core/lock_session.ts";
import type {
  AdoptOptions,
  BackupOptions,
  BaselineOptions,
  Done,
  DriftOptions,
  ManagerOptions,
  MigrateOptions,
  Planned,
  RehearseOptions,
  RepairOptions,
  RestoreOptions,
  RollbackOptions,
  SetupValidation,
  TestDatabaseWish,
  Tried,
} from "./core/manager_options.ts";
import type {
  AdoptReport,
  BackupReport,
  BaselineReport,
  CreateReport,
  DoctorReport,
  DriftReport,
  DryRunReport,
  HistoryReport,
  InitReport,
  LintReport,
  PlanReport,
  RehearsalReport,
  RepairReport,
  RestoreReport,
  RunAnswer,
  RunReport,
  SchemaReport,
  SplitReport,
  StatusReport,
  TestDatabaseReport,
  UnlockReport,
  VerifyReport,
} from "./core/manager_reports.ts";
import type { RunHooks, RunSettings } from "./core/run_settings.ts";
import { perform } from "./io/perform.ts";
import type { LogQuery } from "./io/postgres/log_store.ts";
import { ManagerTargets } from "./manager_targets.ts";
import { readStatus } from "./io/read_status.ts";
import type { SplitSource, StatementSink } from "./io/split_script.ts";

export { DatabaseManager };
export type * from "./core/manager_options.ts";
export type { RunHooks as ManagerHooks, RunSettings as ManagerSettings };

/**
 * Moves one database's schema forward and back. It never prints and never
 * exits; what goes wrong comes back as the `error` of a report. The values of
 * secret variables are masked in all that it answers and tells.
 */
export class MigrationManager {
  readonly #targets: ManagerTargets;

  constructor(database: DatabaseManager, options: ManagerOptions = {}) {
    this.#targets = new ManagerTargets(database, options);
  }

  /** Applies pending migrations; with `dryRun` it tells what it would do. */
  migrate(options: MigrateOptions & Planned): Promise<PlanReport>;
  migrate(options: MigrateOptions & Tried): Promise<DryRunReport>;
  migrate(options?: MigrateOptions & Done): Promise<RunReport>;
  migrate(options?: MigrateOptions): Promise<RunAnswer>;
  async migrate(options: MigrateOptions = {}): Promise<RunAnswer> {
    const { order, failOn } = this.#settings;
    const report = await perform(this.#targets.writer(), {
      direction: "migrate",
      dryRun: options.dryRun,
      checksDrift: options.checkDrift === true,
      failOn: options.failOn ?? failOn,
      plan: (migrations, history) =>
        planMigrate(migrations, history, {
          target: options.version,
          integrity: options.force === true ? "force" : "require",
          order,
        }),
    });
    return this.#mask(report);
  }

  /** Rolls applied migrations back, newest first; `dryRun` as in `migrate()`. */
  rollback(options: RollbackOptions & Planned): Promise<PlanReport>;
  rollback(options: RollbackOptions & Tried): Promise<DryRunReport>;
  rollback(options?: RollbackOptions & Done): Promise<RunReport>;
  rollback(options?: RollbackOptions): Promise<RunAnswer>;
  async rollback(options: RollbackOptions = {}): Promise<RunAnswer> {
    const target: RollbackTarget = options.to === undefined
      ? { kind: "count", count: options.count ?? 1 }
      : { kind: "to", version: options.to };
    const report = await perform(this.#targets.writer(), {
      direction: "rollback",
      dryRun: options.dryRun,
      reason: this.#mask(options.reason),
      plan: (migrations, history) =>
        planRollback(migrations, history, {
          target,
          integrity: options.force === true ? "force" : "require",
        }),
    });
    return this.#mask(report);
  }

  /** How every version stands, files and history together. */
  async getStatus(): Promise<StatusReport> {
    return this.#mask(await readStatus(this.#targets.reader()));
  }

  /** What was done to the database, newest first. */
  async readLog(query: LogQuery = {}): Promise<HistoryReport> {
    const { readLogReport } = await import("./io/read_log.ts");
    return this.#mask(await readLogReport(this.#targets.reader(), query));
  }

  /** What was done to the database, newest first. Throws when it cannot be read. */
  async getHistory(query: LogQuery = {}): Promise<readonly LogEntry[]> {
    const { entries, error } = await this.readLog(query);
    if (error !== undefined) throw error;
    return entries;
  }

  /** Whether a run could begin, and if not, what is in the way. */
  async isSetupValid(): Promise<SetupValidation> {
    return validationOf(await this.examine());
  }

  /** Compares files, history and log. */
  async verify(): Promise<VerifyReport> {
    const { verifyHistory } = await import("./io/verify_history.ts");
    return this.#mask(await verifyHistory(this.#targets.reader()));
  }

  /**
   * Makes the tracking table agree with files and facts. It changes nothing
   * else, and the log keeps what was there before.
   */
  async repair(options: RepairOptions = {}): Promise<RepairReport> {
    const { repairHistory } = await import("./io/repair_history.ts");
    const report = await repairHistory(this.#targets.writer(), {
      versions: options.versions ?? [],
      marks: options.marks ?? [],
      reason: this.#mask(options.reason),
      isDryRun: options.dryRun === true,
      decide: maskedAsk(options.decide, this.#targets.secrets),
    });
    return this.#mask(report);
  }

  /** Makes a backup, checked, on the disk and in the log. */
  async createBackup(options: BackupOptions = {}): Promise<BackupReport> {
    const { backUp } = await import("./io/backup/back_up.ts");
    return this.#mask(
      await backUp(this.#targets.writer(), options.schemas ?? []),
    );
  }

  /** Brings a backup back; the log of the migrations goes on. */
  async restore(
    path: string,
    { into, dryRun, decide }: RestoreOptions = {},
  ): Promise<RestoreReport> {
    const { restoreBackup } = await import("./io/backup/restore_backup.ts");
    const target = into === undefined
      ? this.#targets.writer()
      : this.#targets.at(into);
    const isDryRun = dryRun === true;
    const wish = { path, isDryRun, decide };
    return this.#mask(await restoreBackup(target, wish));
  }

  /** Takes over the files and the history of another tool, which stay. */
  async adopt(options: AdoptOptions): Promise<AdoptReport> {
    const { adopt } = await import("./io/adopt/adopt.ts");
    const decide = maskedAsk(options.decide, this.#targets.secrets);
    return this.#mask(
      await adopt(this.#targets.writer(), { ...options, decide }),
    );
  }

  /** Records what a database that was never tracked has, and runs nothing. */
  async baseline(options: BaselineOptions): Promise<BaselineReport> {
    const { baseline } = await import("./io/baseline/baseline.ts");
    const decide = maskedAsk(options.decide, this.#targets.secrets);
    return this.#mask(
      await baseline(this.#targets.writer(), { ...options, decide }),
    );
  }

  /** Writes the two files of a new migration from the templates. */
  async create(name: string): Promise<CreateReport> {
    const { createFiles } = await import("./io/create_files.ts");
    return await createFiles(this.#settings, name);
  }

  /** Creates the tracking tables; with `sql` it only tells the statements. */
  async init(options: { readonly sql?: boolean } = {}): Promise<InitReport> {
    const { initTables, trackerSql } = await import("./io/init_tables.ts");
    return options.sql === true
      ? trackerSql(this.#settings)
      : await initTables(this.#targets.writer());
  }

  /**
   * Cuts a script into its statements, which go to `sink` as they are found;
   * one with an error gives none. It needs no database.
   */
  async splitScript(
    source: SplitSource,
    sink: StatementSink,
  ): Promise<SplitReport> {
    const { splitScript } = await import("./io/split_script.ts");
    const report = await splitScript(
      this.#settings,
      source,
      (statements) => sink(this.#mask(statements)),
    );
    return this.#mask(report);
  }

  /** Looks for what is risky in files; with `live` also at their tables. */
  async lint(options: LintOptions = {}): Promise<LintReport> {
    const { lintFiles } = await import("./io/lint_files.ts");
    const target = this.#targets.reader();
    return this.#mask(await lintFiles(target.settings, options, target));
  }

  /** Writes the schema as SQL, to a file if one is named. */
  async dumpSchema(path?: string): Promise<SchemaReport> {
    const { dumpSchema } = await import("./io/schema/dump_schema.ts");
    return this.#mask(await dumpSchema(this.#targets.reader(), path));
  }

  /** Compares the schema with what the last run has left, or another one. */
  async findDrift(options: DriftOptions = {}): Promise<DriftReport> {
    const { findDrift } = await import("./io/schema/find_drift.ts");
    const { target, ...work } = this.#targets.drift(options);
    return this.#mask(await findDrift(target, work));
  }

  /** Applies, rolls back and applies migrations in a throwaway database. */
  async rehearse(options: RehearseOptions = {}): Promise<RehearsalReport> {
    const { rehearse } = await import("./io/rehearsal/rehearse.ts");
    return this.#mask(await rehearse(this.#targets.rehearsal(options)));
  }

  /** Makes, lists or drops databases for tests. */
  async testDatabase(wish: TestDatabaseWish): Promise<TestDatabaseReport> {
    const testing = await import("./io/testing/answer_test_database.ts");
    return await testing.answerTestDatabase(this.#targets.testing(), wish);
  }

  /** Whether it works on this database. */
  isOf(database: DatabaseManager): boolean {
    return this.#targets.database === database;
  }

  /** Looks at all that a run depends on, and says what to do about it. */
  async examine(): Promise<DoctorReport> {
    const { examine } = await import("./io/doctor/examine.ts");
    const { directUrl } = this.#settings;
    const direct = directUrl === undefined ? undefined : this.#targets.writer();
    return this.#mask(await examine(this.#targets.reader(), direct));
  }

  /**
   * Who has to do with the lock; with `terminate`, sessions of an earlier
   * answer, after those have been ended.
   */
  async unlock(
    options: { readonly terminate?: readonly LockSession[] } = {},
  ): Promise<UnlockReport> {
    const { unlock } = await import("./io/unlock.ts");
    return this.#mask(await unlock(this.#targets.writer(), options.terminate));
  }

  #mask<Value>(value: Value): Value {
    return this.#targets.mask(value);
  }

  get #settings(): RunSettings {
    return this.#targets.settings;
  }
}
