import type { SchemaObject } from "../schema/schema_object.ts";
import { splitLastName } from "../sql/name_parts.ts";
import { splitStatements } from "./split_statements.ts";

/**
 * Takes from a new object what default privileges give it and it should not
 * have, and gives it what they take away.
 */
export function undoDefaults(
  object: SchemaObject,
  others: Iterable<SchemaObject>,
  role: string,
): readonly string[] {
  const words = WORDS[object.kind];
  if (words === undefined) return [];
  const own = new Set(splitStatements(object.parts.privileges ?? ""));
  const undone: string[] = [];
  for (const { kind, parts } of others) {
    if (kind !== "default privileges") continue;
    for (const statement of splitStatements(parts.privileges ?? "")) {
      const found = DEFAULT.exec(statement);
      const [, owner, schema, verb, what, objects, grantee] = found ?? [];
      const isOf = owner === role && objects === words.objects &&
        (schema === undefined || schema === schemaOf(object));
      if (!isOf) continue;
      const target = `${words.word} ${object.name}`;
      if (verb === "REVOKE") {
        undone.push(`GRANT ${what} ON ${target} TO ${grantee};`);
      } else if (!own.has(`GRANT ${what} ON ${target} TO ${grantee};`)) {
        undone.push(`REVOKE ${what} ON ${target} FROM ${grantee};`);
      }
    }
  }
  return undone;
}

const NAME = String.raw`("(?:[^"]|"")*"|\S+)`;
const DEFAULT = new RegExp(
  `^ALTER DEFAULT PRIVILEGES FOR ROLE ${NAME}(?: IN SCHEMA ${NAME})? ` +
    `(GRANT|REVOKE) (.+) ON ([A-Z ]+) (?:TO|FROM) ${NAME}(?: .*)?;$`,
  "su",
);

interface Words {
  readonly word: string;
  /** What ALTER DEFAULT PRIVILEGES calls them. */
  readonly objects: string;
}

const TABLES: Words = { word: "TABLE", objects: "TABLES" };
const WORDS: Readonly<Record<string, Words>> = {
  table: TABLES,
  "foreign table": TABLES,
  view: TABLES,
  "materialized view": TABLES,
  sequence: { word: "SEQUENCE", objects: "SEQUENCES" },
  function: { word: "FUNCTION", objects: "FUNCTIONS" },
  procedure: { word: "PROCEDURE", objects: "FUNCTIONS" },
  aggregate: { word: "FUNCTION", objects: "FUNCTIONS" },
  type: { word: "TYPE", objects: "TYPES" },
  schema: { word: "SCHEMA", objects: "SCHEMAS" },
};

/** Of the name in front of the parameters, if it has any. */
function schemaOf({ kind, name }: SchemaObject): string | undefined {
  return kind === "schema"
    ? undefined
    : splitLastName(name.replace(/\([^]*$/u, "")).head;
}
