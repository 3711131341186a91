import { deepEqual, equal, match } from "node:assert/strict";
import { waitForStatement } from "../helpers/faults.ts";
import { findingsOf, statesOf, tablesOf, withRun } from "../helpers/run.ts";

const TWO = {
  "001_a.sql": "CREATE TABLE a (id INT);\n",
  "002_b.sql": "CREATE TABLE b (id INT);\n",
  "rollbacks/002_b_down.sql": "DROP TABLE b;\n",
};

Deno.test("verify finds nothing before the first run and after a good one", () =>
  withRun(TWO, async ({ db, done, run }) => {
    const before = await done("verify");
    const tables = await db.query(
      "SELECT FROM pg_tables WHERE tablename LIKE 'schema_migrations%'",
    );
    await done("migrate");
    await done("rollback");
    await done("migrate");
    const { code, stdout, stderr } = await run("verify");

    deepEqual(before.findings, []);
    deepEqual(tables, []);
    equal(code, 0, stderr);
    match(stdout, /^Nothing found: 2 migrations and 2 rows of history fit\.$/m);
    equal(stderr, "");
  }));

Deno.test("verify lists every file that does not fit, a line each, and exits with 3", () =>
  withRun(
    { ...TWO, "004_d.sql": "", "005_e.sql": "" },
    async ({ done, json, remove, run, write }) => {
      await done("migrate");
      await write({
        "001_a.sql": "CREATE TABLE a (id BIGINT);\n",
        "002_bb.sql": TWO["002_b.sql"],
        "rollbacks/002_bb_down.sql": "DROP TABLE b;\n",
        "003_c.sql": "",
        "rollbacks/009_x_down.sql": "",
      });
      await remove("002_b.sql");
      await remove("rollbacks/002_b_down.sql");
      await remove("004_d.sql");
      const answer = await json("verify");
      const { code, stdout } = await run("verify");
      const quiet = await run("verify", "--quiet");

      equal(answer.code, 3);
      equal(answer.success, false);
      deepEqual(findingsOf(answer), [
        "001 checksum_mismatch",
        "002 renamed_file",
        "004 missing_file",
        "003 out_of_order",
        "undefined orphan_rollback",
      ]);
      equal(code, 3);
      equal(stdout.trimEnd().split("\n").length, 7, stdout);
      match(
        stdout,
        /^error\[checksum_mismatch\]: "migrations\/001_a\.sql" changed after it was applied; restore .* "lockstep repair 001"$/m,
      );
      match(stdout, /^3 errors, 2 warnings\.$/m);
      deepEqual([quiet.code, quiet.stdout, quiet.stderr], [3, "", ""]);
    },
  ));

Deno.test("verify lists files of one number, and a down file with another name", () =>
  withRun(TWO, async ({ done, json, write }) => {
    await done("migrate");
    await write({
      "1_again.sql": "",
      "003_c.sql": "",
      "rollbacks/003_other_down.sql": "",
    });
    const answer = await json("verify");

    deepEqual(answer.findings.map(({ code }) => code), [
      "duplicate_version",
      "down_name_mismatch",
    ]);
  }));

Deno.test("verify takes no pending file as out of order when that is allowed", () =>
  withRun(TWO, async ({ done, json, write }) => {
    await done("migrate");
    await write({ "000_early.sql": "" });

    deepEqual(findingsOf(await json("verify")), ["000 out_of_order"]);
    deepEqual(findingsOf(await done("verify", "--allow-out-of-order")), []);
  }));

Deno.test("verify finds nothing in a failed row that was set to success by hand", () =>
  withRun({ ...TWO, "003_bad.sql": "SELECT 1/0;\n" }, async (project) => {
    const { db, done, json } = project;
    await json("migrate");
    const failed = await json("verify");
    await db.query(
      "UPDATE schema_migrations SET success = TRUE WHERE version = '003'",
    );
    const mended = await done("verify");
    const repair = await done("repair", "--yes");
    const status = await done("status");

    deepEqual(findingsOf(failed), ["003 failed_row"]);
    deepEqual(mended.findings, []);
    deepEqual([repair.changes, repair.findings], [[], []]);
    equal(statesOf(status)[2], "003 applied");
  }));

Deno.test("verify lists rows edited by hand", () =>
  withRun(TWO, async ({ db, done, json }) => {
    await done("migrate");
    await db.query(
      `ALTER TABLE schema_migrations ALTER checksum DROP NOT NULL,
         ALTER version DROP NOT NULL, ALTER applied_at DROP NOT NULL`,
    );
    await db.query(
      `UPDATE schema_migrations SET checksum = NULL, applied_at = NULL
         WHERE version = '001';
       INSERT INTO schema_migrations (version, name, checksum, file_path)
         VALUES ('000_initial_state', 'initial_state', 'x', 'x'),
           (NULL, 'nobody', 'x', 'x'), ('what', 'ever', 'x', 'x'),
           ('2', 'b', 'x', 'x'), ('77', 'lost', 'x', 'gone.sql')`,
    );
    const answer = await json("verify");

    equal(answer.code, 3);
    deepEqual(findingsOf(answer), [
      "undefined odd_version",
      "what odd_version",
      "001 incomplete_row",
      "2 checksum_mismatch",
      "77 missing_file",
      "2 duplicate_row",
    ]);
  }));

