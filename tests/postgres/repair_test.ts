import { deepEqual, equal, match, ok } from "node:assert/strict";
import { lockKeys } from "../../src/core/lock.ts";
import { runLockstep, spawnLockstep } from "../helpers/cli.ts";
import { requireWholeLog, waitForStatement } from "../helpers/faults.ts";
import {
  changesOf,
  column,
  ending,
  findingsOf,
  logOf,
  type Project,
  statesOf,
  tablesOf,
  withRun,
} from "../helpers/run.ts";

const TWO = {
  "001_a.sql": "CREATE TABLE a (id INT);\n",
  "002_b.sql": "CREATE TABLE b (id INT);\n",
  "rollbacks/002_b_down.sql": "DROP TABLE b;\n",
};

/** Everything in the three tables. */
async function tracked({ db }: Pick<Project, "db">): Promise<unknown> {
  return await Promise.all(
    ["", "_log", "_rollbacks"].map((name) =>
      db.query(`SELECT t::text FROM schema_migrations${name} t ORDER BY 1`)
    ),
  );
}

Deno.test("repair has nothing to do where all fits, with and without tables", () =>
  withRun(TWO, async ({ db, done, run }) => {
    const { code, stdout } = await run("repair");
    const tables = await column(
      db,
      "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
    );
    await done("migrate");
    const after = await done("repair");

    deepEqual([code, stdout.split("\n")[1]], [0, "Nothing to repair."]);
    deepEqual(tables, []);
    deepEqual([after.changes, after.findings], [[], []]);
    deepEqual(await logOf(db), ["001 migrate applied", "002 migrate applied"]);
  }));

Deno.test("repair accepts an edited file, keeps the old row in the log, and migrate goes on", () =>
  withRun(TWO, async ({ db, done, json, run, write }) => {
    await done("migrate");
    const [old] = await db.query(
      "SELECT to_jsonb(t) AS row FROM schema_migrations t WHERE version = '001'",
    );
    await write({
      "001_a.sql": "CREATE TABLE a (id INT); -- the first\n",
      "003_c.sql": "CREATE TABLE c (id INT);\n",
    });
    const refused = await json("migrate");
    const repair = await done(
      "repair",
      "001",
      "--yes",
      "--reason",
      "a comment",
    );
    const migrate = await done("migrate");

    deepEqual(ending(refused), [3, "checksum_mismatch"]);
    match(refused.error?.hint ?? "", /"lockstep repair 001"/);
    deepEqual(changesOf(repair), ["001 accept_checksum done"]);
    equal(migrate.migrationsApplied, 1);
    deepEqual(await tablesOf(db), ["a", "b", "c"]);
    const [log] = await db.query(
      "SELECT * FROM schema_migrations_log WHERE direction = 'repair'",
    );
    deepEqual(log?.["old_row"], old?.["row"]);
    deepEqual(
      [log?.["reason"], log?.["outcome"], log?.["run_id"]],
      ["a comment", "accept_checksum", repair.runId],
    );
    deepEqual((await done("verify")).findings, []);
    const history = await run("history", "001");
    match(
      history.stdout,
      /Z {2}001_a +changed file accepted .*\n {4}reason: a comment\n/,
    );
    await requireWholeLog(db);
  }));

Deno.test("repair repairs only what is found with the versions that are named", () =>
  withRun(TWO, async ({ done, json, write }) => {
    await done("migrate");
    await write({ "001_a.sql": "", "002_b.sql": "" });
    const repair = await done("repair", "2", "--yes");
    const verify = await json("verify");

    deepEqual(changesOf(repair), ["002 accept_checksum done"]);
    deepEqual(findingsOf(verify), ["001 checksum_mismatch"]);
  }));

