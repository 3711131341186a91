import { orderObjects, type SchemaGraph } from "../schema/order_objects.ts";
import { labelOfObject, type SchemaObject } from "../schema/schema_object.ts";
import type { CopyObject, CopyPublication, CopyStep } from "./copy_manifest.ts";
import { publishedTables } from "./copy_publications.ts";
import {
  type CopyScope,
  type DataRelation,
  findScope,
  type ScopeWish,
} from "./copy_scope.ts";
import { writeCopySteps } from "./copy_steps.ts";
import { findLoosePartitions, withoutAttachment } from "./partition_parts.ts";

/** A table whose rows are to be copied. */
export interface PlannedTable {
  readonly name: string;
  readonly object: number;
  readonly columns: readonly string[];
}

/** A sequence that is to be read. */
export interface PlannedSequence {
  readonly name: string;
  readonly object?: number;
}

/** What a backup will hold, and how it is brought back. */
export interface CopyPlan {
  readonly objects: readonly CopyObject[];
  readonly steps: readonly CopyStep[];
  /** In the order in which they are filled. */
  readonly tables: readonly PlannedTable[];
  readonly sequences: readonly PlannedSequence[];
  readonly publications: readonly CopyPublication[];
  /** What it could not bring back, by name. */
  readonly obstacles: readonly string[];
}

/** Plans a backup. */
export function planCopy(wish: ScopeWish): CopyPlan {
  const scope = findScope(wish);
  const ids = [...scope.ensured, ...scope.replaced];
  const loose = findLoosePartitions(scope, wish.graph.objects);
  const graph = cutGraph(wish.graph, ids, loose);
  const ordered = orderObjects(graph);
  const places = new Map(
    [...graph.objects.values()].map((object, place) => [object, place]),
  );
  const relations = dataRelations(wish.relations, { scope, ids });
  const { steps, filled } = writeCopySteps({
    graph,
    parts: ordered.parts,
    places,
    loose,
    relations,
    ids,
  });
  return {
    objects: [...graph.objects].map(([id, object]) => ({
      ...object,
      role: scope.replaced.has(id) ? "replace" : "ensure",
    })),
    steps,
    tables: filled.map((object) => ({
      name: relations.get(object)?.name ?? "",
      columns: relations.get(object)?.columns ?? [],
      object,
    })),
    sequences: planSequences(wish.relations, { scope, ids }),
    publications: publishedTables(wish.graph, scope.replaced),
    obstacles: [
      ...findUnwritten(scope, wish.graph),
      ...ordered.circular.map((object) =>
        `${labelOfObject(object)} (it and others need each other)`
      ),
    ],
  };
}

/** The objects of a backup, in its order, as they are to be made. */
function cutGraph(
  graph: SchemaGraph,
  ids: readonly string[],
  loose: ReadonlyMap<string, string>,
): SchemaGraph {
  const objects = ids.flatMap((id) => {
    const object = graph.objects.get(id);
    if (object === undefined) return [];
    return [[id, withoutAttachment({ ...object }, loose)] as const];
  });
  return { ...graph, objects: new Map(objects) };
}

interface Cut {
  readonly scope: CopyScope;
  readonly ids: readonly string[];
}

/** The tables and materialized views that are replaced, by their places. */
function dataRelations(
  relations: readonly DataRelation[],
  { scope, ids }: Cut,
): ReadonlyMap<number, DataRelation> {
  const places = new Map(ids.map((id, place) => [id, place]));
  return new Map(
    relations.filter(({ id }) => scope.replaced.has(id)).map((relation) => [
      places.get(relation.id) ?? 0,
      relation,
    ]),
  );
}

function planSequences(
  relations: readonly DataRelation[],
  { scope, ids }: Cut,
): readonly PlannedSequence[] {
  return relations.filter(({ kind, id, ownerId = "" }) =>
    kind === "sequence" && (ids.includes(id) || scope.replaced.has(ownerId))
  ).map(({ id, name }) => {
    const object = ids.indexOf(id);
    return { name, ...(object >= 0 && { object }) };
  });
}

function findUnwritten(
  { replaced }: CopyScope,
  { objects }: SchemaGraph,
): readonly string[] {
  return [...replaced].flatMap((id) => {
    const object: SchemaObject | undefined = objects.get(id);
    if (object?.parts.note === undefined) return [];
    return [`${labelOfObject(object)} (${object.parts.note})`];
  });
}
