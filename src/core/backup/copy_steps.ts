import {
  type OrderedPart,
  resolveLinks,
  type SchemaGraph,
} from "../schema/order_objects.ts";
import type { SchemaObject } from "../schema/schema_object.ts";
import type { CopyStep } from "./copy_manifest.ts";
import type { DataRelation } from "./copy_scope.ts";

/** What the steps of a restore are made of. */
export interface StepSource {
  readonly graph: SchemaGraph;
  readonly parts: readonly OrderedPart[];
  readonly places: ReadonlyMap<SchemaObject, number>;
  /** Partitions that are attached at the end, with the statements. */
  readonly loose: ReadonlyMap<string, string>;
  /** Those with data, by the places of their objects. */
  readonly relations: ReadonlyMap<number, DataRelation>;
  readonly ids: readonly string[];
}

/** The steps of a restore, and which objects they fill, in that order. */
export interface CopySteps {
  readonly steps: readonly CopyStep[];
  readonly filled: readonly number[];
}

/**
 * Tables are filled when all that can be made without rows is there, as
 * functions may read tables that nothing says they need; indexes, constraints
 * and triggers follow.
 */
export function writeCopySteps(source: StepSource): CopySteps {
  const { before, after } = splitParts(source);
  const steps: CopyStep[] = before.map((part) => createStep(part, source));
  const filled: number[] = [];
  function fill(part: OrderedPart): void {
    const object = source.places.get(part.object) ?? 0;
    if (part.part !== "main") return;
    if (source.relations.get(object)?.kind !== "table") return;
    steps.push({ do: "load", table: filled.push(object) - 1 });
  }
  for (const part of before) fill(part);
  steps.push({ do: "set_sequences" });
  const loose = attachments(source);
  for (const part of after) {
    if (LAST.has(part.object.kind)) steps.push(...loose.splice(0));
    steps.push(createStep(part, source));
    fill(part);
  }
  steps.push(...loose, ...grants(source), ...refreshes(source));
  return { steps, filled };
}

/** What is made behind the rows. */
const AFTER: ReadonlySet<string> = new Set([
  "constraint",
  "index",
  "statistics",
  "foreign key",
  "rule",
  "trigger",
  "policy",
  "publication",
  "event trigger",
  "default privileges",
  "security label",
]);

/** What is made behind the indexes of a table. */
const LAST: ReadonlySet<string> = new Set([
  "foreign key",
  "trigger",
  "policy",
  "publication",
  "event trigger",
]);

function splitParts({ graph, parts, places, ids }: StepSource): {
  readonly before: readonly OrderedPart[];
  readonly after: readonly OrderedPart[];
} {
  const needs = new Map<string, string[]>();
  for (const link of resolveLinks(graph)) {
    const [item = "", needed = ""] = link.split(" needs ");
    needs.set(item, [...needs.get(item) ?? [], needed]);
  }
  const late = new Set<string>();
  const before: OrderedPart[] = [];
  const after: OrderedPart[] = [];
  for (const part of parts) {
    const id = ids[places.get(part.object) ?? 0] ?? "";
    const isLate = AFTER.has(part.object.kind) || part.part === "late" ||
      needs.get(id)?.some((needed) => late.has(needed)) === true;
    if (isLate && part.part !== "late") late.add(id);
    (isLate ? after : before).push(part);
  }
  return { before, after };
}

function createStep(
  { object, part }: OrderedPart,
  { places }: StepSource,
): CopyStep {
  return { do: "create", object: places.get(object) ?? 0, part };
}

function attachments({ loose, places }: StepSource): CopyStep[] {
  return [...places].flatMap(([{ kind, name }, object]) => {
    const sql = kind === "table" ? loose.get(name) : undefined;
    return sql === undefined ? [] : [{ do: "attach" as const, object, sql }];
  });
}

/** Behind the rows, as an owner may not have the right to add any. */
function grants({ places }: StepSource): readonly CopyStep[] {
  return [...places].flatMap(([{ kind, parts }, object]) =>
    kind === "table" && parts.privileges !== undefined
      ? [{ do: "create" as const, object, part: "privileges" as const }]
      : []
  );
}

function refreshes(
  { parts, places, relations }: StepSource,
): readonly CopyStep[] {
  return parts.filter(({ part }) => part === "main").flatMap((part) => {
    const object = places.get(part.object) ?? 0;
    const relation = relations.get(object);
    return relation?.kind === "materialized" && relation.isPopulated
      ? [{ do: "refresh" as const, object }]
      : [];
  });
}
