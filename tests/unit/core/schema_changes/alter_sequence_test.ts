import { deepEqual } from "node:assert/strict";
import { alterSequence } from "../../../../src/core/schema_changes/alter_sequence.ts";

Deno.test("alterSequence() says all that CREATE SEQUENCE left to its defaults", () => {
  deepEqual(
    alterSequence(
      "a.s",
      "CREATE SEQUENCE a.s AS integer MAXVALUE 9 CYCLE;",
      "CREATE SEQUENCE a.s INCREMENT BY -2 MINVALUE -9;",
    ),
    [
      "ALTER SEQUENCE a.s AS bigint INCREMENT BY -2 MINVALUE -9 NO MAXVALUE " +
      "START WITH -1 CACHE 1 NO CYCLE;",
    ],
  );
  deepEqual(
    alterSequence("s", "CREATE SEQUENCE s;", "CREATE UNLOGGED SEQUENCE s;"),
    undefined,
  );
});
