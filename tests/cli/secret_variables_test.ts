import { deepEqual, equal, ok } from "node:assert/strict";
import { runLockstep } from "../helpers/cli.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import { withProject } from "../helpers/project.ts";
import { HOSTILE_PASSWORD, requireNoSecret } from "../helpers/secrets.ts";

/** Scripts that make the server say what it was given. */
const TELLING: Readonly<Record<string, string>> = {
  "a unique key": "CREATE TABLE t (a text PRIMARY KEY);\n" +
    "INSERT INTO t VALUES (:'pw'), (:'pw');\n",
  "a check": "CREATE TABLE t (a text, b text CHECK (b = ''));\n" +
    "INSERT INTO t VALUES (repeat('x', 40) || :'pw', :'pw');\n",
  "a foreign key": "CREATE TABLE p (a text PRIMARY KEY);\n" +
    "CREATE TABLE t (a text REFERENCES p, b int);\n" +
    "INSERT INTO t VALUES (:'pw', 1);\n",
  "an exclusion": "CREATE TABLE t (a text, EXCLUDE (a WITH =));\n" +
    "INSERT INTO t VALUES (:'pw'), (:'pw');\n",
  "a number": "SELECT :'pw'::int;\n",
  "a date": "SELECT :'pw'::timestamptz;\n",
  "an array": "SELECT ('{' || :'pw')::text[];\n",
  "an enum": "CREATE TYPE mood AS ENUM ('a');\nSELECT :'pw'::mood;\n",
  "a uuid": "SELECT (:'pw')::uuid;\n",
  "JSON": `SELECT ('{"key": "' || :'pw')::jsonb;\n`,
  "JSON that begins before it":
    "SELECT (repeat(' ', 60) || '{\"k\": 1, ' || :'pw')::jsonb;\n",
  "XML": "SELECT :'pw'::int, xmlparse(document '<a>');\n",
  "a regular expression": "SELECT 'x' ~ ('(' || :'pw');\n",
  "a syntax error": "SELECT 1 AS a :'pw';\n",
  "a syntax error where it is not quoted": "SELECT 1\n  FROM :pw;\n",
  "a name": 'SELECT * FROM :"pw";\n',
  "a column": 'SELECT :"pw" FROM (SELECT 1) x;\n',
  "a function": 'SELECT :"pw"(1);\n',
  "a role": 'SET ROLE :"pw";\n',
  "a setting": "SET work_mem = :'pw';\n",
  "an exception":
    "CREATE FUNCTION f(a text) RETURNS void LANGUAGE plpgsql AS\n" +
    "  $$ BEGIN RAISE EXCEPTION 'no %', a USING DETAIL = 'd ' || a,\n" +
    "  HINT = 'h ' || upper(a), COLUMN = a, CONSTRAINT = a, TABLE = a; END $$;\n" +
    "SELECT f(:'pw');\n",
  "a quoted literal":
    "CREATE FUNCTION f(a text) RETURNS void LANGUAGE plpgsql AS\n" +
    "  $$ BEGIN EXECUTE format('SELECT %L::int', a); END $$;\n" +
    "SELECT f(:'pw');\n",
  "a nested statement":
    "CREATE FUNCTION f(a text) RETURNS int LANGUAGE plpgsql AS\n" +
    "  $$ BEGIN EXECUTE format('SELECT 1 +/* %s */ FROM', a); END $$;\n" +
    "SELECT f(:'pw');\n",
  "notices": "CREATE FUNCTION f(a text) RETURNS void LANGUAGE plpgsql AS\n" +
    "  $$ BEGIN RAISE NOTICE '%', a; RAISE WARNING '% %', a, quote_literal(a);\n" +
    "  RAISE INFO '%', array[a]; RAISE NOTICE '%', row(a);\n" +
    "  RAISE NOTICE '%', to_json(a); RAISE NOTICE '%', quote_ident(a); END $$;\n" +
    "SELECT f(:'pw');\nSELECT 1 / 0;\n",
  "rows": "SELECT :'pw' AS a, ARRAY[:'pw'] AS b, ROW(:'pw') AS c,\n" +
    "  json_build_object('k', :'pw') AS d, upper(:'pw') AS e,\n" +
    "  repeat('x', 50) || :'pw' AS f, 1 AS :\"pw\";\n",
  "a cut-off row": "CREATE TABLE t (a text CHECK (a = ''));\n" +
    "INSERT INTO t VALUES (repeat('x', 56) || :'pw');\n",
  "a failed COPY": "CREATE TABLE t (a int);\n" +
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n" +
    "  RAISE EXCEPTION '%', current_setting('app.pw'); END $$;\n" +
    "CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();\n" +
    "SELECT set_config('app.pw', :'pw', true);\n" +
    "COPY t FROM stdin;\n1\n\\.\n",
  "a deferred constraint": "CREATE TABLE p (a text PRIMARY KEY);\n" +
    "CREATE TABLE t (a text REFERENCES p DEFERRABLE INITIALLY DEFERRED);\n" +
    "INSERT INTO t VALUES (:'pw');\n",
  "a statement outside a transaction": "-- lockstep: transaction=off\n" +
    "CREATE TABLE t (a text);\nSELECT :'pw'::int;\n",
  "an index outside a transaction":
    "CREATE TABLE t AS SELECT :'pw' AS a UNION ALL SELECT :'pw';\n" +
    "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);\n",
  "a role's password": "CREATE ROLE lockstep_never PASSWORD :'pw' nonsense;\n",
  "the text of the file": "SELECT 'it is -- :''pw''' || :'pw' || wrong;\n",
};

