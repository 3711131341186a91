import {
  type ConfigKey,
  configKeys,
  ENVIRONMENTS_KEY,
  PROTECTED_KEY,
} from "./config_keys.ts";
import { DURATION_PATTERN, SIZE_PATTERN } from "./setting_value.ts";
import type { SettingRow } from "./settings.ts";

/** A JSON Schema (draft 2020-12), as a value to print. */
export interface ConfigSchema {
  readonly [keyword: string]: unknown;
}

/** The schema of `lockstep.toml`, for editors. */
export function configSchema(): ConfigSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "lockstep.toml",
    ...tableOf(configKeys(), {
      [ENVIRONMENTS_KEY]: {
        description: "The environments, each a section of its own.",
        type: "object",
        propertyNames: { pattern: "^[A-Za-z0-9_-]+$" },
        additionalProperties: { $ref: "#/$defs/environment" },
      },
    }),
    $defs: { environment: tableOf([...configKeys(), PROTECTED_KEY], {}) },
  };
}

function tableOf(
  keys: readonly ConfigKey[],
  others: Readonly<Record<string, ConfigSchema>>,
): ConfigSchema {
  const properties = keys.map((key) => [
    key.key,
    { description: key.doc, ...valueOf(key) },
  ]);
  return {
    type: "object",
    properties: { ...Object.fromEntries(properties), ...others },
    additionalProperties: false,
    allOf: keys.filter(({ form }) => form === "file").map(({ key }) => ({
      not: { required: [key, key.replace(/_file$/, "")] },
    })),
  };
}

const TEXT: ConfigSchema = { type: "string", minLength: 1 };

function valueOf({ key, form, row }: ConfigKey): ConfigSchema {
  if (form === "protected") return { type: "boolean" };
  if (form === "file" || row === undefined) return TEXT;
  if (form === "table") return key === "vars" ? VARIABLES : SECRETS;
  return valueOfRow(row);
}

function valueOfRow(row: SettingRow): ConfigSchema {
  const usual = row.type === "switch" || row.type === "integer"
    ? defaultOf(row)
    : row.default;
  const shown = usual === undefined ? {} : { default: usual };
  switch (row.type) {
    case "duration":
      return {
        anyOf: [{ type: "string", pattern: DURATION_PATTERN }, { const: 0 }],
        ...shown,
      };
    case "size":
      return { type: "string", pattern: SIZE_PATTERN, ...shown };
    case "integer":
      return {
        type: "integer",
        minimum: row.range?.min,
        maximum: row.range?.max,
        ...shown,
      };
    case "switch":
      return { type: "boolean", ...shown };
    case "list":
      return { type: "array", items: { type: "string", pattern: "\\S" } };
    case "prefix":
      return { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_]*$" };
    case "choice":
      return { enum: row.choices, ...shown };
    case "text":
    case "path":
    case "secret":
    case "assignments":
      return { ...TEXT, ...shown };
    default:
      return row.type satisfies never;
  }
}

function defaultOf(row: SettingRow): unknown {
  return row.default === undefined ? undefined : JSON.parse(row.default);
}

const NAMES: ConfigSchema = {
  pattern: "^[A-Za-z0-9_\\u0080-\\u{10ffff}]+$",
  maxLength: 200,
};

const VARIABLES: ConfigSchema = {
  type: "object",
  propertyNames: NAMES,
  additionalProperties: {
    anyOf: [
      { type: "string", pattern: "^[^\\u0000]*$" },
      { type: "integer" },
      { type: "boolean" },
    ],
  },
};

const SECRETS: ConfigSchema = {
  type: "object",
  propertyNames: NAMES,
  additionalProperties: {
    type: "string",
    pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
    description: "The variable of the environment that holds the value.",
  },
};
