import { deepEqual, equal, ok } from "node:assert/strict";
import type { TestDatabase } from "../helpers/database.ts";
import { column, withRun } from "../helpers/run.ts";

/** A table with an INVALID index "items_id", as a failed build leaves it. */
async function makeInvalidIndex(db: TestDatabase): Promise<void> {
  await db.query(
    "CREATE TABLE items (id int); INSERT INTO items VALUES (1), (1)",
  );
  await db.query("CREATE UNIQUE INDEX CONCURRENTLY items_id ON items (id)")
    .catch(() => {});
  await db.query("DELETE FROM items WHERE ctid = '(0,1)'");
  deepEqual(await validityOf(db), [false]);
}

async function validityOf(db: TestDatabase): Promise<readonly unknown[]> {
  return await column(
    db,
    "SELECT indisvalid FROM pg_index WHERE indrelid = 'items'::regclass",
  );
}

for (
  const sql of [
    "CREATE UNIQUE INDEX IF NOT EXISTS items_id ON items (id);\n",
    "BEGIN;\nINSERT INTO items VALUES (2);\n" +
    "create index if not exists items_id on items (id);\nCOMMIT;\n",
    "-- lockstep: transaction=off\n" +
    "CREATE INDEX IF NOT EXISTS items_id ON items (id);\n",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS items_id ON items (id);\n",
  ]
) {
  const shown = sql.replaceAll("\n", " ");
  Deno.test(`migrate does not pass over an INVALID index with ${shown}`, () =>
    withRun({ "001_index.sql": sql }, async ({ db, run }) => {
      await makeInvalidIndex(db);

      const { code, stderr } = await run("migrate");

      equal(code, 0, stderr);
      ok(stderr.includes("dropped the INVALID index items_id"), stderr);
      deepEqual(await validityOf(db), [true]);
    }));
}

Deno.test("migrate puts an INVALID index back with the transaction that dropped it", () =>
  withRun({
    "001_index.sql": "CREATE INDEX IF NOT EXISTS items_id ON items (id);\n" +
      "SELECT 1 / 0;\n",
  }, async ({ db, json }) => {
    await makeInvalidIndex(db);

    const { code } = await json("migrate");

    equal(code, 5);
    deepEqual(await validityOf(db), [false]);
  }));

Deno.test("migrate keeps the error of what came before CREATE INDEX IF NOT EXISTS", () =>
  withRun({
    "001_index.sql": "SELECT 1 / 0;\n" +
      "CREATE INDEX IF NOT EXISTS items_id ON items (id);\n",
  }, async ({ db, json }) => {
    await makeInvalidIndex(db);

    const { code, error } = await json("migrate");

    equal(code, 5);
    equal(error?.location?.line, 1);
    deepEqual(await validityOf(db), [false]);
  }));

Deno.test("migrate names the line when it may not drop an INVALID index", () =>
  withRun({
    "001_index.sql": "CREATE ROLE items_guest;\nSET ROLE items_guest;\n" +
      "CREATE INDEX IF NOT EXISTS items_id ON items (id);\n",
  }, async ({ db, json }) => {
    await makeInvalidIndex(db);

    const { code, error } = await json("migrate");

    equal(code, 5);
    equal(error?.code, "statement_failed");
    equal(error.location?.line, 3);
    equal(error.server?.sqlstate, "42501");
  }));

// The index of a partitioned table is INVALID until all partitions have one.
Deno.test("migrate leaves an index alone that waits for its partitions", () =>
  withRun({
    "001_index.sql": "CREATE INDEX IF NOT EXISTS items_id ON items (id);\n",
  }, async ({ db, run }) => {
    await db.query(
      "CREATE TABLE items (id int) PARTITION BY RANGE (id); " +
        "CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (1) TO (2); " +
        "CREATE INDEX items_id ON ONLY items (id)",
    );

    const { code, stderr } = await run("migrate");

    equal(code, 0, stderr);
    deepEqual(await validityOf(db), [false]);
  }));
