import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { catalogSnapshot } from "../helpers/catalog_snapshot.ts";
import type { TestDatabase } from "../helpers/database.ts";
import {
  column,
  ending,
  logOf,
  statesOf,
  stepsOf,
  tablesOf,
  withRole,
  withRun,
} from "../helpers/run.ts";

const TWO = {
  "001_a.sql": "CREATE TABLE a (id INT);\n",
  "002_b.sql": "CREATE TABLE b (id INT);\n",
  "rollbacks/002_b_down.sql": "DROP TABLE b;\n",
};

/** The table of the request, as a person would create it. */
const ORIGINAL = `CREATE TABLE schema_migrations (
    id SERIAL PRIMARY KEY,
    version VARCHAR(50) UNIQUE NOT NULL,
    name VARCHAR(255) NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    checksum VARCHAR(64) NOT NULL,
    success BOOLEAN NOT NULL DEFAULT TRUE,
    execution_time_ms INTEGER,
    rolled_back_at TIMESTAMPTZ,
    rollback_reason TEXT,
    migration_type VARCHAR(20) NOT NULL DEFAULT 'up',
    file_path VARCHAR(500) NOT NULL
);`;

Deno.test("init creates the tracking tables, and the second time nothing", () =>
  withRun({}, async ({ db, done }) => {
    const first = await done("init");
    const second = await done("init");

    deepEqual([first.change, second.change], ["created", "none"]);
    deepEqual(
      await column(
        db,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1",
      ),
      [
        "migration_status_view",
        "schema_migrations",
        "schema_migrations_log",
        "schema_migrations_rollbacks",
        "schema_migrations_snapshots",
      ],
    );
  }));

Deno.test("init and migrate create the same tables as init --sql", () =>
  withRun({}, async (byInit) => {
    await byInit.done("init");
    const expected = await catalogSnapshot(byInit.db);

    await withRun({}, async ({ db, run, json }) => {
      const { stdout } = await run("init", "--sql");
      await db.query(stdout);
      equal(await catalogSnapshot(db), expected);
      equal((await json("init")).change, "none");
    });
    await withRun({ "001_a.sql": "" }, async ({ db, done }) => {
      await done("migrate");
      equal(await catalogSnapshot(db), expected);
    });
  }));

Deno.test("init --sql can be run twice, and also makes the schema of --table", () =>
  withRun({}, async ({ db, run, json }) => {
    const { stdout } = await run("init", "--sql", "--table", "ops.history");
    await db.query(stdout);
    await db.query(stdout);
    const init = await json("init", "--table", "ops.history");

    equal(init.change, "none");
  }));

Deno.test("init --sql needs no server", () =>
  withRun({}, async ({ dir, run }) => {
    const { stdout } = await run("init", "--sql");
    const offline = await run(
      "init",
      "--sql",
      "--database-url",
      `postgres:///x?host=${dir}`,
    );

    equal(offline.stdout, stdout);
  }));

Deno.test("migrate completes a table with only the columns of the request", () =>
  withRun(TWO, async ({ db, done }) => {
    await db.query(ORIGINAL);
    await done("migrate", "001");
    const [checksum] = await column(
      db,
      "SELECT checksum FROM schema_migrations",
    );
    await db.query(`DROP TABLE schema_migrations CASCADE; ${ORIGINAL}`);
    await db.query(
      `INSERT INTO schema_migrations (version, name, checksum, file_path, execution_time_ms)
       VALUES ('001', 'a', $1, 'migrations/001_a.sql', 12)`,
      [checksum],
    );
    const before = await done("status");
    const answer = await done("migrate");
    const after = await done("status");

    deepEqual(statesOf(before), ["001 applied", "002 pending"]);
    deepEqual(stepsOf(answer), ["002 done"]);
    deepEqual(statesOf(after), ["001 applied", "002 applied"]);
    deepEqual(
      (await column(
        db,
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'schema_migrations' ORDER BY ordinal_position",
      )).slice(10, 13),
      ["file_path", "created_at", "updated_at"],
    );
    deepEqual(
      await column(db, "SELECT version FROM migration_status_view"),
      ["001", "002"],
    );
  }));

