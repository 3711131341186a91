import type { QualifiedName } from "../sql/quote.ts";
import { quoteIdentifier } from "../sql/quote.ts";

/** What is ours in a database, and has no place in a dump of it. */
export interface OwnObjects {
  /** The schema of the tracking table, which is made before any migration. */
  readonly schema: string;
  /** The function that tells of the history, without its parentheses. */
  readonly function: QualifiedName;
}

/**
 * A dump of `pg_dump --schema-only` as a migration: without the function of the
 * tracking table, which pg_dump cannot leave out, without commands for psql, and
 * with the schema of that table made only where it is not there.
 */
export function cleanDump(dump: string, own: OwnObjects): string {
  const ownSchema = `CREATE SCHEMA ${own.schema};`;
  const bare = quoteIdentifier(own.schema);
  return sectionsOf(withoutRestrict(dump))
    .filter((section) => !isOwnFunction(section, own.function))
    .map((section) =>
      typeOf(section) !== "SCHEMA" ? section : section
        .replace(ownSchema, () => `CREATE SCHEMA IF NOT EXISTS ${bare};`)
        .replace(
          `CREATE SCHEMA ${bare};`,
          () => `CREATE SCHEMA IF NOT EXISTS ${bare};`,
        )
    )
    .map((section) => section.replace(/\n{3,}$/, "\n\n"))
    .join("");
}

/**
 * What pg_dump puts at the head and at the end for psql. The same line elsewhere
 * is of a string or of a routine.
 */
function withoutRestrict(dump: string): string {
  const [head = ""] = sectionsOf(dump);
  const [line, key] = /^\\restrict (\w+)\n+/m.exec(head) ?? [];
  return line === undefined
    ? dump
    : dump.replace(line, "").replace(`\\unrestrict ${key}\n`, "");
}

/** Each object has a comment of three lines in front, and the first part none. */
function sectionsOf(dump: string): readonly string[] {
  return dump.split(/^(?=--\n-- Name: [^\n]*; Type: [^\n]*\n--\n)/m);
}

const TITLE = /^--\n-- Name: (.*); Type: (.*?); Schema: (.*?); Owner: /;

function typeOf(section: string): string | undefined {
  return TITLE.exec(section)?.[2];
}

/** Its rights and its comment name it as `FUNCTION name()`. */
function isOwnFunction(
  section: string,
  { schema = "public", name }: QualifiedName,
): boolean {
  const [, title, , place] = TITLE.exec(section) ?? [];
  return place === schema &&
    title?.replace(/^FUNCTION /, "") === `${name}()`;
}
