import snapshotSql from "./catalog_snapshot.sql" with { type: "text" };

/** Answers the rows of a query. */
export interface Queryable {
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
}

/**
 * All schema objects of a database as sorted text, one paragraph per object,
 * without the catalogs of the server and the members of extensions. Two equal
 * snapshots of one database mean that its schema is the same.
 */
export async function catalogSnapshot(db: Queryable): Promise<string> {
  const [row] = await db.query(snapshotSql);
  return String(row?.["snapshot"]);
}
