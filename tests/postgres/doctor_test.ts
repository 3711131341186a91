import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type {
  CheckResult,
  DoctorReport,
} from "../../src/core/doctor/verdict.ts";
import type { CliOptions } from "../helpers/cli.ts";
import type { TestDatabase } from "../helpers/database.ts";
import {
  type FaultBench,
  waitForStatement,
  waitUntil,
  withBench,
} from "../helpers/faults.ts";
import type { ProjectFiles } from "../helpers/project.ts";
import { withRole } from "../helpers/run.ts";

const ONE: ProjectFiles = {
  "001_effects.sql": "CREATE TABLE effects (id int);\n",
};

interface Examined extends DoctorReport {
  readonly code: number;
  /** A check by its name. */
  of(check: string): CheckResult;
}

async function examine(
  { run }: FaultBench,
  env: CliOptions["env"] = {},
  ...args: readonly string[]
): Promise<Examined> {
  const { code, stdout } = await run(["doctor", "--json", ...args], env);
  const report: DoctorReport = JSON.parse(stdout);
  return {
    ...report,
    code,
    of(check) {
      const found = report.checks.find((one) => one.check === check);
      if (found === undefined) throw new Error(`No check "${check}"`);
      return found;
    },
  };
}

/** States and names of all checks but those that say ok. */
function notOk({ checks }: DoctorReport): readonly string[] {
  return checks.filter(({ state }) => state !== "ok")
    .map(({ state, check }) => `${state} ${check}`)
    .filter((text) => !text.endsWith(" pg_dump"));
}

Deno.test("doctor finds nothing before the first migration and after it", async () => {
  await withBench(ONE, async (bench) => {
    const before = await examine(bench);
    await bench.run(["migrate"]);
    const after = await examine(bench);

    equal(before.code, 0);
    deepEqual(notOk(before), ["skipped direct url", "skipped log"]);
    match(before.of("tracking table").message, /is not there yet/);
    equal(before.of("history").message, "0 applied, 1 to apply");
    equal(after.code, 0);
    deepEqual(notOk(after), ["skipped direct url"]);
    equal(after.of("history").message, "1 applied, 0 to apply");
    match(after.of("connection").message, /no TLS, login [\d.]+ ms/);
    match(after.of("role").message, /a superuser/);
  });
});

