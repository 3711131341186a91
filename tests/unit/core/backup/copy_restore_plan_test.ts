import { deepEqual } from "node:assert/strict";
import type {
  CopyManifest,
  CopyRole,
} from "../../../../src/core/backup/copy_manifest.ts";
import { planRestore } from "../../../../src/core/backup/copy_restore_plan.ts";
import type { SchemaGraph } from "../../../../src/core/schema/order_objects.ts";

function manifest(
  objects: Readonly<Record<string, CopyRole>>,
  more: Partial<CopyManifest> = {},
): CopyManifest {
  return {
    format: 1,
    tool: "1.0.0",
    database: "shop",
    serverVersion: "18.4",
    createdAt: "2026-11-22 18:04:00 UTC",
    encoding: "UTF8",
    scope: "part",
    tracking: { table: '"public"."done"', log: '"public"."done_log"' },
    objects: Object.entries(objects).map(([label, role]) => ({
      ...objectOf(label),
      role,
    })),
    steps: [],
    tables: [],
    sequences: [],
    publications: [],
    scripts: [],
    ...more,
  };
}

function objectOf(label: string) {
  const space = label.lastIndexOf(" ");
  const [kind, name] = [label.slice(0, space), label.slice(space + 1)];
  return { kind, name, parts: { create: `CREATE ${label};` } };
}

/** Objects as `kind name`, and what needs what as two of them. */
function graph(
  labels: readonly string[],
  needs: readonly (readonly [string, string])[] = [],
): SchemaGraph {
  return {
    objects: new Map(labels.map((label) => [label, objectOf(label)])),
    needs: needs.map(([item, needed]) => ({ item, needed })),
    parts: [],
  };
}

Deno.test("planRestore() drops what is there, foreign keys first and views before tables", () => {
  const labels = [
    "table a",
    "table b",
    "foreign key a.k",
    "index a.i",
    "view v",
  ];
  const roles = Object.fromEntries(
    [...labels, "table gone"].map((label) => [label, "replace" as const]),
  );

  const { drops } = planRestore(
    manifest(roles),
    graph(labels, [
      ["foreign key a.k", "table a"],
      ["foreign key a.k", "table b"],
      ["index a.i", "table a"],
      ["view v", "table a"],
    ]),
  );

  deepEqual(drops, [
    "ALTER TABLE IF EXISTS a DROP CONSTRAINT IF EXISTS k;",
    "DROP VIEW IF EXISTS v;",
    "DROP TABLE IF EXISTS b;",
    "DROP TABLE IF EXISTS a;",
  ]);
});

Deno.test("planRestore() names what was made since and stands in the way", () => {
  const { inTheWay } = planRestore(
    manifest({ "table a": "replace" }),
    graph(
      ["table a", "view new", "index a.new", "foreign key b.new", "table b"],
      [
        ["view new", "table a"],
        ["index a.new", "table a"],
        ["foreign key b.new", "table a"],
        ["foreign key b.new", "table b"],
      ],
    ),
  );

  deepEqual(inTheWay, ["foreign key b.new", "view new"]);
});

Deno.test("planRestore() keeps what is only needed, and misses a table that is not there", () => {
  const plan = planRestore(
    manifest({ "type x": "ensure", "table b": "ensure", "type y": "ensure" }),
    graph(["type x"]),
  );

  deepEqual([[...plan.kept], plan.missing, plan.drops], [
    [0],
    ["table b"],
    [],
  ]);
});

const LOG = {
  "table public.done": "replace",
  "table public.done_log": "replace",
  "constraint public.done_log.pk": "replace",
  "sequence public.done_log_id_seq": "replace",
} as const;

Deno.test("planRestore() keeps the log, its parts and its sequence where there is one", () => {
  const { kept, drops } = planRestore(
    manifest(LOG),
    graph(["table public.done", "table public.done_log"]),
  );

  deepEqual([...kept], [1, 2, 3]);
  deepEqual(drops, ["DROP TABLE IF EXISTS public.done;"]);
});

Deno.test("planRestore() brings the log into a database without one", () => {
  deepEqual([...planRestore(manifest(LOG), graph([])).kept], []);
});

Deno.test("planRestore() puts tables back into publications that are there", () => {
  const sql = "ALTER PUBLICATION p ADD TABLE ONLY t;";
  const [backup] = [{ publication: "p", table: "t", sql }];
  const publications = [backup, { ...backup, publication: "gone" }];

  const { publications: joined } = planRestore(
    manifest({ "table t": "replace" }, { publications }),
    graph(["publication p"]),
  );

  deepEqual(joined, [backup]);
});
