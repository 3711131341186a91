import {
  findSecretFiles,
  type ResolvedSettings,
  resolveSettings,
  type SecretFile,
} from "../core/config/resolve.ts";
import {
  findVariableFiles,
  resolveVariables,
  type TracedVariable,
} from "../core/config/resolve_variables.ts";
import { runSettingsOf } from "../core/config/run_settings_of.ts";
import type { Variables } from "../core/sql/variables.ts";
import { ConfigError } from "../errors.ts";
import type { ManagerSettings } from "../migration_manager.ts";
import type { Configuration } from "./configuration.ts";
import type { Host } from "./host.ts";

/** The settings of one command line, and the variables of SQL files. */
export interface Settings extends ResolvedSettings {
  readonly variables: ReadonlyMap<string, TracedVariable>;
}

/**
 * All settings, with the files that hold secrets read. A command that needs no
 * variables can do without their secrets.
 */
export function readSettings(
  host: Host,
  { sources }: Pick<Configuration, "sources">,
  secrets?: "optional",
): Settings {
  const files = mapValues(
    readFiles(host, findSecretFiles(sources)),
    (text) => text.trim(),
  );
  const resolved = resolveSettings({ ...sources, files });
  const declarations = {
    ...sources,
    ...resolved,
    ...(secrets === undefined ? {} : { secrets }),
  };
  const variables = resolveVariables({
    ...declarations,
    files: readFiles(host, findVariableFiles(declarations)),
  });
  return { ...resolved, variables };
}

/** What the manager needs to know, from the settings and the host. */
export function managerSettings(
  host: Host,
  { cwd, environment }: Pick<Configuration, "cwd" | "environment">,
  { values, origins, variables }: Settings,
): ManagerSettings {
  const { env, homeDir, userName } = host;
  return {
    ...(environment?.isProtected === true && { failOn: "error" }),
    ...runSettingsOf(values),
    ...(homeDir === undefined ? {} : { homeDir }),
    ...(userName === undefined ? {} : { userName }),
    env,
    cwd,
    ...dryRunLimit(values, origins),
    // The default gives way to the connection string's own connect_timeout.
    ...(origins.get("connectTimeout")?.kind === "default"
      ? {}
      : { connectTimeoutMs: values.connectTimeout }),
    ...(variables.size === 0 ? {} : { variables: valuesOf(variables) }),
  };
}

/** What a person has set for all statements counts there, too. */
function dryRunLimit(
  { dryRunLockTimeout, statementLockTimeout }: Settings["values"],
  origins: Settings["origins"],
): Pick<ManagerSettings, "dryRunLockTimeoutMs"> {
  const isSet = origins.get("statementLockTimeout")?.kind !== "default";
  return dryRunLockTimeout === undefined && isSet
    ? { dryRunLockTimeoutMs: statementLockTimeout }
    : {};
}

function valuesOf(variables: Settings["variables"]): Variables {
  return new Map(
    [...variables].map(([name, { value, isSecret }]) => [
      name,
      { value, isSecret },
    ]),
  );
}

function readFiles(
  host: Host,
  files: readonly SecretFile[],
): Record<string, string> {
  return Object.fromEntries(
    files.map((file) => [file.variable, readFile(host, file)]),
  );
}

/** What should be a path may be the secret itself, so it is not shown. */
function readFile(host: Host, file: SecretFile): string {
  const { variable, path, location } = file;
  try {
    return host.readTextFile(path);
  } catch {
    throw new ConfigError(
      "config_unreadable",
      `Cannot use "${variable}" as the file that it names cannot be read`,
      {
        hint: "check that the file is there and may be read",
        ...(location === undefined ? {} : { location }),
      },
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