Deno.test("doctor creates and changes nothing", async () => {
  await withBench(ONE, async (bench) => {
    await examine(bench);

    const tables = await bench.db.query(
      "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    );
    deepEqual(tables, []);
  });
});

Deno.test("doctor fits 80 columns and says what to do below a check", async () => {
  await withBench(ONE, async (bench) => {
    await leaveInvalidIndex(bench.db);

    const { code, stdout } = await bench.run(["doctor"]);

    equal(code, 0);
    match(stdout, /^✓ {2}server {11}PostgreSQL \d/m);
    match(stdout, /^! {2}indexes {10}1 index INVALID$/m);
    match(stdout, /^ +DROP INDEX CONCURRENTLY public\.broken_id_idx;$/m);
    ok(stdout.split("\n").every((line) => line.length <= 80), stdout);
  });
});

async function leaveInvalidIndex(db: TestDatabase): Promise<void> {
  await db.query("CREATE TABLE broken (id int)");
  await db.query("INSERT INTO broken VALUES (1), (1)");
  await db.query(
    "CREATE UNIQUE INDEX CONCURRENTLY broken_id_idx ON broken (id)",
  )
    .catch(() => {});
}

Deno.test("doctor names an INVALID index, its table, and a command that works", async () => {
  await withBench(ONE, async (bench) => {
    await leaveInvalidIndex(bench.db);

    const sick = await examine(bench);
    const [command = ""] = sick.of("indexes").commands ?? [];
    await bench.db.query(command);
    const well = await examine(bench);

    equal(sick.code, 0);
    equal(sick.of("indexes").state, "warning");
    deepEqual(sick.of("indexes").details, ["public.broken_id_idx on broken"]);
    equal(well.of("indexes").state, "ok");
  });
});

Deno.test("doctor names an index that a partition lacks, and leaves it alone", async () => {
  await withBench(ONE, async (bench) => {
    await bench.db.query(
      "CREATE TABLE parted (id int) PARTITION BY RANGE (id); " +
        "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (2); " +
        "CREATE INDEX parted_id ON ONLY parted (id)",
    );

    const { details = [], commands = [] } = (await examine(bench))
      .of("indexes");

    match(
      details[0] ?? "",
      /parted_id on parted, which some partitions do not/,
    );
    match(commands[0] ?? "", /ATTACH PARTITION/);
  });
});

Deno.test("doctor finishes a DETACH that was cancelled", async () => {
  await withBench(ONE, async (bench) => {
    const { db } = bench;
    await db.query(
      "CREATE TABLE parted (id int) PARTITION BY RANGE (id); " +
        'CREATE TABLE "Part 1" PARTITION OF parted FOR VALUES FROM (1) TO (2)',
    );
    const reader = await db.connect();
    await reader.query("BEGIN; SELECT * FROM parted");
    const detacher = await db.connect();
    const detaching = detacher.query(
      'ALTER TABLE parted DETACH PARTITION "Part 1" CONCURRENTLY',
    ).catch(() => {});
    await waitUntil("the partition is marked", async () => {
      const rows = await db.query(
        "SELECT 1 FROM pg_inherits WHERE inhdetachpending",
      );
      return rows.length > 0;
    });
    await db.query(
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity " +
        "WHERE datname = current_database() AND query LIKE 'ALTER TABLE parted%'",
    );
    await detaching;
    await reader.query("COMMIT");

    const sick = await examine(bench);
    const [command = ""] = sick.of("partitions").commands ?? [];
    await db.query(command);
    const well = await examine(bench);

    equal(sick.of("partitions").state, "warning");
    deepEqual(sick.of("partitions").details, ['"Part 1" of parted']);
    equal(well.of("partitions").state, "ok");
  });
});

Deno.test("doctor exits 3 for a failed row, a changed and a missing file", async () => {
  const files = {
    "001_one.sql": "CREATE TABLE one (id int);\n",
    "002_two.sql": "CREATE TABLE two (id int);\n",
    "003_bad.sql": "SELECT 1/0;\n",
  };
  await withBench(files, async (bench) => {
    await bench.run(["migrate"]);
    await Deno.writeTextFile(join(bench.dir, "migrations/001_one.sql"), "--\n");
    await Deno.remove(join(bench.dir, "migrations/002_two.sql"));

    const report = await examine(bench);

    equal(report.code, 3);
    equal(report.success, false);
    equal(report.of("history").state, "problem");
    deepEqual(report.of("history").details, [
      "001_one changed after it was applied",
      "002_two is applied and its file is gone",
      "003_bad failed and left nothing behind",
    ]);
  });
});

Deno.test("doctor exits 3 for a migration that stopped part-way", async () => {
  const files = {
    "001_part.sql": "CREATE TABLE part (id int);\n" +
      "CREATE INDEX CONCURRENTLY part_id ON part (id);\nSELECT 1/0;\n",
  };
  await withBench(files, async (bench) => {
    await bench.run(["migrate"]);

    const report = await examine(bench);

    equal(report.code, 3);
    deepEqual(report.of("history").details, ["001_part stopped part-way"]);
  });
});

Deno.test("doctor exits 3 for files that cannot be used", async () => {
  const files = { "001_a.sql": "SELECT 1;\n", "001_b.sql": "SELECT 1;\n" };
  await withBench(files, async (bench) => {
    const report = await examine(bench);

    equal(report.code, 3);
    equal(report.of("files").state, "problem");
  });
});

Deno.test("doctor exits 3 without the migrations folder and says so once", async () => {
  await withBench(ONE, async (bench) => {
    const report = await examine(bench, {}, "--migrations-dir", "nowhere");

    equal(report.code, 3);
    match(report.of("files").message, /nowhere/);
    equal(report.of("history").state, "skipped");
  });
});

Deno.test("doctor exits 3 for another tool's table and says so once", async () => {
  await withBench(ONE, async (bench) => {
    await bench.db.query(
      "CREATE TABLE schema_migrations (version bigint, dirty boolean)",
    );

    const report = await examine(bench);

    equal(report.code, 3);
    match(report.of("tracking table").message, /a table of golang-migrate/);
    match(report.of("tracking table").advice ?? "", /--table/);
    equal(report.of("log").state, "skipped");
    equal(report.of("history").state, "skipped");
  });
});

Deno.test("doctor says that an incomplete tracking table is completed", async () => {
  await withBench(ONE, async (bench) => {
    await bench.run(["migrate"]);
    await bench.db.query("DROP VIEW migration_status_view");

    const report = await examine(bench);

    equal(report.code, 0);
    deepEqual(report.of("tracking table").details, [
      "incomplete or missing: view",
    ]);
  });
});

Deno.test("doctor exits 3 for a log that was changed by hand", async () => {
  await withBench(ONE, async (bench) => {
    await bench.run(["migrate"]);
    await bench.db.query("UPDATE schema_migrations_log SET client = 'nobody'");

    const report = await examine(bench);

    equal(report.code, 3);
    equal(report.of("log").state, "problem");
    deepEqual(report.of("log").details, ["row 1, of version 001"]);
  });
});

Deno.test("doctor names who holds the lock", async () => {
  const files = { "001_slow.sql": "SELECT pg_sleep(60);\n" };
  await withBench(files, async (bench) => {
    const running = bench.spawn(["migrate"]);
    await waitForStatement(bench.db, "SELECT pg_sleep");

    const report = await examine(bench);
    running.kill("SIGKILL");
    await running.result;

    equal(report.code, 0);
    equal(report.of("lock").state, "warning");
    match(
      report.of("lock").details?.[0] ?? "",
      /^holder: pid \d+, user postgres/,
    );
    match(report.of("lock").details?.[1] ?? "", /^its worker: pid \d+/);
  });
});

Deno.test("doctor names a transaction that was left open, and its tables", async () => {
  await withBench(ONE, async (bench) => {
    await bench.run(["migrate"]);
    const other = await bench.db.connect();
    await other.query("SET application_name = 'forgotten'");
    await other.query("BEGIN; SELECT * FROM effects");

    let report = await examine(bench);
    const deadline = Date.now() + 60_000;
    while (report.of("transactions").state === "ok" && Date.now() < deadline) {
      report = await examine(bench);
    }

    equal(report.code, 0);
    equal(report.of("transactions").state, "warning");
    match(
      report.of("transactions").details?.[0] ?? "",
      /^pid \d+, postgres, forgotten, idle in transaction for \d+ s, with locks on effects$/,
    );
  });
});

Deno.test("doctor names the settings of role and database that hurt, with working commands", async () => {
  await withBench(ONE, async (bench) => {
    const { db } = bench;
    await withRole(db, async ({ name, url }) => {
      await db.query(
        `GRANT CREATE ON SCHEMA public TO ${name}; ` +
          `ALTER ROLE ${name} SET lock_timeout = '100ms'; ` +
          `ALTER ROLE ${name} SET statement_timeout = '30s'; ` +
          `ALTER DATABASE ${db.name} SET synchronous_commit = off; ` +
          `ALTER ROLE ${name} IN DATABASE ${db.name} ` +
          "SET idle_in_transaction_session_timeout = '1min'",
      );
      const env = { DATABASE_URL: url };

      const sick = await examine(bench, env);
      for (const command of sick.of("settings").commands ?? []) {
        await db.query(command);
      }
      const well = await examine(bench, env);

      equal(sick.code, 0);
      equal(sick.of("settings").message, "2 that can hurt a run");
      deepEqual(
        sick.of("settings").details?.map((text) => text.split(":")[0]),
        [
          "idle_in_transaction_session_timeout is 1min (set for the role in this database)",
          "lock_timeout is 100ms (set for the role)",
          "statement_timeout is 30s (set for the role)",
          "synchronous_commit is off (set for the database)",
        ],
      );
      equal(well.of("settings").state, "ok");
      match(sick.of("role").details?.[0] ?? "", /pg_read_all_stats/);
    });
  });
});

Deno.test("doctor gives a role without rights the GRANTs, which then do", async () => {
  await withBench(ONE, async (bench) => {
    const { db } = bench;
    await db.query("REVOKE CREATE ON SCHEMA public FROM public");
    await withRole(db, async ({ url }) => {
      const env = { DATABASE_URL: url };

      const sick = await examine(bench, env);
      for (const command of sick.of("role").commands ?? []) {
        await db.query(command);
      }
      const well = await examine(bench, env);

      equal(sick.code, 3);
      equal(sick.of("role").state, "problem");
      match(sick.of("role").commands?.[0] ?? "", /^GRANT CREATE ON SCHEMA/);
      equal(well.of("role").state, "ok");
      equal(well.code, 0);
    });
  });
});

Deno.test("doctor exits 3 where nothing can be written", async () => {
  await withBench(ONE, async (bench) => {
    await bench.db.query(
      `ALTER DATABASE ${bench.db.name} SET default_transaction_read_only = on`,
    );

    const report = await examine(bench);

    equal(report.code, 3);
    equal(report.of("server").state, "problem");
    equal(report.of("settings").state, "problem");
  });
});

Deno.test("doctor looks whether --direct-url is the same database", async () => {
  await withBench(ONE, async (bench) => {
    const { url } = bench.db;
    const elsewhere = new URL(url);
    elsewhere.pathname = "/postgres";
    const closed = new URL(url);
    closed.port = "1";

    const same = await examine(bench, { LOCKSTEP_DIRECT_URL: url });
    const other = await examine(bench, { LOCKSTEP_DIRECT_URL: elsewhere.href });
    const none = await examine(bench, { LOCKSTEP_DIRECT_URL: closed.href });

    equal(same.of("direct url").state, "ok");
    equal(other.code, 3);
    match(other.of("direct url").message, /is not the database/);
    equal(none.code, 3);
    match(none.of("direct url").message, /connection was refused/);
  });
});

Deno.test("doctor exits 7 without a server and still looks at the files", async () => {
  const files = { "001_a.sql": "SELECT 1;\n", "001_b.sql": "SELECT 1;\n" };
  await withBench(files, async (bench) => {
    const closed = new URL(bench.db.url);
    closed.port = "1";

    const report = await examine(bench, { DATABASE_URL: closed.href });

    equal(report.code, 7);
    equal(report.of("connection").state, "problem");
    equal(report.of("files").state, "problem");
    equal(report.of("indexes").state, "skipped");
    equal(report.error?.code, "cannot_connect");
  });
});

Deno.test("doctor gives up on a table that is locked, and ends", async () => {
  await withBench(ONE, async (bench) => {
    await bench.run(["migrate"]);
    const other = await bench.db.connect();
    await other.query("BEGIN; LOCK TABLE schema_migrations_log");

    const report = await examine(bench);

    equal(report.of("log").state, "skipped");
    match(report.of("log").message, /did not end in 10 s/);
    equal(report.of("history").state, "ok");
  });
});

const DEBIAN_PG_DUMP = "/usr/bin/pg_dump";

Deno.test({
  name: "doctor may run the pg_dump of the system, also with LD_ variables set",
  ignore: !existsSync(DEBIAN_PG_DUMP),
  fn: () =>
    withBench(ONE, async (bench) => {
      const report = await examine(bench, {
        PATH: "/usr/bin",
        LD_LIBRARY_PATH: "/nonexistent",
      });

      match(report.of("pg_dump").message, /^\d+\S*, \/.*pg_dump/);
    }),
});
