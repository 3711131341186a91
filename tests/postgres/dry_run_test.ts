import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { DatabaseManager, MigrationManager } from "../../src/mod.ts";
import type {
  AdvancedSequence,
  TriedStatement,
  TriedStep,
} from "../../src/core/dry_run/dry_run_report.ts";
import { catalogRows } from "../helpers/catalog_rows.ts";
import { catalogSnapshot } from "../helpers/catalog_snapshot.ts";
import { runLockstep, spawnLockstep } from "../helpers/cli.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import {
  type Answer,
  column,
  ending,
  placeOf,
  tablesOf,
  withRun,
} from "../helpers/run.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

interface Tried {
  readonly steps: readonly TriedStep[];
  readonly sequences: readonly AdvancedSequence[];
  readonly walBytes?: number;
}

/** The document of an executed dry run. */
function tried(answer: Answer): Answer & Tried {
  equal(answer.kind, "dry_run");
  return answer as unknown as Answer & Tried;
}

/** All statements, each as in `3 done`. */
function statementsOf({ steps }: Tried): readonly string[] {
  return steps.flatMap(({ statements }) =>
    statements.map(({ line, status }) => `${line} ${status}`)
  );
}

function find({ steps }: Tried, beginning: string): TriedStatement {
  const found = steps.flatMap(({ statements }) => statements)
    .find(({ sql }) => sql.startsWith(beginning));
  ok(found, `no statement begins with ${beginning}`);
  return found;
}

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((done) => setTimeout(done, 100));
}

async function schemaOf(db: TestDatabase): Promise<unknown> {
  return [await catalogSnapshot(db), await catalogRows(db)];
}

Deno.test("--dry-run=execute of the sample leaves every catalog as it was", () =>
  withDatabase(async (db) => {
    const before = await schemaOf(db);

    const { code, stdout } = await runLockstep(
      ["migrate", "--dry-run=execute", "--json"],
      { cwd: REPOSITORY, env: { DATABASE_URL: db.url } },
    );

    const answer: Tried = JSON.parse(stdout);
    equal(code, 0, stdout);
    deepEqual(answer.steps.map(({ status }) => status), [
      "done",
      "done",
      "done",
    ]);
    ok(find(answer, "CREATE TABLE trading.orders").status === "done");
    const skipped = find(answer, "CREATE INDEX CONCURRENTLY idx_orders_open");
    match(skipped.reason ?? "", /cannot run inside a transaction block$/);
    deepEqual(await schemaOf(db), before);
  }));

const ORDERS = `CREATE TABLE orders (id serial PRIMARY KEY, n integer);
INSERT INTO orders (n) SELECT g FROM generate_series(1, 100) AS g;
`;

Deno.test("--dry-run=execute of a failing file names its place, and leaves nothing", () =>
  withRun({ "001_a.sql": ORDERS }, async ({ db, write, done, json, run }) => {
    await done("migrate");
    await write({
      "002_b.sql": "ALTER TABLE orders ALTER COLUMN n TYPE bigint;\n",
      "003_c.sql": `CREATE INDEX orders_n ON orders (n);
UPDATE orders SET n = 1 / (n - 50);
DROP TABLE orders;
`,
      "004_d.sql": "SELECT 1;\n",
    });
    const before = await schemaOf(db);

    const answer = tried(await json("migrate", "--dry-run=execute"));

    deepEqual(ending(answer), [5, "statement_failed"]);
    equal(placeOf(answer.error), "migrations/003_c.sql:2:1");
    match(answer.error?.message ?? "", /division by zero$/);
    equal(
      answer.error?.hint,
      "nothing was changed: mend the file and try it again",
    );
    deepEqual(answer.steps.map(({ status }) => status), [
      "done",
      "failed",
      "not_run",
    ]);
    deepEqual(statementsOf(answer), ["1 done", "1 done", "2 failed"]);
    deepEqual(await schemaOf(db), before);
    deepEqual(await column(db, "SELECT sum(n)::integer FROM orders"), [5050]);
    const { stdout, stderr } = await run("migrate", "--dry-run=execute");
    match(stdout, /^Tried to apply 1 of 3 migrations in .*rolled it back\.$/m);
    match(stderr, /^ {2}--> migrations\/003_c\.sql:2:1\n.*\n2 \| UPDATE/m);
  }));

