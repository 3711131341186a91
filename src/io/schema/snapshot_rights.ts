import { quoteIdentifier, quoteLiteral } from "../../core/sql/quote.ts";
import { HistoryError } from "../../errors.ts";
import { readingSql } from "../postgres/catalog_sql.ts";
import type { Connection } from "../postgres/connection.ts";
import { historyError, readMissingGrants } from "../postgres/history_rights.ts";
import { rowsOf } from "../postgres/history_store.ts";
import { PostgresError } from "../postgres/postgres_error.ts";
import type { TrackingNames } from "../postgres/tracking_sql.ts";

/**
 * What a refusal of the server means for stored schemas: "permission denied"
 * becomes an error that lists the missing GRANTs.
 */
export async function snapshotError(
  connection: Connection,
  { names, use }: {
    readonly names: TrackingNames;
    readonly use: "read" | "store";
  },
  error: unknown,
): Promise<unknown> {
  const isRefused = error instanceof PostgresError &&
    error.fields.sqlstate === "42501";
  if (!isRefused) return await historyError(connection, names, error);
  const lacking = await readLacking(connection, names, WANTED[use]);
  // Of the schema that all of it is in, perhaps.
  if (lacking.length === 0) return await historyError(connection, names, error);
  const others = use === "store"
    ? await readMissingGrants(connection, names)
    : [];
  const { user } = connection.target;
  const grants = lacking.map((grant) => `${grant} TO ${quoteIdentifier(user)}`);
  return new HistoryError(
    "missing_grants",
    `Cannot ${use} the stored schema in ${names.snapshots} as the role ` +
      `"${user}" lacks rights: ${error.fields.message}`,
    {
      hint: `have an administrator run: ${[...grants, ...others].join("; ")}`,
      server: error.fields,
      cause: error,
    },
  );
}

const WANTED = {
  read: ["SELECT"],
  store: ["SELECT", "INSERT", "DELETE"],
} as const;

async function readLacking(
  connection: Connection,
  { schema, snapshots }: TrackingNames,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const list = wanted.map(quoteLiteral).join(", ");
  const name = quoteLiteral(snapshots);
  const answers = await connection.run(readingSql(
    "SELECT CASE WHEN has_schema_privilege(to_regnamespace(" +
      `${quoteLiteral(schema)}), 'USAGE') AND ` +
      `NOT has_table_privilege(to_regclass(${name}), p) ` +
      `THEN format('GRANT %s ON TABLE %s', p, ${name}) END AS missing ` +
      `FROM unnest(ARRAY[${list}]) AS p UNION ALL ` +
      "SELECT format('GRANT USAGE ON SEQUENCE %s', sequence) " +
      `FROM (SELECT CASE WHEN ${wanted.includes("INSERT")} AND ` +
      "has_schema_privilege(to_regnamespace(" +
      `${
        quoteLiteral(schema)
      }), 'USAGE') AND to_regclass(${name}) IS NOT NULL ` +
      `THEN pg_get_serial_sequence(${name}, 'id') END AS sequence) s ` +
      "WHERE NOT has_sequence_privilege(sequence, 'USAGE')",
  ));
  return rowsOf(answers).flatMap(({ missing }) => missing ?? []);
}
