import { labelOfObject, type SchemaObject } from "./schema_object.ts";

/** That one object, or a part of one, needs another to be there. */
export interface Dependency {
  readonly item: string;
  readonly needed: string;
}

/** Objects by their id in one database, and what they need. */
export interface SchemaGraph {
  readonly objects: ReadonlyMap<string, SchemaObject>;
  readonly needs: readonly Dependency[];
  /** What is a part of another object, such as a default of its table. */
  readonly parts: readonly Dependency[];
}

/** A part of an object, in its place among the others. */
export interface OrderedPart {
  readonly object: SchemaObject;
  readonly part: "early" | "main" | "late";
}

/** Objects in an order in which they can be made. */
export interface OrderedSchema {
  readonly parts: readonly OrderedPart[];
  /** Objects that need each other, so that no order is right. */
  readonly circular: readonly SchemaObject[];
}

/**
 * The order in which objects can be made: each behind what it needs, else by
 * kind and name, so that it stays as it is when other objects change.
 */
export function orderObjects(graph: SchemaGraph): OrderedSchema {
  const nodes = makeNodes(graph);
  linkNodes(graph, nodes);
  const ready = new ReadyNodes();
  for (const node of nodes.values()) if (node.awaits === 0) ready.add(node);
  const parts: OrderedPart[] = [];
  const circular: SchemaObject[] = [];
  const left = new Set(nodes.values());
  while (left.size > 0) {
    const node = ready.take() ?? firstOf(left);
    if (!left.delete(node)) continue;
    if (node.awaits > 0) circular.push(node.object);
    parts.push({ object: node.object, part: node.part });
    for (const follower of node.followers) {
      follower.awaits -= 1;
      if (follower.awaits === 0) ready.add(follower);
    }
  }
  return { parts, circular };
}

/** Every kind of object, in the order in which they are written. */
export const SCHEMA_KINDS: readonly string[] = [
  "schema",
  "extension",
  "access method",
  "language",
  "collation",
  "type",
  "function",
  "procedure",
  "aggregate",
  "operator",
  "operator family",
  "operator class",
  "cast",
  "transform",
  "conversion",
  "text search parser",
  "text search template",
  "text search dictionary",
  "text search configuration",
  "foreign data wrapper",
  "server",
  "user mapping",
  "sequence",
  "table",
  "foreign table",
  "view",
  "materialized view",
  "constraint",
  "index",
  "statistics",
  "foreign key",
  "rule",
  "trigger",
  "policy",
  "publication",
  "subscription",
  "event trigger",
  "default privileges",
  "security label",
];

interface Node extends OrderedPart {
  readonly key: string;
  readonly followers: Set<Node>;
  awaits: number;
}

function makeNodes({ objects }: SchemaGraph): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>();
  for (const [id, object] of objects) {
    nodes.set(id, makeNode(object, "main"));
    for (const part of ["early", "late"] as const) {
      if (object.parts[part] === undefined) continue;
      nodes.set(`${id} ${part}`, makeNode(object, part));
    }
  }
  return nodes;
}

function makeNode(object: SchemaObject, part: OrderedPart["part"]): Node {
  // What comes late belongs behind tables and their keys.
  const kind = part === "late" ? "foreign key" : object.kind;
  const rank = String(SCHEMA_KINDS.indexOf(kind)).padStart(2, "0");
  const order = { early: 0, main: 1, late: 2 }[part];
  const key = `${rank} ${order} ${labelOfObject(object)}`;
  return { key, object, part, followers: new Set(), awaits: 0 };
}

function linkNodes(
  graph: SchemaGraph,
  nodes: ReadonlyMap<string, Node>,
): void {
  const links = resolveLinks(graph);
  for (const link of links) {
    const [item = "", needed = ""] = link.split(" needs ");
    const isMutual = links.has(`${needed} needs ${item}`);
    const early = nodes.get(`${needed} early`);
    const place = isMutual && early !== undefined ? early : nodes.get(needed);
    follow(nodes.get(item), place);
    // Its first form needs the schema it is in.
    if (nodes.get(needed)?.object.kind === "schema") {
      follow(nodes.get(`${item} early`), nodes.get(needed));
    }
  }
  for (const id of graph.objects.keys()) {
    follow(nodes.get(id), nodes.get(`${id} early`));
    follow(nodes.get(`${id} late`), nodes.get(id));
  }
}

/** The needs between whole objects, each once, as `id needs id`. */
export function resolveLinks(
  { objects, needs, parts }: SchemaGraph,
): ReadonlySet<string> {
  const wholes = new Map(parts.map(({ item, needed }) => [item, needed]));
  const links = new Set<string>();
  for (const { item, needed } of needs) {
    const one = findWhole(item, { objects, wholes });
    const other = findWhole(needed, { objects, wholes });
    if (one === undefined || other === undefined || one === other) continue;
    links.add(`${one} needs ${other}`);
  }
  return links;
}

/** The object that something is, or is a part of. */
function findWhole(
  id: string,
  { objects, wholes }: {
    readonly objects: SchemaGraph["objects"];
    readonly wholes: ReadonlyMap<string, string>;
  },
): string | undefined {
  let found: string | undefined = id;
  for (let depth = 0; depth < MAX_DEPTH && found !== undefined; depth += 1) {
    if (objects.has(found)) return found;
    found = wholes.get(found);
  }
  return undefined;
}

/** An array of the row type of a table is the longest way there is. */
const MAX_DEPTH = 8;

function follow(follower: Node | undefined, node: Node | undefined): void {
  if (follower === undefined || node === undefined) return;
  if (node.followers.has(follower)) return;
  node.followers.add(follower);
  follower.awaits += 1;
}

function firstOf(nodes: ReadonlySet<Node>): Node {
  const [first, ...rest] = nodes;
  if (first === undefined) throw new Error("There is no node left");
  return rest.reduce((one, other) => other.key < one.key ? other : one, first);
}

/** What can be made now, the first by its key first: a binary heap. */
class ReadyNodes {
  readonly #heap: Node[] = [];

  add(node: Node): void {
    let at = this.#heap.push(node) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#swapIfLess(at, above)) return;
      at = above;
    }
  }

  take(): Node | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (last === undefined || last === first) return first;
    this.#heap[0] = last;
    let at = 0;
    for (;;) {
      const below = this.#lesserBelow(at);
      if (below === undefined || !this.#swapIfLess(below, at)) return first;
      at = below;
    }
  }

  #lesserBelow(at: number): number | undefined {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    if (left >= this.#heap.length) return undefined;
    return this.#isLess(right, left) ? right : left;
  }

  #swapIfLess(one: number, other: number): boolean {
    const [low, high] = [this.#heap[one], this.#heap[other]];
    if (low === undefined || high === undefined) return false;
    if (low.key >= high.key) return false;
    this.#heap[one] = high;
    this.#heap[other] = low;
    return true;
  }

  #isLess(one: number, other: number): boolean {
    const [left, right] = [this.#heap[one], this.#heap[other]];
    return left !== undefined && right !== undefined && left.key < right.key;
  }
}
