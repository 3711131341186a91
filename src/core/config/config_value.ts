import { isAbsolute, join } from "node:path";
import { ConfigError, type SourceLocation } from "../../errors.ts";
import { showName } from "../display.ts";
import { isVariableName } from "../sql/variables.ts";
import type { ConfigEntry, ConfigVariable } from "./config_file.ts";
import { notATable } from "./config_errors.ts";
import {
  clipValue,
  describeWrong,
  parseSettingValue,
} from "./setting_value.ts";
import type { SettingRow } from "./settings.ts";

/** A table as the TOML parser gives it, with whole numbers as `bigint`. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** Whether a TOML value is a table; a date is none. */
export function isTable(value: unknown): value is TomlTable {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Which key a value belongs to. */
export interface EntryPlace {
  readonly row: SettingRow;
  readonly key: string;
  readonly form: "value" | "file";
  readonly location: SourceLocation;
  /** The folder that paths count from. */
  readonly dir: string;
}

/** The value of a setting. Throws `invalid_setting` for one it cannot have. */
export function readEntry(value: unknown, place: EntryPlace): ConfigEntry {
  const { row, key, form, location } = place;
  if (row.type === "list") {
    const items = readItems(value) ?? fail(value, place);
    return { key, form, location, text: items.join(","), items };
  }
  const text = textOf(value, row, form);
  if (text === undefined || parseSettingValue(row, text) === undefined) {
    return fail(value, place);
  }
  const isPath = form === "file" || row.type === "path";
  return {
    key,
    form,
    location,
    text: isPath && !isAbsolute(text) ? join(place.dir, text) : text,
  };
}

/** Whether an environment is protected; not so without the key. */
export function readProtected(
  found:
    | { readonly value: unknown; readonly location: SourceLocation }
    | undefined,
): boolean {
  if (found === undefined) return false;
  const { value, location } = found;
  if (typeof value === "boolean") return value;
  throw new ConfigError(
    "invalid_setting",
    `Cannot set "protected" to ${
      showValue(value)
    } as that is neither true nor false`,
    { hint: "give it true or false, without quotes", location },
  );
}

/** Where a table of variables stands, and each of them. */
export interface VariablesPlace {
  readonly key: "vars" | "secret_vars";
  readonly location: SourceLocation;
  locate(name: string): SourceLocation;
}

/** The variables of a table. Throws `invalid_setting` for what can be none. */
export function readVariables(
  value: unknown,
  place: VariablesPlace,
): readonly ConfigVariable[] {
  if (!isTable(value)) throw notATable(place.key, place.location);
  return Object.entries(value).map(([name, item]) => {
    const location = place.locate(name);
    if (!isVariableName(name)) throw wrongVariableName(name, location);
    const text = place.key === "vars" ? plainText(item) : variableName(item);
    if (text === undefined) throw wrongVariable(name, { ...place, location });
    return { name, value: text, location };
  });
}

function readItems(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: readonly unknown[] = value;
  const texts = items.filter((item) =>
    typeof item === "string" && item.trim() !== ""
  );
  return texts.length === items.length ? texts.map(String) : undefined;
}

function textOf(
  value: unknown,
  row: SettingRow,
  form: "value" | "file",
): string | undefined {
  if (form === "file") return textOrNone(value);
  switch (row.type) {
    case "switch":
      return typeof value === "boolean" ? String(value) : undefined;
    case "integer":
      return typeof value === "bigint" ? String(value) : undefined;
    case "duration":
      return value === 0n ? "0" : textOrNone(value);
    default:
      return textOrNone(value);
  }
}

function textOrNone(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function fail(value: unknown, { row, key, form, location }: EntryPlace): never {
  const isSecret = row.type === "secret" && form === "value";
  const shown = isSecret || value === ""
    ? `Cannot use "${key}" as it is ${value === "" ? "empty" : "no text"}`
    : `Cannot set "${key}" to ${showValue(value)} as that is ${
      form === "file" ? "no path" : describeWrong(row)
    }`;
  throw new ConfigError("invalid_setting", shown, {
    hint: form === "file" ? HINTS.path : hintFor(row),
    location,
  });
}

function hintFor(row: SettingRow): string {
  const range = row.range ?? { min: 0, max: 0 };
  switch (row.type) {
    case "integer":
      return `give it a whole number from ${range.min} to ${range.max}`;
    case "size":
      return `give it a number with a unit in quotes, such as "64MB", at most "${
        range.max / 1024 ** 2
      }MB"`;
    case "choice":
      return `give it one of ${
        row.choices?.map((word) => `"${word}"`).join(", ")
      }`;
    default:
      return HINTS[row.type];
  }
}

const HINTS = {
  text: "give it a text in quotes",
  secret: "give it a text in quotes",
  path: "give it a path in quotes",
  list: 'give it a list of texts, such as ["seed_*.sql"]',
  assignments: "give it a table",
  prefix: 'give it the start of a name in quotes, such as "APP_"',
  switch: "give it true or false, without quotes",
  duration:
    'give it a number with a unit in quotes, such as "500ms", "30s", "5m" or "1h" (at most "596h"), or 0',
} as const;

function showValue(value: unknown): string {
  if (typeof value === "string") return `"${clipValue(value)}"`;
  if (["bigint", "number", "boolean"].includes(typeof value)) {
    return String(value);
  }
  if (Array.isArray(value)) return "a list";
  return isTable(value) ? "a table" : "a date";
}

function plainText(value: unknown): string | undefined {
  if (typeof value === "string") {
    return value.includes("\0") ? undefined : value;
  }
  return typeof value === "bigint" || typeof value === "boolean"
    ? String(value)
    : undefined;
}

function variableName(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)
    ? value
    : undefined;
}

function wrongVariableName(
  name: string,
  location: SourceLocation,
): ConfigError {
  return new ConfigError(
    "invalid_setting",
    `Cannot use the variable "${showName(name)}" as that is no name of one`,
    { hint: "a name has letters, digits and underscores", location },
  );
}

/** What stands there may be the secret itself, so it is not shown. */
function wrongVariable(
  name: string,
  { key, location }: Pick<VariablesPlace, "key" | "location">,
): ConfigError {
  return key === "vars"
    ? new ConfigError(
      "invalid_setting",
      `Cannot use the variable "${name}" as its value is no text`,
      { hint: "write the value in quotes", location },
    )
    : new ConfigError(
      "invalid_setting",
      `Cannot use the secret "${name}" as its value is no name of a variable`,
      {
        hint: "name the variable of the environment that holds the secret, " +
          `such as ${name} = "APP_SECRET"`,
        location,
      },
    );
}