Deno.test("repair adopts a renamed file, from which a rollback then runs", () =>
  withRun(TWO, async ({ db, done, remove, write }) => {
    await done("migrate");
    await remove("002_b.sql");
    await remove("rollbacks/002_b_down.sql");
    await write({
      "002_users.sql": TWO["002_b.sql"],
      "rollbacks/002_users_down.sql": "DROP TABLE b;\n",
    });
    const repair = await done("repair", "--yes");
    const names = await column(
      db,
      "SELECT name || ' ' || file_path FROM schema_migrations ORDER BY id",
    );
    await done("rollback");

    deepEqual(changesOf(repair), ["002 adopt_file done"]);
    deepEqual(names, [
      "a migrations/001_a.sql",
      "users migrations/002_users.sql",
    ]);
    deepEqual(await tablesOf(db), ["a"]);
  }));

Deno.test("repair removes the row of a failed migration whose file was dropped", () =>
  withRun({ ...TWO, "003_bad.sql": "SELECT 1/0;\n" }, async (project) => {
    const { db, done, json, remove } = project;
    await json("migrate");
    await remove("003_bad.sql");
    const repair = await done("repair", "--yes");
    const status = await done("status");

    deepEqual(changesOf(repair), ["003 remove_row done"]);
    deepEqual(statesOf(status), ["001 applied", "002 applied"]);
    const [log] = await db.query(
      `SELECT old_row->>'error_sqlstate' AS sqlstate, checksum <> '' AS has
       FROM schema_migrations_log WHERE outcome = 'remove_row'`,
    );
    deepEqual(log, { sqlstate: "22012", has: true });
    await requireWholeLog(db);
  }));

Deno.test("repair --mark-applied records what was applied by hand before the first run", () =>
  withRun(TWO, async ({ db, done }) => {
    await db.query("CREATE TABLE a (id INT); CREATE TABLE b (id INT)");
    const repair = await done("repair", "--mark-applied", "1,002", "--yes");
    const migrate = await done("migrate");
    const status = await done("status");
    await done("rollback");

    deepEqual(changesOf(repair), [
      "001 mark_applied done",
      "002 mark_applied done",
    ]);
    equal(migrate.migrationsApplied, 0);
    deepEqual(
      status.versions.map(({ version, state, rollback }) =>
        `${version} ${state} ${rollback}`
      ),
      ["001 applied none", "002 applied file"],
    );
    deepEqual(await tablesOf(db), ["a"]);
    deepEqual((await done("verify")).findings, []);
  }));

Deno.test("repair --mark-applied keeps the down script for when the file is gone", () =>
  withRun(TWO, async ({ db, done, remove }) => {
    await db.query("CREATE TABLE a (id INT); CREATE TABLE b (id INT)");
    await done("repair", "--mark-applied", "001,002", "--yes");
    await remove(".");
    await done("rollback");

    deepEqual(await tablesOf(db), ["a"]);
  }));

Deno.test("repair --mark-applied settles a failed version and one out of order", () =>
  withRun({ ...TWO, "004_bad.sql": "SELECT 1/0;\n" }, async (project) => {
    const { done, json, write } = project;
    await json("migrate");
    await done("repair", "--mark-applied", "004", "--yes");
    await write({ "003_late.sql": "CREATE TABLE late (id INT);\n" });
    const refused = await json("migrate");
    await done("repair", "--mark-applied", "003", "--yes");
    const again = await done("repair", "--mark-applied", "003", "--yes");
    const status = await done("status");

    deepEqual(ending(refused), [3, "out_of_order"]);
    match(refused.error?.hint ?? "", /"lockstep repair --mark-applied 003"/);
    deepEqual(again.changes, []);
    deepEqual(statesOf(status), [
      "001 applied",
      "002 applied",
      "003 applied",
      "004 applied",
    ]);
  }));

