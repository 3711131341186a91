import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import {
  type EmbeddedPostgres,
  startPostgres,
} from "../../scripts/embedded_postgres.ts";
import {
  type BackupProject,
  withBackups,
  writeProgram,
} from "../helpers/backup.ts";
import { catalogSnapshot } from "../helpers/catalog_snapshot.ts";
import { withDatabase } from "../helpers/database.ts";
import { contents, findPgDump } from "../helpers/dump.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import { ending, logOf, statesOf, tablesOf } from "../helpers/run.ts";
import { hasTerminal, runOnTerminal } from "../helpers/terminal.ts";

const major = await findPgDump();

/** Of the version of pg_dump; no test changes it. */
let server: EmbeddedPostgres;

Deno.test.beforeAll(async () => {
  if (major !== undefined) server = await startPostgres({ major });
});

Deno.test.afterAll(() => server?.stop());

/** Something of all that a dropped table can take along. */
const SHOP: ProjectFiles = {
  "001_shop.sql": `
    CREATE EXTENSION citext;
    CREATE SCHEMA shop;
    CREATE TYPE shop.state AS ENUM ('new', 'paid');
    CREATE TABLE shop.customers (id serial PRIMARY KEY, mail citext UNIQUE);
    CREATE TABLE shop.orders (
      id bigint GENERATED ALWAYS AS IDENTITY (START 100) PRIMARY KEY,
      customer int NOT NULL REFERENCES shop.customers ON DELETE CASCADE,
      state shop.state NOT NULL DEFAULT 'new', total numeric CHECK (total > 0)
    );
    CREATE INDEX late ON shop.orders (customer) WHERE state = 'new';
    CREATE VIEW shop.open AS SELECT * FROM shop.orders WHERE state = 'new';
    GRANT SELECT ON shop.orders TO PUBLIC;
    COMMENT ON TABLE shop.orders IS 'what was ordered';
    INSERT INTO shop.customers (mail) VALUES ('ann@example.com');
    INSERT INTO shop.orders (customer, total) VALUES (1, 9.5), (1, 3);
  `,
  "rollbacks/001_shop_down.sql":
    "DROP SCHEMA shop CASCADE;\nDROP EXTENSION citext;\n",
};

function testRestore(
  name: string,
  test: (project: BackupProject) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: major === undefined,
    fn: () => withBackups(SHOP, test, { server: server.url }),
  });
}

testRestore(
  "restore brings back what a rollback dropped, and the log goes on",
  async (project) => {
    const { db } = project;
    await project.done(["migrate"]);
    const before = [await catalogSnapshot(db), await dataOf(project)];
    const { backup } = await project.done(["rollback"]);
    const { path = "" } = backup ?? {};

    const answer = await project.done(["restore", path, "--yes"]);

    deepEqual([answer.status, answer.checksum], ["done", "confirmed"]);
    deepEqual([await catalogSnapshot(db), await dataOf(project)], before);
    deepEqual(statesOf(await project.done(["status"])), ["001 applied"]);
    deepEqual(await logOf(db), [
      "001 migrate applied",
      "- backup backup",
      "001 rollback rolled_back",
      "- restore restoring",
      "- restore restored",
    ]);
    equal((await project.done(["verify"])).findings.length, 0);
    await project.write({ "002_more.sql": "CREATE TABLE more (id int);\n" });
    equal((await project.done(["migrate"])).migrationsApplied, 1);
  },
);

testRestore(
  "restore takes back what was written since, and leaves what was made",
  async (project) => {
    const { db } = project;
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    await db.query("DELETE FROM shop.orders; CREATE TABLE shop.later (id int)");

    await project.done(["restore", path, "--yes"]);

    const [row] = await db.query("SELECT count(*)::int FROM shop.orders");
    equal(row?.count, 2);
    deepEqual(await tablesOf(db, "shop"), ["customers", "later", "orders"]);
  },
);

testRestore(
  "restore changes nothing where something new hangs on the old",
  async (project) => {
    const { db } = project;
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    await db.query(
      "CREATE TABLE later (id bigint REFERENCES shop.orders); " +
        "DELETE FROM shop.orders WHERE total = 3",
    );

    const answer = await project.json(["restore", path, "--yes"]);

    deepEqual(ending(answer), [5, "restore_failed"]);
    match(
      answer.error?.hint ?? "",
      /drop it, or restore into another database/,
    );
    const [row] = await db.query("SELECT count(*)::int FROM shop.orders");
    equal(row?.count, 1);
    deepEqual((await logOf(db)).slice(-2), [
      "- restore restoring",
      "- restore restore_failed",
    ]);
  },
);

