import { showConnection } from "../connection/show_connection.ts";
import type { ConfigReport } from "../report.ts";
import type { ConfigFile, ConfigSection } from "./config_file.ts";
import { keyOfSetting } from "./config_keys.ts";
import { maskSecrets } from "./mask.ts";
import type { Origin, ResolvedSettings } from "./resolve.ts";
import type { TracedVariable } from "./resolve_variables.ts";
import { formatSettingValue } from "./setting_value.ts";
import { type SettingRow, SETTINGS } from "./settings.ts";

/** A setting with its value, and where that comes from. */
export interface ShownSetting {
  /** As the configuration file calls it. */
  readonly name: string;
  /** As it would be written, without passwords; absent when not set. */
  readonly value?: string | number | boolean | readonly string[];
  readonly origin: Origin;
}

/** A variable of the SQL files, and where it comes from. */
export interface ShownVariable {
  readonly name: string;
  /** `***` for a secret. */
  readonly value: string;
  readonly isSecret: boolean;
  readonly origin: Origin;
}

/** What the settings come to, for a reader. */
export function describeConfig(
  settings: ResolvedSettings & {
    readonly variables: ReadonlyMap<string, TracedVariable>;
  },
  { file, environment }: {
    readonly file: ConfigFile | undefined;
    readonly environment: ConfigSection | undefined;
  },
): ConfigReport {
  const name = environment?.environment;
  return {
    kind: "config",
    success: true,
    ...(file === undefined ? {} : { file: file.path }),
    ...(name === undefined ? {} : { environment: name }),
    isProtected: environment?.isProtected ?? false,
    environments: [...file?.environments.keys() ?? []],
    settings: SETTINGS.filter(isShown).map((row) => showSetting(row, settings)),
    variables: [...settings.variables].map(showVariable),
    warnings: [],
  };
}

/** These have a place of their own in the answer. */
const ELSEWHERE = ["config", "environment", "vars", "secretVars"];

type Row = (typeof SETTINGS)[number];

function isShown({ name }: Row): boolean {
  return !ELSEWHERE.includes(name);
}

function showSetting(
  row: Row,
  { values, origins }: ResolvedSettings,
): ShownSetting {
  const value = values[row.name];
  return {
    name: keyOfSetting(row),
    ...(value === undefined ? {} : { value: showValue(row, value) }),
    origin: origins.get(row.name) ?? { kind: "default" },
  };
}

function showValue(
  row: SettingRow,
  value: string | number | boolean | readonly string[],
): string | number | boolean | readonly string[] {
  if (row.type === "secret") return showConnection(String(value));
  if (typeof value === "string") return maskSecrets(value);
  return typeof value === "number" ? formatSettingValue(row, value) : value;
}

function showVariable(
  [name, variable]: readonly [string, TracedVariable],
): ShownVariable {
  const { value, isSecret, origin } = variable;
  return {
    name,
    value: isSecret ? "***" : maskSecrets(value),
    isSecret,
    origin,
  };
}
