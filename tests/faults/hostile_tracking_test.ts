import { type Attack, testAttacks } from "../helpers/hostile.ts";

const RECORD = {
  inTransaction: "5 record_failed",
  outside: "6 record_failed",
};

/** What the trigger function `f()` does with each row. */
function trigger(table: string, timing: string, body: string): string[] {
  return [
    `CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN ${body} END $$`,
    `CREATE ${timing} ON public.${table} FOR EACH ROW
     EXECUTE FUNCTION public.f()`,
  ];
}

const BEFORE = "TRIGGER t BEFORE INSERT OR UPDATE";
const NO_TRIGGER = "DROP FUNCTION IF EXISTS public.f() CASCADE";

/** Against the table that keeps the history. */
const ON_TABLE: Readonly<Record<string, Attack>> = {
  "drops the tracking table": {
    sql: ["DROP TABLE schema_migrations CASCADE"],
    ...RECORD,
  },
  "drops its schema": {
    sql: [
      "DROP SCHEMA public CASCADE",
      "CREATE SCHEMA public",
      "CREATE TABLE public.effects (version int, part int)",
    ],
    ...RECORD,
  },
  "empties the tracking table": {
    sql: ["TRUNCATE schema_migrations"],
    ...RECORD,
  },
  "locks the tracking table": {
    sql: ["LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE"],
    inTransaction: "0",
    outside: "6 statement_failed",
  },
  "renames the tracking table": {
    sql: ["ALTER TABLE schema_migrations RENAME TO old_migrations"],
    ...RECORD,
  },
  "drops a column that decides": {
    sql: ["ALTER TABLE schema_migrations DROP COLUMN success CASCADE"],
    ...RECORD,
  },
  "drops a column that an end needs": {
    sql: ["ALTER TABLE schema_migrations DROP COLUMN error CASCADE"],
    ...RECORD,
  },
  "drops a column that nothing needs": {
    sql: ["ALTER TABLE schema_migrations DROP COLUMN id CASCADE"],
    inTransaction: "0",
    outside: "0",
  },
  "makes versions numbers": {
    sql: [
      "DROP VIEW migration_status_view",
      "ALTER TABLE schema_migrations ALTER COLUMN version TYPE integer " +
      "USING version::integer",
    ],
    inTransaction: "0",
    outside: "0",
  },
  "drops the key of the tracking table": {
    sql: [
      "ALTER TABLE schema_migrations " +
      "DROP CONSTRAINT schema_migrations_version_key",
    ],
    inTransaction: "5 record_failed",
    outside: "5 record_failed",
    mend: "ALTER TABLE schema_migrations " +
      "ADD CONSTRAINT schema_migrations_version_key UNIQUE (version)",
  },
  "deletes its own row": {
    sql: ["DELETE FROM schema_migrations WHERE version = '002'"],
    ...RECORD,
  },
  "takes its own row from its run": {
    sql: ["UPDATE schema_migrations SET run_id = NULL"],
    ...RECORD,
  },
  "gives its own row another version": {
    sql: ["UPDATE schema_migrations SET version = '999' WHERE version = '002'"],
    ...RECORD,
  },
  "marks its own row as applied": {
    sql: ["UPDATE schema_migrations SET success = TRUE WHERE version = '002'"],
    inTransaction: "0",
    outside: "0",
  },
  "starts the numbers of rows again": {
    sql: ["ALTER SEQUENCE schema_migrations_id_seq RESTART"],
    inTransaction: "5 record_failed",
    outside: "5 record_failed",
    mend: "SELECT setval('schema_migrations_id_seq', 100)",
  },
  "suppresses each change of the tracking table": {
    sql: trigger("schema_migrations", BEFORE, "RETURN NULL;"),
    ...RECORD,
    mend: NO_TRIGGER,
  },
  "makes each row one that failed": {
    sql: trigger(
      "schema_migrations",
      BEFORE,
      "NEW.success := FALSE; RETURN NEW;",
    ),
    ...RECORD,
    mend: NO_TRIGGER,
  },
  "makes each row one that succeeded": {
    sql: trigger(
      "schema_migrations",
      BEFORE,
      "NEW.success := TRUE; RETURN NEW;",
    ),
    inTransaction: "5 record_failed",
    outside: "6 record_failed",
    mend: NO_TRIGGER,
  },
  "refuses each change after it": {
    sql: trigger(
      "schema_migrations",
      "TRIGGER t AFTER INSERT OR UPDATE",
      "RAISE 'no changes';",
    ),
    ...RECORD,
    mend: NO_TRIGGER,
  },
  "refuses each change at COMMIT": {
    sql: trigger(
      "schema_migrations",
      "CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE",
      "RAISE 'no changes';",
    ).map((sql) =>
      sql.replace(
        "FOR EACH",
        "DEFERRABLE INITIALLY DEFERRED FOR EACH",
      )
    ),
    ...RECORD,
    mend: NO_TRIGGER,
  },
  "puts a rule on the tracking table": {
    sql: ["CREATE RULE r AS ON UPDATE TO schema_migrations DO INSTEAD NOTHING"],
    ...RECORD,
    mend: "DROP RULE IF EXISTS r ON schema_migrations",
  },
  "refers to its own row": {
    sql: [
      "CREATE TABLE x (v varchar(50) REFERENCES schema_migrations (version))",
      "INSERT INTO x VALUES ('002')",
    ],
    inTransaction: "0",
    outside: "0",
  },
  "hides rows from all": {
    sql: [
      "ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY",
      "ALTER TABLE schema_migrations FORCE ROW LEVEL SECURITY",
    ],
    inTransaction: "0",
    outside: "0",
  },
};

/** Against the log and the kept down scripts. */
const ON_COMPANIONS: Readonly<Record<string, Attack>> = {
  "drops the log": {
    sql: ["DROP TABLE schema_migrations_log"],
    ...RECORD,
  },
  "empties the log": {
    sql: ["TRUNCATE schema_migrations_log"],
    inTransaction: "0",
    outside: "0",
  },
  "deletes the oldest row of the log": {
    sql: ["DELETE FROM schema_migrations_log WHERE version = '001'"],
    inTransaction: "0",
    outside: "0",
    log: "harmed",
  },
  "drops the log's newest column": {
    sql: ["ALTER TABLE schema_migrations_log DROP COLUMN client"],
    ...RECORD,
    mend: "ALTER TABLE schema_migrations_log " +
      "ADD COLUMN IF NOT EXISTS client text NOT NULL DEFAULT 'x'",
    log: "harmed",
  },
  "suppresses each row of the log": {
    sql: trigger("schema_migrations_log", BEFORE, "RETURN NULL;"),
    ...RECORD,
    mend: NO_TRIGGER,
  },
  "redirects the rows of the log": {
    sql: [
      "CREATE RULE r AS ON INSERT TO schema_migrations_log DO INSTEAD NOTHING",
    ],
    ...RECORD,
    mend: "DROP RULE IF EXISTS r ON schema_migrations_log",
  },
  "drops the kept down scripts": {
    sql: ["DROP TABLE schema_migrations_rollbacks"],
    ...RECORD,
  },
  "drops the view and the function": {
    sql: [
      "DROP VIEW migration_status_view",
      "DROP FUNCTION get_migration_status()",
    ],
    inTransaction: "0",
    outside: "0",
  },
};

testAttacks(ON_TABLE);
testAttacks(ON_COMPANIONS);
