import { type Attack, testAttacks } from "../helpers/hostile.ts";

/** Names that PostgreSQL has too, with other meanings. */
const SHADOWS: readonly string[] = [
  "CREATE SCHEMA evil",
  ...[
    "clock_timestamp() RETURNS timestamptz",
    "now() RETURNS timestamptz",
    "version() RETURNS text",
    "current_database() RETURNS name",
    "pg_backend_pid() RETURNS int",
    "to_regclass(text) RETURNS regclass",
    "to_char(timestamp, text) RETURNS text",
    "encode(bytea, text) RETURNS text",
    "decode(text, text) RETURNS bytea",
    "round(numeric) RETURNS numeric",
    "sha256(bytea) RETURNS bytea",
    "starts_with(text, text) RETURNS boolean",
    "set_config(text, text, boolean) RETURNS text",
    "current_setting(text) RETURNS text",
    "pg_try_advisory_xact_lock(int, int) RETURNS boolean",
    "pg_advisory_xact_lock(int, int) RETURNS boolean",
  ].map((name) =>
    `CREATE FUNCTION evil.${name} LANGUAGE plpgsql AS $$
     BEGIN RETURN NULL; END $$`
  ),
  "CREATE AGGREGATE evil.count(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '41')",
  ...["varchar", "text", "int", "oid", "uuid", "name", "numeric"].flatMap(
    (type) => [
      `CREATE FUNCTION evil.is_not(${type}, ${type}) RETURNS boolean
       LANGUAGE sql AS 'SELECT false'`,
      `CREATE OPERATOR evil.=
       (FUNCTION = evil.is_not, LEFTARG = ${type}, RIGHTARG = ${type})`,
    ],
  ),
  `CREATE FUNCTION evil.is_not(bigint, int) RETURNS boolean
   LANGUAGE sql AS 'SELECT true'`,
  "CREATE OPERATOR evil.= (FUNCTION = evil.is_not, LEFTARG = bigint, RIGHTARG = int)",
  `CREATE FUNCTION evil.nothing(timestamptz, timestamptz) RETURNS interval
   LANGUAGE sql AS 'SELECT NULL::interval'`,
  `CREATE OPERATOR evil.-
   (FUNCTION = evil.nothing, LEFTARG = timestamptz, RIGHTARG = timestamptz)`,
  "CREATE TABLE evil.pg_stat_activity (pid int)",
  "CREATE TABLE evil.pg_locks (pid int)",
  "CREATE TABLE evil.pg_settings (name int)",
  "CREATE TABLE evil.schema_migrations (version text)",
  "CREATE DOMAIN evil.uuid AS text",
  "CREATE DOMAIN evil.text AS varchar(1)",
];

const DONE = { inTransaction: "0", outside: "0" };

function setDefault(setting: string): string {
  return changeDatabase(`SET ${setting}`);
}

function changeDatabase(change: string, what = "DATABASE"): string {
  return `DO $$ BEGIN EXECUTE format('ALTER ${what} %I ${change}',
    current_database()); END $$`;
}

