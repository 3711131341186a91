import {
  orderObjects,
  resolveLinks,
  type SchemaGraph,
} from "../schema/order_objects.ts";
import { labelOfObject, type SchemaObject } from "../schema/schema_object.ts";
import { parseQualifiedName } from "../sql/quote.ts";
import { splitLastName } from "../sql/name_parts.ts";
import type { CopyManifest, CopyPublication } from "./copy_manifest.ts";
import { publishedTables } from "./copy_publications.ts";
import { dropStatement, relationOf } from "./drop_statement.ts";

/** What a restore does to a database as it is now. */
export interface RestorePlan {
  /** The statements that drop what is there. */
  readonly drops: readonly string[];
  /** The places of the objects that are left as they are. */
  readonly kept: ReadonlySet<number>;
  /** Publications that take tables in again. */
  readonly publications: readonly CopyPublication[];
  /** What was made since, and hangs on what has to be dropped. */
  readonly inTheWay: readonly string[];
  /** What the backup needs, and neither it nor the database has. */
  readonly missing: readonly string[];
}

/** Plans how a backup is brought back into a database. */
export function planRestore(
  manifest: CopyManifest,
  current: SchemaGraph,
): RestorePlan {
  const present = new Set([...current.objects.values()].map(labelOfObject));
  const kept = keptPlaces(manifest, present);
  const replaced = new Set(
    manifest.objects.filter(({ role }, place) =>
      role === "replace" && !kept.has(place)
    ).map(labelOfObject),
  );
  const dropped = new Set(
    [...current.objects].filter(([, object]) =>
      replaced.has(labelOfObject(object))
    ).map(([id]) => id),
  );
  return {
    drops: writeDrops(current, dropped),
    kept,
    publications: joinPublications(manifest, { current, dropped, present }),
    inTheWay: findInTheWay(current, dropped),
    missing: manifest.objects.filter((object, place) =>
      object.role === "ensure" && !kept.has(place) && !canBeMade(object)
    ).map(labelOfObject),
  };
}

/** What is there and stays, and the log, which must not forget. */
function keptPlaces(
  { objects, tracking }: CopyManifest,
  present: ReadonlySet<string>,
): ReadonlySet<number> {
  const log = sameForm(tracking.log);
  const hasLog = [...present].some((label) =>
    label.startsWith("table ") && sameForm(label.slice(6)) === log
  );
  const places = objects.map((_, place) => place);
  return new Set(places.filter((place) => {
    const object = objects[place];
    if (object === undefined) return false;
    if (object.role === "ensure") return present.has(labelOfObject(object));
    return hasLog && isOfLog(object, log);
  }));
}

function isOfLog(object: SchemaObject, log: string): boolean {
  const relation = relationOf(object) ?? object.name;
  if (sameForm(relation) === log) return true;
  const { head, last } = splitLastName(object.name);
  const table = last.replace(/_id_seq("?)$/, "$1");
  return object.kind === "sequence" && table !== last &&
    sameForm(`${head}.${table}`) === log;
}

/** A name may be in quotes that it does not need. */
function sameForm(name: string): string {
  const parsed = parseQualifiedName(name);
  return JSON.stringify([parsed?.schema, parsed?.name]);
}

/** A table would be empty, and what is not written whole would be another. */
function canBeMade({ kind, parts }: SchemaObject): boolean {
  return kind !== "table" && parts.note === undefined;
}

/** Foreign keys first, as tables may refer to each other. */
function writeDrops(
  current: SchemaGraph,
  dropped: ReadonlySet<string>,
): readonly string[] {
  const relations = relationNames(current, dropped);
  const ids = new Map([...current.objects].map(([id, one]) => [one, id]));
  const objects = orderObjects(current).parts
    .filter(({ part }) => part === "main").map(({ object }) => object)
    .filter((object) => dropped.has(ids.get(object) ?? "")).reverse();
  const keys = objects.filter(({ kind }) => kind === "foreign key");
  const others = objects.filter((object) =>
    object.kind !== "foreign key" && !relations.has(relationOf(object) ?? "")
  );
  return [...keys, ...others].flatMap((object) => dropStatement(object) ?? []);
}

function findInTheWay(
  current: SchemaGraph,
  dropped: ReadonlySet<string>,
): readonly string[] {
  const relations = relationNames(current, dropped);
  const found = new Set<string>();
  for (const link of resolveLinks(current)) {
    const [item = "", needed = ""] = link.split(" needs ");
    const object = current.objects.get(item);
    if (!dropped.has(needed) || dropped.has(item)) continue;
    if (object === undefined || GOES_ALONG.has(object.kind)) continue;
    if (relations.has(relationOf(object) ?? "")) continue;
    found.add(labelOfObject(object));
  }
  return [...found].sort();
}

/** What hangs on a table and does not keep it from being dropped. */
const GOES_ALONG: ReadonlySet<string> = new Set([
  "publication",
  "security label",
  "statistics",
]);

const RELATIONS: ReadonlySet<string> = new Set([
  "table",
  "foreign table",
  "view",
  "materialized view",
]);

function relationNames(
  { objects }: SchemaGraph,
  ids: ReadonlySet<string>,
): ReadonlySet<string> {
  return new Set(
    [...ids].flatMap((id) => {
      const object = objects.get(id);
      return object !== undefined && RELATIONS.has(object.kind)
        ? [object.name]
        : [];
    }),
  );
}

/** As they are now; as they were for a table that is not there. */
function joinPublications(
  manifest: CopyManifest,
  { current, dropped, present }: {
    readonly current: SchemaGraph;
    readonly dropped: ReadonlySet<string>;
    readonly present: ReadonlySet<string>;
  },
): readonly CopyPublication[] {
  const now = publishedTables(current, dropped);
  const tables = new Set(relationNames(current, dropped));
  const before = manifest.publications.filter(({ publication, table }) =>
    !tables.has(table) && present.has(`publication ${publication}`)
  );
  return [...now, ...before];
}
