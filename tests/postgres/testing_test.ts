import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { FileError, LockstepError } from "../../src/errors.ts";
import {
  createTestDatabase,
  type TestDatabaseOptions,
  withTestDatabase,
} from "../../src/testing.ts";
import { serverUrl } from "../helpers/database.ts";
import { withProject } from "../helpers/project.ts";
import { dropTemplates, rowsOf, templatesOf } from "../helpers/templates.ts";

/** Tables of their own, so that no other test has the same template. */
function filesOf(table: string) {
  return {
    "001_a.sql": `CREATE TABLE ${table} (id int PRIMARY KEY);\n` +
      `INSERT INTO ${table} VALUES (1);\n`,
  };
}

async function namesLike(pattern: string): Promise<readonly unknown[]> {
  const rows = await rowsOf(
    serverUrl(),
    `SELECT datname FROM pg_database WHERE datname LIKE '${pattern}'`,
  );
  return rows.map(({ datname }) => datname);
}

/** Runs a test on a project, whose template goes at its end. */
async function withTemplate(
  table: string,
  test: (options: TestDatabaseOptions, dir: string) => Promise<void>,
): Promise<void> {
  await withProject(filesOf(table), async (cwd) => {
    try {
      await test({ databaseUrl: serverUrl(), cwd }, cwd);
    } finally {
      await dropTemplates(cwd);
    }
  });
}

Deno.test("createTestDatabase() gives databases with all migrations, apart from each other", () =>
  withTemplate("testing_apart", async (options) => {
    await using first = await createTestDatabase(options);
    await using second = await createTestDatabase(options);

    await rowsOf(first.url, "INSERT INTO testing_apart VALUES (2)");

    const count = "SELECT count(*)::int AS n FROM testing_apart";
    deepEqual(await rowsOf(first.url, count), [{ n: 2 }]);
    deepEqual(await rowsOf(second.url, count), [{ n: 1 }]);
    deepEqual(
      await rowsOf(second.url, "SELECT version FROM schema_migrations"),
      [{ version: "001" }],
    );
    equal(new URL(first.url).pathname, `/${first.name}`);
  }));

Deno.test("createTestDatabase() migrates once for many that start together", () =>
  withTemplate("testing_together", async (options, dir) => {
    const databases = await Promise.all(
      Array.from({ length: 8 }, () => createTestDatabase(options)),
    );

    const runs = await Promise.all(
      databases.map(({ url }) =>
        rowsOf(url, "SELECT run_id FROM schema_migrations")
      ),
    );
    equal(new Set(runs.map(([row]) => row?.["run_id"])).size, 1);
    equal((await templatesOf(dir)).length, 1);
    await Promise.all(databases.map((database) => database.drop()));
    for (const { name } of databases) deepEqual(await namesLike(name), []);
  }));

Deno.test("createTestDatabase() makes a new template for changed files, and drops the old one", () =>
  withTemplate("testing_changed", async (options, dir) => {
    await (await createTestDatabase(options)).drop();
    const [before] = await templatesOf(dir);
    await Deno.writeTextFile(
      `${dir}/migrations/002_b.sql`,
      "CREATE TABLE b ();\n",
    );

    await using database = await createTestDatabase(options);

    const after = await templatesOf(dir);
    equal(after.length, 1);
    ok(after[0] !== before);
    equal((await rowsOf(database.url, "SELECT FROM b")).length, 0);
  }));

Deno.test("createTestDatabase() goes on after one that was killed on its way", () =>
  withTemplate("testing_killed", async (options, dir) => {
    await (await createTestDatabase(options)).drop();
    const [template] = await templatesOf(dir);
    // As it is between CREATE DATABASE and the last step.
    await rowsOf(
      serverUrl(),
      `ALTER DATABASE ${template} ALLOW_CONNECTIONS true IS_TEMPLATE false`,
    );
    await rowsOf(
      serverUrl().replace(/\/[^/]*$/, `/${template}`),
      "DROP TABLE testing_killed",
    );

    await using database = await createTestDatabase(options);

    const rows = await rowsOf(database.url, "SELECT id FROM testing_killed");
    deepEqual(rows, [{ id: 1 }]);
  }));

Deno.test("createTestDatabase() throws what is wrong with the files, and leaves nothing", () =>
  withTemplate("testing_wrong", async (options, dir) => {
    const path = `${dir}/migrations/002_b.sql`;
    await Deno.writeTextFile(path, "SELECT 'open");
    await rejects(createTestDatabase(options), FileError);
    await Deno.writeTextFile(path, "SELECT 1/0;\n");
    await rejects(createTestDatabase(options), (error) => {
      ok(error instanceof LockstepError);
      match(error.message, /division by zero/);
      return true;
    });

    deepEqual(await templatesOf(dir), []);
  }));

Deno.test("withTestDatabase() drops the database of a test that passes", () =>
  withTemplate("testing_passes", async (options) => {
    const name = await withTestDatabase(
      options,
      ({ name }) => Promise.resolve(name),
    );

    deepEqual(await namesLike(name), []);
  }));

Deno.test("withTestDatabase() keeps the database of a test that fails", () =>
  withTemplate("testing_fails", async (options) => {
    const kept: string[] = [];
    const onKept = ({ name }: { name: string }) => kept.push(name);
    const failure = new Error("what the test found");

    await rejects(
      withTestDatabase({ ...options, onKept }, () => Promise.reject(failure)),
      failure,
    );

    equal(kept.length, 1);
    deepEqual(await namesLike(String(kept[0])), kept);
    await rowsOf(serverUrl(), `DROP DATABASE ${kept[0]}`);
  }));

Deno.test("createTestDatabase() says which right is missing", () =>
  withTemplate("testing_rights", async (options) => {
    await rowsOf(
      serverUrl(),
      "DROP ROLE IF EXISTS lockstep_testing; CREATE ROLE lockstep_testing LOGIN PASSWORD 'x'",
    );
    const url = new URL(serverUrl());
    [url.username, url.password] = ["lockstep_testing", "x"];

    await rejects(
      createTestDatabase({ ...options, databaseUrl: url.href }),
      (error) => {
        ok(error instanceof LockstepError);
        match(error.message, /permission denied to create database/);
        match(error.hint ?? "", /CREATEDB/);
        return true;
      },
    );
    await rowsOf(serverUrl(), "DROP ROLE lockstep_testing");
  }));
