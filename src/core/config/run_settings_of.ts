import type { RunSettings } from "../run_settings.ts";
import { resolveSettings } from "./resolve.ts";
import type { SettingValues } from "./settings.ts";

/** The part of a run's settings that rows of settings alone decide. */
export type SettingsPart = Omit<
  RunSettings,
  "env" | "cwd" | "homeDir" | "userName" | "connectTimeoutMs" | "variables"
>;

/** What a run works with, from the values of all settings. */
export function runSettingsOf(values: SettingValues): SettingsPart {
  const { databaseUrl, directUrl, statementTimeout, pgDump, failOn } = values;
  const { dryRunLockTimeout } = values;
  return {
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(directUrl === undefined ? {} : { directUrl }),
    migrationsDir: values.migrationsDir,
    table: values.table,
    lockKey: values.lockKey,
    lockTimeoutMs: values.lockTimeout,
    statementLockTimeoutMs: values.statementLockTimeout,
    ...(dryRunLockTimeout === undefined
      ? {}
      : { dryRunLockTimeoutMs: dryRunLockTimeout }),
    lockRetryMs: values.lockRetryFor,
    ...(statementTimeout === undefined
      ? {}
      : { statementTimeoutMs: statementTimeout }),
    waitMs: values.wait,
    ignore: values.ignore,
    order: values.allowOutOfOrder ? "any" : "strict",
    maxStatementBytes: values.maxStatementSize,
    backup: values.backup,
    backupMethod: values.backupMethod,
    backupDir: values.backupDir,
    snapshot: values.snapshot,
    ...(failOn === undefined ? {} : { failOn }),
    ...(pgDump === undefined ? {} : { pgDump }),
  };
}

/** What a run works with when nothing is set. */
export function defaultRunSettings(): SettingsPart {
  return runSettingsOf(
    resolveSettings({ flags: {}, env: {}, files: {} }).values,
  );
}
