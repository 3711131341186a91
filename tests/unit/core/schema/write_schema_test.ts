import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { SchemaObject } from "../../../../src/core/schema/schema_object.ts";
import { writeSchema } from "../../../../src/core/schema/write_schema.ts";

const PUBLIC: SchemaObject = {
  kind: "schema",
  name: "public",
  parts: { create: "CREATE SCHEMA IF NOT EXISTS public;" },
};

Deno.test("writeSchema() writes one block an object, under its name", () => {
  const { sql, objectCount } = write(PUBLIC, {
    kind: "table",
    name: "public.a",
    parts: { create: "CREATE TABLE a ();", owner: "O;", privileges: "P;" },
  });

  equal(objectCount, 2);
  ok(sql.endsWith("\n\n-- table public.a\nCREATE TABLE a ();\nO;\nP;\n"), sql);
});

Deno.test("writeSchema() takes public away where it was taken away", () => {
  match(write().sql, /^DROP SCHEMA IF EXISTS public;$/m);
  ok(!write(PUBLIC).sql.includes("DROP"));
});

Deno.test("writeSchema() keeps a name with a line break in its comment", () => {
  const { sql } = write({
    kind: "table",
    name: '"a\nDROP TABLE b"',
    parts: { create: "C;" },
  });

  match(sql, /^-- table "a DROP TABLE b"$/m);
});

Deno.test("writeSchema() says of each object what it does not write", () => {
  const { sql, findings } = write({
    kind: "subscription",
    name: "news",
    parts: { note: "how it connects\nis left out" },
  });

  match(sql, /^-- subscription news\n-- how it connects is left out$/m);
  deepEqual(findings.map(({ code }) => code), ["not_written"]);
});

function write(...objects: readonly SchemaObject[]) {
  return writeSchema({
    objects: new Map(objects.map((object, id) => [String(id), object])),
    needs: [],
    parts: [],
  });
}
