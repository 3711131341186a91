import process from "node:process";
import { defaultRunSettings } from "./core/config/run_settings_of.ts";
import { maskTexts } from "./core/config/mask_texts.ts";
import { siblingUrl } from "./core/connection/sibling_url.ts";
import type {
  DriftOptions,
  ManagerOptions,
  RehearseOptions,
} from "./core/manager_options.ts";
import type { RunEvent } from "./core/outcome.ts";
import type { RunHooks, RunSettings } from "./core/run_settings.ts";
import { secretValues } from "./core/sql/variables.ts";
import { DatabaseManager, type DatabaseOptions } from "./database_manager.ts";
import type { OpenDatabase, RehearsalWork } from "./io/rehearsal/rehearse.ts";
import type { TestServerWork } from "./io/testing/answer_test_database.ts";
import type { FilesPlace } from "./io/schema/files_stage.ts";
import type { DriftWork } from "./io/schema/find_drift.ts";
import { Target } from "./io/postgres/target.ts";

/** The databases that a manager works on, and what it may say of them. */
export class ManagerTargets {
  readonly database: DatabaseManager;
  readonly settings: RunSettings;
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
  readonly #hooks: RunHooks;

  constructor(database: DatabaseManager, options: ManagerOptions) {
    const { onEvent, signal, ...given } = options;
    const { env = process.env } = database.options;
    this.database = database;
    this.settings = {
      ...defaultRunSettings(),
      cwd: process.cwd(),
      ...database.options,
      env,
      ...given,
    };
    this.secrets = secretValues(this.settings.variables);
    this.#hooks = {
      ...(signal !== undefined && { signal }),
      onEvent: (event) => onEvent?.(this.mask(event)),
    };
  }

  /** The value with stars in place of secrets. */
  mask<Value>(value: Value): Value {
    return maskTexts(value, this.secrets);
  }

  /** What reads, or is told where to write. */
  reader(): Target {
    return new Target(this.database, this.settings, this.#hooks);
  }

  /** What writes goes past the pooler, if there is a way. */
  writer(): Target {
    const { directUrl } = this.settings;
    return directUrl === undefined ? this.reader() : this.at(directUrl);
  }

  /** Another database, with the same settings. */
  at(databaseUrl: string): Target {
    return new Target(this.#manage(databaseUrl), this.settings, this.#hooks);
  }

  /** Which schema is compared with what. */
  drift(
    { against, ignore = [], accept = false, reason, ...files }: DriftOptions,
  ): DriftWork & { readonly target: Target } {
    const isAccepting = accept && against === undefined;
    return {
      target: isAccepting ? this.writer() : this.reader(),
      ignore,
      against: against === undefined ? undefined : this.at(against),
      files: files.files === true || files.writeMigration !== undefined
        ? this.#throwawayPlace(files.on)
        : undefined,
      migrationName: files.writeMigration,
      accept: isAccepting ? { reason: this.mask(reason) } : undefined,
    };
  }

  /** What is rehearsed, and where. */
  rehearsal({ on, pending = false }: RehearseOptions): RehearsalWork {
    return {
      scope: pending ? "pending" : "all",
      live: this.reader(),
      ...this.#throwawayPlace(on),
    };
  }

  /** A server for a database that is thrown away; without one the live one. */
  #throwawayPlace(on: string | undefined): FilesPlace {
    const { directUrl, databaseUrl, env } = this.settings;
    const given = on ?? directUrl ?? databaseUrl ?? env["DATABASE_URL"];
    return {
      server: on === undefined ? this.writer() : this.at(on),
      isServerNamed: on !== undefined,
      beside: (where, database) =>
        this.#throwaway(siblingUrl(given, { ...where, database })),
    };
  }

  /** What databases for tests are made from, and where. */
  testing(): TestServerWork {
    const { directUrl, databaseUrl, env } = this.settings;
    const given = directUrl ?? databaseUrl ?? env["DATABASE_URL"];
    return {
      server: this.writer(),
      mask: (error) => this.mask(error),
      settings: this.settings,
      urlOf: (where, database) => siblingUrl(given, { ...where, database }),
      migrate: async (url) => {
        const { operate } = await import("./io/operation.ts");
        const { planMigrate } = await import("./core/plan/plan_migrate.ts");
        const settings = { ...this.settings, backup: "never" } as const;
        const target = new Target(this.#manage(url), settings, this.#hooks);
        const { error } = await operate(target, {
          direction: "migrate",
          isDryRun: false,
          plan: (migrations, history) =>
            planMigrate(migrations, history, {
              integrity: "require",
              order: settings.order,
            }),
        });
        if (error !== undefined) throw error;
      },
    };
  }

  /**
   * A database that is thrown away soon: without backups and snapshots, and
   * only what takes its time is told of it.
   */
  #throwaway(databaseUrl: string): OpenDatabase {
    const { signal, onEvent } = this.#hooks;
    const database = this.#manage(databaseUrl, REUSED);
    const target = new Target(
      database,
      { ...this.settings, backup: "never", snapshot: "never", waitMs: 0 },
      {
        ...(signal !== undefined && { signal }),
        onEvent(event) {
          if (TOLD.includes(event.type)) onEvent?.(event);
        },
      },
    );
    return { target, close: () => database.close() };
  }

  #manage(
    databaseUrl: string,
    connections: DatabaseOptions = { idleTimeoutMs: 0 },
  ): DatabaseManager {
    return new DatabaseManager({
      ...this.database.options,
      databaseUrl,
      ...connections,
    });
  }
}

/** A rehearsal has many short runs. */
const REUSED: DatabaseOptions = { idleTimeoutMs: 30_000, maxConnections: 4 };

const TOLD: readonly RunEvent["type"][] = ["blocked", "unblocked", "working"];
