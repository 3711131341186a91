import {
  findSecretFiles,
  resolveSettings,
  type SecretFile,
  type SettingSources,
} from "../core/config/resolve.ts";
import {
  findVariableFiles,
  resolveVariables,
} from "../core/config/resolve_variables.ts";
import { showName } from "../core/display.ts";
import { ConfigError } from "../errors.ts";
import type { ManagerSettings } from "../migration_manager.ts";
import type { Host } from "./host.ts";

/** What the manager needs to know, from flags, variables and the host. */
export function readManagerSettings(
  host: Host,
  flags: SettingSources["flags"],
): ManagerSettings {
  const { env, homeDir, userName } = host;
  const files = mapValues(
    readFiles(host, findSecretFiles({ flags, env })),
    (text) => text.trim(),
  );
  const { values, origins } = resolveSettings({ flags, env, files });
  const variables = resolveVariables({
    values,
    env,
    files: readFiles(host, findVariableFiles({ values, env })),
  });
  const { databaseUrl, directUrl, statementTimeout } = values;
  return {
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(directUrl === undefined ? {} : { directUrl }),
    ...(homeDir === undefined ? {} : { homeDir }),
    ...(userName === undefined ? {} : { userName }),
    env,
    cwd: readWorkingDirectory(host),
    migrationsDir: values.migrationsDir,
    table: values.table,
    lockKey: values.lockKey,
    lockTimeoutMs: values.lockTimeout,
    statementLockTimeoutMs: values.statementLockTimeout,
    lockRetryMs: values.lockRetryFor,
    ...(statementTimeout === undefined
      ? {}
      : { statementTimeoutMs: statementTimeout }),
    // The default gives way to the connection string's own connect_timeout.
    ...(origins.get("connectTimeout")?.kind === "default"
      ? {}
      : { connectTimeoutMs: values.connectTimeout }),
    waitMs: values.wait,
    ignore: values.ignore,
    order: values.allowOutOfOrder ? "any" : "strict",
    maxStatementBytes: values.maxStatementSize,
    ...(variables.size === 0 ? {} : { variables }),
  };
}

function readFiles(
  host: Host,
  files: readonly SecretFile[],
): Record<string, string> {
  return Object.fromEntries(
    files.map((file) => [file.variable, readFile(host, file)]),
  );
}

function readFile(host: Host, { variable, path }: SecretFile): string {
  try {
    return host.readTextFile(path);
  } catch (cause) {
    throw new ConfigError(
      "config_unreadable",
      `Cannot use "${variable}" as the file "${showName(path)}" cannot be read`,
      { cause, hint: "check that the file is there and may be read" },
    );
  }
}

function mapValues(
  texts: Record<string, string>,
  change: (text: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, change(text)]),
  );
}

function readWorkingDirectory(host: Host): string {
  try {
    return host.cwd;
  } catch (cause) {
    throw new ConfigError(
      "missing_directory",
      "Cannot start as the working directory cannot be read",
      { cause, hint: "change to a folder that exists" },
    );
  }
}