Deno.test("--dry-run=execute tells locks, rewrites, rows, notices, WAL and sequences", () =>
  withRun({ "001_a.sql": ORDERS }, async ({ db, write, done, json }) => {
    await done("migrate");
    await write({
      "002_b.sql": `ALTER TABLE orders ALTER COLUMN n TYPE bigint;
INSERT INTO orders (n) SELECT g FROM generate_series(1, 7) AS g;
DO $$ BEGIN RAISE NOTICE 'hello'; END $$;
CREATE TABLE other (id integer PRIMARY KEY);
ALTER TABLE other ADD COLUMN n integer;
CREATE INDEX CONCURRENTLY orders_n ON orders (n);
COPY orders (n) FROM stdin;
1
2
\\.
TRUNCATE orders;
COMMENT ON INDEX orders_n IS 'by n';
`,
    });

    const answer = tried(await json("migrate", "--dry-run=execute"));

    deepEqual([answer.code, answer.error], [0, undefined]);
    const alter = find(answer, "ALTER TABLE orders");
    deepEqual(alter.locks, [
      { name: "public.orders", kind: "table", mode: "ACCESS EXCLUSIVE" },
      { name: "public.orders_pkey", kind: "index", mode: "ACCESS EXCLUSIVE" },
    ]);
    deepEqual(alter.rewritten[0], { name: "public.orders", kind: "table" });
    ok((alter.walBytes ?? 0) > 0 && (answer.walBytes ?? 0) > 0);
    const insert = find(answer, "INSERT");
    deepEqual([insert.rows, insert.rewritten], [7, []]);
    deepEqual(insert.locks, [
      { name: "public.orders_id_seq", kind: "sequence", mode: "ROW EXCLUSIVE" },
    ]);
    deepEqual(find(answer, "DO").notices.map(({ message }) => message), [
      "hello",
    ]);
    deepEqual(find(answer, "ALTER TABLE other").locks, []);
    deepEqual([find(answer, "COPY").rows, find(answer, "COPY").line], [2, 7]);
    deepEqual(find(answer, "TRUNCATE").rewritten, []);
    equal(
      find(answer, "COMMENT").reason,
      "without what migrations/002_b.sql:6 does, it fails: relation " +
        '"orders_n" does not exist',
    );
    deepEqual(answer.sequences, [
      { name: "public.orders_id_seq", from: "100", to: "109" },
    ]);
    deepEqual(await column(db, "SELECT count(*)::integer FROM orders"), [100]);
    deepEqual(await tablesOf(db), ["orders"]);
    deepEqual(
      await column(db, "SELECT version FROM schema_migrations"),
      ["001"],
    );
  }));

Deno.test("--dry-run=execute doubts an error behind what it left out", () =>
  withRun({
    "001_a.sql": `CREATE TABLE t (n integer);
CREATE INDEX CONCURRENTLY t_n ON t (n);
SELECT 1 / 0;
`,
  }, async ({ json }) => {
    const answer = await json("migrate", "--dry-run=execute");

    deepEqual(ending(answer), [5, "statement_failed"]);
    match(
      answer.error?.hint ?? "",
      /^it may fail only as a statement before it was left out, in migrations\/001_a\.sql:2;/,
    );
  }));

