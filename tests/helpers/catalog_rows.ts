import type { Queryable } from "./catalog_snapshot.ts";

/**
 * A digest of all rows of each catalog of the database, by its name. Left out
 * are what all databases of a server share, statistics, and what the server
 * itself counts on its way and no ROLLBACK undoes.
 */
export async function catalogRows(
  db: Queryable,
): Promise<ReadonlyMap<string, string>> {
  const catalogs = await db.query(
    `SELECT relname::text AS name FROM pg_class
     WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'
       AND NOT relisshared AND relname NOT LIKE 'pg_statistic%' ORDER BY 1`,
  );
  const rows = new Map<string, string>();
  for (const { name } of catalogs) {
    const [row] = await db.query(
      `SELECT count(*) || ' ' || md5(string_agg(line, E'\\n' ORDER BY line))
         AS digest
       FROM (SELECT (to_jsonb(t) - '{${COUNTED}}'::text[])::text AS line
             FROM pg_catalog.${name} AS t) AS lines`,
    );
    rows.set(String(name), String(row?.["digest"]));
  }
  return rows;
}

/** Autovacuum and CREATE INDEX write these in place. */
const COUNTED = [
  "relpages",
  "reltuples",
  "relallvisible",
  "relallfrozen",
  "relhasindex",
  "relfrozenxid",
  "relminmxid",
].join(",");
