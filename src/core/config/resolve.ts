import { join } from "node:path";
import { ConfigError, type SourceLocation } from "../../errors.ts";
import type { ConfigEntry, ConfigSection } from "./config_file.ts";
import {
  clipValue,
  describeExpected,
  describeWrong,
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
  /** The parts of the configuration file that count, strongest first. */
  readonly sections?: readonly ConfigSection[];
  /** The folder that default paths count from; absent for the working one. */
  readonly projectDir?: string;
}

/** What was typed for a flag; several texts for one that can be repeated. */
export type FlagValue = string | readonly string[] | undefined;

/** Where a value came from. */
export type Origin =
  | { readonly kind: "flag" | "variable"; readonly name: string }
  | {
    readonly kind: "file";
    /** The key, such as `lock_timeout`. */
    readonly name: string;
    readonly environment?: string;
    readonly location: SourceLocation;
  }
  | { readonly kind: "default" };

/** Every setting with its value and where that came from. */
export interface ResolvedSettings {
  readonly values: SettingValues;
  readonly origins: ReadonlyMap<SettingName, Origin>;
}

/**
 * The settings that a run works with: flags, then variables, then the
 * environment's section of the file, then the rest of it, then defaults.
 * Throws `invalid_setting` for a value of the wrong form. An empty variable
 * counts as not set.
 */
export function resolveSettings(sources: SettingSources): ResolvedSettings {
  const values: Record<string, unknown> = {};
  const origins = new Map<SettingName, Origin>();
  for (const row of SETTINGS) {
    const given = findGiven(row, sources);
    values[row.name] = given === undefined
      ? defaultOf(row, sources.projectDir)
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

/** The text of one setting, whatever the other settings look like. */
export function resolveText(
  name: "config" | "environment" | "output",
  sources: SettingSources,
): string | undefined {
  const row = rowOf(name);
  const given = findGiven(row, sources);
  return given === undefined
    ? undefined
    : parseSettingValue(row, given.text)?.toString() ?? fail(row, given);
}

/** A file that has to be read before the settings can be resolved. */
export interface SecretFile {
  /** Such as `DATABASE_URL_FILE`, or the key `database_url_file`. */
  readonly variable: string;
  readonly path: string;
  /** Where the configuration file names it. */
  readonly location?: SourceLocation;
}

/**
 * The files that hold the secrets which nothing stronger gives. Throws
 * `invalid_setting` when a variable and its `_FILE` are both set.
 */
export function findSecretFiles(
  sources: Pick<SettingSources, "flags" | "env" | "sections">,
): readonly SecretFile[] {
  const secrets = SETTINGS.filter((row) => row.type === "secret");
  return secrets.flatMap((row): readonly SecretFile[] => {
    if (sources.flags[row.name] !== undefined) return [];
    const variable = row.variables.find((name) =>
      isSet(sources.env, name) || isSet(sources.env, fileVariable(name))
    );
    if (variable === undefined) return namedInConfig(row, sources.sections);
    const path = sources.env[fileVariable(variable)];
    if (path === undefined || path === "") return [];
    if (isSet(sources.env, variable)) throw bothSet(variable);
    return [{ variable: fileVariable(variable), path }];
  });
}

function namedInConfig(
  row: SettingRow,
  sections: SettingSources["sections"],
): readonly SecretFile[] {
  const entry = findEntry(row, sections)?.entry;
  if (entry?.form !== "file") return [];
  const { key, text, location } = entry;
  return [{ variable: key, path: text, location }];
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
  /** The items of a list, and what was typed for a flag of several. */
  readonly items?: readonly string[];
  readonly origin: Exclude<Origin, { readonly kind: "default" }>;
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
  return fromConfig(row, sources);
}

function fromConfig(
  row: SettingRow,
  { sections, files }: SettingSources,
): Given | undefined {
  const found = findEntry(row, sections);
  if (found === undefined) return undefined;
  const { section: { environment }, entry: { key, items, location } } = found;
  const text = found.entry.form === "file" ? files[key] : found.entry.text;
  return {
    text: text ?? "",
    ...(items === undefined ? {} : { items }),
    origin: {
      kind: "file",
      name: key,
      ...(environment === undefined ? {} : { environment }),
      location,
    },
  };
}

function findEntry(
  row: SettingRow,
  sections: SettingSources["sections"] = [],
): { section: ConfigSection; entry: ConfigEntry } | undefined {
  for (const section of sections) {
    const entry = section.entries.get(row.name);
    if (entry !== undefined) return { section, entry };
  }
  return undefined;
}

function fromVariable(name: string, text: string): Given {
  return { text, origin: { kind: "variable", name } };
}

function requireValue(row: SettingRow, given: Given): unknown {
  if (row.type === "assignments") return given.items ?? [given.text];
  if (given.origin.kind === "file" && given.items) return given.items;
  return parseSettingValue(row, given.text) ?? fail(row, given);
}

function defaultOf(row: SettingRow, projectDir: string = ""): unknown {
  if (row.type === "list" || row.type === "assignments") return [];
  if (row.default === undefined) return undefined;
  return row.type === "path"
    ? join(projectDir, row.default)
    : parseSettingValue(row, row.default);
}

function fail(row: SettingRow, given: Given): never {
  const { name } = given.origin;
  const shown = row.type === "secret" || given.text === ""
    ? `Cannot use "${name}" as it is empty`
    : `Cannot set "${name}" to "${clipValue(given.text)}" as that is ${
      describeWrong(row)
    }`;
  throw new ConfigError("invalid_setting", shown, {
    hint: describeExpected(row),
    ...(given.origin.kind === "file" && { location: given.origin.location }),
  });
}

function rowOf(name: SettingName): SettingRow {
  for (const row of SETTINGS) if (row.name === name) return row;
  throw new Error(`There is no setting ${name}`);
}

function isSet(env: SettingSources["env"], name: string): boolean {
  return env[name] !== undefined && env[name] !== "";
}
