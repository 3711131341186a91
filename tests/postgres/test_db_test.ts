import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createTestDatabase } from "../../src/testing.ts";
import { runLockstep } from "../helpers/cli.ts";
import { serverUrl } from "../helpers/database.ts";
import { withProject } from "../helpers/project.ts";
import { dropTemplates, rowsOf } from "../helpers/templates.ts";

type Run = (...args: string[]) => ReturnType<typeof runLockstep>;

/** Runs a test on a project of its own, whose template goes at its end. */
async function withTemplate(
  table: string,
  test: (run: Run, dir: string) => Promise<void>,
): Promise<void> {
  const files = { "001_a.sql": `CREATE TABLE ${table} (id int);\n` };
  await withProject(files, async (dir) => {
    try {
      const env = { DATABASE_URL: serverUrl() };
      await test((...args) => runLockstep(args, { cwd: dir, env }), dir);
    } finally {
      await dropTemplates(dir);
    }
  });
}

async function isThere(name: string): Promise<boolean> {
  const rows = await rowsOf(
    serverUrl(),
    `SELECT FROM pg_database WHERE datname = '${name}'`,
  );
  return rows.length > 0;
}

function nameIn(url: string): string {
  return new URL(url).pathname.slice(1);
}

Deno.test("test-db prints the URL of a migrated database, which drop takes", () =>
  withTemplate("test_db_url", async (run) => {
    const { code, stdout } = await run("test-db");

    equal(code, 0);
    match(stdout, /^postgres:\/\/\S+\n$/);
    const url = stdout.trim();
    deepEqual(await rowsOf(url, "SELECT version FROM schema_migrations"), [
      { version: "001" },
    ]);
    deepEqual(await rowsOf(url, "SELECT FROM test_db_url"), []);
    deepEqual((await run("test-db", "drop", url)).code, 0);
    equal(await isThere(nameIn(url)), false);
    const again = await run("test-db", "drop", url);
    deepEqual(
      [again.code, again.stdout],
      [0, `not there ${nameIn(url)}\n`],
    );
  }));

Deno.test("test-db --json has name and URL, and shares the template of createTestDatabase()", () =>
  withTemplate("test_db_json", async (run, dir) => {
    await using first = await createTestDatabase({
      databaseUrl: serverUrl(),
      cwd: dir,
    });

    const { stdout, stderr } = await run("test-db", "--json");

    const { kind, action, name, url } = JSON.parse(stdout);
    deepEqual([kind, action], ["test_database", "create"]);
    equal(nameIn(url), name);
    equal(name.slice(0, -13), first.name.slice(0, -13));
    // A copy runs no migration.
    equal(stderr, "");
    const { stdout: list } = await run("test-db", "list");
    match(list, new RegExp(`^${name} {2}test of ${dir}/migrations$`, "m"));
    equal((await run("test-db", "drop", name)).code, 0);
    equal(await isThere(name), false);
  }));

Deno.test("test-db drop takes nothing but what test-db has made", () =>
  withTemplate("test_db_other", async (run) => {
    const own = nameIn(serverUrl());

    for (const text of [own, serverUrl(), "lockstep_test_mine"]) {
      const { code, stderr } = await run("test-db", "drop", text);

      equal(code, 2);
      match(stderr, /^error\[invalid_argument\]: Cannot drop ".*" as that is/);
    }
    ok(await isThere(own));
  }));

Deno.test("test-db drop ends the sessions in the database, drop --all leaves it", () =>
  withTemplate("test_db_used", async (run) => {
    const url = (await run("test-db")).stdout.trim();
    const name = nameIn(url);
    const waiting = rowsOf(url, "SELECT pg_sleep(600)").then(
      () => "done",
      () => "ended",
    );
    const sessions = () =>
      rowsOf(
        serverUrl(),
        `SELECT FROM pg_stat_activity WHERE datname = '${name}'
         AND wait_event = 'PgSleep'`,
      );
    while ((await sessions()).length === 0) {
      await new Promise((done) => setTimeout(done, 100));
    }

    const all = await run("test-db", "drop", "--all", "--json");
    ok(await isThere(name), all.stdout);
    deepEqual(JSON.parse(all.stdout).dropped, [{ name, status: "in_use" }]);

    equal((await run("test-db", "drop", name)).code, 0);
    equal(await isThere(name), false);
    equal(await waiting, "ended");
  }));

Deno.test("test-db drop --all drops what nobody uses, but no template and no other folder's", () =>
  withTemplate(
    "test_db_all",
    (run) =>
      withTemplate("test_db_all_other", async (runOther) => {
        const name = nameIn((await run("test-db")).stdout.trim());
        const other = nameIn((await runOther("test-db")).stdout.trim());

        const { code, stdout } = await run("test-db", "drop", "--all");

        deepEqual([code, stdout], [0, `dropped ${name}\n`]);
        ok(await isThere(other));
        equal((await runOther("test-db", "drop", other)).code, 0);
        const template = name.replace("_test_", "_template_").slice(0, -13);
        ok(await isThere(template));
        equal((await run("test-db", "drop", template)).code, 0);
        equal(await isThere(template), false);
      }),
  ));

Deno.test("test-db prints the error of a migration, and leaves nothing", () =>
  withProject({ "001_a.sql": "SELECT test_db_nosuch;\n" }, async (dir) => {
    const { code, stdout, stderr } = await runLockstep(["test-db"], {
      cwd: dir,
      env: { DATABASE_URL: serverUrl() },
    });

    deepEqual([code, stdout], [5, ""]);
    match(stderr, /column "test_db_nosuch" does not exist/);
  }));
