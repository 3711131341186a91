import process from "node:process";
import { defaultRunSettings } from "./core/config/run_settings_of.ts";
import { maskTexts } from "./core/config/mask_texts.ts";
import type { ManagerOptions } from "./core/manager_options.ts";
import type { RunHooks, RunSettings } from "./core/run_settings.ts";
import { secretValues } from "./core/sql/variables.ts";
import { DatabaseManager } from "./database_manager.ts";
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
    const database = new DatabaseManager({
      ...this.database.options,
      databaseUrl,
      idleTimeoutMs: 0,
    });
    return new Target(database, this.settings, this.#hooks);
  }
}
