import { deepEqual, equal, ok } from "node:assert/strict";
import { type CliResult, runLockstep } from "../helpers/cli.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import { type ProjectFiles, withProject } from "../helpers/project.ts";

const SECRET = "hunter2's \\pass";
const VARIABLES = ["--var", "schema=My app", "--var", "name=it's"];
const SECRETS = ["--secret-var", "password=PW"];

type Run = (...args: string[]) => Promise<CliResult>;

async function withBoth(
  files: ProjectFiles,
  test: (run: Run, db: TestDatabase) => Promise<void>,
): Promise<void> {
  await withDatabase((db) =>
    withProject(files, (dir) =>
      test(
        (...args) =>
          runLockstep(args, {
            cwd: dir,
            env: { DATABASE_URL: db.url, PW: SECRET, APP_LIMIT: "7" },
          }),
        db,
      ))
  );
}

const FILES: ProjectFiles = {
  "001_app.sql": `CREATE SCHEMA :"schema";
CREATE TABLE :"schema".t (name text, password text, n int);
INSERT INTO :"schema".t VALUES (:'name', :'password', :limit);
SELECT 'a:name'::text AS kept, ':''name''' AS quoted, (ARRAY[1,2,3])[1:2] AS slice;
`,
  "rollbacks/001_app_down.sql": `DROP SCHEMA :"schema" CASCADE;\n`,
};

Deno.test("lockstep migrate puts variables in as psql does, and back", async () => {
  await withBoth(FILES, async (run, db) => {
    const all = [...VARIABLES, ...SECRETS, "--vars-from-env", "APP_"];

    const migrated = await run("migrate", ...all);
    const rows = await db.query('SELECT * FROM "My app".t');
    const kept = await db.query(
      "SELECT convert_from(script, 'UTF8') AS text FROM schema_migrations_rollbacks",
    );
    const status = await run("status", "--exit-code");
    const other = await run("status", "--exit-code", "--var", "name=other");
    const back = await run("rollback", ...VARIABLES);

    equal(migrated.code, 0, migrated.stderr);
    deepEqual(rows, [{ name: "it's", password: SECRET, n: 7 }]);
    deepEqual(kept, [{ text: FILES["rollbacks/001_app_down.sql"] }]);
    deepEqual([status.code, other.code, back.code], [0, 0, 0], back.stderr);
  });
});

Deno.test("lockstep shows and records no secret, whatever happens to it", async () => {
  const files = {
    "001_shown.sql": `CREATE TABLE t (a text PRIMARY KEY);
INSERT INTO t VALUES (:'password');
CREATE FUNCTION warn(a text) RETURNS void LANGUAGE plpgsql AS
  $$ BEGIN RAISE WARNING 'got %', a USING DETAIL = 'see ' || a; END $$;
SELECT warn(:'password');
SELECT :'password' AS shown, 2 AS two;
`,
    "002_twice.sql": `SELECT 1;\nINSERT INTO t\n  VALUES (:'password');\n`,
  };
  await withBoth(files, async (run, db) => {
    const results = [
      await run("plan", "--sql", ...SECRETS),
      await run("migrate", "--dry-run", "--json", ...SECRETS),
      await run("migrate", ...SECRETS),
      await run("migrate", "--json", ...SECRETS),
      await run("status", ...SECRETS),
      await run("status"),
      await run("status", "--json"),
    ];
    const tables = await db.query(
      "SELECT query_to_xml('SELECT * FROM schema_migrations', true, true, '')::text || " +
        "query_to_xml('SELECT * FROM schema_migrations_log', true, true, '')::text AS all",
    );

    deepEqual(results.map(({ code }) => code), [0, 0, 5, 5, 0, 0, 0]);
    const output = results.map((one) => one.stdout + one.stderr).join("\n") +
      JSON.stringify(tables);
    ok(!output.includes("hunter2"), output);
    ok(output.includes("got ***"), output);
    ok(output.includes("Key (a)=(***) already exists"), output);
    ok(output.includes("--> migrations/002_twice.sql:2:1\n"), output);
  });
});

Deno.test("lockstep places an error behind variables at the line and column of the file", async () => {
  const files = {
    "001_a.sql":
      'SELECT :\'password\', :name,\n  :"schema" || wrong\n FROM (SELECT 1 AS :"schema") x;\n',
  };
  await withBoth(files, async (run) => {
    const { code, stderr } = await run(
      "migrate",
      ...SECRETS,
      "--var",
      "schema=a long name",
      "--var",
      "name='1\n2'",
    );

    equal(code, 5);
    ok(stderr.includes("001_a.sql:2:16"), stderr);
    ok(stderr.includes('2 |   :"schema" || wrong'), stderr);
  });
});