const ALL_LOOKS: readonly (readonly string[])[] = [
  ["plan", "--sql"],
  ["migrate", "--dry-run", "--json"],
  ["migrate"],
  ["migrate", "--json"],
  ["migrate", "--quiet"],
  ["status"],
  ["status", "--json"],
  ["history"],
  ["history", "--json"],
  ["sql", "split", "migrations/001_telling.sql"],
  ["sql", "split", "--json", "migrations/001_telling.sql"],
  ["verify"],
  ["repair", "--dry-run"],
  ...["jsonl", "junit", "github", "gitlab", "sarif", "markdown"].flatMap((
    format,
  ) => [["migrate", "--output", format], ["status", "--output", format]]),
];
const TELLING_MOST = ["a unique key", "notices"];
/** What may tell more than the others, and is fast enough for every script. */
const LOOKS: readonly (readonly string[])[] = [
  ["migrate"],
  ["migrate", "--json"],
];

/** All that is kept of runs, and what else the server shows of them. */
async function readTables(db: TestDatabase): Promise<string> {
  const [made] = await db.query(
    "SELECT to_regclass('schema_migrations') IS NOT NULL AS made",
  );
  if (made?.["made"] !== true) return "";
  const tables = ["", "_log", "_rollbacks"].map((end) =>
    "query_to_xml('SELECT * FROM schema_migrations" + end +
    "', true, true, '')::text"
  );
  const rows = await db.query(
    `SELECT ${tables.join(" || ")} || (SELECT string_agg(application_name, ' ')
     FROM pg_stat_activity) AS all`,
  );
  return JSON.stringify(rows);
}

const SECRETS: Readonly<Record<string, string>> = {
  "a long secret": HOSTILE_PASSWORD,
  "a short secret": "Golf'9\\",
};

for (const [kind, secret] of Object.entries(SECRETS)) {
  Deno.test(`the server's messages are shown and recorded without ${kind}`, async (t) => {
    for (const [name, script] of Object.entries(TELLING)) {
      const looks = TELLING_MOST.includes(name) ? ALL_LOOKS : LOOKS;
      await t.step(name, () => requireMasked(script, { secret, looks }));
    }
  });
}

async function requireMasked(
  script: string,
  { secret, looks }: {
    readonly secret: string;
    readonly looks: readonly (readonly string[])[];
  },
): Promise<void> {
  const files = {
    "001_telling.sql": script,
    "rollbacks/001_telling_down.sql": "SELECT :'pw';\n",
  };
  await withDatabase((db) =>
    withProject(files, async (cwd) => {
      for (const look of looks) {
        const result = await runLockstep(
          [...look, "--secret-var", "pw=PW"],
          { cwd, env: { DATABASE_URL: db.url, PW: secret } },
        );
        requireNoSecret(result.stdout + result.stderr, look.join(" "));
        ok([0, 3, 5, 6].includes(result.code), result.stderr);
      }
      // Who comes later does not know the secret.
      for (const look of [["status"], ["history", "--json"]]) {
        const { stdout, stderr } = await runLockstep(look, {
          cwd,
          env: { DATABASE_URL: db.url },
        });
        requireNoSecret(stdout + stderr, `a later ${look.join(" ")}`);
      }
      requireNoSecret(await readTables(db), "the tables");
    })
  );
}

Deno.test("a down script that is kept has the name of a secret, not its value", async () => {
  const files = {
    "001_a.sql": "SELECT 1;\n",
    "rollbacks/001_a_down.sql": "SELECT :'pw'::int;\n",
  };
  await withDatabase((db) =>
    withProject(files, async (cwd) => {
      const options = {
        cwd,
        env: { DATABASE_URL: db.url, PW: HOSTILE_PASSWORD },
      };
      const args = ["--secret-var", "pw=PW", "--reason", HOSTILE_PASSWORD];
      const up = await runLockstep(["migrate", ...args.slice(0, 2)], options);
      const down = await runLockstep(["rollback", ...args], options);
      const kept = await db.query(
        "SELECT convert_from(script, 'UTF8') AS text FROM schema_migrations_rollbacks",
      );

      equal(up.code, 0, up.stderr);
      equal(down.code, 5, down.stderr);
      requireNoSecret(down.stdout + down.stderr, "the output");
      requireNoSecret(await readTables(db), "the tables");
      deepEqual(kept, [{ text: files["rollbacks/001_a_down.sql"] }]);
    })
  );
});