Deno.test("migrate completes a table that has not even the columns it can do without", () =>
  withRun(TWO, async ({ db, done }) => {
    await done("migrate", "001");
    await db.query(
      `ALTER TABLE schema_migrations DROP COLUMN id CASCADE,
       DROP COLUMN execution_time_ms, DROP COLUMN rollback_reason,
       DROP COLUMN migration_type, DROP COLUMN error, DROP COLUMN created_at`,
    );
    const before = await done("status");
    const answer = await done("migrate");
    const back = await done("rollback", "--reason", "why");

    deepEqual(statesOf(before), ["001 applied", "002 pending"]);
    deepEqual([stepsOf(answer), stepsOf(back)], [["002 done"], ["002 done"]]);
    deepEqual(
      await column(
        db,
        "SELECT rollback_reason FROM migration_status_view ORDER BY version",
      ),
      [null, "why"],
    );
  }));

for (
  const [state, columns, values] of [
    ["failed", "success", "FALSE"],
    ["rolled_back", "rolled_back_at", "now()"],
  ] as const
) {
  Deno.test(`status reads a ${state} row of a table that a person made`, () =>
    withRun(TWO, async ({ db, done }) => {
      await db.query(ORIGINAL);
      await db.query(
        `INSERT INTO schema_migrations (version, name, checksum, file_path, ${columns})
         VALUES ('001', 'a', 'x', 'migrations/001_a.sql', ${values})`,
      );
      const status = await done("status");
      const answer = await done("migrate");

      deepEqual(statesOf(status), [`001 ${state}`, "002 pending"]);
      deepEqual(stepsOf(answer), ["001 done", "002 done"]);
    }));
}

Deno.test("a baseline row is shown as such and blocks nothing", () =>
  withRun(TWO, async ({ db, done, write }) => {
    await write({ "rollbacks/001_a_down.sql": "DROP TABLE a;\n" });
    await db.query(ORIGINAL);
    await db.query(
      `INSERT INTO schema_migrations (version, name, checksum, file_path)
       VALUES ('000_initial_state', 'initial_state', '', '')`,
    );
    const before = await done("status");
    const answer = await done("migrate");
    const after = await done("status");
    const all = await done("rollback", "--to", "000_initial_state");
    const none = await done("rollback");

    deepEqual(statesOf(before), [
      "000_initial_state baseline",
      "001 pending",
      "002 pending",
    ]);
    deepEqual(stepsOf(answer), ["001 done", "002 done"]);
    deepEqual(statesOf(after)[0], "000_initial_state baseline");
    deepEqual([after.appliedMigrations, after.pendingMigrations], [2, 0]);
    deepEqual(stepsOf(all), ["002 done", "001 done"]);
    deepEqual(stepsOf(none), []);
  }));

/** Tables of other tools, who the error says owns them, and how to adopt. */
const FOREIGN: Readonly<Record<string, readonly [string, string?]>> = {
  "CREATE TABLE schema_migrations (version VARCHAR(255) PRIMARY KEY)": [
    "dbmate or Rails",
    "--from dbmate",
  ],
  "CREATE TABLE schema_migrations (version BIGINT PRIMARY KEY, dirty BOOLEAN NOT NULL)":
    ["golang-migrate", "--from golang-migrate"],
  "CREATE TABLE schema_migrations (version BIGINT PRIMARY KEY, inserted_at TIMESTAMP(0))":
    ["Ecto"],
  "CREATE TABLE schema_migrations (x INT)": ["another application"],
};