Deno.test("repair --mark-not-applied lets a version be applied again", () =>
  withRun(TWO, async ({ db, done }) => {
    await done("migrate");
    await db.query("DROP TABLE b");
    const flags = ["--mark-not-applied", "002", "--yes", "--reason", "dropped"];
    const repair = await done("repair", ...flags);
    const again = await done("repair", ...flags);
    const status = await done("status");
    await done("migrate");

    deepEqual(changesOf(repair), ["002 mark_not_applied done"]);
    deepEqual(again.changes, []);
    deepEqual(statesOf(status), ["001 applied", "002 rolled_back"]);
    equal(status.versions[1]?.rollbackReason, "dropped");
    deepEqual(await tablesOf(db), ["a", "b"]);
    deepEqual(await logOf(db), [
      "001 migrate applied",
      "002 migrate applied",
      "002 repair mark_not_applied",
      "002 migrate applied",
    ]);
  }));

Deno.test("repair --mark-not-applied settles a version whose file is gone for good", () =>
  withRun(TWO, async ({ done, json, remove }) => {
    await done("migrate");
    await remove("001_a.sql");
    const refused = await json("migrate");
    const proposed = await json("repair", "--yes");
    await done("repair", "--mark-not-applied", "001", "--yes");
    const migrate = await done("migrate");

    deepEqual(ending(refused), [3, "missing_file"]);
    match(
      refused.error?.hint ?? "",
      /"lockstep repair --mark-not-applied 001"/,
    );
    deepEqual([proposed.changes, proposed.code], [[], 3]);
    equal(migrate.migrationsApplied, 0);
  }));

const INDEX = {
  "001_t.sql": "CREATE TABLE t (a INT);\n",
  "002_index.sql": `INSERT INTO t VALUES (1), (1);
CREATE UNIQUE INDEX CONCURRENTLY idx ON t (a);
CREATE TABLE last (id INT);\n`,
};
/** What somebody made of the file while the run was down. */
const OTHER_TEXT = `DELETE FROM t;
CREATE UNIQUE INDEX CONCURRENTLY idx ON t (a);
CREATE TABLE last (id INT);\n`;

for (
  const [flag, after, before] of [
    [
      "--retry",
      ["001 applied", "002 applied"],
      "DROP INDEX idx",
    ],
    [
      "--mark-applied",
      ["001 applied", "002 applied"],
      "DELETE FROM t; DROP INDEX idx; CREATE UNIQUE INDEX idx ON t (a); CREATE TABLE last (id INT)",
    ],
    [
      "--mark-not-applied",
      ["001 applied", "002 applied"],
      "DELETE FROM t; DROP INDEX idx",
    ],
  ] as const
) {
  Deno.test(`repair ${flag} settles a step that stopped part-way and lost its text`, () =>
    withRun(INDEX, async ({ db, done, json, write }) => {
      const stopped = await json("migrate");
      const open = await json("verify");
      await write({ "002_index.sql": OTHER_TEXT });
      const refused = await json("migrate");
      const found = await json("verify");
      const undecided = await json("repair", "--yes");
      await db.query(before);
      const repair = await done("repair", flag, "002", "--yes");
      await done("migrate");

      deepEqual(ending(stopped), [6, "statement_failed"]);
      deepEqual(ending(refused), [3, "resume_changed"]);
      match(refused.error?.hint ?? "", /"lockstep repair --mark-applied 002"/);
      match(open.findings[0]?.hint ?? "", /^go on with "lockstep migrate"/);
      deepEqual(findingsOf(found), ["002 partly_applied"]);
      match(
        found.findings[0]?.message ?? "",
        /these are no longer what the file says$/,
      );
      deepEqual([undecided.changes, undecided.code], [[], 3]);
      equal(repair.changes[0]?.status, "done");
      deepEqual(statesOf(await done("status")), after);
      deepEqual(await tablesOf(db), ["last", "t"]);
      deepEqual(await column(db, "SELECT a FROM t"), []);
      deepEqual((await done("verify")).findings, []);
      await requireWholeLog(db);
    }));
}

