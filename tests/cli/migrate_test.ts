import { deepEqual, equal, ok } from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { reportSchema } from "../../src/report/json_schema.ts";
import { type CliResult, runLockstep } from "../helpers/cli.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";
import { type ProjectFiles, withProject } from "../helpers/project.ts";

const FILES: ProjectFiles = {
  "001_users.sql": "CREATE TABLE users (id int);\nSELECT 'made' AS status;\n",
  "002_index.sql":
    "DO $$ BEGIN RAISE NOTICE 'hello'; END $$;\nCREATE INDEX CONCURRENTLY users_id ON users (id);\n",
  "rollbacks/001_users_down.sql": "DROP TABLE users;\n",
  "rollbacks/002_index_down.sql": "DROP INDEX users_id;\n",
};

type Run = (...args: string[]) => Promise<CliResult>;

/** Runs a test with a project, a database, and lockstep on both. */
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
            env: { DATABASE_URL: db.url, LANG: "C.UTF-8" },
          }),
        db,
      ))
  );
}

const validate = new Ajv2020({ allErrors: true }).compile(reportSchema());

/** The document, after it was held against the schema. */
function parseDocument(text: string): Record<string, unknown> {
  const document: Record<string, unknown> = JSON.parse(text);
  equal(validate(document) ? "" : JSON.stringify(validate.errors), "");
  return document;
}

Deno.test("lockstep migrate applies, status shows it, rollback takes it back", async () => {
  await withBoth(FILES, async (run, db) => {
    const migrated = await run("migrate");
    const again = await run("migrate");
    const status = await run("status");
    const rolledBack = await run("rollback", "--reason", "a try");

    deepEqual(
      [migrated, again, status, rolledBack].map(({ code }) => code),
      [0, 0, 0, 0],
      migrated.stderr + rolledBack.stderr,
    );
    ok(/^✓ {2}001_users /m.test(migrated.stdout), migrated.stdout);
    ok(/^Applied 2 migrations in .+\.$/m.test(migrated.stdout));
    ok(migrated.stderr.includes("NOTICE: hello"), migrated.stderr);
    ok(migrated.stderr.includes("status: made"), migrated.stderr);
    ok(
      again.stdout.endsWith("Nothing to apply.\n"),
    );
    ok(/001_users +applied +\d{4}-/m.test(status.stdout), status.stdout);
    ok(/^Rolled back 1 migration in /m.test(rolledBack.stdout));
    const rows = await db.query(
      "SELECT version, rollback_reason FROM schema_migrations WHERE rolled_back_at IS NOT NULL",
    );
    deepEqual(rows, [{ version: "002", rollback_reason: "a try" }]);
  });
});

Deno.test("lockstep migrate shows the failed line with a caret and exits 5", async () => {
  const files = {
    ...FILES,
    "003_bad.sql": "SELECT 1;\nSELECT  wrong FROM users;\n",
  };
  await withBoth(files, async (run) => {
    const { code, stdout, stderr } = await run("migrate");

    equal(code, 5, stderr);
    ok(/^✗ {2}003_bad .*failed, undone$/m.test(stdout), stdout);
    ok(stderr.includes("  --> migrations/003_bad.sql:2:9\n"), stderr);
    ok(stderr.includes("2 | SELECT  wrong FROM users"), stderr);
    ok(stderr.includes("\n  |         ^\n"), stderr);
    ok(stderr.includes("sqlstate: 42703\n"), stderr);
  });
});

Deno.test("lockstep migrate --dry-run prints the SQL and changes nothing", async () => {
  await withBoth(FILES, async (run, db) => {
    const { code, stdout } = await run("migrate", "--dry-run");

    equal(code, 0);
    ok(stdout.includes("1 | CREATE TABLE users (id int)"), stdout);
    ok(stdout.includes("outside a transaction"), stdout);
    ok(stdout.includes("Would apply 2 migrations. Nothing was changed."));
    const tables = await db.query(
      "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    );
    deepEqual(tables, []);
  });
});

Deno.test("lockstep prints documents that keep their schema", async () => {
  const files = { ...FILES, "003_bad.sql": "SELECT wrong;\n" };
  await withBoth(files, async (run) => {
    const plan = await run("migrate", "--dry-run", "--json");
    const failed = await run("migrate", "--json");
    const status = await run("status", "--json");
    const rolledBack = await run("rollback", "--json", "--count", "2");
    const init = await run("init", "--json");

    const kinds = [plan, failed, status, rolledBack, init].map(({ stdout }) =>
      parseDocument(stdout).kind
    );
    deepEqual(kinds, ["plan", "migrate", "status", "rollback", "init"]);
  });
});

Deno.test("lockstep migrate --quiet prints nothing when all is well", async () => {
  await withBoth(FILES, async (run) => {
    const { code, stdout, stderr } = await run("migrate", "--quiet");

    deepEqual([code, stdout, stderr], [0, "", ""]);
  });
});

Deno.test("lockstep status --exit-code tells a script what to do", async () => {
  await withBoth(FILES, async (run) => {
    const before = await run("status", "--exit-code", "--quiet");
    await run("migrate");
    const after = await run("status", "--exit-code", "--quiet");

    deepEqual([before.code, after.code], [3, 0]);
  });
});

Deno.test("lockstep init --sql makes the tables that init finds complete", async () => {
  await withBoth({}, async (run, db) => {
    const sql = await run("init", "--sql");
    await db.query(sql.stdout);
    const init = await run("init");

    equal(init.code, 0, init.stderr);
    ok(
      init.stdout.endsWith(
        "nothing to do for the tracking table public.schema_migrations\n",
      ),
      init.stdout,
    );
  });
});

Deno.test("lockstep migrate stops at SIGINT, rolls back and exits 130", async () => {
  const files = { "001_slow.sql": "SELECT pg_sleep(30);\n" };
  await withDatabase((db) =>
    withProject(files, async (dir) => {
      const { code, stderr } = await runLockstep(["migrate"], {
        cwd: dir,
        env: { DATABASE_URL: db.url },
        signalAfter: { ms: 1500, signal: "SIGINT" },
      });

      equal(code, 130, stderr);
      ok(stderr.includes("Cancelling after SIGINT"), stderr);
    })
  );
});
