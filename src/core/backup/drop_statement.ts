import type { SchemaObject } from "../schema/schema_object.ts";
import { splitLastName } from "../sql/name_parts.ts";

/** Parts of a relation, which go with it. */
export const RELATION_PARTS: ReadonlySet<string> = new Set([
  "constraint",
  "foreign key",
  "index",
  "policy",
  "rule",
  "trigger",
]);

/** The relation that such a part is of. */
export function relationOf({ kind, name }: SchemaObject): string | undefined {
  return RELATION_PARTS.has(kind) ? splitLastName(name).head : undefined;
}

/**
 * The statement that drops an object; undefined where there is none. With the
 * guard it also runs where the object is gone.
 */
export function dropStatement(
  object: SchemaObject,
  guard: "IF EXISTS " | "" = "IF EXISTS ",
): string | undefined {
  const { kind, name, parts } = object;
  const { head, last } = splitLastName(name);
  switch (kind) {
    case "constraint":
    case "foreign key":
      return `ALTER TABLE ${guard}${head} DROP CONSTRAINT ${guard}${last};`;
    case "index":
      return `DROP INDEX ${guard}${splitLastName(head).head}.${last};`;
    case "policy":
    case "rule":
    case "trigger":
      return `DROP ${kind.toUpperCase()} ${guard}${last} ON ${head};`;
    case "function":
      // It comes with its range type.
      return parts.create === undefined
        ? undefined
        : `DROP FUNCTION ${guard}${name};`;
    case "aggregate":
      // As a routine its name needs no ORDER BY.
      return `DROP ROUTINE ${guard}${name};`;
    case "type":
      // A base type and its functions need each other.
      return `DROP TYPE ${guard}${name}${
        parts.early === undefined ? "" : " CASCADE"
      };`;
    case "sequence":
      return parts.create === undefined
        ? undefined
        : `DROP SEQUENCE ${guard}${name};`;
    case "schema":
    case "extension":
    case "default privileges":
    case "security label":
    case "subscription":
      return undefined;
    default:
      return `DROP ${kind.toUpperCase()} ${guard}${name};`;
  }
}
