import { deepEqual } from "node:assert/strict";
import type { CopyStep } from "../../../../src/core/backup/copy_manifest.ts";
import {
  type CopyPlan,
  planCopy,
} from "../../../../src/core/backup/copy_plan.ts";
import type { DataRelation } from "../../../../src/core/backup/copy_scope.ts";
import type { SchemaGraph } from "../../../../src/core/schema/order_objects.ts";
import type { ObjectParts } from "../../../../src/core/schema/schema_object.ts";

/** `id: "kind name"`, and what needs what as `id id`. */
interface Drawing {
  readonly objects: Readonly<Record<string, string>>;
  readonly needs?: readonly string[];
  readonly parts?: Readonly<Record<string, ObjectParts>>;
  readonly sequences?: Readonly<Record<string, string>>;
}

const SHOP: Drawing = {
  objects: {
    s: "schema s",
    a: "table s.a",
    b: "table s.b",
    c: "table s.c",
    k: "foreign key s.b.k",
    v: "view s.v",
    x: "type s.x",
    p: "publication p",
    q: "sequence s.q",
  },
  needs: ["a s", "b s", "c s", "k a", "k b", "v a", "a x", "x s", "p a", "p c"],
  sequences: { q: "a" },
};

function draw({ objects, needs = [], parts = {} }: Drawing): SchemaGraph {
  return {
    objects: new Map(
      Object.entries(objects).map(([id, label]) => {
        const space = label.lastIndexOf(" ");
        return [id, {
          kind: label.slice(0, space),
          name: label.slice(space + 1),
          parts: parts[id] ?? { create: `CREATE ${label};` },
        }];
      }),
    ),
    needs: needs.map((link) => {
      const [item = "", needed = ""] = link.split(" ");
      return { item, needed };
    }),
    parts: [],
  };
}

function plan(drawing: Drawing, seeds?: readonly string[]): CopyPlan {
  const graph = draw(drawing);
  const relations = [...graph.objects].flatMap(
    ([id, { kind, name }]): readonly DataRelation[] => {
      if (kind !== "table" && kind !== "sequence") return [];
      const ownerId = drawing.sequences?.[id];
      const owner = ownerId === undefined ? {} : { ownerId };
      return [{ id, name, kind, columns: [], isPopulated: true, ...owner }];
    },
  );
  return planCopy({ graph, relations, seeds });
}

function rolesOf({ objects }: CopyPlan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    objects.map(({ kind, name, role }) => [`${kind} ${name}`, role]),
  );
}

function describe({ steps, objects, tables }: CopyPlan): readonly string[] {
  return steps.map((step: CopyStep) => {
    const object = "object" in step ? objects[step.object]?.name : "";
    const table = step.do === "load" ? tables[step.table]?.name : "";
    return `${step.do} ${object}${table}`.trim();
  });
}

Deno.test("planCopy() of a database replaces all but schemas and extensions", () => {
  const roles = rolesOf(
    plan({ objects: { ...SHOP.objects, e: "extension e" } }),
  );

  deepEqual(
    Object.entries(roles).filter(([, role]) => role === "ensure")
      .map(([label]) => label),
    ["schema s", "extension e"],
  );
});

Deno.test("planCopy() of a table takes what hangs on it, and what that needs", () => {
  deepEqual(rolesOf(plan(SHOP, ["a"])), {
    "schema s": "ensure",
    "type s.x": "ensure",
    "table s.b": "ensure",
    "table s.a": "replace",
    "foreign key s.b.k": "replace",
    "view s.v": "replace",
    "sequence s.q": "replace",
  });
});

Deno.test("planCopy() of a schema takes what is in it", () => {
  const { objects, tables } = plan(SHOP, ["s"]);

  deepEqual(objects.find(({ kind }) => kind === "schema")?.role, "ensure");
  deepEqual(tables.map(({ name }) => name), ["s.a", "s.b", "s.c"]);
});

Deno.test("planCopy() never takes a publication for a table in it", () => {
  const drawing: Drawing = {
    ...SHOP,
    parts: {
      p: {
        create: "CREATE PUBLICATION p;\n" +
          "ALTER PUBLICATION p ADD TABLE ONLY s.a (id);\n" +
          "ALTER PUBLICATION p ADD TABLE ONLY s.c;",
      },
    },
  };

  const { publications, objects } = plan(drawing, ["a", "p"]);

  deepEqual(publications, [{
    publication: "p",
    table: "s.a",
    sql: "ALTER PUBLICATION p ADD TABLE ONLY s.a (id);",
  }]);
  deepEqual(objects.some(({ kind }) => kind === "publication"), false);
});

Deno.test("planCopy() fills tables before indexes, and views on keys come last", () => {
  const drawn = plan({
    objects: {
      t: "table t",
      k: "constraint t.k",
      v: "view v",
      f: "function f",
    },
    needs: ["k t", "v k", "v t"],
  });

  deepEqual(describe(drawn), [
    "create f",
    "create t",
    "load t",
    "set_sequences",
    "create t.k",
    "create v",
  ]);
});

Deno.test("planCopy() grants rights on a table when it is filled", () => {
  const drawn = plan({
    objects: { t: "table t" },
    parts: { t: { create: "CREATE TABLE t;", privileges: "GRANT …;" } },
  });

  deepEqual(describe(drawn), [
    "create t",
    "load t",
    "set_sequences",
    "create t",
  ]);
  deepEqual(drawn.steps.at(-1), {
    do: "create",
    object: 0,
    part: "privileges",
  });
});

const PARTITIONS: Drawing = {
  objects: {
    root: "table root",
    part: "table part",
    ri: "index root.ri",
    pi: "index part.pi",
  },
  needs: ["part root", "ri root", "pi part", "pi ri"],
  parts: {
    root: { create: "CREATE TABLE root PARTITION BY LIST (a);" },
    part: {
      create: "CREATE TABLE part;\n" +
        "ALTER TABLE ONLY root ATTACH PARTITION part FOR VALUES IN (1);",
    },
    pi: {
      create: "CREATE INDEX pi ON part;\nALTER INDEX ri ATTACH PARTITION pi;",
    },
  },
};

Deno.test("planCopy() of a partition attaches it when it has its indexes", () => {
  const drawn = plan(PARTITIONS, ["part"]);

  deepEqual(describe(drawn).slice(-2), ["create part.pi", "attach part"]);
  deepEqual(
    drawn.objects.filter(({ role }) => role === "replace")
      .map(({ parts }) => parts.create),
    ["CREATE TABLE part;", "CREATE INDEX pi ON part;"],
  );
});

Deno.test("planCopy() of a partitioned table leaves its partitions as they are made", () => {
  const { steps } = plan(PARTITIONS, ["root"]);

  deepEqual(steps.filter((step) => step.do === "attach"), []);
});

Deno.test("planCopy() names what it cannot bring back", () => {
  const { obstacles } = plan({
    objects: { m: "user mapping m", a: "view a", b: "view b" },
    needs: ["a b", "b a"],
    parts: { m: { create: "CREATE …;", note: "options are left out" } },
  });

  deepEqual(obstacles, [
    "user mapping m (options are left out)",
    "view a (it and others need each other)",
  ]);
});

Deno.test("planCopy() leaves out an index that is not valid, as pg_dump does", () => {
  const { objects, obstacles } = plan({
    objects: { t: "table t", i: "index t.i" },
    needs: ["i t"],
    parts: { i: { create: "CREATE …;", note: "it is not valid" } },
  });

  deepEqual([objects.length, obstacles], [1, []]);
});
