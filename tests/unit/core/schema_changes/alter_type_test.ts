import { deepEqual, equal } from "node:assert/strict";
import { alterType } from "../../../../src/core/schema_changes/alter_type.ts";

function enumOf(...labels: readonly string[]): string {
  return `CREATE TYPE m AS ENUM (\n    ${labels.join(",\n    ")}\n);`;
}

Deno.test("alterType() adds labels where they belong", () => {
  deepEqual(
    alterType(
      "m",
      enumOf("'b,('", "'d'"),
      enumOf("'a'", "'b,('", "'c'", "'d'"),
    ),
    [
      "ALTER TYPE m ADD VALUE 'a' BEFORE 'b,(';",
      "ALTER TYPE m ADD VALUE 'c' AFTER 'b,(';",
    ],
  );
});

Deno.test("alterType() cannot take a label away, nor put it elsewhere", () => {
  equal(alterType("m", enumOf("'a'", "'b'"), enumOf("'a'")), undefined);
  equal(alterType("m", enumOf("'a'", "'b'"), enumOf("'b'", "'a'")), undefined);
});

Deno.test("alterType() alters a domain unless its type is another one", () => {
  const low = "ALTER DOMAIN d ADD CONSTRAINT low CHECK ((VALUE < 5));";
  const high = 'ALTER DOMAIN d ADD CONSTRAINT "hi gh" CHECK ((VALUE > 5));';
  deepEqual(
    alterType(
      "d",
      `CREATE DOMAIN d AS integer DEFAULT 1;\n${high}`,
      `CREATE DOMAIN d AS integer NOT NULL;\n${low}`,
    ),
    [
      'ALTER DOMAIN d DROP CONSTRAINT "hi gh";',
      "ALTER DOMAIN d DROP DEFAULT;",
      "ALTER DOMAIN d SET NOT NULL;",
      low,
    ],
  );
  equal(
    alterType("d", "CREATE DOMAIN d AS integer;", "CREATE DOMAIN d AS text;"),
    undefined,
  );
});
