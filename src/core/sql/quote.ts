import { tokenize } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** The name of an object, in a schema or wherever `search_path` finds it. */
export interface QualifiedName {
  readonly schema?: string;
  readonly name: string;
}

/** The name as SQL, always in quotes. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The name with its schema, if it has one, as SQL. */
export function quoteQualifiedName({ schema, name }: QualifiedName): string {
  return schema === undefined
    ? quoteIdentifier(name)
    : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** The text as a string of SQL, whatever `standard_conforming_strings` is. */
export function quoteLiteral(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return text.includes("\\")
    ? `E'${doubled.replaceAll("\\", "\\\\")}'`
    : `'${doubled}'`;
}

/**
 * Reads `name` or `schema.name`, either part in double quotes or folded to
 * lower case; undefined for anything else.
 */
export function parseQualifiedName(text: string): QualifiedName | undefined {
  const [first, dot, second, ...more] = [...tokenize(text)];
  const firstName = nameOf(first);
  if (firstName === undefined) return undefined;
  if (dot === undefined) return { name: firstName };
  const name = nameOf(second);
  if (dot.text !== "." || name === undefined || more.length > 0) {
    return undefined;
  }
  return { schema: firstName, name };
}

/** Names with Unicode escapes are not read here. */
function nameOf(token: Token | undefined): string | undefined {
  const name = token?.name;
  return name === "" || /^u&"/i.test(name ?? "") ? undefined : name;
}
