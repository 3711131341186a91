import { ConfigError } from "../../errors.ts";
import { showName } from "../display.ts";
import { maskSecrets } from "./mask.ts";
import {
  describeExpected,
  parseSettingValue,
  parseSwitch,
} from "./setting_value.ts";
import {
  fileVariable,
  type SettingName,
  type SettingRow,
  SETTINGS,
  type SettingValues,
} from "./settings.ts";

/** Where the values of settings may come from, strongest first. */
export interface SettingSources {
  /** As typed, by the name of the setting. */
  readonly flags: Readonly<Record<string, FlagValue>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the files hold that {@linkcode findSecretFiles} asked for. */
  readonly files: Readonly<Record<string, string>>;
}

/** What was typed for a flag; several texts for one that can be repeated. */
export type FlagValue = string | readonly string[] | undefined;

/** Where a value came from. */
export type Origin =
  | { readonly kind: "flag" | "variable"; readonly name: string }
  | { readonly kind: "default" };

/** Every setting with its value and where that came from. */
export interface ResolvedSettings {
  readonly values: SettingValues;
  readonly origins: ReadonlyMap<SettingName, Origin>;
}

/**
 * The settings that a run works with: flags, then variables, then defaults.
 * Throws `invalid_setting` for a value of the wrong form. An empty variable
 * counts as not set.
 */
export function resolveSettings(sources: SettingSources): ResolvedSettings {
  const values: Record<string, unknown> = {};
  const origins = new Map<SettingName, Origin>();
  for (const row of SETTINGS) {
    const given = findGiven(row, sources);
    values[row.name] = given === undefined
      ? defaultOf(row)
      : requireValue(row, given);
    origins.set(row.name, given?.origin ?? { kind: "default" });
  }
  // The rows that the type is made of are the rows that the loop went over.
  return { values: values as SettingValues, origins };
}

/** The value of one switch, whatever the other settings look like. */
export function resolveSwitch(
  name: "json" | "quiet",
  sources: SettingSources,
): boolean {
  const row = rowOf(name);
  const given = findGiven(row, sources);
  return given === undefined
    ? row.default === "true"
    : parseSwitch(given.text) ?? fail(row, given);
}

/** A file that has to be read before the settings can be resolved. */
export interface SecretFile {
  /** Such as `DATABASE_URL_FILE`. */
  readonly variable: string;
  readonly path: string;
}

/**
 * The files that hold the secrets which nothing stronger gives. Throws
 * `invalid_setting` when a variable and its `_FILE` are both set.
 */
export function findSecretFiles(
  sources: Pick<SettingSources, "flags" | "env">,
): readonly SecretFile[] {
  const secrets = SETTINGS.filter((row) => row.type === "secret");
  return secrets.flatMap((row) => {
    if (sources.flags[row.name] !== undefined) return [];
    const variable = row.variables.find((name) =>
      isSet(sources.env, name) || isSet(sources.env, fileVariable(name))
    );
    if (variable === undefined) return [];
    const path = sources.env[fileVariable(variable)];
    if (path === undefined || path === "") return [];
    if (isSet(sources.env, variable)) throw bothSet(variable);
    return [{ variable: fileVariable(variable), path }];
  });
}

/** The error for a variable that is given with its `_FILE`. */
export function bothSet(variable: string): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot use "${
      fileVariable(variable)
    }" as "${variable}" is set at the same time`,
    { hint: "unset one of the two" },
  );
}

interface Given {
  readonly text: string;
  /** What was typed, where a flag was given several times. */
  readonly items?: readonly string[];
  readonly origin: Origin & { readonly kind: "flag" | "variable" };
}

function findGiven(
  row: SettingRow,
  sources: SettingSources,
): Given | undefined {
  const typed = sources.flags[row.name];
  const origin = { kind: "flag", name: `--${row.flag}` } as const;
  if (typeof typed === "string") return { text: typed, origin };
  if (typed !== undefined) {
    return { text: typed.join(","), items: typed, origin };
  }
  for (const name of row.variables) {
    const text = sources.env[name];
    if (text !== undefined && text !== "") return fromVariable(name, text);
    const secret = sources.files[fileVariable(name)];
    if (secret !== undefined) return fromVariable(fileVariable(name), secret);
  }
  return undefined;
}

function fromVariable(name: string, text: string): Given {
  return { text, origin: { kind: "variable", name } };
}

function requireValue(row: SettingRow, given: Given): unknown {
  if (row.type === "assignments") return given.items ?? [given.text];
  return parseSettingValue(row, given.text) ?? fail(row, given);
}

function defaultOf(row: SettingRow): unknown {
  if (row.type === "list" || row.type === "assignments") return [];
  return row.default === undefined
    ? undefined
    : parseSettingValue(row, row.default);
}

function fail(row: SettingRow, given: Given): never {
  const { name } = given.origin;
  const shown = row.type === "secret" || given.text === ""
    ? `Cannot use "${name}" as it is empty`
    : `Cannot set "${name}" to "${clip(given.text)}" as that is ${
      KIND_OF_VALUE[row.type]
    }`;
  throw new ConfigError("invalid_setting", shown, {
    hint: describeExpected(row),
  });
}

const KIND_OF_VALUE: Readonly<Record<SettingRow["type"], string>> = {
  text: "no text",
  secret: "no text",
  list: "no list",
  assignments: "no name=value",
  prefix: "no start of a name",
  switch: "neither true nor false",
  duration: "no time",
  size: "no size in its range",
  integer: "no whole number in its range",
};

function clip(text: string): string {
  const shown = showName(maskSecrets(text));
  return shown.length <= 60 ? shown : `${shown.slice(0, 57)}...`;
}

function rowOf(name: SettingName): SettingRow {
  for (const row of SETTINGS) if (row.name === name) return row;
  throw new Error(`There is no setting ${name}`);
}

function isSet(env: SettingSources["env"], name: string): boolean {
  return env[name] !== undefined && env[name] !== "";
}
