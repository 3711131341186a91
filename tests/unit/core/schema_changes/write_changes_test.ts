import { deepEqual } from "node:assert/strict";
import type { SchemaGraph } from "../../../../src/core/schema/order_objects.ts";
import type { SchemaObject } from "../../../../src/core/schema/schema_object.ts";
import { writeChanges } from "../../../../src/core/schema_changes/write_changes.ts";

function graph(...objects: readonly SchemaObject[]): SchemaGraph {
  return {
    objects: new Map(objects.map((object, id) => [String(id), object])),
    needs: [],
    parts: [],
  };
}

function counted(name: string, options: string): SchemaObject {
  return {
    kind: "table",
    name,
    parts: {
      create: `CREATE TABLE ${name} (\n    id integer GENERATED ALWAYS AS ` +
        `IDENTITY (SEQUENCE NAME public.a_id_seq${options}) NOT NULL\n);`,
    },
  };
}

Deno.test("writeChanges() drops a table before another one takes the name of its sequence", () => {
  const { blocks, lost } = writeChanges({
    before: graph(counted("public.a", "")),
    after: graph(counted("public.b", " START WITH 5")),
    labels: new Set(["table public.a", "table public.b"]),
    role: "postgres",
  });
  deepEqual(blocks.map(({ statements }) => statements[0]?.split(" (")[0]), [
    "DROP TABLE public.a;",
    "CREATE TABLE public.b",
  ]);
  deepEqual(lost, ["table public.a"]);
});
