import { type CopyPlan, planCopy } from "../../../core/backup/copy_plan.ts";
import type {
  DataRelation,
  ScopeWish,
} from "../../../core/backup/copy_scope.ts";
import type { SchemaGraph } from "../../../core/schema/order_objects.ts";
import { readingSql } from "../../postgres/catalog_sql.ts";
import type { Connection } from "../../postgres/connection.ts";
import { rowsOf } from "../../postgres/history_store.ts";
import { trackingNames } from "../../postgres/tracking_sql.ts";
import { readSchemaGraph } from "../../schema/read_schema.ts";
import obstaclesSql from "./sql/copy_obstacles.sql" with { type: "text" };
import relationsSql from "./sql/copy_relations.sql" with { type: "text" };

/** What a backup is for. */
export type CopyWish =
  | { readonly kind: "database" }
  | { readonly kind: "schemas"; readonly names: readonly string[] }
  /** Objects by their ids in the catalogs, such as `1259.16400`. */
  | { readonly kind: "objects"; readonly ids: readonly string[] };

/** A plan for a database as it is now. */
export interface CopySource extends CopyPlan {
  /** Schemas that were asked for and are not there. */
  readonly unknown: readonly string[];
}

/** Reads the catalogs and plans a backup. */
export async function readCopySource(
  connection: Connection,
  wish: CopyWish,
): Promise<CopySource> {
  const graph = withOwnPublic(
    await readSchemaGraph(connection, NOT_TRACKED),
    connection.serverVersion,
  );
  const [relations, unreadable] = await readRelations(connection);
  const { seeds, unknown } = findSeeds(wish, graph);
  const plan = planCopy({ graph, relations, seeds });
  const names = new Set(
    [...plan.tables, ...plan.sequences].map(({ name }) => name),
  );
  return {
    ...plan,
    unknown,
    obstacles: [
      ...plan.obstacles,
      ...await readObstacles(connection, wish),
      ...unreadable.filter((name) => names.has(name))
        .map((name) => `${name} (this role may not read it)`),
    ],
  };
}

/** So that the tracking tables are tables like all others. */
const NOT_TRACKED = trackingNames("pg_catalog.none");

/** As a new database has it, where nothing else is said of it. */
function withOwnPublic(
  graph: SchemaGraph,
  serverVersion: number,
): SchemaGraph {
  const objects = new Map(graph.objects);
  for (const [id, object] of objects) {
    const { kind, name, parts } = object;
    if (kind !== "schema" || name !== "public" || parts.owner !== undefined) {
      continue;
    }
    const owner = serverVersion >= 150000
      ? "ALTER SCHEMA public OWNER TO pg_database_owner;\n" +
        "GRANT USAGE ON SCHEMA public TO PUBLIC;"
      : "GRANT ALL ON SCHEMA public TO PUBLIC;";
    objects.set(id, { ...object, parts: { ...parts, owner } });
  }
  return { ...graph, objects };
}

async function readRelations(
  connection: Connection,
): Promise<readonly [readonly DataRelation[], readonly string[]]> {
  const rows = rowsOf(
    await connection.run(readingSql(relationsSql), { maxRows: Infinity }),
  );
  const relations = rows.map((row): DataRelation => ({
    id: row.id ?? "",
    name: row.name ?? "",
    kind: kindOf(row.kind),
    columns: JSON.parse(row.columns ?? "[]"),
    isPopulated: row.is_populated === "t",
    ...(row.owner_id !== undefined && { ownerId: row.owner_id }),
  }));
  const unreadable = rows.filter(({ is_readable }) => is_readable !== "t");
  return [relations, unreadable.map(({ name = "" }) => name)];
}

function kindOf(word: string | undefined): DataRelation["kind"] {
  const kinds = ["table", "partitioned", "materialized"] as const;
  return kinds.find((kind) => kind === word) ?? "sequence";
}

function findSeeds(
  wish: CopyWish,
  { objects }: ScopeWish["graph"],
): {
  readonly seeds: readonly string[] | undefined;
  readonly unknown: readonly string[];
} {
  if (wish.kind === "database") return { seeds: undefined, unknown: [] };
  if (wish.kind === "objects") return { seeds: wish.ids, unknown: [] };
  const schemas = new Map(
    [...objects].filter(([, { kind }]) => kind === "schema")
      .map(([id, { name }]) => [unquoted(name), id]),
  );
  return {
    seeds: wish.names.flatMap((name) => schemas.get(name) ?? []),
    unknown: wish.names.filter((name) => !schemas.has(name)),
  };
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** What is in no table of the user, and would be missing. */
async function readObstacles(
  connection: Connection,
  wish: CopyWish,
): Promise<readonly string[]> {
  const rows = rowsOf(
    await connection.run(readingSql(obstaclesSql), { maxRows: Infinity }),
  ).filter(({ id = "" }) =>
    wish.kind === "database"
      ? id === ""
      : wish.kind === "objects" && wish.ids.includes(id)
  );
  const probes = rows.filter(({ probe }) => probe !== undefined);
  if (probes.length === 0) return rows.map(({ what = "" }) => what);
  const answers = await connection.run(
    probes.map(({ probe }) => probe).join("; "),
  );
  const filled = new Set(
    probes.filter((_, place) => answers[place]?.rows[0]?.[0] === "t"),
  );
  return rows.filter((row) => row.probe === undefined || filled.has(row))
    .map(({ what = "" }) => what);
}
