import { deepEqual, equal } from "node:assert/strict";
import { alterColumn } from "../../../../src/core/schema_changes/alter_column.ts";
import { readColumn } from "../../../../src/core/schema_changes/table_shape.ts";

function alter(old: string, fresh: string) {
  return alterColumn("t", readColumn(old), readColumn(fresh));
}

Deno.test("alterColumn() sets a default again behind another type", () => {
  const { statements, isRetyped } = alter(
    "a integer DEFAULT 1",
    "a text DEFAULT 'x'::text NOT NULL",
  );

  equal(isRetyped, true);
  deepEqual(statements, [
    "ALTER TABLE ONLY t ALTER COLUMN a DROP DEFAULT;",
    "ALTER TABLE t ALTER COLUMN a TYPE text;",
    "ALTER TABLE ONLY t ALTER COLUMN a SET DEFAULT 'x'::text;",
    "ALTER TABLE t ALTER COLUMN a SET NOT NULL;",
  ]);
});

Deno.test("alterColumn() adds an identity behind NOT NULL, and drops it before", () => {
  const identity = "GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME s)";
  deepEqual(alter("a integer", `a integer ${identity} NOT NULL`).statements, [
    "ALTER TABLE t ALTER COLUMN a SET NOT NULL;",
    `ALTER TABLE t ALTER COLUMN a ADD ${identity};`,
  ]);
  deepEqual(alter(`a integer ${identity} NOT NULL`, "a integer").statements, [
    "ALTER TABLE t ALTER COLUMN a DROP IDENTITY;",
    "ALTER TABLE t ALTER COLUMN a DROP NOT NULL;",
  ]);
});

Deno.test("alterColumn() computes a generated column anew, and keeps what was generated", () => {
  const generated = "a integer GENERATED ALWAYS AS (b) STORED";
  deepEqual(alter("a integer", generated).statements, [
    "ALTER TABLE t DROP COLUMN a;",
    `ALTER TABLE t ADD COLUMN ${generated};`,
  ]);
  deepEqual(alter(generated, "a integer").statements, [
    "ALTER TABLE t ALTER COLUMN a DROP EXPRESSION;",
  ]);
});

Deno.test("alterColumn() never casts to a text of bounded length, which would cut off what is too long", () => {
  const typed = (old: string, fresh: string) =>
    alter(`a ${old}`, `a ${fresh}`).statements[0];
  for (
    const [old, fresh] of [
      ["text", "character varying(3)"],
      ["integer", "character(3)"],
      ["text[]", "character varying(3)[]"],
      ["bit(8)", "bit varying(3)"],
    ] as const
  ) {
    equal(typed(old, fresh), `ALTER TABLE t ALTER COLUMN a TYPE ${fresh};`);
  }
  for (
    const [old, fresh] of [
      ["text", "integer"],
      ["text", "text[]"],
      ["integer", "bit(3)"],
    ] as const
  ) {
    equal(
      typed(old, fresh),
      `ALTER TABLE t ALTER COLUMN a TYPE ${fresh} USING a::${fresh};`,
    );
  }
});