for (const [sql, [owner, adopt]] of Object.entries(FOREIGN)) {
  Deno.test(`migrate refuses and keeps the table of ${owner}: ${sql}`, () =>
    withRun(TWO, async ({ db, json, done }) => {
      await db.query(sql);
      const before = await catalogSnapshot(db);
      const answers = [
        await json("migrate"),
        await json("rollback"),
        await json("status"),
        await json("init"),
        await json("migrate", "--dry-run", "--force"),
      ];

      deepEqual(
        answers.map((answer) => ending(answer)),
        answers.map(() => [
          3,
          "foreign_table",
        ]),
        JSON.stringify(answers.map(({ error }) => error)),
      );
      ok(answers.every(({ error }) => error?.message.includes(owner)));
      ok(answers.every(({ error }) => error?.hint?.includes("--table")));
      equal(/--from [a-z-]+/.exec(answers[0]?.error?.hint ?? "")?.[0], adopt);
      equal(await catalogSnapshot(db), before);
      await done("migrate", "--table", "lockstep.schema_migrations");
    }));
}

Deno.test("migrate keeps its history in the table that --table names", () =>
  withRun(TWO, async ({ db, done }) => {
    const table = ["--table", "ops.history"];
    await done("migrate", ...table);
    await done("rollback", ...table);
    const status = await done("status", ...table);

    deepEqual(statesOf(status), ["001 applied", "002 rolled_back"]);
    deepEqual(await logOf(db, "ops.history_log"), [
      "001 migrate applied",
      "002 migrate applied",
      "002 rollback rolled_back",
    ]);
    deepEqual(
      await column(
        db,
        "SELECT relname FROM pg_class WHERE relnamespace = 'ops'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1",
      ),
      [
        "history",
        "history_log",
        "history_rollbacks",
        "history_snapshots",
        "history_status_view",
      ],
    );
    deepEqual(
      await column(
        db,
        "SELECT applied_migrations FROM ops.get_history_status()",
      ),
      ["1"],
    );
    deepEqual(await tablesOf(db), ["a"]);
    deepEqual(
      await column(db, "SELECT to_regclass('public.schema_migrations')"),
      [null],
    );
  }));

Deno.test("migrate keeps its history under names that need quotes", () =>
  withRun(TWO, async ({ db, done }) => {
    const table = ["--table", '"Op\'s"."Migra""tions"'];
    await done("migrate", ...table);
    const again = await done("migrate", ...table);

    equal(again.migrationsApplied, 0);
    deepEqual(
      await column(db, `SELECT version FROM "Op's"."Migra""tions"`),
      ["001", "002"],
    );
  }));

for (const table of ["a.b.c", "", "a b", "ops."]) {
  Deno.test(`migrate refuses "${table}" as the name of a table`, () =>
    withRun(TWO, async ({ json }) => {
      const answer = await json("migrate", "--table", table);

      deepEqual(ending(answer), [2, "invalid_setting"]);
    }));
}

