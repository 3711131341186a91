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

/** The statement that drops an object; undefined where there is none. */
export function dropStatement(object: SchemaObject): string | undefined {
  const { kind, name, parts } = object;
  const { head, last } = splitLastName(name);
  switch (kind) {
    case "constraint":
    case "foreign key":
      return `ALTER TABLE IF EXISTS ${head} DROP CONSTRAINT IF EXISTS ${last};`;
    case "index":
      return `DROP INDEX IF EXISTS ${splitLastName(head).head}.${last};`;
    case "policy":
    case "rule":
    case "trigger":
      return `DROP ${kind.toUpperCase()} IF EXISTS ${last} ON ${head};`;
    case "function":
      // It is part of a range type.
      return CONSTRUCTOR.test(parts.create ?? "")
        ? undefined
        : `DROP ROUTINE IF EXISTS ${name};`;
    case "procedure":
    case "aggregate":
      return `DROP ROUTINE IF EXISTS ${name};`;
    case "type":
      // A base type and its functions need each other.
      return `DROP TYPE IF EXISTS ${name}${
        parts.early === undefined ? "" : " CASCADE"
      };`;
    case "sequence":
      return parts.create === undefined
        ? undefined
        : `DROP SEQUENCE IF EXISTS ${name};`;
    case "schema":
    case "extension":
    case "default privileges":
    case "security label":
    case "subscription":
      return undefined;
    default:
      return `DROP ${kind.toUpperCase()} IF EXISTS ${name};`;
  }
}

const CONSTRUCTOR = /LANGUAGE internal[^]*\$(?:multi)?range_constructor\d\$/;