Deno.test("repair finds a step that stopped part-way and whose file is gone", () =>
  withRun(INDEX, async ({ done, json, remove }) => {
    await json("migrate");
    await remove("002_index.sql");
    const refused = await json("migrate");
    const found = await json("verify");
    await done("repair", "--mark-not-applied", "002", "--yes");

    deepEqual(ending(refused), [3, "missing_file"]);
    match(found.findings[0]?.message ?? "", /and its file is gone$/);
    deepEqual(statesOf(await done("status")), ["001 applied"]);
  }));

const BACK = {
  ...INDEX,
  "002_index.sql": "CREATE UNIQUE INDEX CONCURRENTLY idx ON t (a);\n",
  "rollbacks/002_index_down.sql":
    "CREATE TABLE gone ();\nDROP INDEX CONCURRENTLY idx;\nSELECT 1/0;\n",
};

for (
  const [flag, state] of [
    ["--mark-applied", "002 applied"],
    ["--retry", "002 applied"],
    ["--mark-not-applied", "002 rolled_back"],
  ] as const
) {
  Deno.test(`repair ${flag} settles a rollback that stopped part-way`, () =>
    withRun(BACK, async ({ done, json }) => {
      await done("migrate");
      const stopped = await json("rollback");
      const blocked = await json("migrate");
      await done("repair", flag, "2", "--yes");

      equal(stopped.code, 6);
      deepEqual(ending(blocked), [3, "partly_rolled_back"]);
      match(blocked.error?.hint ?? "", /"lockstep repair --mark-applied 002"/);
      deepEqual(statesOf(await done("status")), ["001 applied", state]);
      deepEqual((await done("verify")).findings, []);
    }));
}

Deno.test("repair mends rows edited by hand, and keeps what it removes in the log", () =>
  withRun(TWO, async ({ db, done, json }) => {
    await done("migrate");
    await db.query(
      `ALTER TABLE schema_migrations ALTER checksum DROP NOT NULL,
         ALTER version DROP NOT NULL, ALTER applied_at DROP NOT NULL,
         ALTER success DROP NOT NULL`,
    );
    await db.query(
      `UPDATE schema_migrations SET checksum = NULL, applied_at = NULL
         WHERE version = '001';
       INSERT INTO schema_migrations (version, name, checksum, file_path, success)
         VALUES (NULL, 'nobody', 'x', 'x', TRUE), ('what', 'ever', 'x', 'x', TRUE),
           ('2', 'b', 'x', 'x', TRUE), ('77', 'lost', 'x', 'x', NULL)`,
    );
    const repair = await json("repair", "--yes");
    const rest = await done(
      "repair",
      "--mark-not-applied",
      "what,77",
      "--yes",
    );

    deepEqual(changesOf(repair), [
      " remove_row done",
      "001 complete_row done",
      "2 remove_row done",
    ]);
    deepEqual(findingsOf(repair), ["what odd_version", "77 incomplete_row"]);
    equal(repair.code, 3);
    deepEqual(changesOf(rest), [
      "what mark_not_applied done",
      "77 mark_not_applied done",
    ]);
    deepEqual((await done("verify")).findings, []);
    deepEqual(statesOf(await done("status")), ["001 applied", "002 applied"]);
    deepEqual(
      await column(
        db,
        `SELECT old_row->>'name' FROM schema_migrations_log
         WHERE direction = 'repair' ORDER BY id`,
      ),
      ["nobody", "a", "b", "ever", "lost"],
    );
    await requireWholeLog(db);
  }));

const DEPENDENT = { "001_a.sql": "-- Dependencies: 000_zero.sql\n" };

