import { diffLines } from "./line_diff.ts";
import { SCHEMA_KINDS } from "./order_objects.ts";
import { isSameAcrossMajors } from "./same_across_majors.ts";
import {
  definitionOf,
  labelOfObject,
  type ObjectPart,
  partsThatDiffer,
  type SchemaObject,
} from "./schema_object.ts";

/** All objects of a database at one moment. */
export interface SchemaState {
  readonly objects: readonly SchemaObject[];
  /** Such as 180004 for 18.4. */
  readonly serverVersion: number;
}

/** An object that is not in both schemas, or not the same in both. */
export interface SchemaDifference {
  readonly change: "added" | "removed" | "changed";
  readonly kind: string;
  readonly name: string;
  /** The parts that are not the same in both, when it was changed. */
  readonly differsIn?: readonly ObjectPart[];
  /** As SQL with notes; absent when it was added. */
  readonly expected?: string;
  /** Absent when it was removed. */
  readonly found?: string;
  /** The role that owns what was found, if it has an owner of its own. */
  readonly owner?: string;
  /**
   * When the rows of the catalogs that describe it were last written, in
   * ISO 8601, where the server keeps that. Whoever rewrites a table, as
   * TRUNCATE and VACUUM FULL do, writes such a row as well.
   */
  readonly changedAt?: string;
}

/** What a comparison came to. */
export interface SchemaComparison {
  readonly differences: readonly SchemaDifference[];
  /** Differences that a pattern has left out. */
  readonly ignoredCount: number;
}

/** What is different in a schema from what is expected, by kind and name. */
export function compareSchemas(
  expected: SchemaState,
  live: SchemaState,
  ignore: readonly string[] = [],
): SchemaComparison {
  const before = byLabel(expected.objects);
  const after = byLabel(live.objects);
  const isSameMajor =
    majorOf(expected.serverVersion) === majorOf(live.serverVersion);
  const isIgnored = matchesLabel(ignore);
  const differences: SchemaDifference[] = [];
  let ignoredCount = 0;
  for (const label of new Set([...before.keys(), ...after.keys()])) {
    const [old, fresh] = [before.get(label), after.get(label)];
    const difference = compareObjects(old, fresh, {
      isSameMajor,
    });
    if (difference === undefined) continue;
    if (isIgnored(difference)) ignoredCount += 1;
    else differences.push(difference);
  }
  return { differences: differences.toSorted(byKindAndName), ignoredCount };
}

/** How many lines a change adds and takes away. */
export function countLines(
  { expected, found }: SchemaDifference,
): { readonly added: number; readonly removed: number } {
  const lines = diffLines(expected ?? "", found ?? "");
  return {
    added: lines.filter(({ sign }) => sign === "+").length,
    removed: lines.filter(({ sign }) => sign === "-").length,
  };
}

function byLabel(
  objects: readonly SchemaObject[],
): ReadonlyMap<string, SchemaObject> {
  return new Map(objects.map((object) => [labelOfObject(object), object]));
}

function majorOf(serverVersion: number): number {
  return Math.floor(serverVersion / 10000);
}

function compareObjects(
  old: SchemaObject | undefined,
  fresh: SchemaObject | undefined,
  { isSameMajor }: { readonly isSameMajor: boolean },
): SchemaDifference | undefined {
  const object = fresh ?? old;
  if (object === undefined) return undefined;
  const { kind, name } = object;
  if (isOfAnother(object) && (old === undefined || fresh === undefined)) {
    const nothing = { kind, name, parts: {} };
    return compareObjects(old ?? nothing, fresh ?? nothing, { isSameMajor });
  }
  const expected = old && definitionOf(old);
  const found = fresh && definitionOf(fresh);
  if (old === undefined) return { change: "added", kind, name, found };
  if (fresh === undefined) return { change: "removed", kind, name, expected };
  if (expected === found) return undefined;
  const differsIn = partsThatDiffer(old, fresh).filter((part) =>
    isSameMajor || part !== "create" || !isSameAcrossMajors(old, fresh)
  );
  if (differsIn.length === 0) return undefined;
  return { change: "changed", kind, name, differsIn, expected, found };
}

/**
 * Whether it comes and goes with another object, such as the sequence of an
 * identity column: then it is only listed when something is said of it.
 */
function isOfAnother({ kind, parts: { create, note } }: SchemaObject): boolean {
  return create === undefined && note === undefined &&
    kind !== "default privileges";
}

/**
 * Patterns in which `*` stands for any characters and `?` for one, held
 * against the name of an object, and against its kind and name.
 */
function matchesLabel(
  patterns: readonly string[],
): (difference: SchemaDifference) => boolean {
  const tests = patterns.map((pattern) => {
    const source = pattern.replace(/[\\^$.|+()[\]{}]/g, "\\$&")
      .replace(/\*+/g, ".*").replace(/\?/g, ".");
    return new RegExp(`^${source}$`, "su");
  });
  return ({ kind, name }) =>
    tests.some((test) => test.test(name) || test.test(`${kind} ${name}`));
}

function byKindAndName(one: SchemaDifference, other: SchemaDifference): number {
  const rank = SCHEMA_KINDS.indexOf(one.kind) -
    SCHEMA_KINDS.indexOf(other.kind);
  if (rank !== 0) return rank;
  return one.name < other.name ? -1 : 1;
}
