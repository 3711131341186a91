import { deepEqual } from "node:assert/strict";
import { alterTable } from "../../../../src/core/schema_changes/alter_table.ts";

function table(columns: readonly string[], clause = ""): string {
  const lines = columns.map((column) => `\n    ${column}`).join(",");
  return `CREATE TABLE public.t (${lines}\n)${clause};`;
}

Deno.test("alterTable() says which columns go with their data", () => {
  const total = "total integer GENERATED ALWAYS AS (amount) STORED";
  const { lost, anew } = alterTable(
    "public.t",
    table(["old_name text", "price integer", "amount integer", total]),
    table([
      "new_name text",
      "price integer GENERATED ALWAYS AS (amount) STORED",
      "amount integer",
    ]),
  );
  deepEqual(lost, ["old_name", "price"]);
  deepEqual(anew, ["price"]);
});

Deno.test("alterTable() computes anew what is generated from a column of another type", () => {
  const total = "total integer GENERATED ALWAYS AS (amount) STORED";
  const { statements, lost, anew } = alterTable(
    "public.t",
    table(["amount integer", total]),
    table(["amount bigint", total]),
  );
  deepEqual(statements, [
    "ALTER TABLE public.t DROP COLUMN total;",
    "ALTER TABLE public.t ALTER COLUMN amount TYPE bigint " +
    "USING amount::bigint;",
    `ALTER TABLE public.t ADD COLUMN ${total};`,
  ]);
  deepEqual([lost, anew], [[], ["total"]]);
});

Deno.test("alterTable() drops what is generated before what it is generated from", () => {
  const { statements } = alterTable(
    "public.t",
    table(["a integer", "b integer GENERATED ALWAYS AS (a) STORED"]),
    table([]),
  );
  deepEqual(statements, [
    "ALTER TABLE public.t DROP COLUMN b;",
    "ALTER TABLE public.t DROP COLUMN a;",
  ]);
});

Deno.test("alterTable() parts from tables and joins them, and keeps the columns", () => {
  const heir = table(["c integer"], "\nINHERITS (public.a, public.b)");
  const alone = table(["a integer", "c integer"], "\nINHERITS (public.b)");
  const away = alterTable("public.t", heir, alone);
  deepEqual(away.early, ["ALTER TABLE public.t NO INHERIT public.a;"]);
  deepEqual([away.statements, away.lost], [[
    "ALTER TABLE public.t ADD COLUMN IF NOT EXISTS a integer;",
  ], []]);
  const back = alterTable("public.t", alone, heir);
  deepEqual([back.statements, back.lost], [[
    "ALTER TABLE public.t INHERIT public.a;",
  ], []]);
});
