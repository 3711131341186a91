import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { startPostgres } from "../../scripts/embedded_postgres.ts";
import {
  baseline,
  OUR_TABLE,
  ourFiles,
  requireFit,
} from "../helpers/adoption.ts";
import { catalogSnapshot } from "../helpers/catalog_snapshot.ts";
import { runLockstep } from "../helpers/cli.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import { findOnPath, findPgDump } from "../helpers/dump.ts";
import { requireWholeLog } from "../helpers/faults.ts";
import { FOREIGN_DDL } from "../helpers/foreign_tables.ts";
import {
  ending,
  logOf,
  type Project,
  stepsOf,
  tablesOf,
  withRun,
} from "../helpers/run.ts";

const FILES = {
  "001_a.sql": "CREATE TABLE a (id int);\n",
  "rollbacks/001_a_down.sql": "DROP TABLE a;\n",
  "002_b.sql": "-- Dependencies: 001\nCREATE TABLE b (id int);\n",
  "rollbacks/002_b_down.sql": "DROP TABLE b;\n",
  "003_c.sql": "CREATE TABLE c (id int);\n",
};

/** A project whose database has what the first two files make. */
async function withSchema(
  test: (project: Project) => Promise<void>,
): Promise<void> {
  await withRun(FILES, async (project) => {
    await project.db.query("CREATE TABLE a (id int); CREATE TABLE b (id int)");
    await test(project);
  });
}

Deno.test("baseline records files without running them, and migrate goes on", () =>
  withSchema(async (project) => {
    const { db, done, remove } = project;

    const answer = await baseline(project, "2");

    equal(answer.code, 0, JSON.stringify(answer));
    deepEqual(answer.migrations.map(({ path }) => path), [
      "migrations/001_a.sql",
      "migrations/002_b.sql",
    ]);
    deepEqual(answer.warnings, []);
    await requireFit(project, ["001 applied", "002 applied", "003 pending"]);
    deepEqual(await logOf(db), [
      "001 baseline baselined",
      "002 baseline baselined",
    ]);
    await requireWholeLog(db);
    deepEqual(stepsOf(await done("migrate")), ["003 done"]);
    await db.query("DELETE FROM schema_migrations WHERE version = '003'");
    await remove("rollbacks/002_b_down.sql");
    await done("rollback");
    deepEqual(await tablesOf(db), ["a", "c"]);
  }));

Deno.test("baseline --dry-run and a run without a terminal record nothing", () =>
  withSchema(async (project) => {
    const { db, run } = project;

    const dry = await baseline(project, "002", "--dry-run");
    const asked = await run("baseline", "002");

    deepEqual([dry.code, dry.status], [0, "planned"]);
    equal(asked.code, 2);
    match(asked.stdout, /Would record 2 migrations as applied/);
    match(asked.stderr, /confirmation_needed/);
    deepEqual(await tablesOf(db), ["a", "b"]);
  }));

Deno.test("baseline refuses a version without a file", () =>
  withSchema(async (project) => {
    const answer = await baseline(project, "7");

    deepEqual([answer.code, answer.error?.code], [2, "unknown_version"]);
  }));

Deno.test("baseline without a folder says how to write the first file", () =>
  withRun({}, async ({ db, dir, json }) => {
    await db.query("CREATE TABLE a (id int)");
    await Deno.remove(join(dir, "migrations"), { recursive: true });
    const answer = await json("baseline", "001", "--yes");

    deepEqual(ending(answer), [2, "unknown_version"]);
    match(answer.error?.hint ?? "", /from the database, add --dump$/);
  }));

Deno.test("baseline refuses where we track already", () =>
  withRun(FILES, async (project) => {
    await project.done("migrate", "001");

    const answer = await baseline(project, "002");

    deepEqual([answer.code, answer.error?.code], [3, "already_tracked"]);
    deepEqual(await logOf(project.db), ["001 migrate applied"]);
  }));

Deno.test("baseline refuses where another tool tracks, and names it", () =>
  withSchema(async (project) => {
    const { db } = project;
    await db.query(
      FOREIGN_DDL.rails +
        "INSERT INTO schema_migrations VALUES ('20240101120000')",
    );

    const answer = await baseline(project, "002", ...OUR_TABLE);

    deepEqual([answer.code, answer.error?.code], [3, "already_tracked"]);
    match(answer.error?.message ?? "", /history of dbmate or rails$/);
    match(answer.error?.hint ?? "", /lockstep adopt --from dbmate/);
  }));

Deno.test("baseline warns where there is nothing that could be recorded", () =>
  withRun(FILES, async (project) => {
    await project.done("init");

    const answer = await baseline(project, "002", "--dry-run");

    deepEqual(answer.warnings.map(({ code }) => code), ["empty_database"]);
  }));

/** The binary gets no PATH. */
const DUMP = ["--dump", `--pg-dump=${findOnPath("pg_dump") ?? "pg_dump"}`];

const pgDumpMajor = await findPgDump();
if (pgDumpMajor === undefined) {
  console.warn(
    "Tests of baseline --dump are left out as no known pg_dump is installed",
  );
}