testRestore(
  "restore --into fills another database, log and all, and lockstep goes on there",
  async (project) => {
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    await withDatabase(async (copy) => {
      await project.done(["restore", path, "--into", copy.url, "--yes"]);

      const there = { DATABASE_URL: copy.url };
      deepEqual(await tablesOf(copy, "shop"), ["customers", "orders"]);
      deepEqual(await logOf(copy), [
        "001 migrate applied",
        "- restore restored",
      ]);
      equal((await project.done(["verify"], there)).findings.length, 0);
      equal((await project.done(["migrate"], there)).migrationsApplied, 0);
    }, { server: server.url });
  },
);

testRestore(
  "restore refuses a file that is not what was written",
  async (project) => {
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    await Deno.writeTextFile(join(project.dir, path), "x", { append: true });
    await Deno.remove(join(project.dir, `${path}.sha256`));

    const answer = await project.json(["restore", path, "--yes"]);

    deepEqual(ending(answer), [5, "bad_backup"]);
    match(answer.error?.message ?? "", /its SHA-256 is .* when it was made$/);
  },
);

testRestore("restore refuses what pg_restore cannot read", async (project) => {
  await Deno.writeTextFile(join(project.dir, "x.dump"), "DROP TABLE x;\n");

  const answer = await project.json(["restore", "x.dump", "--yes"]);
  const missing = await project.json(["restore", "nothing.dump", "--yes"]);

  deepEqual(ending(answer), [5, "bad_backup"]);
  match(answer.error?.hint ?? "", /"lockstep history" lists them$/);
  deepEqual(ending(missing), [2, "invalid_argument"]);
});

testRestore(
  "restore --dry-run shows what a backup holds and changes nothing",
  async (project) => {
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    await project.db.query("DELETE FROM shop.orders");

    const answer = await project.done(["restore", path, "--dry-run"]);

    deepEqual([answer.status, answer.tables], ["proposed", 6]);
    const [row] = await project.db.query(
      "SELECT count(*)::int FROM shop.orders",
    );
    equal(row?.count, 0);
  },
);

Deno.test({
  name: "restore asks on a terminal, and shows what would be replaced",
  ignore: major === undefined || !await hasTerminal(),
  fn: () =>
    withBackups(SHOP, async (project) => {
      await project.done(["migrate"]);
      const { path = "" } = await project.done(["backup"]);
      await project.db.query("DELETE FROM shop.orders");
      const args = ["restore", path];
      const options = {
        cwd: project.dir,
        env: project.env,
        awaited: "[yes/no]",
      };

      const no = await runOnTerminal(args, { ...options, answer: "no" });
      const left = await project.db.query("SELECT FROM shop.orders");
      const yes = await runOnTerminal(args, { ...options, answer: "yes" });

      equal(no.code, 3, no.shown);
      match(no.shown, /6 tables with data\r?\nReplace what it holds in/);
      equal(left.length, 0);
      equal(yes.code, 0, yes.shown);
      const back = await project.db.query("SELECT FROM shop.orders");
      equal(back.length, 2);
    }, { server: server.url }),
});

testRestore("restore wants an answer where no terminal is", async (project) => {
  await project.done(["migrate"]);
  const { path = "" } = await project.done(["backup"]);

  const answer = await project.json(["restore", path]);

  deepEqual(ending(answer), [2, "confirmation_needed"]);
  equal((await logOf(project.db)).length, 2);
});

testRestore(
  "restore warns of a file that nothing is known of, and of a missing history",
  async (project) => {
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup", "--schema", "shop"]);
    await Deno.rename(join(project.dir, path), join(project.dir, "x.dump"));

    const { checksum, warnings } = await project.done([
      "restore",
      "x.dump",
      "--dry-run",
    ]);

    equal(checksum, "unknown");
    deepEqual(warnings.map(({ code }) => code), [
      "backup_unknown",
      "backup_without_history",
    ]);
  },
);

for (const half of ["--schema-only", "--data-only"]) {
  testRestore(`restore refuses a dump made with ${half}`, async (project) => {
    await project.done(["migrate"]);
    const { code } = await new Deno.Command("pg_dump", {
      args: ["-Fc", half, "-f", join(project.dir, "x.dump"), project.db.url],
    }).output();
    equal(code, 0);
    const before = await dataOf(project);

    const answer = await project.json(["restore", "x.dump", "--yes"]);

    deepEqual(ending(answer), [5, "bad_backup"]);
    deepEqual(await dataOf(project), before);
  });
}

