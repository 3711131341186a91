import { orderObjects } from "../schema/order_objects.ts";
import { labelOfObject, type SchemaObject } from "../schema/schema_object.ts";
import { makeStatements } from "./make_object.ts";
import { dropObject } from "./drop_object.ts";
import {
  type ChangePlan,
  planChanges,
  type SchemaPair,
  type SchemaView,
  usersOf,
  viewOf,
} from "./plan_changes.ts";

/** What brings one schema to another. */
export interface WrittenChanges {
  /** One block for each object, in the order in which they run. */
  readonly blocks: readonly ChangeBlock[];
  /** What has to be changed by hand. */
  readonly unwritten: readonly UnwrittenChange[];
  /** What is dropped with its data, such as `table shop.goods`. */
  readonly lost: readonly string[];
}

/** A change that no statement was found for. */
export interface UnwrittenChange {
  /** Such as `table shop.goods`. */
  readonly label: string;
  /** What is not changed, or why. */
  readonly reason: string;
}

/** The statements for one object. */
export interface ChangeBlock {
  readonly label: string;
  readonly statements: readonly string[];
}

/**
 * Writes the statements that make one schema out of another: first what stands
 * on other objects is dropped, then all is made and altered in the order of
 * what it needs, and at last the rest is dropped.
 */
export function writeChanges(pair: SchemaPair): WrittenChanges {
  const view = viewOf(pair);
  const work = planChanges(view);
  const early = chooseEarly(view, work);
  const drops = orderObjects(pair.before).parts.toReversed()
    .filter(({ part }) => part === "main")
    .map(({ object }) => object)
    .filter((object) => work.dropped.has(labelOfObject(object)));
  const isEarly = (object: SchemaObject) => early.has(labelOfObject(object));
  return {
    blocks: [
      ...[...work.changes].map(([label, change]) => ({
        label,
        statements: change.how === "in_place" ? change.early : [],
      })),
      ...drops.filter(isEarly).map(dropBlock),
      ...makeBlocks(view, work),
      ...drops.filter((object) => !isEarly(object)).map(dropBlock),
    ].filter(({ statements }) => statements.length > 0),
    unwritten: findUnwritten(view, work),
    lost: findLost(work),
  };
}

/**
 * What stands on tables goes before they change; so does what would be in the
 * way of a new object of its name, and all that stands on either.
 */
function chooseEarly(
  view: SchemaView,
  { changes, dropped, made }: ChangePlan,
): ReadonlySet<string> {
  const names = new Set(
    [...made].flatMap((label) => namesOf(view.fresh.objects.get(label))),
  );
  const isFree = (label: string) =>
    [...usersOf(view.old, [label])].every((user) => {
      const change = changes.get(user);
      // Without a text of its own it comes and goes with its table.
      return dropped.has(user) ||
        view.old.objects.get(user)?.parts.create === undefined ||
        change?.how === "in_place" && change.early.length > 0;
    });
  const first = [...dropped].filter((label) => {
    const object = view.old.objects.get(label);
    return object !== undefined && (made.has(label) ||
      ON_TABLES.has(object.kind) || names.has(object.name) ||
      namesOf(object).some((name) => names.has(name)) && isFree(label));
  });
  const users = usersOf(view.old, first);
  return new Set([
    ...first,
    ...[...users].filter((user) => dropped.has(user)),
  ]);
}

/**
 * What must not be there twice: its name, those of sequences of identity
 * columns, and for functions the name alone, as calls may be ambiguous.
 */
function namesOf(object: SchemaObject | undefined): readonly string[] {
  if (object === undefined) return [];
  const { kind, name, parts: { create = "" } } = object;
  if (FUNCTIONS.has(kind)) return [name, `${name.replace(/\([^]*$/u, "")}()`];
  if (kind !== "table") return [name];
  const sequences = create.matchAll(SEQUENCE_NAME);
  return [name, ...[...sequences].map(([, sequence = ""]) => sequence)];
}

const SEQUENCE_NAME = /\bSEQUENCE NAME ((?:"(?:[^"]|"")*"|[^\s.")]+|\.)+)/gu;

const FUNCTIONS: ReadonlySet<string> = new Set([
  "aggregate",
  "function",
  "procedure",
]);

const ON_TABLES: ReadonlySet<string> = new Set([
  "constraint",
  "foreign key",
  "index",
  "materialized view",
  "policy",
  "publication",
  "rule",
  "security label",
  "statistics",
  "trigger",
  "view",
]);

function dropBlock(object: SchemaObject): ChangeBlock {
  return {
    label: labelOfObject(object),
    statements: dropObject(object) ?? [],
  };
}

function makeBlocks(
  { after, old, fresh, role }: SchemaView,
  { made, changes, stuck }: ChangePlan,
): readonly ChangeBlock[] {
  return orderObjects(after).parts.map(({ object, part }) => {
    const label = labelOfObject(object);
    const change = changes.get(label);
    if (made.has(label)) {
      return {
        label,
        statements: makeStatements(object, part, { old, fresh, made, role }),
      };
    }
    if (change?.how !== "in_place" || stuck.has(label) || part === "early") {
      return { label, statements: [] };
    }
    return {
      label,
      statements: part === "main" ? change.statements : change.late,
    };
  });
}

function findUnwritten(
  { old, fresh }: SchemaView,
  { changes, stuck, made, dropped }: ChangePlan,
): readonly UnwrittenChange[] {
  const parts = [...changes].flatMap(([label, change]) =>
    change.how === "in_place"
      ? change.unwritten.map((reason) => ({ label, reason }))
      : []
  );
  const notes = [...made].flatMap((label) => {
    const note = fresh.objects.get(label)?.parts.note;
    return note === undefined ? [] : [{ label, reason: note }];
  });
  const kept = [...dropped].flatMap((label) => {
    const object = old.objects.get(label);
    const canBe = object === undefined || dropObject(object) !== undefined;
    return canBe ? [] : [{ label, reason: "it is not dropped" }];
  });
  const blocked = [...stuck].map(([label, reason]) => ({ label, reason }));
  return [...parts, ...notes, ...kept, ...blocked];
}

function findLost({ changes, stuck, dropped }: ChangePlan): readonly string[] {
  const columns = [...changes].flatMap(([label, change]) =>
    change.how === "in_place" && !stuck.has(label)
      ? change.lost.map((name) => `column ${name} of the ${label}`)
      : []
  );
  const tables = [...dropped].filter((label) => label.startsWith("table "));
  return [...columns, ...tables];
}
