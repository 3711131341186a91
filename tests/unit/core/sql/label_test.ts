import assert from "node:assert/strict";
import { labelOf } from "../../../../src/core/sql/label.ts";

const LABELS = {
  "create index concurrently if not exists idx_a on t (a)":
    "CREATE INDEX CONCURRENTLY idx_a",
  "CREATE UNIQUE INDEX ON app.t (a)": "CREATE UNIQUE INDEX ON app.t",
  "DROP TABLE IF EXISTS app.users CASCADE": "DROP TABLE app.users",
  'ALTER TABLE ONLY "App"."t" ADD a int': 'ALTER TABLE "App"."t"',
  "INSERT INTO t VALUES (1)": "INSERT INTO t",
  "SELECT a FROM b": "SELECT",
  "DO $$ BEGIN END $$": "DO",
  "VACUUM (ANALYZE) t": "VACUUM",
  "-- a\nCOMMENT ON COLUMN a.b.c IS 'x'": "COMMENT ON COLUMN a.b.c",
  "BEGIN": "BEGIN",
  "SET search_path TO a": "SET search_path",
  'DROP TABLE "a\u001b[31m"': 'DROP TABLE "a [31m"',
};

for (const [sql, label] of Object.entries(LABELS)) {
  Deno.test(`labelOf() calls ${JSON.stringify(sql)} ${label}`, () => {
    assert.equal(labelOf(sql), label);
  });
}

Deno.test("labelOf() cuts long labels", () => {
  assert.equal(labelOf(`DROP TABLE ${"a".repeat(500)}`).length, 100);
});