testRestore(
  "restore leaves the rows of an extension that is there, and says so",
  async (project) => {
    const { db } = project;
    await project.done(["migrate"]);
    await db.query(`
      CREATE TABLE jobs (id int); INSERT INTO jobs VALUES (1);
      ALTER EXTENSION citext ADD TABLE jobs;
      UPDATE pg_extension SET extconfig = ARRAY['jobs'::regclass],
        extcondition = ARRAY[''] WHERE extname = 'citext';
    `);
    const { path = "" } = await project.done(["backup"]);
    await db.query("DELETE FROM shop.orders");

    const { warnings } = await project.done(["restore", path, "--yes"]);

    deepEqual(warnings.map(({ code }) => code), ["extension_data_kept"]);
    deepEqual(await db.query("SELECT * FROM jobs"), [{ id: 1 }]);
    equal((await db.query("SELECT FROM shop.orders")).length, 2);
  },
);

testRestore(
  "backup and restore outlast an idle_session_timeout",
  async (project) => {
    await project.done(["migrate"]);
    await project.db.query(
      `ALTER DATABASE ${project.db.name} SET idle_session_timeout = 3000`,
    );
    const slow = {
      LOCKSTEP_PG_DUMP: await writeProgram(
        project.dir,
        "pg_dump",
        `[ "$1" = --version ] || sleep 4; exec pg_dump "$@"`,
      ),
    };
    await writeProgram(
      project.dir,
      "pg_restore",
      `[ "$1" = --version ] || sleep 4; exec pg_restore "$@"`,
    );

    const { backup } = await project.done(["rollback"], slow);
    const { path = "" } = backup ?? {};
    const answer = await project.done(["restore", path, "--yes"], slow);

    deepEqual([answer.status, answer.warnings], ["done", []]);
    deepEqual(await logOf(project.db), [
      "001 migrate applied",
      "- backup backup",
      "001 rollback rolled_back",
      "- restore restoring",
      "- restore restored",
    ]);
  },
);

testRestore(
  "restore is done also when its end cannot be written to the log",
  async (project) => {
    const { db, dir } = project;
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    await db.query("DELETE FROM shop.orders");
    const pgDump = await writeProgram(dir, "pg_dump", 'exec pg_dump "$@"');
    // Its log is closed to the run once the restore has begun.
    await writeProgram(
      dir,
      "pg_restore",
      `pg_restore "$@" || exit 1; case "$*" in *--clean*) psql -q -c ` +
        "'ALTER TABLE schema_migrations_log ADD CHECK (outcome <> " +
        "$$restored$$) NOT VALID';; esac",
    );

    const answer = await project.done(["restore", path, "--yes"], {
      LOCKSTEP_PG_DUMP: pgDump,
    });

    deepEqual(answer.warnings.map(({ code }) => code), [
      "restore_not_recorded",
    ]);
    equal(answer.status, "done");
    equal((await db.query("SELECT FROM shop.orders")).length, 2);
  },
);

testRestore(
  "restore says which folder for temporary files cannot be used",
  async (project) => {
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);

    const answer = await project.json(["restore", path, "--yes"], {
      TMPDIR: join(project.dir, "nowhere"),
    });

    deepEqual(ending(answer), [2, "unwritable_directory"]);
    match(answer.error?.hint ?? "", /TMPDIR/);
  },
);

testRestore("restore waits for the lock of another run", async (project) => {
  await project.done(["migrate"]);
  const { path = "" } = await project.done(["backup"]);
  await project.write({ "002_wait.sql": "SELECT pg_sleep(600);\n" });
  const run = project.start(["migrate"]);
  await run.waitForOutput("002_wait");

  const answer = await project.json([
    "restore",
    path,
    "--yes",
    "--lock-timeout",
    "0",
  ]);

  run.kill("SIGTERM");
  await run.result;
  deepEqual(ending(answer), [4, "lock_timeout"]);
});

testRestore(
  "restore asks for the name of a protected environment",
  async (project) => {
    await project.done(["migrate"]);
    const { path = "" } = await project.done(["backup"]);
    await Deno.writeTextFile(
      join(project.dir, "lockstep.toml"),
      "[env.production]\nprotected = true\n",
    );
    const args = ["restore", path, "--env", "production", "--yes"];

    const refused = await project.json(args);
    const agreed = await project.done([...args, "--yes-to", "production"]);

    deepEqual(ending(refused), [2, "protected_environment"]);
    equal(agreed.status, "done");
  },
);

/** What the tables hold, but for the tracking tables. */
async function dataOf({ db }: BackupProject): Promise<readonly string[]> {
  const lines = await contents(db);
  return lines.filter((line) => !line.startsWith("schema_migrations"));
}
