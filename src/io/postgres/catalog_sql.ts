/**
 * Operators by their full names. What a migration has created, and put before
 * pg_catalog in search_path or made a better match for the types at hand, must
 * not decide what a record says.
 */
export const OPERATOR = {
  equals: "OPERATOR(pg_catalog.=)",
  above: "OPERATOR(pg_catalog.>)",
  minus: "OPERATOR(pg_catalog.-)",
  times: "OPERATOR(pg_catalog.*)",
  like: "OPERATOR(pg_catalog.~~)",
  matches: "OPERATOR(pg_catalog.~)",
} as const;

/** A condition that holds also when one side is NULL, as IS DISTINCT FROM. */
export function differs(one: string, other: string): string {
  return `(${one} ${OPERATOR.equals} ${other}) IS NOT TRUE`;
}

/**
 * A message that reads the catalogs, or tables named with their schema: until
 * the end of its transaction names mean what PostgreSQL itself calls so, and a
 * policy that would hide rows is an error.
 */
export function readingSql(sql: string): string {
  return "SET LOCAL search_path = pg_catalog, pg_temp; " +
    `SET LOCAL row_security = off; ${sql}`;
}

/**
 * Moves pg_catalog to the front, where it is by default, until the end of the
 * transaction. Event triggers find what they found before.
 */
export const CATALOG_FIRST = "SELECT pg_catalog.set_config('search_path', " +
  "pg_catalog.concat('pg_catalog, ', " +
  "pg_catalog.current_setting('search_path')), true) " +
  `WHERE pg_catalog.current_setting('search_path') ${OPERATOR.like} ` +
  "'%pg_catalog%'";
