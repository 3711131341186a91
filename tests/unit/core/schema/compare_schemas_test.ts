import { deepEqual } from "node:assert/strict";
import {
  compareSchemas,
  type SchemaState,
} from "../../../../src/core/schema/compare_schemas.ts";
import type { SchemaObject } from "../../../../src/core/schema/schema_object.ts";

Deno.test("compareSchemas() finds what is added, removed and changed", () => {
  const { names } = found(
    state([table("a"), table("b"), view("c", "CREATE VIEW c AS SELECT 1;")]),
    state([table("b", "CREATE TABLE b (x integer);"), table("d"), table("a")]),
  );

  deepEqual(names, ["changed table b", "added table d", "removed view c"]);
});

Deno.test("compareSchemas() finds a change of privileges or comment alone", () => {
  const parts = { create: "CREATE TABLE a ();" };
  const granted = { ...parts, privileges: "GRANT SELECT ON TABLE a TO bob;" };
  const { names } = found(
    state([{ kind: "table", name: "a", parts }]),
    state([{ kind: "table", name: "a", parts: granted }]),
  );

  deepEqual(names, ["changed table a"]);
});

Deno.test("compareSchemas() leaves out what fits a pattern, and counts it", () => {
  const live = state([
    table("audit.a"),
    table("audit.b"),
    table("public.tmp_1"),
    view("public.tmp_1v", "CREATE VIEW v AS SELECT 1;"),
    table("public.a+b"),
  ]);

  deepEqual(found(state([]), live, ["audit.*", "table public.tmp_?"]), {
    names: ["added table public.a+b", "added view public.tmp_1v"],
    ignoredCount: 3,
  });
  deepEqual(found(state([]), live, ["*"]).ignoredCount, 5);
  deepEqual(found(state([]), live, ["public.a+b"]).ignoredCount, 1);
});

Deno.test("compareSchemas() takes for the same what only the servers write otherwise", () => {
  const older = [view("v", "CREATE VIEW v AS SELECT t.a, t.b FROM t;")];
  const newer = [view("v", "CREATE VIEW v AS SELECT a, b FROM t;")];

  deepEqual(found(state(older, 150018), state(newer)).names, []);
  deepEqual(found(state(newer), state(older, 150018)).names, []);
  // On one server they are two texts.
  deepEqual(found(state(older), state(newer)).names, ["changed view v"]);
});

Deno.test("compareSchemas() finds real changes between servers of two majors", () => {
  const older = [view("v", "CREATE VIEW v AS SELECT t.a, t.b FROM t;")];
  const newer = [view("v", "CREATE VIEW v AS SELECT a, c FROM t;")];

  const { names } = found(state(older, 150018), state(newer));

  deepEqual(names, ["changed view v"]);
});

Deno.test("compareSchemas() names the parts of an object that differ", () => {
  const parts = { create: "CREATE VIEW v AS SELECT t.a FROM t;" };
  const [older, newer] = [
    { kind: "view", name: "v", parts },
    {
      kind: "view",
      name: "v",
      parts: {
        create: "CREATE VIEW v AS SELECT a FROM t;",
        comment: "COMMENT ON VIEW v IS 'x';",
        owner: "ALTER VIEW v OWNER TO bob;",
      },
    },
  ];

  deepEqual(partsFound(state([older]), state([newer])), [[
    "create",
    "owner",
    "comment",
  ]]);
  // Here the servers write the same statement in two ways.
  deepEqual(partsFound(state([older], 150018), state([newer])), [[
    "owner",
    "comment",
  ]]);
  deepEqual(partsFound(state([]), state([newer])), [undefined]);
});

function partsFound(expected: SchemaState, live: SchemaState) {
  return compareSchemas(expected, live).differences
    .map(({ differsIn }) => differsIn);
}

function table(
  name: string,
  create = `CREATE TABLE ${name} ();`,
): SchemaObject {
  return { kind: "table", name, parts: { create } };
}

function view(name: string, create: string): SchemaObject {
  return { kind: "view", name, parts: { create } };
}

function state(
  objects: readonly SchemaObject[],
  serverVersion = 180004,
): SchemaState {
  return { objects, serverVersion };
}

/** The differences, such as `changed table a`, and how many are left out. */
function found(
  expected: SchemaState,
  live: SchemaState,
  ignore: readonly string[] = [],
): { readonly names: readonly string[]; readonly ignoredCount: number } {
  const { differences, ignoredCount } = compareSchemas(expected, live, ignore);
  const names = differences.map(({ change, kind, name }) =>
    `${change} ${kind} ${name}`
  );
  return { names, ignoredCount };
}
