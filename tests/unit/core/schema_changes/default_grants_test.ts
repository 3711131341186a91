import { deepEqual } from "node:assert/strict";
import type { SchemaObject } from "../../../../src/core/schema/schema_object.ts";
import { undoDefaults } from "../../../../src/core/schema_changes/default_grants.ts";

function defaults(...privileges: readonly string[]): readonly SchemaObject[] {
  return privileges.map((text, index) => ({
    kind: "default privileges",
    name: String(index),
    parts: { privileges: `ALTER DEFAULT PRIVILEGES FOR ROLE ${text};` },
  }));
}

const TABLE: SchemaObject = { kind: "table", name: "s.t", parts: {} };

Deno.test("undoDefaults() undoes what is given to objects of that kind, schema and owner", () => {
  const others = defaults(
    "me IN SCHEMA s GRANT SELECT, UPDATE ON TABLES TO app WITH GRANT OPTION",
    "me GRANT DELETE ON TABLES TO PUBLIC",
    "me IN SCHEMA other GRANT INSERT ON TABLES TO app",
    "you GRANT INSERT ON TABLES TO app",
    "me GRANT USAGE ON SEQUENCES TO app",
  );

  deepEqual(undoDefaults(TABLE, others, "me"), [
    "REVOKE SELECT, UPDATE ON TABLE s.t FROM app;",
    "REVOKE DELETE ON TABLE s.t FROM PUBLIC;",
  ]);
});

Deno.test("undoDefaults() leaves what the object is to have", () => {
  const privileges = "GRANT SELECT ON TABLE s.t TO app;";
  deepEqual(
    undoDefaults(
      { ...TABLE, parts: { privileges } },
      defaults("me GRANT SELECT ON TABLES TO app"),
      "me",
    ),
    [],
  );
});

Deno.test("undoDefaults() gives back what is taken away", () => {
  deepEqual(
    undoDefaults(
      { kind: "function", name: "s.f(s.t)", parts: {} },
      defaults("me IN SCHEMA s REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"),
      "me",
    ),
    ["GRANT EXECUTE ON FUNCTION s.f(s.t) TO PUBLIC;"],
  );
});
