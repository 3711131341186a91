import { deepEqual, equal, match } from "node:assert/strict";
import { requireSame, SHOP_FILES, testCopy } from "../helpers/copy_backup.ts";
import { ending, logOf } from "../helpers/run.ts";

testCopy(
  "backup --schema with copy holds what is in it, and says which is not there",
  SHOP_FILES,
  async (project) => {
    await project.done(["migrate"]);
    const before = await project.look();
    const unknown = await project.json(["backup", "--schema", "shop,nowhere"]);
    const { path = "" } = await project.done(["backup", "--schema", "shop"]);
    await project.db.query(
      "DROP TABLE shop.orders CASCADE; DELETE FROM shop.customers",
    );

    const { tables } = await project.done(["restore", path, "--yes"]);

    deepEqual(ending(unknown), [5, "backup_failed"]);
    match(unknown.error?.message ?? "", /there is no schema "nowhere"$/);
    equal(tables, 4);
    await requireSame(project.look(), before);
  },
);

testCopy(
  "a run that is stopped while it makes a copy has changed nothing",
  SHOP_FILES,
  async (project) => {
    const { db } = project;
    await project.done(["migrate"]);
    await project.write({ "002_drop.sql": "DROP TABLE shop.lines;" });
    const before = await project.look();
    const holder = await db.connect();
    await holder.query("BEGIN; LOCK TABLE shop.lines");
    const running = project.start(["migrate"]);
    await running.waitForOutput("Making a backup");

    running.kill("SIGTERM");
    const { code } = await running.result;
    await holder.query("ROLLBACK");

    equal(code, 143);
    deepEqual(project.files(), []);
    await requireSame(project.look(), before);
  },
);

testCopy(
  "restore with copy says where it failed, and has changed nothing",
  SHOP_FILES,
  async (project) => {
    const { db } = project;
    const role = `${db.name}_gone`;
    await project.done(["migrate"]);
    await db.query(
      `CREATE ROLE ${role}; GRANT SELECT ON shop.lines TO ${role}`,
    );
    const { path = "" } = await project.done(["backup"]);
    await db.query(
      `DROP OWNED BY ${role}; DROP ROLE ${role}; DELETE FROM shop.lines`,
    );
    const before = await project.look();

    const answer = await project.json(["restore", path, "--yes"]);

    deepEqual(ending(answer), [5, "restore_failed"]);
    match(
      answer.error?.message ?? "",
      /at table shop\.lines as the server refused: role ".*_gone" does not/,
    );
    match(answer.error?.hint ?? "", /^create the role/);
    await requireSame(project.look(), before);
    deepEqual((await logOf(db)).slice(-2), [
      "- restore restoring",
      "- restore restore_failed",
    ]);
  },
);

testCopy(
  "a plan that empties a table of an extension is stopped by its name",
  { "001_a.sql": "CREATE EXTENSION citext;" },
  async (project) => {
    const { db } = project;
    await project.done(["migrate"]);
    await db.query(
      `CREATE TABLE places (id int); INSERT INTO places VALUES (1);
       CREATE TABLE mine (id int); INSERT INTO mine VALUES (1);
       ALTER EXTENSION citext ADD TABLE places`,
    );
    await project.write({ "002_mine.sql": "DELETE FROM mine;" });
    const other = await project.done(["migrate"]);
    await project.write({ "003_places.sql": "DELETE FROM places;" });

    const planned = await project.json(["migrate", "--dry-run"]);
    const answer = await project.json(["migrate"]);

    match(other.backup?.path ?? "", /\.tar$/);
    deepEqual(planned.warnings.map(({ code }) => code), ["backup_failed"]);
    deepEqual(ending(answer), [5, "backup_failed"]);
    match(
      answer.error?.message ?? "",
      /could not bring back: table public\.places of the extension citext$/,
    );
    match(answer.error?.hint ?? "", /--backup never goes without a backup$/);
    equal((await db.query("SELECT FROM places")).length, 1);
  },
);

testCopy(
  "a backup with copy waits for a lock no longer than it is told to",
  {},
  async (project) => {
    const { db } = project;
    await db.query("CREATE TABLE a (id int)");
    const holder = await db.connect();
    await holder.query("BEGIN; LOCK TABLE a");

    const answer = await project.json(["backup", "--lock-retry-for", "100ms"]);

    deepEqual(ending(answer), [5, "backup_failed"]);
    match(answer.error?.message ?? "", /lock timeout$/);
    match(answer.error?.hint ?? "", /try again later$/);
    deepEqual(project.files(), []);
    await holder.query("ROLLBACK");
  },
);
