import { resolveLinks, type SchemaGraph } from "../schema/order_objects.ts";
import type { SchemaObject } from "../schema/schema_object.ts";

/** A relation that holds something of its own. */
export interface DataRelation {
  /** As in the graph of the schema. */
  readonly id: string;
  readonly name: string;
  readonly kind: "table" | "partitioned" | "materialized" | "sequence";
  /** Those that COPY writes, as SQL. */
  readonly columns: readonly string[];
  /** Of a materialized view. */
  readonly isPopulated: boolean;
  /** The table that a sequence belongs to. */
  readonly ownerId?: string;
}

/** The objects of a backup, by id. */
export interface CopyScope {
  readonly replaced: ReadonlySet<string>;
  readonly ensured: ReadonlySet<string>;
}

/** What decides which objects a backup has. */
export interface ScopeWish {
  readonly graph: SchemaGraph;
  readonly relations: readonly DataRelation[];
  /** What it is for; without them it is the whole database. */
  readonly seeds?: readonly string[] | undefined;
}

/**
 * The objects that a backup must have: with what hangs on them, since it would
 * have to be dropped with them, and with what they need.
 */
export function findScope(wish: ScopeWish): CopyScope {
  const { objects } = wish.graph;
  if (wish.seeds === undefined) {
    const ids = [...objects.keys()];
    const isKept = (id: string) => staysThere(objects.get(id));
    return {
      replaced: new Set(ids.filter((id) => !isKept(id) && isWritten(id, wish))),
      ensured: new Set(ids.filter(isKept)),
    };
  }
  const { dependents, needs } = groupLinks(wish.graph);
  const reached = reach(seedObjects(wish), (id) =>
    [
      ...dependents.get(id) ?? [],
      ...ownedSequences(id, wish),
    ].filter((next) => canBePulledIn(objects.get(next))));
  const replaced = [...reached].filter((id) =>
    !staysThere(objects.get(id)) && isWritten(id, wish)
  );
  const needed = reach(
    replaced,
    (id) =>
      (needs.get(id) ?? []).filter((next) => canBePulledIn(objects.get(next))),
  );
  const inScope = new Set(replaced);
  return {
    replaced: inScope,
    ensured: new Set([...needed].filter((id) => !inScope.has(id))),
  };
}

/** Schemas and extensions, in which others may have made something since. */
function staysThere(object: SchemaObject | undefined): boolean {
  return object?.kind === "schema" || object?.kind === "extension";
}

/** A table leaves a publication when it is dropped; the others stay in it. */
function canBePulledIn(object: SchemaObject | undefined): boolean {
  return object !== undefined && object.kind !== "publication" &&
    object.kind !== "subscription";
}

/** An INVALID index may be one that its data do not allow; pg_dump has none. */
function isWritten(id: string, { graph }: ScopeWish): boolean {
  const object = graph.objects.get(id);
  return !(object?.kind === "index" && object.parts.note !== undefined);
}

function seedObjects({ graph, seeds = [] }: ScopeWish): readonly string[] {
  const wholes = new Map(graph.parts.map(({ item, needed }) => [item, needed]));
  return seeds.flatMap((seed) => {
    let id: string | undefined = seed;
    const seen = new Set<string>();
    while (id !== undefined && !graph.objects.has(id) && !seen.has(id)) {
      seen.add(id);
      id = wholes.get(id);
    }
    return id !== undefined && canBePulledIn(graph.objects.get(id)) ? [id] : [];
  });
}

function ownedSequences(
  id: string,
  { relations }: ScopeWish,
): readonly string[] {
  return relations.filter(({ ownerId }) => ownerId === id).map((one) => one.id);
}

function groupLinks(graph: SchemaGraph): {
  readonly dependents: ReadonlyMap<string, readonly string[]>;
  readonly needs: ReadonlyMap<string, readonly string[]>;
} {
  const dependents = new Map<string, string[]>();
  const needs = new Map<string, string[]>();
  for (const link of resolveLinks(graph)) {
    const [item = "", needed = ""] = link.split(" needs ");
    needs.set(item, [...needs.get(item) ?? [], needed]);
    const known = dependents.get(needed);
    if (known === undefined) dependents.set(needed, [item]);
    else known.push(item);
  }
  return { dependents, needs };
}

function reach(
  from: readonly string[],
  next: (id: string) => readonly string[],
): ReadonlySet<string> {
  const seen = new Set(from);
  // A set hands out what is added to it while it is walked through.
  for (const id of seen) for (const other of next(id)) seen.add(other);
  return seen;
}
