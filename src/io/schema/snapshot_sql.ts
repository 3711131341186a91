import { parseQualifiedName, quoteLiteral } from "../../core/sql/quote.ts";
import { fillIn, type TrackingNames } from "../postgres/tracking_sql.ts";
import foreignDataSql from "./sql/foreign_data.sql" with { type: "text" };
import indexesSql from "./sql/indexes.sql" with { type: "text" };
import operatorMembersSql from "./sql/operator_members.sql" with {
  type: "text",
};
import operatorsSql from "./sql/operators.sql" with { type: "text" };
import othersSql from "./sql/others.sql" with { type: "text" };
import routinesSql from "./sql/routines.sql" with { type: "text" };
import schemasSql from "./sql/schemas.sql" with { type: "text" };
import snapshotQuery from "./sql/snapshot.sql" with { type: "text" };
import sourcesSql from "./sql/sources.sql" with { type: "text" };
import tablesSql from "./sql/tables.sql" with { type: "text" };
import textSearchSql from "./sql/text_search.sql" with { type: "text" };
import typesSql from "./sql/types.sql" with { type: "text" };
import viewsSql from "./sql/views.sql" with { type: "text" };

/**
 * The query of all objects of the user in a database: each row has an `id`,
 * which means something in this database only, and a `line` of JSON.
 */
export function snapshotSql(
  names: TrackingNames,
  serverVersion: number,
): string {
  const query = fillIn(snapshotQuery, {
    sources: `${sourcesSql},\n${operatorMembersSql}`,
    objects: OBJECTS.join("\nUNION ALL\n"),
  });
  return fillIn(query, {
    ...trackingWords(names),
    ...publicationWords(serverVersion),
    subscription_options: subscriptionOptions(serverVersion),
    secret_option: quoteLiteral(SECRET_OPTION),
  });
}

/** The first one gives the columns their types. */
const OBJECTS = [
  schemasSql,
  typesSql,
  routinesSql,
  tablesSql,
  indexesSql,
  viewsSql,
  operatorsSql,
  textSearchSql,
  foreignDataSql,
  othersSql,
];

/** Names of options of foreign servers that are not shown. */
const SECRET_OPTION = "pass|secret|token|credential|private|api_?key";

function trackingWords(names: TrackingNames): Record<string, string> {
  const plain = (name: string) => parseQualifiedName(name)?.name ?? name;
  const relations = [
    names.table,
    names.log,
    names.rollbacks,
    names.snapshots,
    names.view,
  ];
  return {
    tracking_schema: quoteLiteral(plain(names.schema)),
    tracking_relations: relations.map((name) => quoteLiteral(plain(name)))
      .join(", "),
    tracking_function: quoteLiteral(plain(names.function)),
  };
}

/** Columns, conditions and schemas of publications came with PostgreSQL 15. */
function publicationWords(serverVersion: number): Record<string, string> {
  if (serverVersion < 150000) {
    return {
      publication_tables: "SELECT p.prpubid AS pubid, p.prrelid AS relid, " +
        "NULL AS columns, NULL AS condition FROM pg_publication_rel p",
      publication_schemas: "SELECT 0::oid AS pubid, 0::oid AS nspid " +
        "WHERE FALSE",
    };
  }
  return {
    publication_tables: `SELECT p.prpubid AS pubid, p.prrelid AS relid,
                (
                    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
                    FROM pg_attribute a
                    WHERE a.attrelid = p.prrelid AND a.attnum = ANY (p.prattrs::int2[])
                ) AS columns,
                pg_get_expr(p.prqual, p.prrelid) AS condition
            FROM pg_publication_rel p`,
    publication_schemas: "SELECT n.pnpubid AS pubid, n.pnnspid AS nspid " +
      "FROM pg_publication_namespace n",
  };
}

/** Options that came later, where they are not as they are by default. */
function subscriptionOptions(serverVersion: number): string {
  return SUBSCRIPTION_OPTIONS
    .filter(({ since }) => serverVersion >= since)
    .map(({ sql }) => sql).join(",\n        ");
}

const SUBSCRIPTION_OPTIONS: readonly {
  readonly since: number;
  readonly sql: string;
}[] = [
  { since: 0, sql: "NULL" },
  {
    since: 150000,
    sql: "CASE WHEN s.subtwophasestate <> 'd' THEN 'two_phase = true' END",
  },
  {
    since: 150000,
    sql: "CASE WHEN s.subdisableonerr THEN 'disable_on_error = true' END",
  },
  {
    since: 160000,
    sql: "CASE WHEN NOT s.subpasswordrequired THEN " +
      "'password_required = false' END",
  },
  {
    since: 160000,
    sql: "CASE WHEN s.subrunasowner THEN 'run_as_owner = true' END",
  },
  {
    since: 160000,
    sql: "CASE WHEN s.suborigin <> 'any' THEN 'origin = ' || s.suborigin END",
  },
  {
    since: 170000,
    sql: "CASE WHEN s.subfailover THEN 'failover = true' END",
  },
];