const SCHEMA = `
CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'of the application';
CREATE TYPE app.state AS ENUM ('new', 'done');
CREATE DOMAIN app.positive AS integer CHECK (VALUE > 0);
CREATE TABLE app.users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE,
  age app.positive,
  state app.state NOT NULL DEFAULT 'new'
);
COMMENT ON COLUMN app.users.email IS 'with ; and -- and $$';
CREATE TABLE public.orders (
  id serial PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES app.users ON DELETE CASCADE,
  made_at date NOT NULL
);
CREATE INDEX orders_made_at ON public.orders (made_at DESC) WHERE id > 10;
CREATE TABLE public.events (at date NOT NULL, note text) PARTITION BY RANGE (at);
CREATE TABLE public.events_2024 PARTITION OF public.events
  FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  NEW.email := lower(NEW.email); -- one; two
  RETURN NEW;
END
$f$;
CREATE TRIGGER touch BEFORE INSERT ON app.users
  FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE VIEW public.grown AS SELECT * FROM app.users WHERE age >= 18;
CREATE MATERIALIZED VIEW public.counts AS SELECT count(*) FROM app.users;
ALTER TABLE app.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.users USING (email = current_user);
GRANT SELECT ON public.orders TO PUBLIC;
INSERT INTO app.users (email) VALUES ('A@EXAMPLE.COM');
`;

/** Applies the files of a project to another database. */
async function migrateInto(
  db: TestDatabase,
  { dir }: Project,
): Promise<void> {
  const { code, stdout, stderr } = await runLockstep(["migrate"], {
    cwd: dir,
    env: { DATABASE_URL: db.url },
  });
  equal(code, 0, stdout + stderr);
}

/** Runs a test on a server that the pg_dump of this machine can read. */
async function withDumpServer(
  test: (project: Project, server: string) => Promise<void>,
): Promise<void> {
  if (pgDumpMajor === undefined) return;
  await using server = await startPostgres({ major: pgDumpMajor });
  await withRun({}, (project) => test(project, server.url), {
    server: server.url,
  });
}

Deno.test({
  name: "baseline --dump writes a schema from which a new database can be made",
  ignore: pgDumpMajor === undefined,
  fn: () =>
    withDumpServer(async (project, server) => {
      const { db, dir, done, write } = project;
      await db.query(SCHEMA);
      await done("init");
      await write({ "002_later.sql": "CREATE TABLE later (id int);\n" });
      const dry = await baseline(project, "001", ...DUMP, "--dry-run");
      const filesBefore = ourFiles(project);

      const answer = await baseline(project, "001", ...DUMP);

      deepEqual([dry.code, filesBefore], [0, ["002_later.sql"]]);
      equal(answer.code, 0, JSON.stringify(answer));
      const path = join(dir, "migrations/001_baseline.sql");
      const text = await Deno.readTextFile(path);
      equal(answer.dumpBytes, new TextEncoder().encode(text).length);
      doesNotMatch(text, /schema_migrations|get_migration_status|EXAMPLE\.COM/);
      await requireFit(project, ["001 applied", "002 pending"]);
      deepEqual(stepsOf(await done("migrate")), ["002 done"]);
      await withDatabase(async (fresh) => {
        await migrateInto(fresh, project);
        equal(await catalogSnapshot(fresh), await catalogSnapshot(db));
      }, { server });
    }),
});

Deno.test({
  name: "baseline --dump leaves the schema of the tracking table to the tool",
  ignore: pgDumpMajor === undefined,
  fn: () =>
    withDumpServer(async (project, server) => {
      const { db, done } = project;
      await db.query("CREATE SCHEMA ops; CREATE TABLE ops.jobs (id int)");
      const flags = ["--table", "ops.history"];
      await done("init", ...flags);

      const answer = await baseline(project, "1", ...DUMP, ...flags);

      equal(answer.code, 0, JSON.stringify(answer));
      await withDatabase(async (fresh) => {
        const { code, stdout, stderr } = await runLockstep(
          ["migrate", ...flags],
          { cwd: project.dir, env: { DATABASE_URL: fresh.url } },
        );
        equal(code, 0, stdout + stderr);
        deepEqual(await tablesOf(fresh, "ops"), [
          "history",
          "history_log",
          "history_rollbacks",
          "history_snapshots",
          "jobs",
        ]);
      }, { server });
    }),
});

Deno.test({
  name: "baseline --dump writes no file where older ones are, or tracking is",
  ignore: pgDumpMajor === undefined,
  fn: () =>
    withDumpServer(async (project) => {
      await project.write({ "001_a.sql": "CREATE TABLE a (id int);\n" });

      const second = await baseline(project, "002", ...DUMP);
      const same = await baseline(project, "1", ...DUMP);
      const word = await baseline(project, "first", ...DUMP);

      deepEqual([second.error?.code, same.error?.code, word.error?.code], [
        "file_exists",
        "file_exists",
        "invalid_argument",
      ]);
      deepEqual(ourFiles(project), ["001_a.sql"]);
    }),
});

const NEWEST = 18;
const isTooOld = pgDumpMajor !== undefined && pgDumpMajor < NEWEST;

Deno.test({
  name: "baseline --dump refuses a pg_dump that is older than the server",
  ignore: !isTooOld,
  async fn() {
    await using server = await startPostgres({ major: NEWEST });
    await withRun({}, async (project) => {
      const answer = await baseline(project, "001", ...DUMP);

      deepEqual([answer.code, answer.error?.code], [2, "pg_dump_too_old"]);
      deepEqual(ourFiles(project), []);
    }, { server: server.url });
  },
});
