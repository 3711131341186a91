import { deepEqual, equal, match, ok } from "node:assert/strict";
import {
  type FaultBench,
  readStates,
  requireWholeLog,
  waitForStatement,
  withBench,
} from "../helpers/faults.ts";
import type { ProjectFiles } from "../helpers/project.ts";

const SHORT = ["--statement-lock-timeout", "300ms"];

const ALTER: ProjectFiles = {
  "001_users.sql": "CREATE TABLE users (id int);\n" +
    "CREATE TABLE marks (version text);\n",
  "002_email.sql": "INSERT INTO marks VALUES ('002');\n" +
    "ALTER TABLE users ADD COLUMN email text;\n",
  "003_more.sql": "INSERT INTO marks VALUES ('003');\n",
};

interface Holder {
  /** Runs more in the transaction that holds the lock. */
  query(sql: string): Promise<unknown>;
  /** Ends it, and the lock. */
  release(): Promise<void>;
}

/** Applies the first file; then a session opens a transaction with `sql`. */
async function withHolder(
  files: ProjectFiles,
  sql: string,
  test: (bench: FaultBench, holder: Holder) => Promise<void>,
): Promise<void> {
  await withBench(files, async (bench) => {
    equal((await bench.run(["migrate", "001"])).code, 0);
    const client = await bench.db.connect();
    await client.query(`BEGIN; ${sql}`);
    await test(bench, {
      query: (more) => client.query(more),
      release: async () => void await client.query("ROLLBACK"),
    });
  });
}

const READ_USERS = "SELECT count(*) FROM users";

Deno.test("a migration that a lock keeps out is rolled back and tried again", () =>
  withHolder(ALTER, READ_USERS, async (bench, holder) => {
    const running = bench.spawn(["migrate", ...SHORT]);
    await running.waitForOutput("try 3 in");
    await holder.release();
    const { code, stderr } = await running.result;

    equal(code, 0, stderr);
    match(
      stderr,
      /BLOCKED: canceling statement due to lock timeout \(migrations\/002_email\.sql:2:1\)\n {4}rolled back; try 2 in /,
    );
    deepEqual(await readStates(bench.db), [
      "001 applied",
      "002 applied",
      "003 applied",
    ]);
    const marks = await bench.db.query("SELECT version FROM marks ORDER BY 1");
    deepEqual(marks, [{ version: "002" }, { version: "003" }]);
    await requireWholeLog(bench.db);
  }));

Deno.test("between its tries a blocked migration lets others through", () =>
  withHolder(ALTER, READ_USERS, async (bench, holder) => {
    const running = bench.spawn(["migrate", ...SHORT]);
    await running.waitForOutput("try 2 in");
    // Behind an ALTER TABLE that waits without end this would wait, too.
    await bench.db.query(READ_USERS);
    await holder.release();

    equal((await running.result).code, 0);
  }));

Deno.test("a migration that stays blocked gives up, and leaves nothing", () =>
  withHolder(ALTER, READ_USERS, async (bench) => {
    const { code, stdout, stderr } = await bench.run([
      "migrate",
      ...SHORT,
      "--lock-retry-for",
      "1s",
    ]);

    equal(code, 5);
    match(
      stderr,
      /^error\[blocked\]: Cannot apply "002_email" as others held its locks in \d+ tries over \d+ s: canceling/m,
    );
    match(stderr, /--lock-retry-for/);
    match(stdout, /^✗ {2}002_email /m);
    deepEqual(await readStates(bench.db), ["001 applied", "002 open"]);
    deepEqual(await bench.db.query("SELECT version FROM marks"), []);
    const [row] = await bench.db.query(
      "SELECT error_sqlstate FROM schema_migrations WHERE version = '002'",
    );
    equal(row?.error_sqlstate, "55P03");
  }));

Deno.test("--lock-retry-for 0 tries a blocked migration once", () =>
  withHolder(ALTER, READ_USERS, async (bench) => {
    const { code, stderr } = await bench.run([
      "migrate",
      ...SHORT,
      "--lock-retry-for",
      "0",
    ]);

    equal(code, 5);
    ok(!stderr.includes("BLOCKED"), stderr);
    match(stderr, /as others held its locks in one try: /);
  }));

Deno.test("a directive decides how long a statement waits for a lock", () => {
  const files = {
    ...ALTER,
    "002_email.sql": "-- lockstep: lock_timeout=200ms\n" +
      "ALTER TABLE users ADD COLUMN email text;\n",
  };
  return withHolder(files, READ_USERS, async (bench) => {
    const { stderr } = await bench.run([
      "migrate",
      "--statement-lock-timeout",
      "1h",
      "--lock-retry-for",
      "0",
    ]);

    match(stderr, /^error\[blocked\]: /m);
  });
});

Deno.test("a deadlock makes a migration start again", () => {
  const files = {
    "001_two.sql": "CREATE TABLE one (id int);\nCREATE TABLE two (id int);\n",
    "002_both.sql": "LOCK TABLE two;\nALTER TABLE one ADD COLUMN a int;\n",
  };
  return withHolder(files, "LOCK TABLE one", async (bench, holder) => {
    // The server ends whoever has waited for deadlock_timeout first.
    await holder.query("SET LOCAL deadlock_timeout = '1min'");
    const running = bench.spawn(["migrate"]);
    await waitForStatement(bench.db, "ALTER TABLE one");
    const locked = holder.query("LOCK TABLE two");
    await running.waitForOutput("BLOCKED: deadlock detected");
    await locked;
    await holder.release();

    equal((await running.result).code, 0);
  });
});