Deno.test("two tracking tables in one database do not block each other", () =>
  withRun({ "001_slow.sql": "SELECT pg_sleep(4);\n" }, async (project) => {
    const { db, json, run } = project;
    const slow = run("migrate", "--table", "one.history");
    while (!(await isAsleep(db))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const other = await json(
      "init",
      "--table",
      "two.history",
      "--lock-timeout",
      "0",
    );
    const same = await json(
      "migrate",
      "--table",
      "one.history",
      "--lock-timeout",
      "0",
    );
    const { code } = await slow;

    deepEqual(ending(other), [0, ""]);
    deepEqual(ending(same), [4, "lock_timeout"]);
    equal(code, 0);
  }));

Deno.test("migrate names exactly the grants that a role lacks on the schema", () =>
  withRun(TWO, async ({ db, jsonAs }) => {
    await db.query("REVOKE ALL ON SCHEMA public FROM PUBLIC");
    await withRole(db, async (role) => {
      const refused = await jsonAs(role, "migrate");
      const grants = grantsIn(refused.error?.hint);
      await db.query(grants);
      const answer = await jsonAs(role, "migrate");
      const back = await jsonAs(role, "rollback");

      deepEqual(ending(refused), [3, "missing_grants"]);
      match(
        grants,
        /^GRANT (?:CREATE, USAGE|USAGE, CREATE) ON SCHEMA "?public"? TO test_\w+$/,
      );
      ok(refused.error?.message.includes(`"${role.name}"`));
      deepEqual([ending(answer), ending(back)], [[0, ""], [0, ""]]);
    });
  }));

Deno.test("migrate names exactly the grants that a role lacks on the tables", () =>
  withRun(TWO, async ({ db, done, jsonAs }) => {
    await db.query("REVOKE ALL ON SCHEMA public FROM PUBLIC");
    await done("init");
    await withRole(db, async (role) => {
      await db.query(`GRANT USAGE ON SCHEMA public TO ${role.name};
        CREATE SCHEMA AUTHORIZATION ${role.name}`);
      const refused = await jsonAs(role, "migrate");
      await db.query(grantsIn(refused.error?.hint));
      const answer = await jsonAs(role, "migrate");
      const status = await jsonAs(role, "status");
      const back = await jsonAs(role, "rollback");

      deepEqual(ending(refused), [3, "missing_grants"]);
      match(refused.error?.hint ?? "", /GRANT .* ON TABLE "public"/);
      deepEqual(
        [ending(answer), ending(status), ending(back)],
        [[0, ""], [0, ""], [0, ""]],
      );
    });
  }));

Deno.test("migrate names the grant for a schema that is not there yet", () =>
  withRun(TWO, async ({ db, jsonAs }) => {
    await withRole(db, async (role) => {
      await db.query(`CREATE SCHEMA AUTHORIZATION ${role.name}`);
      const args = ["migrate", "--table", "ops.history"];
      const refused = await jsonAs(role, ...args);
      const grants = grantsIn(refused.error?.hint);
      await db.query(grants);
      const answer = await jsonAs(role, ...args);

      deepEqual(ending(refused), [3, "missing_grants"]);
      equal(grants, `GRANT CREATE ON DATABASE ${db.name} TO ${role.name}`);
      deepEqual(ending(answer), [0, ""]);
    });
  }));

Deno.test("migrate names the grants for a schema that a role may not look into", () =>
  withRun(TWO, async ({ db, jsonAs }) => {
    await db.query("CREATE SCHEMA ops");
    await withRole(db, async (role) => {
      await db.query(`CREATE SCHEMA AUTHORIZATION ${role.name}`);
      const args = ["migrate", "--table", "ops.history"];
      const refused = await jsonAs(role, ...args);
      await db.query(grantsIn(refused.error?.hint));
      const answer = await jsonAs(role, ...args);

      deepEqual(ending(refused), [3, "missing_grants"]);
      deepEqual(ending(answer), [0, ""]);
    });
  }));

Deno.test("migrate names who must complete a table that a role does not own", () =>
  withRun(TWO, async ({ db, done, jsonAs }) => {
    await db.query(ORIGINAL);
    await withRole(db, async (role) => {
      await db.query(
        `GRANT ALL ON SCHEMA public TO ${role.name};
         GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role.name};
         GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${role.name}`,
      );
      const refused = await jsonAs(role, "migrate");

      deepEqual(ending(refused), [3, "missing_grants"]);
      match(refused.error?.hint ?? "", /"lockstep init" once as the owner/);
    });
    await done("init");
  }));

Deno.test("status answers a role that may read only the tracking table", () =>
  withRun(TWO, async ({ db, done, jsonAs }) => {
    await done("migrate");
    await withRole(db, async (role) => {
      await db.query(
        `GRANT USAGE ON SCHEMA public TO ${role.name};
         GRANT SELECT ON schema_migrations TO ${role.name}`,
      );
      const status = await jsonAs(role, "status");

      ok([0, 3].includes(status.code), JSON.stringify(status.error));
    });
  }));

Deno.test("status answers on a database without tracking tables, and makes none", () =>
  withRun(TWO, async ({ db, done }) => {
    const status = await done("status");

    deepEqual(statesOf(status), ["001 pending", "002 pending"]);
    deepEqual(
      await column(db, "SELECT to_regclass('public.schema_migrations')"),
      [null],
    );
  }));

Deno.test("migrate keeps working after a migration grants on the tracking table", () =>
  withRun({
    ...TWO,
    "003_grant.sql":
      "GRANT SELECT ON schema_migrations, migration_status_view TO PUBLIC;\n",
    "004_d.sql": "",
  }, async ({ done }) => {
    const answer = await done("migrate");

    equal(answer.migrationsApplied, 4);
  }));

Deno.test("migrate keeps working after a migration puts a trigger on the tracking table", () =>
  withRun({
    ...TWO,
    "003_trigger.sql": `CREATE TABLE audit (version TEXT, operation TEXT);
CREATE FUNCTION note() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.audit VALUES (NEW.version, TG_OP);
  RETURN NEW;
END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE ON schema_migrations
FOR EACH ROW EXECUTE FUNCTION note();\n`,
    "004_d.sql": "CREATE TABLE d (id INT);\n",
  }, async ({ db, done }) => {
    const answer = await done("migrate");

    equal(answer.migrationsApplied, 4);
    deepEqual(
      await column(
        db,
        "SELECT concat_ws(' ', version, operation) FROM audit ORDER BY 1",
      ),
      ["003 UPDATE", "004 INSERT", "004 UPDATE"],
    );
  }));

Deno.test("a trigger on the tracking table finds names by the default search_path", () =>
  withRun({
    "001_trigger.sql": `CREATE TABLE audit (version TEXT);
CREATE FUNCTION note() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit VALUES (NEW.version);
  RETURN NEW;
END $$;
CREATE TRIGGER note AFTER UPDATE ON schema_migrations
FOR EACH ROW EXECUTE FUNCTION note();\n`,
    "002_b.sql": "CREATE TABLE b (id INT);\n",
    "003_c.sql": "CREATE INDEX CONCURRENTLY i ON b (id);\n",
  }, async ({ db, json }) => {
    const answer = await json("migrate");

    deepEqual(ending(answer), [0, ""]);
    deepEqual(
      await column(db, "SELECT DISTINCT version FROM audit ORDER BY 1"),
      ["001", "002", "003"],
    );
  }));

Deno.test("migrate names a server that is set to read only", () =>
  withRun(TWO, async ({ db, json }) => {
    await db.query(
      `ALTER DATABASE ${db.name} SET default_transaction_read_only = on`,
    );
    const answer = await json("migrate");

    notEqual(ending(answer)[1], "bug");
  }));

Deno.test("migrate reports what keeps it from creating its tables", () =>
  withRun(TWO, async ({ db, json }) => {
    await db.query(
      `CREATE FUNCTION forbid() RETURNS event_trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'no tables today'; END $$;
       CREATE EVENT TRIGGER forbid ON ddl_command_start
         WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION forbid()`,
    );
    const answer = await json("migrate");

    notEqual(ending(answer)[1], "bug");
    match(answer.error?.message ?? "", /no tables today/);
  }));

Deno.test("migrate reports a tracking table that it cannot read in time", () =>
  withRun(TWO, async ({ db, done, json }) => {
    await done("migrate", "001");
    await db.query(`ALTER DATABASE ${db.name} SET lock_timeout = '200ms'`);
    const other = await db.connect();
    await other.query("BEGIN; LOCK TABLE schema_migrations");
    const answer = await json("migrate");

    notEqual(ending(answer)[1], "bug");
  }));

function grantsIn(hint = ""): string {
  return /GRANT .*/.exec(hint)?.[0] ?? "";
}

async function isAsleep(db: TestDatabase): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event = 'PgSleep'`,
  );
  return rows.length > 0;
}

Deno.test("migrate refuses a tracking table whose companions would share a name", () =>
  withRun(TWO, async ({ json }) => {
    const answer = await json("migrate", "--table", "x".repeat(52));

    deepEqual(ending(answer), [2, "invalid_setting"]);
  }));
