import type { SchemaObject } from "../schema/schema_object.ts";
import { splitStatements } from "./split_statements.ts";

/** Takes back what was granted and no longer is, and the other way round. */
export function revokeOld(
  old: string | undefined,
  fresh: string | undefined,
): readonly string[] {
  const kept = new Set(splitStatements(fresh ?? ""));
  return splitStatements(old ?? "").filter((one) => !kept.has(one))
    .map(invertGrant);
}

/** Grants what was not granted before. */
export function grantNew(
  old: string | undefined,
  fresh: string | undefined,
): readonly string[] {
  const known = new Set(splitStatements(old ?? ""));
  return splitStatements(fresh ?? "").filter((one) => !known.has(one));
}

/** Comments that are no longer there. */
export function removeComments(
  old: string | undefined,
  fresh: string | undefined,
): readonly string[] {
  const kept = new Set(splitStatements(fresh ?? "").map(commentedOf));
  return splitStatements(old ?? "").map(commentedOf)
    .filter((commented) => !kept.has(commented))
    .map((commented) => `${commented} IS NULL;`);
}

/**
 * What makes owner, comments and privileges of an object as they should be,
 * when some of its columns were made anew.
 */
export function alterRest(
  old: SchemaObject,
  fresh: SchemaObject,
  anew: readonly string[] = [],
): readonly string[] {
  const { owner } = fresh.parts;
  const { comment, privileges } = old.parts;
  return [
    ...(owner === undefined || owner === old.parts.owner ? [] : [owner]),
    ...grantNew(without(comment, anew), fresh.parts.comment),
    ...grantNew(without(privileges, anew), fresh.parts.privileges),
  ];
}

/** The statements that name none of these. */
function without(
  statements: string | undefined,
  names: readonly string[],
): string {
  return splitStatements(statements ?? "")
    .filter((one) => !names.some((name) => one.includes(name))).join("\n");
}

/** GRANT … TO becomes REVOKE … FROM; REVOKE … FROM becomes GRANT … TO. */
function invertGrant(statement: string): string {
  const [, prefix = "", verb = "", what = "", grantee = ""] =
    GRANT.exec(statement) ?? [];
  return verb === "GRANT"
    ? `${prefix}REVOKE ${what} FROM ${grantee};`
    : `${prefix}GRANT ${what} TO ${grantee};`;
}

const GRANT =
  /^(ALTER DEFAULT PRIVILEGES .*? )?(GRANT|REVOKE) (.*) (?:TO|FROM) ("(?:[^"]|"")*"|\S+?)(?: WITH GRANT OPTION)?;$/su;

/** `COMMENT ON … ` of `COMMENT ON … IS '…';`. */
function commentedOf(statement: string): string {
  return statement.replace(/ IS (?:E?'(?:[^'\\]|''|\\.)*')\s*;$/su, "");
}