Deno.test("a blocked segment starts again, and not the ones before it", () => {
  const files = {
    ...ALTER,
    "002_email.sql": "INSERT INTO marks VALUES ('a');\n" +
      "CREATE INDEX CONCURRENTLY marks_version ON marks (version);\n" +
      "INSERT INTO marks VALUES ('b');\n" +
      "ALTER TABLE users ADD COLUMN email text;\n",
  };
  // Else the index build would wait for the snapshot of the transaction.
  return withHolder(
    files,
    "LOCK TABLE users IN ACCESS SHARE MODE",
    async (bench, holder) => {
      const running = bench.spawn(["migrate", ...SHORT]);
      await running.waitForOutput("try 3 in");
      await holder.release();
      const { code, stderr } = await running.result;

      equal(code, 0, stderr);
      const marks = await bench.db.query(
        "SELECT version FROM marks ORDER BY 1",
      );
      deepEqual(marks.map(({ version }) => version), ["003", "a", "b"]);
      await requireWholeLog(bench.db);
    },
  );
});

Deno.test("a rollback that a lock keeps out is tried again", () => {
  const files = {
    ...ALTER,
    "rollbacks/001_users_down.sql": "DROP TABLE users, marks;\n",
  };
  return withHolder(files, READ_USERS, async (bench, holder) => {
    const running = bench.spawn(["rollback", ...SHORT]);
    await running.waitForOutput("try 2 in");
    await holder.release();

    equal((await running.result).code, 0);
    deepEqual(await readStates(bench.db), ["001 rolled back"]);
  });
});

Deno.test("a signal ends the pause between two tries", () =>
  withHolder(ALTER, READ_USERS, async (bench) => {
    const running = bench.spawn(["migrate", ...SHORT]);
    await running.waitForOutput("try 4 in");
    running.kill("SIGINT");
    const { code, stderr } = await running.result;

    equal(code, 130, stderr);
    deepEqual(await bench.db.query("SELECT version FROM marks"), []);
  }));

const CLAIM_002 = "INSERT INTO schema_migrations (version, name, checksum, " +
  "file_path, success) VALUES ('002', 'email', repeat('0', 64), 'a.sql', true)";

Deno.test("a version that another session works on is waited for, by name", () =>
  withHolder(ALTER, CLAIM_002, async (bench, holder) => {
    const running = bench.spawn(["migrate", "--lock-retry-for", "0"]);
    await running.waitForOutput(
      "Waiting for what is left of an earlier run: pid ",
    );
    await holder.release();
    const { code, stderr } = await running.result;

    equal(code, 0, stderr);
    deepEqual((await readStates(bench.db)).length, 3);
  }));

Deno.test("a version that another session keeps is left alone in the end", () =>
  withHolder(ALTER, CLAIM_002, async (bench, holder) => {
    const { code, stderr, stdout } = await bench.run([
      "migrate",
      "--lock-timeout",
      "1s",
    ]);

    equal(code, 4, stderr);
    match(stderr, /^error\[runner_alive\]: Cannot start "002_email" as /m);
    match(stdout, /002_email .*not run/);
    await holder.release();
    deepEqual(await readStates(bench.db), ["001 applied"]);
  }));

Deno.test("a locked tracking table cannot make a failed run hang", () => {
  const files = {
    ...ALTER,
    "002_email.sql": "SELECT pg_sleep(1);\nSELECT 1 / 0;\n",
  };
  return withBench(files, async (bench) => {
    equal((await bench.run(["migrate", "001"])).code, 0);
    const client = await bench.db.connect();
    const running = bench.spawn(["migrate"]);
    await waitForStatement(bench.db, "SELECT pg_sleep(1)");
    const locked = client.query(
      "BEGIN; LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE",
    );
    const { code, stderr } = await running.result;
    await locked;
    await client.query("ROLLBACK");

    equal(code, 5, stderr);
    match(stderr, /division by zero/);
    match(stderr, /The failed attempt could not be recorded: /);
  });
});

Deno.test("--statement-timeout ends a statement, also outside a transaction", async () => {
  const sleep = "SELECT pg_sleep(60);\n";
  for (const header of ["", "-- lockstep: transaction=off\n"]) {
    await withBench({ "001_slow.sql": header + sleep }, async (bench) => {
      const { code, stderr } = await bench.run([
        "migrate",
        "--statement-timeout",
        "300ms",
      ]);

      ok(code === 5 || code === 6, stderr);
      match(stderr, /canceling statement due to statement timeout/);
    });
  }
});

Deno.test("a directive goes before --statement-timeout", () =>
  withBench({
    "001_slow.sql": "-- lockstep: statement_timeout=0\nSELECT pg_sleep(0.5);\n",
  }, async (bench) => {
    const { code } = await bench.run([
      "migrate",
      "--statement-timeout",
      "50ms",
    ]);

    equal(code, 0);
  }));
