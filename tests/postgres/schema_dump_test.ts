import { deepEqual, equal, match, ok } from "node:assert/strict";
import { catalogSnapshot } from "../helpers/catalog_snapshot.ts";
import {
  serverUrl,
  type TestDatabase,
  withDatabase,
} from "../helpers/database.ts";
import { withDumpRoles } from "../helpers/dump.ts";
import { withProject } from "../helpers/project.ts";
import { runLockstep } from "../helpers/cli.ts";
import { withRun } from "../helpers/run.ts";

const ALL_KINDS = new URL(
  "../fixtures/dump/source.sql",
  import.meta.url,
);

Deno.test("schema dump of a database of more than 60 kinds of objects makes it again", async () => {
  const script = await Deno.readTextFile(ALL_KINDS);
  await withDumpRoles(
    serverUrl(),
    () =>
      withDatabase((source) =>
        withDatabase(async (copy) => {
          await source.query(script);
          const written = await dumpOf(source);
          await copy.query(written);

          const again = await dumpOf(copy);
          deepEqual(again.split("\n"), written.split("\n"));
          deepEqual(await otherLook(copy), await otherLook(source));
        })
      ),
  );
});

Deno.test("schema dump has neither the tracking tables nor what an extension made", () =>
  withRun(
    { "001_a.sql": "CREATE EXTENSION citext;\nCREATE TABLE a (b citext);\n" },
    async ({ done, run }) => {
      await done("migrate", "--table", "ops.history");
      const { stdout, stderr } = await run(
        "schema",
        "dump",
        "--table",
        "ops.history",
      );

      deepEqual(blocksOf(stdout), [
        "schema public",
        "extension citext",
        "extension plpgsql",
        "table public.a",
      ]);
      equal(stderr, "");
    },
  ));

Deno.test("schema dump writes to the file that is named", () =>
  withRun({}, async ({ db, dir, done }) => {
    await db.query("CREATE TABLE a (id INT)");
    const answer = await done("schema", "dump", "--output-file", "schema.sql");

    const written = await Deno.readTextFile(`${dir}/schema.sql`);
    match(written, /^-- table public\.a\nCREATE TABLE public\.a \($/m);
    ok(!("sql" in answer));
  }));

Deno.test("schema dump says what it leaves out, and shows no secret", () =>
  withRun({}, async ({ db, run }) => {
    await db.query(
      `CREATE FOREIGN DATA WRAPPER away;
       CREATE SERVER far FOREIGN DATA WRAPPER away
         OPTIONS (host 'here', api_token 'hush-1');
       CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (password 'hush-2');
       CREATE TABLE a (b INT);
       CREATE INDEX a_b ON a (b);
       UPDATE pg_index SET indisvalid = FALSE
         WHERE indexrelid = 'a_b'::regclass;`,
    );

    const { code, stdout, stderr } = await run("schema", "dump");

    equal(code, 0);
    match(stdout, /OPTIONS \(host 'here'\)/);
    ok(!stdout.includes("hush") && !stderr.includes("hush"));
    deepEqual(stderr.match(/^warning\[not_written\]/gm)?.length, 3);
    match(stderr, /index public\.a\.a_b: .* is not valid/);
  }));

Deno.test("schema dump without public makes a database without it", () =>
  withRun({}, async ({ db, run }) => {
    await db.query("DROP SCHEMA public; CREATE SCHEMA other");
    const { stdout } = await run("schema", "dump", "--table", "other.x");

    await withDatabase(async (copy) => {
      await copy.query(stdout);
      const rows = await copy.query(
        "SELECT nspname::text AS name FROM pg_namespace WHERE oid >= 2200 " +
          "AND nspname !~ '^(pg_|information_)' ORDER BY 1",
      );
      deepEqual(rows, [{ name: "other" }]);
    });
  }));

function blocksOf(sql: string): readonly string[] {
  return [...sql.matchAll(/^\n-- (.*)$/gm)].map(([, name = ""]) => name);
}

async function dumpOf(db: TestDatabase): Promise<string> {
  let written = "";
  await withProject({}, async (dir) => {
    const { code, stdout, stderr } = await runLockstep(["schema", "dump"], {
      cwd: dir,
      env: { DATABASE_URL: db.url },
    });
    equal(code, 0, stderr);
    written = stdout;
  });
  return written;
}

/**
 * What the other query of the tests sees, but for large objects, which are
 * data, and the names of the NOT NULL constraints that PostgreSQL 18 has.
 */
async function otherLook(db: TestDatabase): Promise<readonly string[]> {
  const lines = (await catalogSnapshot(db)).split("\n");
  return lines.filter((line) =>
    !/^comment large object |^constraint .*: NOT NULL /.test(line)
  );
}
