import type { ManagerOptions } from "./core/manager_options.ts";
import { DatabaseManager } from "./database_manager.ts";
import { MigrationManager } from "./migration_manager.ts";

/**
 * The manager of `DatabaseManager.getInstance()` that the whole process
 * shares, made by the first call with its options.
 */
export function getMigrationManager(
  options?: ManagerOptions,
): MigrationManager {
  const database = DatabaseManager.getInstance();
  if (shared === undefined || !shared.isOf(database)) {
    shared = new MigrationManager(database, options);
  }
  return shared;
}

let shared: MigrationManager | undefined;