Deno.test("verify lists a down script that is kept and is not what was kept", () =>
  withRun({
    ...TWO,
    // Its checksum leaves out the CRs and the byte-order mark.
    "rollbacks/001_a_down.sql": "\uFEFFDROP TABLE\r\na;\r\n",
  }, async ({ db, done, json }) => {
    await done("migrate");
    const good = await done("verify");
    await db.query(
      `UPDATE schema_migrations_rollbacks SET script = 'DROP TABLE a;'
       WHERE version = '002'`,
    );
    const bad = await json("verify");

    deepEqual(good.findings, []);
    deepEqual(findingsOf(bad), ["002 damaged_rollback"]);
  }));

for (
  const [what, sql, codes] of [
    [
      "a changed row",
      "UPDATE schema_migrations_log SET reason = 'x' WHERE version = '001'",
      ["001 broken_log"],
    ],
    [
      "a removed row",
      "DELETE FROM schema_migrations_log WHERE version = '001'",
      ["002 broken_log", "001 unlogged_row"],
    ],
    [
      "a removed last row",
      "DELETE FROM schema_migrations_log WHERE version = '002'",
      ["002 unlogged_row"],
    ],
    [
      "no row left",
      "TRUNCATE schema_migrations_log",
      ["001 unlogged_row", "002 unlogged_row"],
    ],
  ] as const
) {
  Deno.test(`verify reports a log with ${what}, and repair leaves it`, () =>
    withRun(TWO, async ({ db, done, json }) => {
      await done("migrate");
      await db.query(sql);
      const log = await db.query("SELECT * FROM schema_migrations_log");
      const found = await json("verify");
      const repair = await json("repair", "--yes");

      deepEqual(findingsOf(found), codes);
      deepEqual(repair.changes, []);
      deepEqual(findingsOf(repair), codes);
      equal(repair.code, 3);
      deepEqual(await db.query("SELECT * FROM schema_migrations_log"), log);
    }));
}

Deno.test("verify knows a step that can go on, also one with variables", () =>
  withRun({
    "001_t.sql": "CREATE TABLE t (a INT);\nINSERT INTO t VALUES (1), (1);\n",
    "002_index.sql": "CREATE TABLE :name (id INT);\n" +
      "CREATE UNIQUE INDEX CONCURRENTLY idx ON t (a);\n",
  }, async ({ json, write }) => {
    const stopped = await json("migrate", "--var", "name=u");
    const open = await json("verify", "--var", "name=u");
    const without = await json("verify");
    await write({ "002_index.sql": "CREATE TABLE :name (id BIGINT);\n" });
    const stuck = await json("verify", "--var", "name=u");

    equal(stopped.code, 6);
    deepEqual(
      [open, without, stuck].map(({ findings }) =>
        findings[0]?.message.replace(/^.*committed/, "")
      ),
      ["", "", ", and these are no longer what the file says"],
    );
  }));

Deno.test("verify names the run that is at work meanwhile", () =>
  withRun(
    { "001_wait.sql": "SELECT pg_advisory_xact_lock(7);\n" },
    async ({ db, done, run }) => {
      const other = await db.connect();
      await other.query("SELECT pg_advisory_lock(7)");
      const running = run("migrate");
      await waitForStatement(db, "pg_advisory_xact_lock(7)");
      const answer = await done("verify");
      await other.query("SELECT pg_advisory_unlock(7)");
      const { code } = await running;

      deepEqual(answer.warnings.map(({ code }) => code), ["run_at_work"]);
      equal(code, 0);
    },
  ));

Deno.test("verify changes nothing and needs only to read", () =>
  withRun(TWO, async ({ db, done, run }) => {
    await done("migrate");
    await db.query(
      `ALTER DATABASE ${db.name} SET default_transaction_read_only = on`,
    );
    const { code } = await run("verify");
    const repair = await run("repair", "--mark-not-applied", "002", "--yes");

    equal(code, 0);
    equal(repair.code, 7);
    match(repair.stderr, /^error\[read_only_server\]/m);
    deepEqual(await tablesOf(db), ["a", "b"]);
  }));

Deno.test("status and migrate warn of an applied file that was renamed", () =>
  withRun(TWO, async ({ done, remove, write }) => {
    await done("migrate");
    await remove("001_a.sql");
    await write({ "001_other.sql": TWO["001_a.sql"] });
    const status = await done("status");
    const migrate = await done("migrate");

    const warning = [
      "renamed_file",
      '"migrations/001_other.sql" was applied under the name "001_a"',
    ];
    deepEqual(
      status.warnings.map(({ code, message }) => [code, message]),
      [warning],
    );
    deepEqual(
      migrate.warnings.map(({ code, message }) => [code, message]),
      [warning],
    );
  }));