Deno.test("repair completes a table with only the columns of the request", () =>
  withRun({ "000_zero.sql": "", ...DEPENDENT }, async (project) => {
    const { db, done, json } = project;
    await db.query(
      `CREATE TABLE schema_migrations (
         id SERIAL PRIMARY KEY, version VARCHAR(50) UNIQUE NOT NULL,
         name VARCHAR(255) NOT NULL,
         applied_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
         checksum VARCHAR(64) NOT NULL, success BOOLEAN NOT NULL DEFAULT TRUE,
         execution_time_ms INTEGER, rolled_back_at TIMESTAMPTZ,
         rollback_reason TEXT, migration_type VARCHAR(20) NOT NULL DEFAULT 'up',
         file_path VARCHAR(500) NOT NULL);
       INSERT INTO schema_migrations (version, name, checksum, file_path)
         VALUES ('001', 'a', 'of another tool', 'elsewhere/001.sql'),
           ('000', 'zero', 'of another tool', 'elsewhere/000.sql')`,
    );
    const found = await json("verify");
    const repair = await done("repair", "--yes");
    const verify = await done("verify");

    deepEqual(findingsOf(found), [
      "000 checksum_mismatch",
      "001 checksum_mismatch",
    ]);
    deepEqual(changesOf(repair), [
      "000 accept_checksum done",
      "001 accept_checksum done",
    ]);
    deepEqual(verify.findings, []);
    deepEqual(
      await column(
        db,
        "SELECT dependencies FROM schema_migrations ORDER BY version",
      ),
      [[], ["000"]],
    );
  }));

Deno.test("repair refuses the table of another tool", () =>
  withRun(TWO, async ({ db, json }) => {
    await db.query("CREATE TABLE schema_migrations (version TEXT)");

    deepEqual(ending(await json("verify")), [3, "foreign_table"]);
    deepEqual(ending(await json("repair", "--yes")), [3, "foreign_table"]);
  }));

Deno.test("repair --dry-run, and repair without --yes, change nothing", () =>
  withRun(
    { ...TWO, "003_bad.sql": "SELECT 1/0;\n" },
    async (project) => {
      const { json, run, write } = project;
      await json("migrate");
      await write({ "001_a.sql": "" });
      const before = await tracked(project);
      const { code, stdout } = await run("repair", "--dry-run");
      const dry = await json("repair", "--dry-run");
      const marked = await json("repair", "--dry-run", "--mark-applied", "003");
      const refused = await json("repair");

      equal(code, 3);
      match(stdout, /^error\[checksum_mismatch\]: /m);
      match(stdout, /^· {2}accept "migrations\/001_a\.sql" as it is now$/m);
      match(stdout, /^Would make 2 changes\. Nothing was changed\. Left: /m);
      deepEqual(changesOf(dry), [
        "001 accept_checksum proposed",
        "003 remove_row proposed",
      ]);
      deepEqual(changesOf(marked), ["003 mark_applied proposed"]);
      deepEqual(ending(refused), [2, "confirmation_needed"]);
      deepEqual(changesOf(refused), changesOf(dry));
      deepEqual(await tracked(project), before);
    },
  ));

Deno.test("repair changes nothing but the tracking tables", () =>
  withRun(TWO, async ({ db, done }) => {
    await done("migrate");
    await db.query("INSERT INTO b VALUES (1)");
    await done("repair", "--mark-not-applied", "002", "--yes");

    deepEqual(await tablesOf(db), ["a", "b"]);
    deepEqual(await column(db, "SELECT id FROM b"), [1]);
  }));

for (
  const [what, args, expected] of [
    ["an unknown version", ["9"], [2, "unknown_version"]],
    ["to mark one", ["--mark-applied", "9"], [2, "unknown_version"]],
    ["to retry what is applied", ["--retry", "001"], [3, "not_part_way"]],
    [
      "two marks of one version",
      ["--mark-applied", "001", "--mark-not-applied", "1"],
      [2, "invalid_argument"],
    ],
    ["an empty version", ["--retry", "001,"], [2, "invalid_argument"]],
  ] as const
) {
  Deno.test(`repair refuses ${what}`, () =>
    withRun(TWO, async ({ done, json }) => {
      await done("migrate");

      deepEqual(ending(await json("repair", ...args, "--yes")), expected);
    }));
}