/** Against what names, strings and times mean. */
const ON_MEANING: Readonly<Record<string, Attack>> = {
  "puts its own functions and operators before PostgreSQL's": {
    sql: [...SHADOWS, "SET search_path = evil, pg_catalog, public"],
    ...DONE,
  },
  "offers better matching functions and operators": {
    sql: [...SHADOWS, "SET search_path = evil, public"],
    ...DONE,
  },
  "puts its own names first in all later sessions": {
    sql: [
      ...SHADOWS,
      setDefault("search_path = evil, pg_catalog, public"),
    ],
    ...DONE,
  },
  "offers better matching names in all later sessions": {
    sql: [...SHADOWS, setDefault("search_path = evil, public")],
    ...DONE,
  },
  "leaves the tracking tables to be made among its names": {
    sql: [
      ...SHADOWS,
      setDefault("search_path = evil, pg_catalog, public"),
      "DROP VIEW public.migration_status_view",
      "ALTER TABLE public.schema_migrations DROP COLUMN created_at",
    ],
    ...DONE,
  },
  "hides the catalogs behind temporary tables": {
    sql: [
      "CREATE TEMP TABLE pg_stat_activity (pid int, usename name)",
      "CREATE TEMP TABLE pg_settings (name text, reset_val text)",
      "CREATE TEMP TABLE pg_class (oid oid)",
      "CREATE TEMP TABLE schema_migrations (version text)",
    ],
    ...DONE,
  },
  "has no search_path at all": { sql: ["SET search_path = ''"], ...DONE },
  "reads backslashes as escapes": {
    sql: [
      "SET standard_conforming_strings = off",
      "SET escape_string_warning = off",
      "CREATE TABLE public.words AS SELECT 'a\\'b' AS w",
    ],
    ...DONE,
  },
  "reads backslashes as escapes in all later sessions": {
    sql: [setDefault("standard_conforming_strings = off")],
    ...DONE,
  },
  "writes dates, intervals and bytes in other ways": {
    sql: [
      "SET DateStyle = 'German, DMY'",
      "SET IntervalStyle = sql_standard",
      "SET bytea_output = escape",
      "SET TimeZone = 'Asia/Kathmandu'",
      "SET extra_float_digits = -15",
      "SET quote_all_identifiers = on",
      setDefault("DateStyle = ''Postgres, MDY''"),
    ],
    ...DONE,
  },
  "uses names and texts with quotes": {
    sql: [
      `CREATE SCHEMA "o's ""x"""`,
      `CREATE TABLE "o's ""x"""."tab\\le é" ("c'" text)`,
      `INSERT INTO "o's ""x"""."tab\\le é" VALUES (E'a\\\\b; --')`,
      `SET search_path = "o's ""x""", public`,
    ],
    ...DONE,
  },
  "says that its UTF-8 is something else": {
    sql: ["SET client_encoding = LATIN1", "SELECT 'é'"],
    inTransaction: "3 invalid_encoding",
    outside: "3 invalid_encoding",
  },
  "sets another encoding and is plain ASCII": {
    sql: ["SET client_encoding = LATIN1", "SELECT 'e'"],
    ...DONE,
  },
  "calls its UTF-8 Unicode": {
    sql: ["SET NAMES 'unicode'", "SELECT 'é'"],
    ...DONE,
  },
};

/** Against who may do what, and for how long. */
const ON_RIGHTS: Readonly<Record<string, Attack>> = {
  "becomes another role": {
    sql: [
      "GRANT INSERT ON public.effects TO pg_monitor",
      "GRANT USAGE ON SCHEMA public TO pg_monitor",
      "SET ROLE pg_monitor",
    ],
    ...DONE,
  },
  "becomes another user": {
    sql: [
      "GRANT INSERT ON public.effects TO pg_monitor",
      "GRANT USAGE ON SCHEMA public TO pg_monitor",
      "SET SESSION AUTHORIZATION pg_monitor",
    ],
    ...DONE,
  },
  "makes all later sessions another role": {
    sql: [
      changeDatabase("SET role = pg_monitor", "ROLE current_user IN DATABASE"),
    ],
    inTransaction: "5 record_failed",
    outside: "5 record_failed",
    mend: changeDatabase("RESET role", "ROLE current_user IN DATABASE"),
  },
  "switches triggers off": {
    sql: ["SET session_replication_role = replica"],
    ...DONE,
  },
  "drops its rights to discard": { sql: ["DISCARD ALL"], ...DONE },
  "makes its session read only": {
    sql: ["SET default_transaction_read_only = on"],
    inTransaction: "0",
    outside: "6 record_failed",
    next: "in vain",
  },
  "makes its transaction read only": {
    sql: ["SET TRANSACTION READ ONLY"],
    inTransaction: "3 impossible_statement",
    outside: "3 impossible_statement",
  },
  "makes all later sessions read only": {
    sql: [setDefault("default_transaction_read_only = on")],
    inTransaction: "5 record_failed",
    outside: "5 record_failed",
    mend: changeDatabase("RESET default_transaction_read_only"),
  },
  "gives statements 20 ms and takes longer": {
    sql: ["SET statement_timeout = '20ms'", "SELECT pg_sleep(10)"],
    inTransaction: "5 statement_failed",
    outside: "6 statement_failed",
  },
  "gives locks no time": { sql: ["SET lock_timeout = 1"], ...DONE },
  "gives an idle transaction no time": {
    sql: [
      "SET idle_in_transaction_session_timeout = 1",
      // Time for a busy machine to send all the rest.
      "SELECT pg_sleep(2)",
    ],
    ...DONE,
  },
  "sets what does not exist": {
    sql: ["SET default_tablespace = 'nowhere'"],
    inTransaction: "5 statement_failed",
    outside: "6 statement_failed",
  },
  "speaks of the tool's own setting": {
    sql: ["SET lockstep.begun = 'no'"],
    ...DONE,
  },
};

testAttacks(ON_MEANING);
testAttacks(ON_RIGHTS);
