import { deepEqual, equal, ok } from "node:assert/strict";
import { runLockstep } from "../helpers/cli.ts";
import { withDatabase } from "../helpers/database.ts";
import { withProject } from "../helpers/project.ts";

const FILES = {
  "001_users.sql": "CREATE TABLE users (id int);\n",
  "002_index.sql":
    "BEGIN;\nALTER TABLE users ADD COLUMN a int;\nCREATE INDEX CONCURRENTLY i ON users (a);\nCOMMIT;\n",
};

Deno.test("lockstep plan shows segments and reasons, changes nothing, tells by its exit", async () => {
  await withDatabase((db) =>
    withProject(FILES, async (dir) => {
      const run = (...args: string[]) =>
        runLockstep(args, { cwd: dir, env: { DATABASE_URL: db.url } });

      const plan = await run("plan", "--exit-code");
      const first = await run("plan", "1", "--sql");
      const json = await run("plan", "--json");
      const tables = await db.query(
        "SELECT relname FROM pg_class WHERE relname LIKE 'schema_migr%'",
      );
      await run("migrate");
      const after = await run("plan", "--exit-code");

      deepEqual([plan.code, first.code, after.code], [3, 0, 0], plan.stderr);
      const lines = plan.stdout.split("\n");
      ok(
        lines.includes("  in one transaction, 1 statement, line 2"),
        plan.stdout,
      );
      ok(
        /^ {2}outside a transaction, 1 statement, line 3: .*CONCURRENTLY/m
          .test(plan.stdout),
        plan.stdout,
      );
      ok(!plan.stdout.includes("ALTER TABLE"), plan.stdout);
      ok(
        first.stdout.includes("1 | CREATE TABLE users (id int)"),
        first.stdout,
      );
      ok(!first.stdout.includes("002_index"), first.stdout);
      const [, step] = JSON.parse(json.stdout).steps;
      equal(step.segments[1].mode, "non_transactional");
      deepEqual(
        [step.segments[1].statementCount, step.segments[1].firstLine],
        [1, 3],
      );
      deepEqual(tables, []);
    })
  );
});

Deno.test("lockstep plan finds what migrate would refuse", async () => {
  await withDatabase((db) =>
    withProject({ "001_a.sql": "SELECT 1;\n\\i other.sql\n" }, async (dir) => {
      const { code, stderr } = await runLockstep(["plan"], {
        cwd: dir,
        env: { DATABASE_URL: db.url },
      });

      equal(code, 3);
      ok(stderr.includes("--> migrations/001_a.sql:2:1"), stderr);
    })
  );
});
