import type { KeptObjects } from "../../core/backup/archive.ts";
import { parseQualifiedName, quoteLiteral } from "../../core/sql/quote.ts";
import type { Connection } from "../postgres/connection.ts";
import { rowsOf } from "../postgres/history_store.ts";

/** The schema and the name of a tracking table, without quotes. */
export function trackingTableName(
  table: string,
): { readonly schema: string; readonly name: string } {
  const { schema = "public", name } = parseQualifiedName(table) ??
    { name: table };
  return { schema, name };
}

/** What is in the database that a restore must leave there. */
export async function readKeptObjects(
  connection: Connection,
  table: string,
): Promise<KeptObjects> {
  const { schema, name } = trackingTableName(table);
  const log = { schema, name: `${name}_log` };
  const answers = await connection.run(
    "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n " +
      "ON n.oid = c.relnamespace " +
      `WHERE n.nspname = ${quoteLiteral(log.schema)} ` +
      `AND c.relname = ${quoteLiteral(log.name)}) AS has_log, ` +
      "(SELECT json_agg(nspname) FROM pg_namespace) AS schemas, " +
      "(SELECT json_agg(extname) FROM pg_extension) AS extensions, " +
      "(SELECT json_agg(json_build_object('schema', n.nspname, " +
      "'name', c.relname)) FROM pg_extension e " +
      "JOIN pg_class c ON c.oid = ANY (e.extconfig) " +
      "JOIN pg_namespace n ON n.oid = c.relnamespace) AS extension_tables",
  );
  const [row = {}] = rowsOf(answers);
  return {
    ...(row.has_log === "t" && { log }),
    schemas: JSON.parse(row.schemas ?? "[]"),
    extensions: JSON.parse(row.extensions ?? "[]"),
    extensionTables: JSON.parse(row.extension_tables ?? "[]"),
  };
}
