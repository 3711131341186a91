import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startPostgres } from "../../scripts/embedded_postgres.ts";
import { catalogSnapshot } from "../helpers/catalog_snapshot.ts";
import { runLockstep } from "../helpers/cli.ts";
import {
  serverUrl,
  type TestDatabase,
  withDatabase,
} from "../helpers/database.ts";
import {
  contents,
  dump,
  findPgDump,
  runWithPsql,
  withDumpRoles,
} from "../helpers/dump.ts";
import { withProject } from "../helpers/project.ts";
import { findPsql } from "../helpers/psql_recorder.ts";
import { placeOf, tablesOf, withRun } from "../helpers/run.ts";

const psql = await findPsql();
const pgDumpMajor = psql === undefined ? undefined : await findPgDump();
if (pgDumpMajor === undefined) {
  console.warn(
    "Tests with dumps are left out as psql or a known pg_dump is not installed",
  );
}

Deno.test({
  name:
    "a database of more than 60 kinds of objects is the same after dump, migrate and dump",
  ignore: pgDumpMajor === undefined,
  async fn() {
    if (pgDumpMajor === undefined) return;
    await using server = await startPostgres({
      major: pgDumpMajor,
      settings: { wal_level: "logical" },
    });
    const here = { server: server.url };
    await withDumpRoles(
      server.url,
      () =>
        withDatabase((source) =>
          withDatabase(async (target) => {
            await runWithPsql(source.url, fixturePath("source.sql"));
            const before = await dump(source.url);

            await migrateDump(target, before);

            const after = await dump(target.url, ["-N", "lockstep"]);
            equal(firstDifference(before, after), undefined);
            await requireRecorded(target);
          }, here), here),
    );
  },
});

Deno.test({
  name: "a dump of PostgreSQL 15 makes with lockstep what it makes with psql",
  ignore: psql === undefined,
  async fn() {
    const script = await readFixture("pg15.sql");
    await withDumpRoles(
      serverUrl(),
      () =>
        withDatabase((byPsql) =>
          withDatabase(async (byLockstep) => {
            await initTracking(byPsql);
            await runWithPsql(byPsql.url, fixturePath("pg15.sql"));

            await migrateDump(byLockstep, script);

            const expected = await catalogSnapshot(byPsql);
            const found = await catalogSnapshot(byLockstep);
            equal(firstDifference(expected, found), undefined);
            match(found, /^event trigger watching: /m);
            deepEqual(await contents(byLockstep), await contents(byPsql));
            await requireRecorded(byLockstep);
          })
        ),
    );
  },
});

for (const major of [14, 16, 17, 18]) {
  Deno.test(`what pg_dump ${major} starts with runs on this server`, async () => {
    const script = await readFixture(`pg${major}_preamble.sql`);
    await withRun({ "001_dump.sql": script }, async ({ db, done }) => {
      const { warnings } = await done("migrate");

      const [server] = await db.query(
        "SELECT current_setting('server_version_num')::int >= 170000 AS is_new",
      );
      const isSkipped = major >= 17 && server?.["is_new"] === false;
      deepEqual(
        warnings.map(({ code, location }) =>
          `${code} ${placeOf({ location })}`
        ),
        isSkipped ? ["setting_skipped migrations/001_dump.sql:13:1"] : [],
      );
      deepEqual(await notes(db), ["1: one; 'two' \\ $$", "2", "3: ", "4: \\."]);
    });
  });
}

Deno.test("a psql command inside a dump is refused with its line before the run", async () => {
  const script = (await readFixture("pg18_preamble.sql"))
    .replace("\nALTER TABLE", "\n\\! touch /tmp/gotcha\nALTER TABLE");
  await withRun({ "001_dump.sql": script }, async ({ db, json }) => {
    const { code, error } = await json("migrate");

    equal(code, 3);
    equal(error?.code, "psql_command");
    match(
      error.message,
      /^Cannot run "\\!" on line \d+ as the "\\restrict" on line 5/,
    );
    equal(error.location?.excerpt, "\\! touch /tmp/gotcha");
    deepEqual(await tablesOf(db), []);
  });
});

Deno.test("a dump with another key at its end is refused with its line", async () => {
  const script = (await readFixture("pg18_preamble.sql"))
    .replace("\\unrestrict Z", "\\unrestrict X");
  await withRun({ "001_dump.sql": script }, async ({ db, json }) => {
    const { error } = await json("migrate");

    equal(error?.code, "psql_command");
    match(error.message, /its key is not that of the "\\restrict" on line 5$/);
    match(placeOf(error), /^migrations\/001_dump\.sql:\d\d:1$/);
    deepEqual(await tablesOf(db), []);
  });
});

