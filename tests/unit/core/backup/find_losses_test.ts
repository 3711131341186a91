import { deepEqual } from "node:assert/strict";
import { findLosses } from "../../../../src/core/backup/find_losses.ts";
import type { LossTarget } from "../../../../src/core/backup/loss.ts";
import { mayLose } from "../../../../src/core/backup/loss_words.ts";
import { loadGrammar } from "../../../../src/io/grammar.ts";

const { parse } = await loadGrammar();

const T = { name: "t" };
const APP_T = { schema: "app", name: "t" };
const ANYTHING: LossTarget = { kind: "anything" };

function relation(
  name: { readonly name: string; readonly schema?: string },
  reach: "restrict" | "cascade" = "restrict",
): LossTarget {
  return { kind: "relation", name, reach };
}

function rows(
  name: { readonly name: string; readonly schema?: string },
  reach: "restrict" | "cascade" = "restrict",
): LossTarget {
  return { kind: "rows", name, reach };
}

function columns(...names: readonly string[]): LossTarget {
  return { kind: "columns", name: T, columns: names };
}

function call(name: string, schema?: string): LossTarget {
  return {
    kind: "call",
    name: schema === undefined ? { name } : { schema, name },
  };
}

const LOSSES: Readonly<Record<string, readonly LossTarget[]>> = {
  "DROP TABLE t": [relation(T)],
  'drop table if exists "T", app.t cascade': [
    relation({ name: "T" }, "cascade"),
    relation(APP_T, "cascade"),
  ],
  "DROP MATERIALIZED VIEW t": [relation(T)],
  "DROP VIEW t CASCADE": [relation(T, "cascade")],
  "DROP SEQUENCE app.t": [{ kind: "sequence", name: APP_T }],
  "DROP SCHEMA app CASCADE": [
    { kind: "schema", name: { name: "app" }, reach: "cascade" },
  ],
  "DROP SCHEMA app": [],
  "DROP TYPE app.t CASCADE": [
    { kind: "type", name: APP_T, reach: "cascade" },
  ],
  "DROP TYPE t": [],
  "DROP DOMAIN t CASCADE": [{ kind: "type", name: T, reach: "cascade" }],
  "DROP EXTENSION hstore": [
    { kind: "extension", name: { name: "hstore" }, reach: "restrict" },
  ],
  "DROP FUNCTION t(int) CASCADE": [
    { kind: "routine", name: T, reach: "cascade" },
  ],
  "DROP FUNCTION t(int)": [],
  "DROP COLLATION t CASCADE": [ANYTHING],
  "DROP COLLATION t": [],
  "DROP TRIGGER a ON t CASCADE": [],
  "DROP POLICY a ON t": [],
  "DROP OWNED BY app": [ANYTHING],
  "DROP DATABASE t": [{ kind: "database", name: T }],
  "TRUNCATE t, app.t": [rows(T), rows(APP_T)],
  "TRUNCATE TABLE t CASCADE": [rows(T, "cascade")],
  "DELETE FROM app.t WHERE id = 1": [rows(APP_T)],
  "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone": [rows(T)],
  "INSERT INTO a WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone": [
    rows(T),
  ],
  "UPDATE t SET a = 1, (b, c) = (2, 3)": [columns("a", "b", "c")],
  "UPDATE t SET a = 1 WHERE id = 7": [columns("a")],
  "UPDATE t SET a = 1 WHERE a IS NULL": [],
  "UPDATE t SET a = 1 WHERE a IS NULL AND id < 1000": [],
  "UPDATE t SET a = 1, b = 2 WHERE t.a IS NULL": [columns("b")],
  "UPDATE t SET a = 1 WHERE a IS NULL OR b": [columns("a")],
  "UPDATE t SET a = s.a FROM s WHERE s.a IS NULL": [columns("a")],
  "UPDATE t AS x SET a = 1 WHERE x.a IS NULL": [],
  "UPDATE t AS x SET a = 1 FROM t WHERE t.a IS NULL": [columns("a")],
  "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2 WHERE excluded.b IS NULL":
    [columns("b")],
  "UPDATE t SET a = 1 WHERE a IS NOT NULL": [columns("a")],
  "INSERT INTO t VALUES (1)": [],
  "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING": [],
  "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2": [
    columns("b"),
  ],
  "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED AND s.x THEN DELETE WHEN MATCHED THEN UPDATE SET b = 1 WHEN NOT MATCHED THEN INSERT VALUES (1)":
    [rows(T), columns("b")],
  "ALTER TABLE t DROP COLUMN a, DROP COLUMN IF EXISTS b CASCADE, ADD c int": [
    columns("a", "b"),
  ],
  "ALTER TABLE t ALTER a TYPE varchar(10)": [columns("a")],
  "ALTER TABLE t ALTER COLUMN a SET DATA TYPE int USING a::int": [
    columns("a"),
  ],
  "ALTER TABLE t ALTER a TYPE text": [],
  "ALTER TABLE t ALTER a TYPE text USING a || b": [columns("a")],
  "ALTER TABLE t ALTER a TYPE text[] USING ARRAY[a]": [columns("a")],
  "ALTER TABLE t DROP CONSTRAINT a": [],
  "ALTER TYPE t DROP ATTRIBUTE a": [ANYTHING],
  "DO $$ BEGIN DROP TABLE t; END $$": [ANYTHING],
  "DO $$ BEGIN EXECUTE 'x'; END $$": [ANYTHING],
  "DO $$ BEGIN CREATE TYPE t AS ENUM (); EXCEPTION WHEN others THEN END $$": [],
  'DO $$ BEGIN IF a IN (1) THEN PERFORM app.t((1)), "T"(2); END IF; END $$': [
    call("t", "app"),
    call("T"),
  ],
  "DO $$ BEGIN PERFORM lo_unlink(1); END $$": [ANYTHING],
  "INSERT INTO a SELECT t(1)": [call("t")],
  "CREATE TABLE a AS SELECT t(1)": [call("t")],
  "CREATE VIEW a AS SELECT t(1)": [],
  "COPY (DELETE FROM t RETURNING a) TO STDOUT": [rows(T)],
  "((SELECT t(1)))": [call("t")],
  "VALUES (t(1))": [call("t")],
  "CALL app.t(1)": [call("t", "app")],
  "SELECT app.t(1), now(), pg_catalog.now()": [call("t", "app"), call("now")],
  "SELECT lo_unlink(1)": [ANYTHING],
  "EXPLAIN ANALYZE DELETE FROM t": [rows(T)],
  "PREPARE p AS DELETE FROM t": [rows(T)],
  "CREATE TABLE a AS SELECT 1": [],
  "CREATE TABLE a (b int REFERENCES t ON DELETE CASCADE)": [],
  "CREATE FUNCTION f() RETURNS void BEGIN ATOMIC DELETE FROM t; END": [],
  "CREATE RULE r AS ON INSERT TO a DO ALSO DELETE FROM t": [],
  "COMMENT ON TABLE t IS 'drop table t'": [],
  "REVOKE DELETE ON t FROM a": [],
  "SELECT 1": [],
};

for (const [sql, expected] of Object.entries(LOSSES)) {
  Deno.test(`findLosses() knows what is lost by: ${sql}`, () => {
    const tree = mayLose(sql) ? parse(sql) : { kind: "", fields: {} };

    deepEqual(tree && findLosses(tree), expected);
  });
}