Deno.test("--dry-run=execute checks what is deferred, and lets nothing leak", () =>
  withRun({
    "001_a.sql": `CREATE SCHEMA app;
CREATE TABLE p (id integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);
INSERT INTO p VALUES (1), (2);
UPDATE p SET id = 3 - id;
SET search_path = app;
SET LOCAL work_mem = '77MB';
SET ROLE pg_monitor;
PREPARE one AS SELECT 1;
CREATE TEMP TABLE scratch (id integer);
`,
    "002_b.sql": `CREATE TABLE here (id integer);
SELECT 1 / (current_setting('work_mem') <> '77MB')::integer;
SELECT 1 / (current_user = session_user)::integer;
PREPARE one AS SELECT 2;
CREATE TEMP TABLE scratch (id integer);
CREATE TABLE q (id integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);
INSERT INTO q VALUES (1), (2);
UPDATE q SET id = 3 - id;
UPDATE p SET id = 3 - id;
ALTER TABLE public.here ADD COLUMN n integer;
`,
    "003_c.sql": "ALTER TABLE q ADD COLUMN n integer;\n",
  }, async ({ json, write }) => {
    const answer = await json("migrate", "--dry-run=execute");
    deepEqual([answer.code, answer.error?.message], [0, undefined]);

    await write({
      "004_d.sql": "UPDATE q SET id = 1;\n",
      "005_e.sql": "SELECT 1;\n",
    });
    const broken = await json("migrate", "--dry-run=execute");

    deepEqual(ending(broken), [5, "statement_failed"]);
    match(
      broken.error?.message ?? "",
      /^Cannot commit "004_d" as a deferred constraint failed: duplicate key/,
    );
  }));

Deno.test("--dry-run=execute leaves out what uses a new enum value", () =>
  withRun({ "001_a.sql": "CREATE TYPE mood AS ENUM ('good');\n" }, async (
    { done, write, json },
  ) => {
    await done("migrate");
    await write({
      "002_b.sql": `ALTER TYPE mood ADD VALUE 'bad';
CREATE TABLE m (x mood DEFAULT 'bad');
`,
      "003_c.sql": `INSERT INTO m VALUES ('good');
CREATE TABLE n (x text DEFAULT 'bad');
`,
    });

    const answer = tried(await json("migrate", "--dry-run=execute"));

    deepEqual(statementsOf(answer), [
      "1 done",
      "2 skipped",
      "1 skipped",
      "2 done",
    ]);
    match(find(answer, "CREATE TABLE m").reason ?? "", /^it uses an enum val/);
    equal((await done("migrate")).migrationsApplied, 2);
  }));

Deno.test("--dry-run=execute finds the line of bad COPY data", () =>
  withRun({
    "001_a.sql": `CREATE TABLE t (n integer);
COPY t FROM stdin;
1
two
\\.
`,
  }, async ({ json }) => {
    const answer = await json("migrate", "--dry-run=execute");

    deepEqual(ending(answer), [5, "statement_failed"]);
    equal(placeOf(answer.error), "migrations/001_a.sql:4:1");
  }));

Deno.test("--dry-run=execute keeps other runs out while it works", () =>
  withRun({ "001_a.sql": "SELECT pg_advisory_xact_lock(7);\n" }, async (
    { db, dir, json },
  ) => {
    const other = await db.connect();
    await other.query("SELECT pg_advisory_lock(7)");
    const dry = spawnLockstep(
      ["migrate", "--dry-run=execute", "--dry-run-lock-timeout", "0"],
      { cwd: dir, env: { DATABASE_URL: db.url } },
    );
    await dry.waitForOutput("BLOCKED:");

    deepEqual(
      ending(await json("migrate", "--lock-timeout", "0")),
      [4, "lock_timeout"],
    );
    await other.query("SELECT pg_advisory_unlock(7)");
    const { code, stderr } = await dry.result;
    equal(code, 0, stderr);
  }));

Deno.test("--dry-run=execute waits for a run, and tries what that leaves", () =>
  withRun({ "001_a.sql": "SELECT pg_advisory_xact_lock(7);\n" }, async (
    { db, dir, write },
  ) => {
    const other = await db.connect();
    await other.query("SELECT pg_advisory_lock(7)");
    const options = { cwd: dir, env: { DATABASE_URL: db.url } };
    const run = spawnLockstep(
      ["migrate", "--statement-lock-timeout", "0"],
      options,
    );
    await run.waitForOutput("BLOCKED:");
    await write({ "002_b.sql": "SELECT 1;\n" });

    const dry = spawnLockstep(["migrate", "--dry-run=execute"], options);
    await dry.waitForOutput("Waiting for another run");
    await other.query("SELECT pg_advisory_unlock(7)");

    equal((await run.result).code, 0);
    const { code, stdout, stderr } = await dry.result;
    equal(code, 0, stderr);
    match(stdout, /^\[1\/1\] 002_b$/m);
  }));

