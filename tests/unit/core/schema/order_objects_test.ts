import { deepEqual } from "node:assert/strict";
import {
  orderObjects,
  type SchemaGraph,
} from "../../../../src/core/schema/order_objects.ts";
import {
  labelOfObject,
  type ObjectParts,
  type SchemaObject,
} from "../../../../src/core/schema/schema_object.ts";

Deno.test("orderObjects() goes by kind and then by name", () => {
  deepEqual(
    order({
      objects: { a: "view x", b: "table z", c: "schema s", d: "table y" },
    }),
    ["schema s", "table y", "table z", "view x"],
  );
});

Deno.test("orderObjects() puts what is needed first, also through a part", () => {
  deepEqual(
    order({
      objects: { a: "table a", f: "function f", z: "table z" },
      needs: ["f z.row", "a.default f"],
      parts: ["z.row z", "a.default a"],
    }),
    ["table z", "function f", "table a"],
  );
});

Deno.test("orderObjects() has the first form of a type before its functions", () => {
  deepEqual(
    order({
      objects: { t: "type t", i: "function i", s: "schema s" },
      early: ["t"],
      needs: ["t i", "i t", "t s", "i s"],
    }),
    ["schema s", "type t early", "function i", "type t"],
  );
});

Deno.test("orderObjects() has late parts behind tables and keys", () => {
  deepEqual(
    order({
      objects: { q: "sequence q", t: "table t", k: "constraint k" },
      late: ["q"],
      needs: ["t q", "k t"],
    }),
    ["sequence q", "table t", "constraint k", "sequence q late"],
  );
});

Deno.test("orderObjects() names objects that need each other, and writes all", () => {
  const { parts, circular } = orderObjects(graph({
    objects: { a: "view a", b: "view b", c: "view c" },
    needs: ["a b", "b a", "c b"],
  }));

  deepEqual(parts.map(({ object }) => object.name), ["a", "b", "c"]);
  deepEqual(circular.map(labelOfObject), ["view a"]);
});

interface Sketch {
  readonly objects: Readonly<Record<string, string>>;
  readonly early?: readonly string[];
  readonly late?: readonly string[];
  readonly needs?: readonly string[];
  readonly parts?: readonly string[];
}

function order(sketch: Sketch): readonly string[] {
  return orderObjects(graph(sketch)).parts.map(({ object, part }) =>
    labelOfObject(object) + (part === "main" ? "" : ` ${part}`)
  );
}

function graph(
  { objects, early = [], late = [], needs = [], parts = [] }: Sketch,
): SchemaGraph {
  return {
    objects: new Map(
      Object.entries(objects).map(([id, label]) => [
        id,
        objectOf(label, {
          ...(early.includes(id) && { early: "x" }),
          ...(late.includes(id) && { late: "x" }),
        }),
      ]),
    ),
    needs: needs.map(linkOf),
    parts: parts.map(linkOf),
  };
}

function objectOf(label: string, parts: ObjectParts): SchemaObject {
  const [kind = "", name = ""] = label.split(" ");
  return { kind, name, parts: { create: label, ...parts } };
}

function linkOf(text: string) {
  const [item = "", needed = ""] = text.split(" ");
  return { item, needed };
}
