import {
  findSecretFiles,
  resolveSettings,
  type SettingSources,
} from "../core/config/resolve.ts";
import { showName } from "../core/display.ts";
import { ConfigError } from "../errors.ts";
import type { ManagerSettings } from "../migration_manager.ts";
import type { Host } from "./host.ts";

/** What the manager needs to know, from flags, variables and the host. */
export function readManagerSettings(
  host: Host,
  flags: SettingSources["flags"],
): ManagerSettings {
  const sources = { flags, env: host.env };
  const files = readSecretFiles(host, sources);
  const { values, origins } = resolveSettings({ ...sources, files });
  const { databaseUrl, directUrl } = values;
  const { homeDir, userName } = host;
  return {
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(directUrl === undefined ? {} : { directUrl }),
    ...(homeDir === undefined ? {} : { homeDir }),
    ...(userName === undefined ? {} : { userName }),
    env: host.env,
    cwd: readWorkingDirectory(host),
    migrationsDir: values.migrationsDir,
    table: values.table,
    lockKey: values.lockKey,
    lockTimeoutMs: values.lockTimeout,
    // The default gives way to the connection string's own connect_timeout.
    ...(origins.get("connectTimeout")?.kind === "default"
      ? {}
      : { connectTimeoutMs: values.connectTimeout }),
    waitMs: values.wait,
    ignore: values.ignore,
    order: values.allowOutOfOrder ? "any" : "strict",
    maxStatementBytes: values.maxStatementSize,
  };
}

function readSecretFiles(
  host: Host,
  sources: Pick<SettingSources, "flags" | "env">,
): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { variable, path } of findSecretFiles(sources)) {
    try {
      files[variable] = host.readTextFile(path).trim();
    } catch (cause) {
      throw new ConfigError(
        "config_unreadable",
        `Cannot use "${variable}" as the file "${
          showName(path)
        }" cannot be read`,
        { cause, hint: "check that the file is there and may be read" },
      );
    }
  }
  return files;
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
