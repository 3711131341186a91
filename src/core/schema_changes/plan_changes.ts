import { resolveLinks, type SchemaGraph } from "../schema/order_objects.ts";
import { labelOfObject, type SchemaObject } from "../schema/schema_object.ts";
import { alterObject, type ObjectChange } from "./alter_object.ts";
import { mentions } from "./split_statements.ts";

/** The schema as it is, the one that it should become, and what differs. */
export interface SchemaPair {
  readonly before: SchemaGraph;
  readonly after: SchemaGraph;
  /** The role that runs the statements, and owns what it makes; as in SQL. */
  readonly role: string;
  /** Labels of the objects to change, such as `table shop.goods`. */
  readonly labels: ReadonlySet<string>;
}

/** The same by labels. */
export interface SchemaView extends SchemaPair {
  readonly old: LabelledObjects;
  readonly fresh: LabelledObjects;
}

/** The objects of one side by their labels. */
export interface LabelledObjects {
  readonly objects: ReadonlyMap<string, SchemaObject>;
  /** What stands on an object, directly. */
  readonly users: ReadonlyMap<string, readonly string[]>;
}

/** What is dropped, made, and altered where it is. */
export interface ChangePlan {
  readonly changes: ReadonlyMap<string, ObjectChange>;
  /** Removed, or to be made anew. */
  readonly dropped: ReadonlySet<string>;
  readonly made: ReadonlySet<string>;
  /** What cannot be made anew, and what is in the way. */
  readonly stuck: ReadonlyMap<string, string>;
}

/** Sees objects by their labels, and what stands on what. */
export function viewOf(pair: SchemaPair): SchemaView {
  return {
    ...pair,
    old: labelled(pair.before),
    fresh: labelled(pair.after),
  };
}

function labelled(graph: SchemaGraph): LabelledObjects {
  const objects = new Map<string, SchemaObject>();
  const labels = new Map<string, string>();
  for (const [id, object] of graph.objects) {
    objects.set(labelOfObject(object), object);
    labels.set(id, labelOfObject(object));
  }
  const users = new Map<string, readonly string[]>();
  for (const link of resolveLinks(graph)) {
    const [item = "", needed = ""] = link.split(" needs ")
      .map((id) => labels.get(id));
    users.set(needed, [...(users.get(needed) ?? []), item]);
  }
  return { objects, users };
}

/** What has to be made anew for the changes, and what cannot be. */
export function planChanges(view: SchemaView): ChangePlan {
  const { labels, old, fresh } = view;
  const changes = new Map<string, ObjectChange>();
  for (const label of labels) {
    const [before, after] = [old.objects.get(label), fresh.objects.get(label)];
    if (before === undefined || after === undefined) continue;
    changes.set(label, alterObject(before, after));
  }
  const removed = [...labels].filter((label) => !fresh.objects.has(label));
  const { anew, stuck } = chooseAnew(view, changes, removed);
  const added = [...labels].filter((label) => !old.objects.has(label));
  return {
    changes,
    stuck,
    dropped: new Set([...removed, ...anew]),
    made: new Set([...added, ...anew]),
  };
}

/** What is made anew, with all that stands on it. */
function chooseAnew(
  view: SchemaView,
  changes: ChangePlan["changes"],
  removed: readonly string[],
) {
  const stuck = new Map<string, string>();
  const anew = new Set(removed.flatMap((label) => leftBehind(label, view)));
  for (const [label, change] of changes) {
    const roots = change.how === "anew"
      ? [label]
      : (view.old.users.get(label) ?? []).filter((user) =>
        change.isRetyped && isBoundToColumns(user, view) ||
        change.anew.some((name) => goesWithColumn(user, name, view))
      );
    const all = new Set(roots.flatMap((root) => [
      root,
      ...usersThatStay(view, root),
    ]));
    const fixed = [...all].find((one) => !canBeMadeAnew(one, view));
    if (fixed === undefined) {
      for (const one of all) anew.add(one);
    } else {
      const reason = fixed === label
        ? "it cannot be made anew"
        : `the ${fixed} needs it, or what uses it`;
      stuck.set(label, reason);
    }
  }
  return { anew, stuck };
}

/** What stands on another object of that name afterwards. */
function leftBehind(label: string, view: SchemaView): readonly string[] {
  const { old, fresh, labels } = view;
  return (old.users.get(label) ?? []).flatMap((user) => {
    if (!fresh.objects.has(user) || labels.has(user)) return [];
    const all = [user, ...usersThatStay(view, user)];
    return all.every((one) => canBeMadeAnew(one, view)) ? all : [];
  });
}

/** What keeps the type of a column from being changed, if it uses it. */
function isBoundToColumns(label: string, { old, fresh }: SchemaView): boolean {
  const object = old.objects.get(label);
  if (object === undefined || !fresh.objects.has(label)) return false;
  switch (object.kind) {
    case "function":
    case "procedure":
      return STANDARD_BODY.test(object.parts.create ?? "");
    case "materialized view":
    case "policy":
    case "publication":
    case "rule":
    case "trigger":
    case "view":
      return true;
    default:
      return false;
  }
}

/** What the server drops with a column of this name. */
function goesWithColumn(
  label: string,
  column: string,
  { old, fresh }: SchemaView,
): boolean {
  const object = old.objects.get(label);
  if (object === undefined || !fresh.objects.has(label)) return false;
  const { create = "", late = "" } = object.parts;
  return WITH_COLUMNS.has(object.kind) &&
    mentions(`${create}\n${late}`, column);
}

const WITH_COLUMNS: ReadonlySet<string> = new Set([
  "constraint",
  "foreign key",
  "index",
  "statistics",
]);

const STANDARD_BODY = /^(?:BEGIN ATOMIC|RETURN )/mu;

/** What stands on an object, directly or not, before and afterwards. */
function usersThatStay(
  { old, fresh }: SchemaView,
  label: string,
): readonly string[] {
  const after = usersOf(fresh, [label]);
  return [...usersOf(old, [label])].filter((user) => after.has(user));
}

/** What stands on any of these, directly or not. */
export function usersOf(
  { users }: LabelledObjects,
  labels: Iterable<string>,
): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...labels];
  for (let label = open.pop(); label !== undefined; label = open.pop()) {
    for (const user of users.get(label) ?? []) {
      if (found.has(user)) continue;
      found.add(user);
      open.push(user);
    }
  }
  return found;
}

/** What holds no data of its own. */
function canBeMadeAnew(label: string, { fresh }: SchemaView): boolean {
  const object = fresh.objects.get(label);
  return object !== undefined && !KEPT.has(object.kind) &&
    object.parts.note === undefined;
}

const KEPT: ReadonlySet<string> = new Set([
  "extension",
  "schema",
  "sequence",
  "subscription",
  "table",
]);
