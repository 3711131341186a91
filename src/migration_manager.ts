import { maskTexts } from "./core/config/mask_texts.ts";
import { planMigrate } from "./core/plan/plan_migrate.ts";
import {
  planRollback,
  type RollbackTarget,
} from "./core/plan/plan_rollback.ts";
import type {
  CreateReport,
  HistoryReport,
  InitReport,
  PlanReport,
  RunReport,
  SplitReport,
  StatusReport,
} from "./core/report.ts";
import type { DoctorReport } from "./core/doctor/verdict.ts";
import type { LockSession } from "./core/lock_session.ts";
import type { RunHooks, RunSettings } from "./core/run_settings.ts";
import { secretValues } from "./core/sql/variables.ts";
import type { UnlockReport } from "./core/unlock_report.ts";
import { createFiles } from "./io/create_files.ts";
import { examine } from "./io/doctor/examine.ts";
import { initTables, trackerSql } from "./io/init_tables.ts";
import { operate } from "./io/operation.ts";
import type { LogQuery } from "./io/postgres/log_store.ts";
import { Target } from "./io/postgres/target.ts";
import { readLogReport } from "./io/read_log.ts";
import { readStatus } from "./io/read_status.ts";
import {
  splitScript,
  type SplitSource,
  type StatementSink,
} from "./io/split_script.ts";
import { unlock } from "./io/unlock.ts";

export type { RunHooks as ManagerHooks, RunSettings as ManagerSettings };

/** Options of {@linkcode MigrationManager.migrate}. */
export interface MigrateOptions {
  /** Up to and including this version; all when absent. */
  readonly version?: string;
  readonly dryRun?: boolean;
  /** Goes past changed and missing files, and lists each. */
  readonly force?: boolean;
}

/**
 * Options of {@linkcode MigrationManager.rollback}; without `count` and `to`
 * it is the newest version.
 */
export interface RollbackOptions {
  readonly count?: number;
  /** This version stays applied. */
  readonly to?: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/**
 * Moves one database's schema forward and back. It never prints and never
 * exits; what goes wrong comes back as the `error` of a report. The values of
 * secret variables are masked in all that it answers and tells.
 */
export class MigrationManager {
  readonly #settings: RunSettings;
  readonly #hooks: RunHooks;
  readonly #secrets: readonly string[];

  constructor(settings: RunSettings, hooks: RunHooks = {}) {
    this.#settings = settings;
    this.#secrets = secretValues(settings.variables);
    this.#hooks = {
      ...hooks,
      onEvent: (event) => hooks.onEvent?.(this.#mask(event)),
    };
  }

  /** Applies pending migrations; with `dryRun` it tells what it would do. */
  async migrate(
    options: MigrateOptions = {},
  ): Promise<RunReport | PlanReport> {
    const { order } = this.#settings;
    const report = await operate(this.#writer(), {
      direction: "migrate",
      isDryRun: options.dryRun === true,
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
  async rollback(
    options: RollbackOptions = {},
  ): Promise<RunReport | PlanReport> {
    const target: RollbackTarget = options.to === undefined
      ? { kind: "count", count: options.count ?? 1 }
      : { kind: "to", version: options.to };
    const report = await operate(this.#writer(), {
      direction: "rollback",
      isDryRun: options.dryRun === true,
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
    return this.#mask(await readStatus(this.#target()));
  }

  /** What was done to the database, newest first. */
  async readLog(query: LogQuery = {}): Promise<HistoryReport> {
    return this.#mask(await readLogReport(this.#target(), query));
  }

  /** Writes the two files of a new migration from the templates. */
  async create(name: string): Promise<CreateReport> {
    return await createFiles(this.#settings, name);
  }

  /** Creates the tracking tables; with `sql` it only tells the statements. */
  async init(options: { readonly sql?: boolean } = {}): Promise<InitReport> {
    return options.sql === true
      ? trackerSql(this.#settings)
      : await initTables(this.#writer());
  }

  /**
   * Cuts a script into its statements, which go to `sink` as they are found;
   * one with an error gives none. It needs no database.
   */
  async splitScript(
    source: SplitSource,
    sink: StatementSink,
  ): Promise<SplitReport> {
    const report = await splitScript(
      this.#settings,
      source,
      (statements) => sink(this.#mask(statements)),
    );
    return this.#mask(report);
  }

  /** Looks at all that a run depends on, and says what to do about it. */
  async examine(): Promise<DoctorReport> {
    const { directUrl } = this.#settings;
    const direct = directUrl === undefined ? undefined : this.#writer();
    return this.#mask(await examine(this.#target(), direct));
  }

  /**
   * Who has to do with the lock; with `terminate`, sessions of an earlier
   * answer, after those have been ended.
   */
  async unlock(
    options: { readonly terminate?: readonly LockSession[] } = {},
  ): Promise<UnlockReport> {
    return this.#mask(await unlock(this.#writer(), options.terminate));
  }

  #mask<Value>(value: Value): Value {
    return maskTexts(value, this.#secrets);
  }

  #target(): Target {
    return new Target(this.#settings, this.#hooks);
  }

  /** What writes goes past the pooler, if there is a way. */
  #writer(): Target {
    const { directUrl } = this.#settings;
    return new Target({
      ...this.#settings,
      ...(directUrl !== undefined && { databaseUrl: directUrl }),
    }, this.#hooks);
  }
}
