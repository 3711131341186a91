import { diffLines } from "./line_diff.ts";
import { SCHEMA_KINDS } from "./order_objects.ts";
import { isSameAcrossMajors } from "./same_across_majors.ts";
import {
  definitionOf,
  labelOfObject,
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
  /** As SQL with notes; absent when it was added. */
  readonly expected?: string;
  /** Absent when it was removed. */
  readonly found?: string;
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
  const expected = old && definitionOf(old);
  const found = fresh && definitionOf(fresh);
  if (old === undefined) return { change: "added", kind, name, found };
  if (fresh === undefined) return { change: "removed", kind, name, expected };
  if (expected === found) return undefined;
  if (!isSameMajor && isSameAcrossMajors(old, fresh)) return undefined;
  return { change: "changed", kind, name, expected, found };
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