Deno.test("--dry-run=execute says who holds the table that it waits for", () =>
  withRun({ "001_a.sql": ORDERS }, async ({ db, done, write, json }) => {
    await done("migrate");
    await write({ "002_b.sql": "ALTER TABLE orders ADD COLUMN x integer;\n" });
    const other = await db.connect();
    await other.query("BEGIN; LOCK TABLE orders");
    const pid = await other.query("SELECT pg_backend_pid() AS pid");

    const answer = await json(
      "migrate",
      "--dry-run=execute",
      "--dry-run-lock-timeout",
      "8s",
    );

    deepEqual(ending(answer), [5, "blocked"]);
    equal(placeOf(answer.error), "migrations/002_b.sql:1:1");
    match(
      answer.error?.hint ?? "",
      new RegExp(`^pid ${pid.rows[0].pid} \\(.*\\) was in the way; nothing`),
    );
    await other.query("ROLLBACK");
  }));

Deno.test("--dry-run=execute stops at Ctrl-C and leaves nothing", () =>
  withRun({
    "001_a.sql": "CREATE TABLE t (n integer);\nSELECT pg_sleep(600);\n",
  }, async ({ db, dir }) => {
    const dry = spawnLockstep(["migrate", "--dry-run=execute"], {
      cwd: dir,
      env: { DATABASE_URL: db.url },
    });
    const sleeping = () =>
      column(
        db,
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() " +
          "AND wait_event = 'PgSleep'",
      );
    await waitFor(async () => (await sleeping()).length > 0);

    dry.kill("SIGINT");

    equal((await dry.result).code, 130);
    deepEqual(await tablesOf(db), []);
    deepEqual(await sleeping(), []);
  }));

Deno.test("rollback --dry-run=execute tries the kept copy, and undoes it", () =>
  withRun({
    "001_a.sql": "CREATE TABLE t (n integer);\n",
    "rollbacks/001_a_down.sql": "DROP TABLE t;\n",
  }, async ({ db, done, json, remove }) => {
    await done("migrate");
    await remove("rollbacks/001_a_down.sql");

    const answer = tried(await json("rollback", "--dry-run=execute"));

    equal(answer.code, 0);
    deepEqual(answer.steps.map(({ isFromKeptCopy }) => isFromKeptCopy), [true]);
    deepEqual(find(answer, "DROP TABLE t").locks, [
      { name: "public.t", kind: "table", mode: "ACCESS EXCLUSIVE" },
    ]);
    deepEqual(await tablesOf(db), ["t"]);
    equal((await done("status")).appliedMigrations, 1);
  }));

Deno.test("--dry-run=execute goes on where an attempt has stopped part-way", () =>
  withRun({
    "001_a.sql": `-- lockstep: transaction=off
CREATE TABLE t (n integer);
SELECT 1 / count(*) FROM t;
`,
  }, async ({ json, write }) => {
    equal((await json("migrate")).code, 6);
    await write({
      "001_a.sql": `-- lockstep: transaction=off
CREATE TABLE t (n integer);
BEGIN;
ALTER TABLE t ADD COLUMN m integer;
COMMIT;
`,
    });

    const answer = tried(await json("migrate", "--dry-run=execute"));

    deepEqual([answer.code, statementsOf(answer)], [0, ["4 done"]]);
  }));

Deno.test("migrate({ dryRun: 'execute' }) answers what each statement did", () =>
  withRun({ "001_a.sql": ORDERS }, async ({ db, dir }) => {
    await using database = new DatabaseManager({ databaseUrl: db.url });
    const manager = new MigrationManager(database, { cwd: dir });

    const { kind, steps } = await manager.migrate({ dryRun: "execute" });

    equal(kind, "dry_run");
    deepEqual(steps[0]?.statements.map(({ rows }) => rows), [undefined, 100]);
    deepEqual(await tablesOf(db), []);
  }));

Deno.test("--dry-run=execute has nothing to do where nothing is pending", () =>
  withRun({ "001_a.sql": ORDERS }, async ({ done, run }) => {
    await done("migrate");

    const { code, stdout } = await run("migrate", "--dry-run=execute");

    equal(code, 0);
    match(stdout, /^Nothing to apply\.$/m);
  }));