Deno.test("lockstep refuses a variable that nothing declares before anything runs", async () => {
  const files = {
    "001_a.sql": "CREATE TABLE a (id int);\n",
    "002_b.sql": "SELECT 1;\nSELECT 2, :'nane';\n",
  };
  await withBoth(files, async (run, db) => {
    const declared = await run("migrate", "--var", "name=x");
    const none = await run("migrate", "--json");
    const tables = await db.query(
      "SELECT FROM pg_class WHERE relname IN ('a', 'schema_migrations')",
    );

    deepEqual([declared.code, none.code], [3, 3]);
    ok(declared.stderr.includes("error[unknown_variable]"), declared.stderr);
    ok(declared.stderr.includes("002_b.sql:2:11"), declared.stderr);
    ok(declared.stderr.includes('did you mean "name"?'), declared.stderr);
    equal(JSON.parse(none.stdout).error.code, "unknown_variable");
    deepEqual(tables, []);
  });
});

Deno.test("lockstep leaves colons alone where no variable is declared", async () => {
  const files = {
    "001_a.sql": `CREATE TABLE a AS SELECT ARRAY[1, 2, 3] AS list, 2 AS n;
CREATE TABLE b AS SELECT list[1:n] AS one, list[1:"n"] AS two, list[1:'2'] AS three FROM a;
`,
  };
  await withBoth(files, async (run, db) => {
    const { code, stderr } = await run("migrate");

    equal(code, 0, stderr);
    deepEqual(await db.query("SELECT * FROM b"), [
      { one: [1, 2], two: [1, 2], three: [1, 2] },
    ]);
  });
});

Deno.test("lockstep resumes a migration whose variables have other values", async () => {
  const files = {
    "001_a.sql": `CREATE TABLE :tab (a int);
INSERT INTO :tab VALUES (1), (1);
CREATE INDEX CONCURRENTLY one ON :tab (a);
CREATE UNIQUE INDEX CONCURRENTLY two ON :tab (a);
`,
  };
  await withBoth(files, async (run, db) => {
    const first = await run("migrate", "--var", "tab=t");
    await db.query("ALTER TABLE t RENAME TO u");
    await db.query("DELETE FROM u");
    const second = await run("migrate", "--var", "tab=u");

    deepEqual([first.code, second.code], [6, 0], second.stderr);
    ok(second.stderr.includes("going on at statement 4"), second.stderr);
  });
});

Deno.test("lockstep goes on behind a statement with a variable whose end was not recorded", async () => {
  const files = {
    "001_rename.sql":
      "-- lockstep: transaction=off\nALTER TABLE :log RENAME TO other;\n",
  };
  await withBoth(files, async (run, db) => {
    const args = ["migrate", "--var", "log=schema_migrations_log"];

    const stopped = await run(...args);
    await db.query("ALTER TABLE other RENAME TO schema_migrations_log");
    const resumed = await run(...args);

    equal(stopped.code, 6, stopped.stderr);
    equal(resumed.code, 0, resumed.stderr);
  });
});

Deno.test("lockstep numbers the lines of a dry run as the file does, behind long values too", async () => {
  const files = {
    "001_note.sql": "CREATE TABLE t (a text DEFAULT :'note',\n  b int);\n",
  };
  await withBoth(files, async (run) => {
    const note = ["--var", "note=one\ntwo"];

    const dry = await run("migrate", "--dry-run", ...note);
    const json = await run("plan", "--sql", "--json", ...note);
    const split = await run(
      "sql",
      "split",
      "migrations/001_note.sql",
      ...note,
    );

    const shown = [
      "1 | CREATE TABLE t (a text DEFAULT 'one",
      "  | two',",
      "2 |   b int)",
    ];
    for (const { stdout } of [dry, split]) {
      const lines = stdout.split("\n").filter((line) => line.includes(" | "));
      deepEqual(lines.map((line) => line.trim()), shown.map((l) => l.trim()));
    }
    const [statement] = JSON.parse(json.stdout).steps[0].segments[0].statements;
    deepEqual(statement.lines, [1, null, 2]);
  });
});
