import { equal } from "node:assert/strict";
import { sharedEffectOf } from "../../../../src/core/rehearsal/shared_statement.ts";

const REACHING: Readonly<Record<string, string>> = {
  "CREATE ROLE app LOGIN": "CREATE ROLE",
  "create /* a */ user app": "CREATE USER",
  "ALTER ROLE app SET search_path = a": "ALTER ROLE",
  "DROP GROUP a": "DROP GROUP",
  "CREATE TABLESPACE fast LOCATION '/mnt'": "CREATE TABLESPACE",
  "ALTER DATABASE shop SET timezone = 'UTC'": "ALTER DATABASE",
  "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p": "CREATE SUBSCRIPTION",
  "ALTER SYSTEM SET work_mem = '1GB'": "ALTER SYSTEM",
  "DROP OWNED BY app": "DROP OWNED",
  "REASSIGN OWNED BY a TO b": "REASSIGN OWNED",
  "COMMENT ON DATABASE shop IS 'x'": "COMMENT ON DATABASE",
  "COMMENT ON ROLE app IS 'x'": "COMMENT ON ROLE",
  "SECURITY LABEL FOR a ON ROLE b IS 'c'": "SECURITY LABEL ON ROLE",
  "GRANT CONNECT ON DATABASE shop TO app": "GRANT ON DATABASE",
  "REVOKE ALL ON TABLESPACE fast FROM app": "REVOKE ON TABLESPACE",
  "GRANT readers TO app": "GRANT of a role",
  "REVOKE ADMIN OPTION FOR readers FROM app": "REVOKE of a role",
  "COPY a TO PROGRAM 'mail'": "COPY with a PROGRAM",
  "COPY a (id) FROM PROGRAM 'curl x'": "COPY with a PROGRAM",
  "COPY (SELECT 1) TO '/tmp/a'": "COPY TO a file",
  "DO $$ BEGIN IF NOT EXISTS (SELECT) THEN CREATE\n ROLE app; END IF; END $$":
    "CREATE ROLE",
  "DO 'BEGIN EXECUTE format(''alter database %I'', 1); END'": "ALTER DATABASE",
};

for (const [sql, effect] of Object.entries(REACHING)) {
  Deno.test(`sharedEffectOf() sees ${effect} in ${sql.slice(0, 30)}`, () => {
    equal(sharedEffectOf(sql), effect);
  });
}

for (
  const sql of [
    "CREATE TABLE role (id int)",
    "CREATE USER MAPPING FOR app SERVER s",
    "ALTER TABLE a OWNER TO app",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app",
    "ALTER SUBSYSTEM",
    "DROP TABLE owned",
    "COMMENT ON TABLE a IS 'ON DATABASE shop'",
    "COMMENT ON COLUMN a.role IS 'x'",
    "GRANT SELECT ON a TO app",
    "GRANT ALL ON ALL TABLES IN SCHEMA a TO app",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "COPY a (program) FROM STDIN",
    "COPY a FROM '/data/a.csv'",
    "COPY a TO STDOUT",
    "INSERT INTO a VALUES ('CREATE ROLE app')",
    "DO $$ BEGIN PERFORM 1; -- roles\nEND $$",
    "DO $$ BEGIN CREATE USER MAPPING FOR a SERVER s; END $$",
    "SET ROLE app",
    "",
  ]
) {
  Deno.test(`sharedEffectOf() lets pass ${sql.slice(0, 40)}`, () => {
    equal(sharedEffectOf(sql), undefined);
  });
}
