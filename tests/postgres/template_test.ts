import assert from "node:assert/strict";
import {
  renderDownTemplate,
  renderUpTemplate,
  slugOf,
} from "../../src/core/template.ts";
import { withDatabase } from "../helpers/database.ts";

const LONG_NAME =
  "add a table whose name is cut, as it is far too long to keep";

const VALUES = {
  version: "20250105120000",
  slug: slugOf("add user authentication"),
  description: "it's 100 % \\ done; */ '",
  author: 'O\'Hara "x" $$',
  date: "2025-01-05",
};

Deno.test("the templates run as they are, forwards and back", async () => {
  await withDatabase(async (db) => {
    await db.query(renderUpTemplate(VALUES));
    assert.deepEqual(await exampleTables(db), [
      "example_20250105120000_add_user_authentication",
    ]);

    await db.query(renderDownTemplate(VALUES));
    assert.deepEqual(await exampleTables(db), []);
  });
});

Deno.test("several templates run in one database", async () => {
  const first = { ...VALUES, slug: slugOf(LONG_NAME) };
  const second = { ...first, version: "20250105120001" };
  await withDatabase(async (db) => {
    await db.query(renderUpTemplate(first));
    await db.query(renderUpTemplate(second));
    assert.equal((await exampleTables(db)).length, 2);

    await db.query(renderDownTemplate(second));
    await db.query(renderDownTemplate(first));
    assert.deepEqual(await exampleTables(db), []);
  });
});

Deno.test("the rollback template checks the current schema only", async () => {
  await withDatabase(async (db) => {
    await db.query("CREATE SCHEMA one; CREATE SCHEMA two");
    await db.query("SET search_path = one");
    await db.query(renderUpTemplate(VALUES));
    await db.query("SET search_path = two");
    await db.query(renderUpTemplate(VALUES));

    await db.query(renderDownTemplate(VALUES));

    assert.equal((await exampleTables(db)).length, 1);
  });
});

async function exampleTables(
  db: { query(sql: string): Promise<Record<string, unknown>[]> },
): Promise<unknown[]> {
  const rows = await db.query(
    "SELECT relname FROM pg_class WHERE relname LIKE 'example%' " +
      "AND relkind = 'r'",
  );
  return rows.map(({ relname }) => relname);
}
