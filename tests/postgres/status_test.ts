import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { statesOf, withRole, withRun } from "../helpers/run.ts";

const FILES = {
  "001_a.sql": "CREATE TABLE a (id INT);\n",
  "rollbacks/001_a_down.sql": "DROP TABLE a;\nSELECT 1 / 0;\n",
};

Deno.test("status shows a rollback that failed and was undone, until the next attempt", () =>
  withRun(FILES, async ({ done, json, run, write }) => {
    await done("migrate");
    await json("rollback");
    const status = await done("status");
    const { stdout } = await run("status");
    await write({ "rollbacks/001_a_down.sql": "DROP TABLE a;\n" });
    await done("rollback");
    await done("migrate");
    const after = await run("status");

    deepEqual(statesOf(status), ["001 applied"]);
    const [version] = status.versions;
    match(version?.failedRollback?.error ?? "", /^Cannot roll back "001_a" as/);
    equal(version?.failedRollback?.sqlstate, "22012");
    match(
      stdout,
      /^ {4}rollback undone at 20\d\d-.{11}Z: .*division by zero \(22012\)$/m,
    );
    doesNotMatch(after.stdout, /rollback undone/);
  }));

Deno.test("status does without the log where the role may not read it", () =>
  withRun(FILES, ({ db, done, jsonAs }) =>
    withRole(db, async (role) => {
      await done("migrate");
      await db.query(
        `GRANT SELECT ON schema_migrations, schema_migrations_rollbacks TO ${role.name}`,
      );
      const status = await jsonAs(role, "status");

      equal(status.code, 0, status.stderr);
      deepEqual(statesOf(status), ["001 applied"]);
    })));

Deno.test("status says when the error was recorded that it shows", () =>
  withRun({ "001_a.sql": "SELECT 1 / 0;\n" }, async ({ db, json, run }) => {
    await json("migrate");
    await db.query(
      "UPDATE schema_migrations SET updated_at = '2026-01-02 03:04:05Z'",
    );
    const { stdout } = await run("status");

    match(
      stdout,
      /^ {4}2026-01-02 03:04Z: Cannot apply .*division by zero \(22012\)$/m,
    );
  }));

Deno.test("status shows for a version that was rolled back when that was", () =>
  withRun({ ...FILES, "rollbacks/001_a_down.sql": "DROP TABLE a;\n" }, async ({
    db,
    done,
    run,
  }) => {
    await done("migrate");
    await done("rollback");
    await db.query(
      "UPDATE schema_migrations SET applied_at = '2026-01-02 03:04:05Z', rolled_back_at = '2026-01-03 03:04:05Z'",
    );
    const { stdout } = await run("status");

    match(stdout, /001_a +rolled back +2026-01-03 03:04Z/m);
  }));

Deno.test("status says who last did something with a version, and counts states", () =>
  withRun({ ...FILES, "002_b.sql": "CREATE TABLE b (id INT);\n" }, async (
    { db, done, run, write },
  ) => {
    await done("migrate", "001");
    await write({ "001_a.sql": "CREATE TABLE a (id BIGINT);\n" });
    const { stdout } = await run("status", "--json");
    const pending = await run("status", "--pending");
    const { versions, states, withoutRollback } = JSON.parse(stdout);
    const [row] = await db.query("SELECT client FROM schema_migrations_log");

    deepEqual(states, { changed: 1, pending: 1 });
    equal(withoutRollback, 1);
    equal(versions[0].client, row?.client);
    doesNotMatch(pending.stdout, /001_a/);
    match(pending.stdout, /002_b +pending/);
  }));