Deno.test("a dump that creates its database is refused with what to do", async () => {
  const script = `\\restrict key

CREATE DATABASE other WITH TEMPLATE = template0 ENCODING = 'UTF8';

ALTER DATABASE other OWNER TO postgres;

\\unrestrict key
\\connect other
\\restrict key

CREATE TABLE public.t (a integer);

\\unrestrict key
`;
  await withRun({ "001_dump.sql": script }, async ({ db, json }) => {
    const { code, error } = await json("migrate");

    equal(code, 3);
    equal(error?.code, "psql_command");
    equal(placeOf(error), "migrations/001_dump.sql:8:1");
    match(error.hint ?? "", /without --create \(-C\)/);
    deepEqual(
      await db.query("SELECT FROM pg_database WHERE datname = 'other'"),
      [],
    );
  });
});

Deno.test("an empty search_path reaches neither the records nor the next migration", async () => {
  const empty = "SELECT pg_catalog.set_config('search_path', '', false);\n";
  const mixed = empty +
    "CREATE TABLE public.a (b integer, path text);\n" +
    "CREATE INDEX CONCURRENTLY a_b ON public.a (b);\n" +
    "INSERT INTO public.a VALUES (1, current_setting('search_path'));\n" +
    "CREATE INDEX CONCURRENTLY a_path ON public.a (path);\n";
  const files = {
    "001_mixed.sql": mixed,
    "002_next.sql": "CREATE TABLE c AS SELECT current_setting('search_path');",
    "003_last.sql": `${empty}CREATE TABLE public.d (e integer);\n${empty}`,
  };
  await withRun(files, async ({ db, done, run }) => {
    const { steps } = await done("migrate");

    deepEqual(steps.map(({ status }) => status), ["done", "done", "done"]);
    deepEqual(await tablesOf(db), ["a", "c", "d"]);
    deepEqual(await db.query("SELECT path FROM a"), [{ path: "" }]);
    const rows = await db.query(
      `SELECT (SELECT count(*)::int FROM schema_migrations WHERE success) AS applied,
         (SELECT string_agg(outcome, ' ') FROM schema_migrations_log) AS log`,
    );
    deepEqual(rows, [{ applied: 3, log: "applied applied applied" }]);
    equal((await run("migrate")).code, 0);
  });
});

function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/dump/${name}`, import.meta.url));
}

function readFixture(name: string): Promise<string> {
  return Deno.readTextFile(fixturePath(name));
}

/** In a schema of its own, which a dump can leave out. */
const TRACKING = ["--table", "lockstep.schema_migrations"];

async function initTracking(db: TestDatabase): Promise<void> {
  await db.query("CREATE SCHEMA lockstep");
  await lockstep(db, { dir: ".", args: ["init"] });
}

async function migrateDump(db: TestDatabase, script: string): Promise<void> {
  await initTracking(db);
  await withProject(
    { "001_dump.sql": script },
    (dir) => lockstep(db, { dir, args: ["migrate"] }),
  );
}

async function lockstep(
  { url }: TestDatabase,
  { dir, args }: { readonly dir: string; readonly args: readonly string[] },
): Promise<void> {
  const { code, stderr } = await runLockstep([...args, ...TRACKING], {
    cwd: dir,
    env: { DATABASE_URL: url, LANG: "C.UTF-8" },
  });
  equal(code, 0, stderr);
}

async function requireRecorded(db: TestDatabase): Promise<void> {
  const rows = await db.query(
    `SELECT m.version, m.success, l.outcome FROM lockstep.schema_migrations AS m
     JOIN lockstep.schema_migrations_log AS l USING (version)`,
  );
  deepEqual(rows, [{ version: "001", success: true, outcome: "applied" }]);
}

/** The first line that differs, as `-` expected and `+` found. */
function firstDifference(expected: string, found: string): string | undefined {
  ok(expected.length > 10_000, "there must be something to compare");
  const [before, after] = [expected.split("\n"), found.split("\n")];
  const at = before.findIndex((line, index) => line !== after[index]);
  if (at < 0 && before.length === after.length) return undefined;
  return `line ${at + 1}\n- ${before[at]}\n+ ${after[at]}`;
}

async function notes(db: TestDatabase): Promise<readonly unknown[]> {
  const rows = await db.query(
    "SELECT concat_ws(': ', id, note) AS line FROM notes ORDER BY id",
  );
  return rows.map(({ line }) => line);
}
