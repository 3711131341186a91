import type { SchemaDifference } from "../../core/schema/compare_schemas.ts";
import { quoteLiteral } from "../../core/sql/quote.ts";
import { readingSql } from "../postgres/catalog_sql.ts";
import type { Connection } from "../postgres/connection.ts";
import { rowsOf } from "../postgres/history_store.ts";
import { PostgresError } from "../postgres/postgres_error.ts";

/**
 * Adds who owns what was found and, where the server tracks the timestamps of
 * commits, when it was changed. PostgreSQL does not keep who changed it.
 */
export async function traceChanges(
  connection: Connection,
  differences: readonly SchemaDifference[],
  ids: ReadonlyMap<string, string>,
): Promise<readonly SchemaDifference[]> {
  const idOf = ({ kind, name }: SchemaDifference) => ids.get(`${kind} ${name}`);
  const times = await readTimes(
    connection,
    differences.flatMap((difference) => idOf(difference) ?? []),
  );
  return differences.map((difference) => {
    const owner = OWNER.exec(difference.found ?? "")?.[1];
    const changedAt = times.get(idOf(difference) ?? "");
    return {
      ...difference,
      ...(owner !== undefined && { owner: unquoted(owner) }),
      ...(changedAt !== undefined && { changedAt }),
    };
  });
}

const OWNER = /^ALTER .* OWNER TO ("(?:[^"]|"")*"|[^\s;]+);$/mu;

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** A server that forgets, or that does not say, is no reason to fail. */
async function readTimes(
  connection: Connection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0 || !await isTracking(connection)) return new Map();
  try {
    const answers = await connection.run(readingSql(timesSql(ids)), {
      maxRows: Infinity,
    });
    return new Map(
      rowsOf(answers).map(({ id = "", at = "" }) => [id, at] as const),
    );
  } catch (error) {
    if (error instanceof PostgresError) return new Map();
    throw error;
  }
}

async function isTracking(connection: Connection): Promise<boolean> {
  const answers = await connection.run("SHOW track_commit_timestamp");
  return rowsOf(answers)[0]?.track_commit_timestamp === "on";
}

/** The newest commit that has written a row of an object or of its parts. */
function timesSql(ids: readonly string[]): string {
  const list = ids.map(quoteLiteral).join(", ");
  const rows = ROWS.map(([catalog, column, kind = catalog]) =>
    `SELECT x.xmin FROM pg_catalog.${catalog} x ` +
    `WHERE o.classid = '${kind}'::regclass AND x.${column} = o.objid`
  );
  return `
    SELECT o.id, to_char(
      max(pg_xact_commit_timestamp(w.xmin)) AT TIME ZONE 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'
    ) AS at
    FROM (
      SELECT id, split_part(id, '.', 1)::oid AS classid,
        split_part(id, '.', 2)::oid AS objid
      FROM unnest(ARRAY[${list}]) AS id
    ) o
    CROSS JOIN LATERAL (
      ${rows.join("\n      UNION ALL\n      ")}
      UNION ALL
      SELECT x.xmin FROM pg_catalog.pg_description x
      WHERE x.classoid = o.classid AND x.objoid = o.objid
    ) w
    GROUP BY o.id
    HAVING max(pg_xact_commit_timestamp(w.xmin)) IS NOT NULL`;
}

/** A catalog, its column, and the catalog of the object that this names. */
const ROWS: readonly (readonly [string, string, string?])[] = [
  ["pg_class", "oid"],
  ["pg_attribute", "attrelid", "pg_class"],
  ["pg_attrdef", "adrelid", "pg_class"],
  ["pg_index", "indexrelid", "pg_class"],
  ["pg_inherits", "inhrelid", "pg_class"],
  ["pg_partitioned_table", "partrelid", "pg_class"],
  ["pg_foreign_table", "ftrelid", "pg_class"],
  ["pg_sequence", "seqrelid", "pg_class"],
  ["pg_rewrite", "ev_class", "pg_class"],
  ["pg_constraint", "oid"],
  ["pg_constraint", "contypid", "pg_type"],
  ["pg_type", "oid"],
  ["pg_enum", "enumtypid", "pg_type"],
  ["pg_proc", "oid"],
  ["pg_namespace", "oid"],
  ["pg_extension", "oid"],
  ["pg_trigger", "oid"],
  ["pg_rewrite", "oid"],
  ["pg_policy", "oid"],
  ["pg_statistic_ext", "oid"],
  ["pg_operator", "oid"],
  ["pg_opfamily", "oid"],
  ["pg_amop", "amopfamily", "pg_opfamily"],
  ["pg_amproc", "amprocfamily", "pg_opfamily"],
  ["pg_opclass", "oid"],
  ["pg_cast", "oid"],
  ["pg_transform", "oid"],
  ["pg_collation", "oid"],
  ["pg_conversion", "oid"],
  ["pg_language", "oid"],
  ["pg_am", "oid"],
  ["pg_ts_parser", "oid"],
  ["pg_ts_template", "oid"],
  ["pg_ts_dict", "oid"],
  ["pg_ts_config", "oid"],
  ["pg_ts_config_map", "mapcfg", "pg_ts_config"],
  ["pg_foreign_data_wrapper", "oid"],
  ["pg_foreign_server", "oid"],
  ["pg_event_trigger", "oid"],
  ["pg_publication", "oid"],
  ["pg_publication_rel", "prpubid", "pg_publication"],
  ["pg_default_acl", "oid"],
];
