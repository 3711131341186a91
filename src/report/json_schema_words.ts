import { SCHEMA_VERSION } from "./json.ts";

/** A JSON Schema (draft 2020-12), as a value to print. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** Any text. */
export const TEXT: JsonSchema = { type: "string" };
/** A number of things. */
export const COUNT: JsonSchema = { type: "integer", minimum: 0 };
/** A time in milliseconds. */
export const DURATION: JsonSchema = {
  type: "number",
  minimum: 0,
  description: "Milliseconds.",
};
/** Yes or no. */
export const FLAG: JsonSchema = { type: "boolean" };
/** A point in time. */
export const MOMENT: JsonSchema = { type: "string", description: "ISO 8601." };
/** Which way a run goes. */
export const DIRECTION: JsonSchema = { enum: ["migrate", "rollback"] };

/** Parts of a schema by name. */
export type Properties = Readonly<Record<string, JsonSchema>>;

/** An object with these fields and no others. */
export function record(
  required: Properties,
  optional: Properties = {},
): JsonSchema {
  return {
    type: "object",
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

/** A list of these. */
export function list(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

/** A part that is described elsewhere in the document. */
export function refer(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` };
}

/** What every document has, whatever command it answers. */
export function envelope(
  kind: JsonSchema,
  success: JsonSchema = FLAG,
): Properties {
  return {
    schemaVersion: { const: SCHEMA_VERSION },
    kind,
    success,
    warnings: list(refer("finding")),
  };
}

/** Why a command stopped. */
export const ERROR: Properties = { error: refer("error") };
/** The database that a document is about. */
export const TARGET: Properties = {
  target: { type: "string", description: "The database, without a password." },
};
