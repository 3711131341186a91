import { deepEqual, equal, match } from "node:assert/strict";
import type { TestDatabase } from "../helpers/database.ts";
import { requireWholeLog, withBench } from "../helpers/faults.ts";

const FILES = {
  "001_a.sql": "CREATE TABLE a (id int);\n",
  "rollbacks/001_a_down.sql": "DROP TABLE a;\n",
  "002_b.sql": "CREATE TABLE b (id int);\n",
  "rollbacks/002_b_down.sql": "DROP TABLE b;\n",
};

/** What a role is allowed; `{role}` and `{db}` stand for the names. */
const ALL = "GRANT ALL ON SCHEMA public TO {role}; " +
  "GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; " +
  "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}; ";

/** An exit code and what the run says. */
type End = readonly [code: number, says: RegExp];

interface RightsCase {
  readonly given: string;
  readonly status: End;
  readonly migrate: End;
  readonly rollback: End;
}

const FINE: End = [0, /^/];
const NO_LOGIN: End = [
  7,
  /^error\[cannot_connect\]: .* as the server does not let user /m,
];
const NO_CONNECT: End = [
  7,
  /^error\[cannot_connect\]: .* may not connect to it: [^]*^hint: GRANT /m,
];
const READ_ONLY: End = [7, /^error\[read_only_server\]: /m];

/** What the hint tells an administrator to run. */
function grant(what: string): End {
  const text = `^error\\[missing_grants\\]: [^]*^hint: .*${what}`;
  return [3, new RegExp(text, "m")];
}

const CASES: Readonly<Record<string, RightsCase>> = {
  "may not log in": {
    given: "ALTER ROLE {role} NOLOGIN",
    migrate: NO_LOGIN,
    rollback: NO_LOGIN,
    status: NO_LOGIN,
  },
  "may not connect to the database": {
    given: "REVOKE CONNECT ON DATABASE {db} FROM PUBLIC",
    migrate: NO_CONNECT,
    rollback: NO_CONNECT,
    status: NO_CONNECT,
  },
  "may only read the tracking tables": {
    given: "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
    migrate: grant("GRANT INSERT, UPDATE ON TABLE"),
    rollback: grant("GRANT INSERT, UPDATE ON TABLE"),
    status: FINE,
  },
  "may not add to the log": {
    given: `${ALL} REVOKE INSERT ON schema_migrations_log FROM {role}`,
    migrate: grant("GRANT INSERT ON TABLE .*_log"),
    rollback: grant("GRANT INSERT ON TABLE .*_log"),
    status: FINE,
  },
  "may not change or delete rows of the log": {
    given: `${ALL} REVOKE UPDATE, DELETE, TRUNCATE ON schema_migrations_log ` +
      "FROM {role}",
    migrate: FINE,
    rollback: FINE,
    status: FINE,
  },
  "may not change the tracking table": {
    given: `${ALL} REVOKE UPDATE ON schema_migrations FROM {role}`,
    migrate: grant('GRANT UPDATE ON TABLE "public"."schema_migrations" TO'),
    rollback: grant('GRANT UPDATE ON TABLE "public"."schema_migrations" TO'),
    status: FINE,
  },
  "may not use the sequences": {
    given: `${ALL} REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}`,
    migrate: grant("GRANT USAGE ON SEQUENCE .*GRANT USAGE ON SEQUENCE"),
    rollback: grant("GRANT USAGE ON SEQUENCE .*GRANT USAGE ON SEQUENCE"),
    status: FINE,
  },
  "may not look at the kept down scripts": {
    given: `${ALL} REVOKE ALL ON schema_migrations_rollbacks FROM {role}`,
    migrate: grant("GRANT SELECT, INSERT, UPDATE, DELETE .*_rollbacks"),
    rollback: grant("GRANT SELECT, INSERT, UPDATE, DELETE .*_rollbacks"),
    status: grant("GRANT SELECT, INSERT, UPDATE, DELETE .*_rollbacks"),
  },
  "may read only some columns": {
    given: "GRANT SELECT (version) ON schema_migrations TO {role}",
    migrate: grant("GRANT SELECT, INSERT, UPDATE ON TABLE"),
    rollback: grant("GRANT SELECT, INSERT, UPDATE ON TABLE"),
    status: grant("GRANT SELECT, INSERT, UPDATE ON TABLE"),
  },
  "sees no rows because of row-level security": {
    given: `${ALL} ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY`,
    migrate: grant("DISABLE ROW LEVEL SECURITY"),
    rollback: grant("DISABLE ROW LEVEL SECURITY"),
    status: grant("DISABLE ROW LEVEL SECURITY"),
  },
  "cannot log because of row-level security": {
    given: `${ALL} ALTER TABLE schema_migrations_log ENABLE ROW LEVEL SECURITY`,
    migrate: grant('_log" DISABLE ROW LEVEL SECURITY'),
    rollback: grant('_log" DISABLE ROW LEVEL SECURITY'),
    status: FINE,
  },
  "may keep the history and create nothing": {
    given: `${ALL} REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}`,
    migrate: [5, /^error\[statement_failed\]: .*permission denied for schema/m],
    rollback: [5, /^error\[statement_failed\]: .*must be owner of table a/m],
    status: FINE,
  },
  "may do all that is needed": {
    given: ALL,
    migrate: FINE,
    rollback: FINE,
    status: FINE,
  },
  "is read only by default": {
    given: `${ALL} ALTER ROLE {role} SET default_transaction_read_only = on`,
    migrate: READ_ONLY,
    rollback: READ_ONLY,
    status: FINE,
  },
};

for (const [what, { given, ...ends }] of Object.entries(CASES)) {
  Deno.test(`a role that ${what} gets a true answer`, () =>
    withBench(FILES, async (bench) => {
      await bench.run(["migrate", "001"]);
      await withRole(bench.db, given, async (url) => {
        for (const command of ["status", "migrate", "rollback"] as const) {
          const [code, says] = ends[command];
          const end = await bench.run([command], { DATABASE_URL: url });

          equal(end.code, code, end.stderr);
          match(end.stderr, says);
          await requireAgreement(bench.db);
        }
      });
      await requireWholeLog(bench.db);
    }));
}

async function withRole(
  db: TestDatabase,
  given: string,
  test: (url: string) => Promise<void>,
): Promise<void> {
  const role = `role_${db.name}`;
  const sql = given.replaceAll("{role}", role).replaceAll("{db}", db.name);
  await db.query(
    `CREATE ROLE ${role} LOGIN PASSWORD 'x'; ` +
      `GRANT USAGE ON SCHEMA public TO ${role}; ${sql}`,
  );
  const url = new URL(db.url);
  url.username = role;
  url.password = "x";
  await test(url.href);
  await db.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
}

/** A version is applied when its table is there, and only then. */
async function requireAgreement(db: TestDatabase): Promise<void> {
  const [applied, tables] = await Promise.all([
    db.query(
      "SELECT name::text FROM schema_migrations " +
        "WHERE success AND rolled_back_at IS NULL ORDER BY 1",
    ),
    db.query(
      "SELECT relname::text AS name FROM pg_class " +
        "WHERE relname IN ('a', 'b') ORDER BY 1",
    ),
  ]);
  deepEqual(applied, tables);
}