Deno.test("repair waits for a run that holds the lock, and leaves when told to", () =>
  withRun(TWO, async ({ db, dir, done, run, write }) => {
    await done("migrate");
    await write({ "001_a.sql": "" });
    const holder = await db.connect();
    const { first, second } = lockKeys(12345, '"public"."schema_migrations"');
    await holder.query(`SELECT pg_advisory_lock(${first}, ${second})`);
    const left = await run("repair", "--yes", "--lock-timeout", "0");
    const waiting = spawnLockstep(["repair", "--yes"], {
      cwd: dir,
      env: { DATABASE_URL: db.url, LANG: "C.UTF-8" },
    });
    await waiting.waitForOutput("Waiting for another run");
    await holder.end();
    const waited = await waiting.result;

    equal(left.code, 4);
    match(left.stderr, /^error\[lock_timeout\]/m);
    match(left.stdout, /^Nothing was changed\./m);
    equal(waited.code, 0, waited.stderr);
    match(waited.stdout, /^Made 1 change\.$/m);
  }));

Deno.test("two repairs at once make each change once", () =>
  withRun(
    { ...TWO, "003_bad.sql": "SELECT 1/0;\n" },
    async ({ db, done, json, write }) => {
      await json("migrate");
      await write({ "001_a.sql": "" });
      const both = await Promise.all([
        json("repair", "--yes"),
        json("repair", "--yes"),
      ]);

      ok(both.every(({ code }) => code === 0 || code === 3));
      deepEqual((await logOf(db)).slice(3).sort(), [
        "001 repair accept_checksum",
        "003 repair remove_row",
      ]);
      deepEqual((await done("verify")).findings, []);
      await requireWholeLog(db);
    },
  ));

Deno.test("repair makes no change at all when a row changes under its hands", () =>
  withRun(TWO, async ({ db, dir, done, write }) => {
    await done("migrate");
    await write({ "001_a.sql": "", "002_b.sql": "" });
    const other = await db.connect();
    await other.query(
      "BEGIN; UPDATE schema_migrations SET name = 'x' WHERE version = '002'",
    );
    const running = spawnLockstep(["repair", "--yes", "--json"], {
      cwd: dir,
      env: { DATABASE_URL: db.url },
    });
    await waitForStatement(db, 'UPDATE "public"."schema_migrations"');
    await other.query("COMMIT");
    const { code, stdout } = await running.result;
    const { changes, error } = JSON.parse(stdout);

    deepEqual([code, error.code], [3, "row_changed"]);
    deepEqual(
      changes.map((change: { status: string }) => change.status),
      ["proposed", "proposed"],
    );
    deepEqual(await logOf(db), ["001 migrate applied", "002 migrate applied"]);
  }));

Deno.test("repair masks secrets in what it shows and records", () =>
  withRun(TWO, async ({ db, dir, done, write }) => {
    await done("migrate");
    await db.query(
      `INSERT INTO schema_migrations
         (version, name, checksum, file_path, success, error)
       VALUES ('003', 'c', 'x', 'x', FALSE, 'no hunter22 here')`,
    );
    await write({ "001_a.sql": "" });
    const options = {
      cwd: dir,
      env: { DATABASE_URL: db.url, LANG: "C.UTF-8", TOKEN: "hunter22" },
    };
    const flags = ["--secret-var", "token=TOKEN"];
    const verify = await runLockstep(["verify", ...flags], options);
    const dry = await runLockstep(["repair", "--dry-run", ...flags], options);
    const repair = await runLockstep(
      ["repair", "001", "--yes", "--reason", "for hunter22", ...flags],
      options,
    );

    const output = [verify, dry, repair]
      .map(({ stdout, stderr }) => stdout + stderr).join("");
    ok(output.includes("no *** here"), output);
    ok(!output.includes("hunter22"), output);
    equal(repair.code, 0);
    deepEqual(
      await column(
        db,
        "SELECT reason FROM schema_migrations_log WHERE direction = 'repair'",
      ),
      ["for ***"],
    );
  }));
