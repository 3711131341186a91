import { deepEqual, equal, match } from "node:assert/strict";
import { withBackups } from "../helpers/backup.ts";
import {
  COPY,
  lookAt,
  requireSame,
  SHOP_FILES,
  testCopy,
} from "../helpers/copy_backup.ts";
import {
  serverUrl,
  type TestDatabase,
  withDatabase,
} from "../helpers/database.ts";
import { withDumpRoles } from "../helpers/dump.ts";
import { ending, logOf, statesOf } from "../helpers/run.ts";

const ALL_KINDS = new URL("../fixtures/dump/source.sql", import.meta.url);

Deno.test("backup with copy holds a database of more than 60 kinds of objects", async () => {
  const script = await Deno.readTextFile(ALL_KINDS);
  await withDumpRoles(serverUrl(), () =>
    withBackups({}, async (project) => {
      const { db } = project;
      await db.query(script);
      const refused = await project.json(["backup"], COPY);
      await db.query(await withoutObstacles(db));
      const { path = "" } = await project.done(["backup"], COPY);
      await withDatabase(async (copy) => {
        await copy.query("DROP SCHEMA public");
        await project.done(
          ["restore", path, "--into", copy.url, "--yes"],
          COPY,
        );

        deepEqual(ending(refused), [5, "backup_failed"]);
        match(refused.error?.message ?? "", /user mapping FOR .* \(options/);
        match(refused.error?.message ?? "", /large objects/);
        deepEqual(project.files().length, 2);
        await requireSame(lookAt(copy), lookAt(db));
      });
      const before = await lookAt(db);
      await project.done(["restore", path, "--yes"], COPY);
      await requireSame(lookAt(db), before);
    }));
});

testCopy(
  "restore brings back what a rollback dropped with copy, and the log goes on",
  SHOP_FILES,
  async (project) => {
    await project.done(["migrate"]);
    const before = await project.look();
    const { backup } = await project.done(["rollback"]);
    const { path = "" } = backup ?? {};

    const answer = await project.done(["restore", path, "--yes"]);

    match(path, /^backups\/test_\w+_\d{8}T\d{6}Z_[0-9a-f]{8}\.tar$/);
    deepEqual([answer.status, answer.checksum], ["done", "confirmed"]);
    await requireSame(project.look(), before);
    // The schema that was brought back is the one to expect.
    deepEqual((await project.done(["drift"])).warnings, []);
    deepEqual(await logOf(project.db), [
      "001 migrate applied",
      "- backup backup",
      "001 rollback rolled_back",
      "- restore restoring",
      "- restore restored",
    ]);
  },
);

testCopy(
  "a backup of the whole database with copy brings the history back, too",
  SHOP_FILES,
  async (project) => {
    await project.done(["migrate"]);
    const before = await project.look();
    const { path = "", ...made } = await project.done(["backup"]);
    await project.done(["rollback", "--backup", "never"]);

    await project.done(["restore", path, "--yes"]);

    equal(Reflect.get(made, "method"), "copy");
    await requireSame(project.look(), before);
    deepEqual(statesOf(await project.done(["status"])), ["001 applied"]);
    equal((await project.done(["verify"])).findings.length, 0);
    deepEqual((await logOf(project.db)).length, 5);
    await project.write({ "002_more.sql": "CREATE TABLE more (id int);\n" });
    equal((await project.done(["migrate"])).migrationsApplied, 1);
  },
);

testCopy(
  "restore --into fills another database from a copy, log and all",
  SHOP_FILES,
  async (project) => {
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    await withDatabase(async (other) => {
      await project.done(["restore", path, "--into", other.url, "--yes"]);

      const there = { DATABASE_URL: other.url };
      await requireSame(lookAt(other), project.look());
      deepEqual(await logOf(other), [
        "001 migrate applied",
        "- restore restored",
      ]);
      equal((await project.done(["verify"], there)).findings.length, 0);
      equal((await project.done(["migrate"], there)).migrationsApplied, 0);
    });
  },
);

/** A plan after 001, and what it does to a database that has the shop. */
const PLANS: Readonly<Record<string, string>> = {
  "drops a table with all that hangs on it": "DROP TABLE shop.orders CASCADE;",
  "drops two tables that refer to each other":
    "DROP TABLE shop.lines, shop.special_orders, shop.orders CASCADE;",
  "drops a column": "ALTER TABLE shop.orders DROP COLUMN total CASCADE;",
  "drops a type": "DROP TYPE shop.state CASCADE;",
  "drops an extension": "DROP EXTENSION citext CASCADE;",
  "deletes rows, and with them others":
    "UPDATE shop.lines SET part_of = NULL; DELETE FROM shop.customers;",
  "truncates": "TRUNCATE shop.customers CASCADE;",
  "drops a sequence and a view":
    "DROP SEQUENCE shop.orders_counted_seq CASCADE; DROP TABLE shop.lines;",
};

for (const [name, plan] of Object.entries(PLANS)) {
  testCopy(
    `restore brings back what a plan with copy that ${name}`,
    SHOP_FILES,
    async (project) => {
      await project.done(["migrate"]);
      const before = await project.look();
      await project.write({ "002_destroy.sql": plan });
      const { backup } = await project.done(["migrate"]);

      const answer = await project.done([
        "restore",
        backup?.path ?? "",
        "--yes",
      ]);

      await requireSame(project.look(), before);
      deepEqual(answer.warnings.map(({ code }) => code), [
        "backup_without_history",
      ]);
    },
  );
}

async function withoutObstacles(db: TestDatabase): Promise<string> {
  const rows = await db.query(`
    SELECT format('DROP USER MAPPING FOR %s SERVER %I;',
      CASE umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(usename) END, srvname) AS sql
    FROM pg_user_mappings
    UNION ALL
    SELECT format('SELECT lo_unlink(%s);', oid) FROM pg_largeobject_metadata
    UNION ALL
    SELECT format('ALTER SUBSCRIPTION %I SET (slot_name = NONE); DROP SUBSCRIPTION %I;', subname, subname)
    FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`);
  return rows.map(({ sql }) => String(sql)).join("\n");
}
