/**
 * How to make, change and remove an object of a kind. In the statements, `#`
 * stands for a word of the object, `$ROLE` for another role and `$ME` for the
 * role that runs them.
 */
export interface KindCase {
  readonly kind: string;
  /** As `drift` says it. */
  readonly name: string;
  readonly make: string;
  readonly drop: string;
  /** What `ALTER … OWNER TO` and `COMMENT ON` name, such as `TABLE a`. */
  readonly word?: string;
  /** What it has of an owner, a comment and, with them named, privileges. */
  readonly has?: "comment" | "owner and comment";
  /** Such as `SELECT ON a`. */
  readonly grant?: string;
  readonly changes?: readonly KindChange[];
  /** In place of `one` and `extra`. */
  readonly words?: readonly [one: string, extra: string];
}

/** A change by hand, its undoing, and the parts of the object that differ. */
export interface KindChange {
  readonly by: string;
  readonly undo: string;
  /** `create` unless said. */
  readonly parts?: string;
  /** Unless it is the object itself, such as `changed table a`. */
  readonly finds?: string;
  /** The first major that has it. */
  readonly since?: number;
}

/** What the objects of the cases need. */
export const KINDS_FOUNDATION = `
CREATE SCHEMA lab;
CREATE SCHEMA side;
CREATE SCHEMA default_one;
CREATE SCHEMA default_extra;
CREATE TABLE lab.host (id integer PRIMARY KEY, other integer, note text);
CREATE UNIQUE INDEX host_other ON lab.host (other) WHERE other > 5;
CREATE TABLE lab.whole (at integer) PARTITION BY RANGE (at);
CREATE TABLE lab.labelled_one (a integer);
CREATE TABLE lab.labelled_extra (a integer);
CREATE TYPE lab.row_one AS (a text);
CREATE TYPE lab.row_extra AS (a text);
CREATE DOMAIN lab.whole_number AS integer;
CREATE FUNCTION lab.call_handler() RETURNS language_handler
  LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION lab.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION lab.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE OPERATOR FAMILY lab.members_one USING btree;
CREATE OPERATOR FAMILY lab.members_extra USING btree;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER far FOREIGN DATA WRAPPER nowhere;
CREATE SERVER map_one FOREIGN DATA WRAPPER nowhere;
CREATE SERVER map_extra FOREIGN DATA WRAPPER nowhere;
`;

const RELATION_CHANGES: readonly KindChange[] = [
  {
    by: "COMMENT ON COLUMN lab.#.a IS 'x'",
    undo: "COMMENT ON COLUMN lab.#.a IS NULL",
    parts: "comment",
  },
  {
    by: "GRANT SELECT (a) ON lab.# TO $ROLE",
    undo: "REVOKE SELECT (a) ON lab.# FROM $ROLE",
    parts: "privileges",
  },
];

/** At least one case for every kind. */
export const KIND_CASES: readonly KindCase[] = [
  {
    kind: "schema",
    name: "space_#",
    make: "CREATE SCHEMA space_#",
    drop: "DROP SCHEMA space_#",
    word: "SCHEMA space_#",
    has: "owner and comment",
    grant: "USAGE ON SCHEMA space_#",
  },
  {
    kind: "extension",
    name: "#",
    words: ["citext", "hstore"],
    make: "CREATE EXTENSION # SCHEMA lab",
    drop: "DROP EXTENSION #",
    changes: [
      {
        by: "ALTER EXTENSION # SET SCHEMA side",
        undo: "ALTER EXTENSION # SET SCHEMA lab",
      },
      {
        by: "COMMENT ON EXTENSION # IS 'x'",
        undo: "COMMENT ON EXTENSION # IS " +
          "'data type for case-insensitive character strings'",
        parts: "comment",
      },
    ],
  },
  {
    kind: "access method",
    name: "am_#",
    make: "CREATE ACCESS METHOD am_# TYPE TABLE HANDLER heap_tableam_handler",
    drop: "DROP ACCESS METHOD am_#",
    word: "ACCESS METHOD am_#",
    has: "comment",
    changes: [{
      by: `DROP ACCESS METHOD am_#;
        CREATE ACCESS METHOD am_# TYPE INDEX HANDLER bthandler`,
      undo: `DROP ACCESS METHOD am_#;
        CREATE ACCESS METHOD am_# TYPE TABLE HANDLER heap_tableam_handler`,
    }],
  },
  {
    kind: "language",
    name: "talk_#",
    make: "CREATE TRUSTED LANGUAGE talk_# HANDLER lab.call_handler",
    drop: "DROP LANGUAGE talk_#",
    word: "LANGUAGE talk_#",
    has: "owner and comment",
    grant: "USAGE ON LANGUAGE talk_#",
    changes: [{
      by: "CREATE OR REPLACE LANGUAGE talk_# HANDLER lab.call_handler",
      undo: "CREATE OR REPLACE TRUSTED LANGUAGE talk_# HANDLER " +
        "lab.call_handler",
    }],
  },
  {
    kind: "collation",
    name: "lab.sorted_#",
    make: "CREATE COLLATION lab.sorted_# (provider = libc, locale = 'C')",
    drop: "DROP COLLATION lab.sorted_#",
    word: "COLLATION lab.sorted_#",
    has: "owner and comment",
    changes: [{
      by: `DROP COLLATION lab.sorted_#;
        CREATE COLLATION lab.sorted_# (provider = libc, locale = 'POSIX')`,
      undo: `DROP COLLATION lab.sorted_#;
        CREATE COLLATION lab.sorted_# (provider = libc, locale = 'C')`,
    }],
  },
  {
    kind: "type",
    name: "lab.mood_#",
    make: "CREATE TYPE lab.mood_# AS ENUM ('good', 'bad')",
    drop: "DROP TYPE lab.mood_#",
    word: "TYPE lab.mood_#",
    has: "owner and comment",
    grant: "USAGE ON TYPE lab.mood_#",
    changes: [
      {
        by: "ALTER TYPE lab.mood_# RENAME VALUE 'bad' TO 'worse'",
        undo: "ALTER TYPE lab.mood_# RENAME VALUE 'worse' TO 'bad'",
      },
      {
        by: "ALTER TYPE lab.mood_# ADD VALUE 'fair' AFTER 'good'",
        undo: `DROP TYPE lab.mood_#;
          CREATE TYPE lab.mood_# AS ENUM ('good', 'bad')`,
      },
    ],
  },
  {
    kind: "type",
    name: "lab.pair_#",
    make: "CREATE TYPE lab.pair_# AS (a integer, b text)",
    drop: "DROP TYPE lab.pair_#",
    word: "TYPE lab.pair_#",
    has: "owner and comment",
    changes: [
      {
        by: "ALTER TYPE lab.pair_# ADD ATTRIBUTE c text",
        undo: "ALTER TYPE lab.pair_# DROP ATTRIBUTE c",
      },
      {
        by: "COMMENT ON COLUMN lab.pair_#.a IS 'x'",
        undo: "COMMENT ON COLUMN lab.pair_#.a IS NULL",
        parts: "comment",
      },
    ],
  },
  {
    kind: "type",
    name: "lab.part_#",
    make: `CREATE DOMAIN lab.part_# AS integer
      CONSTRAINT small CHECK (VALUE < 9)`,
    drop: "DROP DOMAIN lab.part_#",
    word: "DOMAIN lab.part_#",
    has: "owner and comment",
    grant: "USAGE ON DOMAIN lab.part_#",
    changes: [
      {
        by: "ALTER DOMAIN lab.part_# SET DEFAULT 5",
        undo: "ALTER DOMAIN lab.part_# DROP DEFAULT",
      },
      {
        by: "ALTER DOMAIN lab.part_# SET NOT NULL",
        undo: "ALTER DOMAIN lab.part_# DROP NOT NULL",
      },
      {
        by: `ALTER DOMAIN lab.part_# ADD CONSTRAINT above CHECK (VALUE > 0)
          NOT VALID`,
        undo: "ALTER DOMAIN lab.part_# DROP CONSTRAINT above",
      },
      {
        by: "COMMENT ON CONSTRAINT small ON DOMAIN lab.part_# IS 'x'",
        undo: "COMMENT ON CONSTRAINT small ON DOMAIN lab.part_# IS NULL",
        parts: "comment",
      },
    ],
  },
  {
    kind: "type",
    name: "lab.span_#",
    make: "CREATE TYPE lab.span_# AS RANGE (SUBTYPE = numeric)",
    drop: "DROP TYPE lab.span_#",
    word: "TYPE lab.span_#",
    has: "owner and comment",
    changes: [
      {
        by: `DROP TYPE lab.span_#;
          CREATE TYPE lab.span_# AS RANGE (SUBTYPE = text)`,
        undo: `DROP TYPE lab.span_#;
          CREATE TYPE lab.span_# AS RANGE (SUBTYPE = numeric)`,
      },
      {
        by: "REVOKE EXECUTE ON FUNCTION lab.span_#(numeric, numeric) " +
          "FROM PUBLIC",
        undo: "GRANT EXECUTE ON FUNCTION lab.span_#(numeric, numeric) " +
          "TO PUBLIC",
        finds: "error changed function lab.span_#(numeric,numeric): privileges",
      },
    ],
  },
  {
    kind: "function",
    name: "lab.fun_#(integer)",
    make: `CREATE FUNCTION lab.fun_#(a integer) RETURNS integer
      LANGUAGE sql AS 'SELECT a'`,
    drop: "DROP FUNCTION lab.fun_#(integer)",
    word: "FUNCTION lab.fun_#(integer)",
    has: "owner and comment",
    grant: "EXECUTE ON FUNCTION lab.fun_#(integer)",
    changes: [
      {
        by: `CREATE OR REPLACE FUNCTION lab.fun_#(a integer) RETURNS integer
          LANGUAGE sql AS 'SELECT a + 1'`,
        undo: `CREATE OR REPLACE FUNCTION lab.fun_#(a integer) RETURNS integer
          LANGUAGE sql AS 'SELECT a'`,
      },
      {
        by: "ALTER FUNCTION lab.fun_#(integer) SECURITY DEFINER",
        undo: "ALTER FUNCTION lab.fun_#(integer) SECURITY INVOKER",
      },
      {
        by: "ALTER FUNCTION lab.fun_#(integer) SET work_mem = '5MB'",
        undo: "ALTER FUNCTION lab.fun_#(integer) RESET work_mem",
      },
      {
        by: "REVOKE EXECUTE ON FUNCTION lab.fun_#(integer) FROM PUBLIC",
        undo: "GRANT EXECUTE ON FUNCTION lab.fun_#(integer) TO PUBLIC",
        parts: "privileges",
      },
    ],
  },
  {
    kind: "procedure",
    name: "lab.act_#()",
    make: "CREATE PROCEDURE lab.act_#() LANGUAGE sql AS 'SELECT 1'",
    drop: "DROP PROCEDURE lab.act_#()",
    word: "PROCEDURE lab.act_#()",
    has: "owner and comment",
    grant: "EXECUTE ON PROCEDURE lab.act_#()",
    changes: [{
      by: "CREATE OR REPLACE PROCEDURE lab.act_#() LANGUAGE sql AS 'SELECT 2'",
      undo:
        "CREATE OR REPLACE PROCEDURE lab.act_#() LANGUAGE sql AS 'SELECT 1'",
    }],
  },
  {
    kind: "aggregate",
    name: "lab.sum_#(integer)",
    make:
      "CREATE AGGREGATE lab.sum_#(integer) (SFUNC = int4pl, STYPE = integer)",
    drop: "DROP AGGREGATE lab.sum_#(integer)",
    word: "AGGREGATE lab.sum_#(integer)",
    has: "owner and comment",
    grant: "EXECUTE ON FUNCTION lab.sum_#(integer)",
    changes: [{
      by: `CREATE OR REPLACE AGGREGATE lab.sum_#(integer)
        (SFUNC = int4pl, STYPE = integer, INITCOND = '0')`,
      undo: `CREATE OR REPLACE AGGREGATE lab.sum_#(integer)
        (SFUNC = int4pl, STYPE = integer)`,
    }],
  },
  {
    kind: "operator",
    name: "lab.#(integer,integer)",
    words: ["@@@", "@@>"],
    make: `CREATE OPERATOR lab.#
      (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq)`,
    drop: "DROP OPERATOR lab.# (integer, integer)",
    word: "OPERATOR lab.# (integer, integer)",
    has: "owner and comment",
    changes: [{
      by: "ALTER OPERATOR lab.# (integer, integer) SET (RESTRICT = eqsel)",
      undo: "ALTER OPERATOR lab.# (integer, integer) SET (RESTRICT = NONE)",
    }],
  },
  {
    kind: "operator family",
    name: "lab.family_# USING btree",
    make: "CREATE OPERATOR FAMILY lab.family_# USING btree",
    drop: "DROP OPERATOR FAMILY lab.family_# USING btree",
    word: "OPERATOR FAMILY lab.family_# USING btree",
    has: "owner and comment",
    changes: [{
      by: `ALTER OPERATOR FAMILY lab.family_# USING btree
        ADD FUNCTION 1 (integer, integer) btint4cmp(integer, integer)`,
      undo: `ALTER OPERATOR FAMILY lab.family_# USING btree
        DROP FUNCTION 1 (integer, integer)`,
    }],
  },
  {
    kind: "operator class",
    name: "lab.class_# USING btree",
    make: `CREATE OPERATOR CLASS lab.class_# FOR TYPE integer USING btree
      FAMILY lab.members_# AS
      OPERATOR 1 <, FUNCTION 1 btint4cmp(integer, integer)`,
    drop: "DROP OPERATOR CLASS lab.class_# USING btree",
    word: "OPERATOR CLASS lab.class_# USING btree",
    has: "owner and comment",
    changes: [{
      by: `DROP OPERATOR CLASS lab.class_# USING btree;
        CREATE OPERATOR CLASS lab.class_# FOR TYPE integer USING btree
        FAMILY lab.members_# AS OPERATOR 1 <, OPERATOR 3 =,
        FUNCTION 1 btint4cmp(integer, integer)`,
      undo: `DROP OPERATOR CLASS lab.class_# USING btree;
        CREATE OPERATOR CLASS lab.class_# FOR TYPE integer USING btree
        FAMILY lab.members_# AS
        OPERATOR 1 <, FUNCTION 1 btint4cmp(integer, integer)`,
    }],
  },
  {
    kind: "cast",
    name: "(lab.row_# AS text)",
    make: "CREATE CAST (lab.row_# AS text) WITH INOUT",
    drop: "DROP CAST (lab.row_# AS text)",
    word: "CAST (lab.row_# AS text)",
    has: "comment",
    changes: [{
      by: `DROP CAST (lab.row_# AS text);
        CREATE CAST (lab.row_# AS text) WITH INOUT AS ASSIGNMENT`,
      undo: `DROP CAST (lab.row_# AS text);
        CREATE CAST (lab.row_# AS text) WITH INOUT`,
    }],
  },
  {
    kind: "transform",
    name: "FOR # LANGUAGE sql",
    words: ["circle", "box"],
    make: `CREATE TRANSFORM FOR # LANGUAGE sql
      (FROM SQL WITH FUNCTION prsd_lextype(internal))`,
    drop: "DROP TRANSFORM FOR # LANGUAGE sql",
    word: "TRANSFORM FOR # LANGUAGE sql",
    has: "comment",
    changes: [{
      by: `CREATE OR REPLACE TRANSFORM FOR # LANGUAGE sql
        (FROM SQL WITH FUNCTION prsd_lextype(internal),
        TO SQL WITH FUNCTION circle_recv(internal))`,
      undo: `CREATE OR REPLACE TRANSFORM FOR # LANGUAGE sql
        (FROM SQL WITH FUNCTION prsd_lextype(internal))`,
    }],
  },
  {
    kind: "conversion",
    name: "lab.conv_#",
    make: `CREATE CONVERSION lab.conv_# FOR 'LATIN1' TO 'UTF8'
      FROM iso8859_1_to_utf8`,
    drop: "DROP CONVERSION lab.conv_#",
    word: "CONVERSION lab.conv_#",
    has: "owner and comment",
    changes: [{
      by: `DROP CONVERSION lab.conv_#;
        CREATE DEFAULT CONVERSION lab.conv_# FOR 'LATIN1' TO 'UTF8'
        FROM iso8859_1_to_utf8`,
      undo: `DROP CONVERSION lab.conv_#;
        CREATE CONVERSION lab.conv_# FOR 'LATIN1' TO 'UTF8'
        FROM iso8859_1_to_utf8`,
    }],
  },
  {
    kind: "text search parser",
    name: "lab.words_#",
    make: `CREATE TEXT SEARCH PARSER lab.words_# (START = prsd_start,
      GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)`,
    drop: "DROP TEXT SEARCH PARSER lab.words_#",
    word: "TEXT SEARCH PARSER lab.words_#",
    has: "comment",
    changes: [{
      by: `DROP TEXT SEARCH PARSER lab.words_#;
        CREATE TEXT SEARCH PARSER lab.words_# (START = prsd_start,
        GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype,
        HEADLINE = prsd_headline)`,
      undo: `DROP TEXT SEARCH PARSER lab.words_#;
        CREATE TEXT SEARCH PARSER lab.words_# (START = prsd_start,
        GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)`,
    }],
  },
  {
    kind: "text search template",
    name: "lab.template_#",
    make:
      "CREATE TEXT SEARCH TEMPLATE lab.template_# (LEXIZE = dsimple_lexize)",
    drop: "DROP TEXT SEARCH TEMPLATE lab.template_#",
    word: "TEXT SEARCH TEMPLATE lab.template_#",
    has: "comment",
    changes: [{
      by: `DROP TEXT SEARCH TEMPLATE lab.template_#;
        CREATE TEXT SEARCH TEMPLATE lab.template_#
        (INIT = dsimple_init, LEXIZE = dsimple_lexize)`,
      undo: `DROP TEXT SEARCH TEMPLATE lab.template_#;
        CREATE TEXT SEARCH TEMPLATE lab.template_# (LEXIZE = dsimple_lexize)`,
    }],
  },
  {
    kind: "text search dictionary",
    name: "lab.dict_#",
    make: "CREATE TEXT SEARCH DICTIONARY lab.dict_# (TEMPLATE = simple)",
    drop: "DROP TEXT SEARCH DICTIONARY lab.dict_#",
    word: "TEXT SEARCH DICTIONARY lab.dict_#",
    has: "owner and comment",
    changes: [{
      by: "ALTER TEXT SEARCH DICTIONARY lab.dict_# (accept = 'false')",
      undo: "ALTER TEXT SEARCH DICTIONARY lab.dict_# (accept)",
    }],
  },
  {
    kind: "text search configuration",
    name: "lab.search_#",
    make: `CREATE TEXT SEARCH CONFIGURATION lab.search_#
      (PARSER = pg_catalog."default")`,
    drop: "DROP TEXT SEARCH CONFIGURATION lab.search_#",
    word: "TEXT SEARCH CONFIGURATION lab.search_#",
    has: "owner and comment",
    changes: [{
      by: `ALTER TEXT SEARCH CONFIGURATION lab.search_#
        ADD MAPPING FOR asciiword WITH simple`,
      undo: `ALTER TEXT SEARCH CONFIGURATION lab.search_#
        DROP MAPPING FOR asciiword`,
    }],
  },
  {
    kind: "foreign data wrapper",
    name: "wrapper_#",
    make: "CREATE FOREIGN DATA WRAPPER wrapper_#",
    drop: "DROP FOREIGN DATA WRAPPER wrapper_#",
    word: "FOREIGN DATA WRAPPER wrapper_#",
    has: "owner and comment",
    grant: "USAGE ON FOREIGN DATA WRAPPER wrapper_#",
    changes: [
      {
        by: "ALTER FOREIGN DATA WRAPPER wrapper_# OPTIONS (ADD debug 'on')",
        undo: "ALTER FOREIGN DATA WRAPPER wrapper_# OPTIONS (DROP debug)",
      },
      {
        by: "ALTER FOREIGN DATA WRAPPER wrapper_# OPTIONS (ADD token 'x')",
        undo: "ALTER FOREIGN DATA WRAPPER wrapper_# OPTIONS (DROP token)",
        parts: "note",
      },
    ],
  },
  {
    kind: "server",
    name: "server_#",
    make: "CREATE SERVER server_# FOREIGN DATA WRAPPER nowhere",
    drop: "DROP SERVER server_#",
    word: "SERVER server_#",
    has: "owner and comment",
    grant: "USAGE ON FOREIGN SERVER server_#",
    changes: [{
      by: "ALTER SERVER server_# OPTIONS (ADD host 'there')",
      undo: "ALTER SERVER server_# OPTIONS (DROP host)",
    }],
  },
  {
    kind: "user mapping",
    name: "FOR PUBLIC SERVER map_#",
    make: "CREATE USER MAPPING FOR PUBLIC SERVER map_#",
    drop: "DROP USER MAPPING FOR PUBLIC SERVER map_#",
  },
  {
    kind: "sequence",
    name: "lab.counter_#",
    make: "CREATE SEQUENCE lab.counter_#",
    drop: "DROP SEQUENCE lab.counter_#",
    word: "SEQUENCE lab.counter_#",
    has: "owner and comment",
    grant: "USAGE ON SEQUENCE lab.counter_#",
    changes: [
      {
        by: "ALTER SEQUENCE lab.counter_# INCREMENT BY 2",
        undo: "ALTER SEQUENCE lab.counter_# INCREMENT BY 1",
      },
      {
        by: "ALTER SEQUENCE lab.counter_# OWNED BY lab.host.id",
        undo: "ALTER SEQUENCE lab.counter_# OWNED BY NONE",
        parts: "late",
      },
    ],
  },
  {
    kind: "table",
    name: "lab.table_#",
    make: `CREATE TABLE lab.table_# (
      a integer GENERATED ALWAYS AS IDENTITY, b text, c text DEFAULT 'x')`,
    drop: "DROP TABLE lab.table_#",
    word: "TABLE lab.table_#",
    has: "owner and comment",
    grant: "SELECT ON lab.table_#",
    changes: [
      ...ofTable("ADD COLUMN d integer", "DROP COLUMN d"),
      ...ofTable("RENAME COLUMN b TO bb", "RENAME COLUMN bb TO b"),
      ...ofTable(
        "ALTER COLUMN b TYPE varchar(9)",
        "ALTER COLUMN b TYPE text",
      ),
      ...ofTable(
        'ALTER COLUMN b TYPE text COLLATE "C"',
        'ALTER COLUMN b TYPE text COLLATE "default"',
      ),
      ...ofTable(
        "ALTER COLUMN c SET DEFAULT 'y'",
        "ALTER COLUMN c SET DEFAULT 'x'",
      ),
      ...ofTable("ALTER COLUMN b SET NOT NULL", "ALTER COLUMN b DROP NOT NULL"),
      ...ofTable(
        "ALTER COLUMN a SET GENERATED BY DEFAULT",
        "ALTER COLUMN a SET GENERATED ALWAYS",
      ),
      ...ofTable(
        "ALTER COLUMN a SET INCREMENT BY 5",
        "ALTER COLUMN a SET INCREMENT BY 1",
      ),
      ...ofTable(
        "ALTER COLUMN b SET STORAGE EXTERNAL",
        "ALTER COLUMN b SET STORAGE EXTENDED",
      ),
      ...ofTable(
        "ALTER COLUMN b SET COMPRESSION pglz",
        "ALTER COLUMN b SET COMPRESSION DEFAULT",
      ),
      ...ofTable(
        "ALTER COLUMN b SET STATISTICS 500",
        "ALTER COLUMN b SET STATISTICS -1",
      ),
      ...ofTable(
        "ALTER COLUMN b SET (n_distinct = 5)",
        "ALTER COLUMN b RESET (n_distinct)",
      ),
      ...ofTable("SET (fillfactor = 80)", "RESET (fillfactor)"),
      ...ofTable(
        "SET (toast.autovacuum_enabled = off)",
        "RESET (toast.autovacuum_enabled)",
      ),
      ...ofTable("ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY"),
      ...ofTable(
        "FORCE ROW LEVEL SECURITY",
        "NO FORCE ROW LEVEL SECURITY",
      ),
      ...ofTable("REPLICA IDENTITY FULL", "REPLICA IDENTITY DEFAULT"),
      ...ofTable(
        "ADD COLUMN g integer GENERATED ALWAYS AS (1) STORED",
        "DROP COLUMN g",
      ),
      {
        by: "ALTER TABLE lab.table_# ADD CONSTRAINT b_set NOT NULL b NOT VALID",
        undo: "ALTER TABLE lab.table_# DROP CONSTRAINT b_set",
        since: 18,
      },
      {
        by: "ALTER TABLE lab.table_# ADD COLUMN v integer " +
          "GENERATED ALWAYS AS (1) VIRTUAL",
        undo: "ALTER TABLE lab.table_# DROP COLUMN v",
        since: 18,
      },
      {
        by: "GRANT USAGE ON SEQUENCE lab.table_#_a_seq TO $ROLE",
        undo: "REVOKE USAGE ON SEQUENCE lab.table_#_a_seq FROM $ROLE",
        finds: "error changed sequence lab.table_#_a_seq: privileges",
      },
      {
        by: "COMMENT ON SEQUENCE lab.table_#_a_seq IS 'x'",
        undo: "COMMENT ON SEQUENCE lab.table_#_a_seq IS NULL",
        finds: "warning changed sequence lab.table_#_a_seq: comment",
      },
      ...named(RELATION_CHANGES, "table_#"),
    ],
  },
  {
    kind: "table",
    name: "lab.slice_#",
    words: ["1", "2"],
    make: `CREATE TABLE lab.slice_# PARTITION OF lab.whole
      FOR VALUES FROM (#) TO (# + 1)`,
    drop: "DROP TABLE lab.slice_#",
    changes: [{
      by: "ALTER TABLE lab.whole DETACH PARTITION lab.slice_#",
      undo: `ALTER TABLE lab.whole ATTACH PARTITION lab.slice_#
        FOR VALUES FROM (#) TO (# + 1)`,
    }],
  },
  {
    kind: "foreign table",
    name: "lab.remote_#",
    make: "CREATE FOREIGN TABLE lab.remote_# (a integer) SERVER far",
    drop: "DROP FOREIGN TABLE lab.remote_#",
    word: "FOREIGN TABLE lab.remote_#",
    has: "owner and comment",
    grant: "SELECT ON lab.remote_#",
    changes: [
      {
        by: "ALTER FOREIGN TABLE lab.remote_# OPTIONS (ADD path 'x')",
        undo: "ALTER FOREIGN TABLE lab.remote_# OPTIONS (DROP path)",
      },
      {
        by: `ALTER FOREIGN TABLE lab.remote_#
          ALTER COLUMN a OPTIONS (ADD column_name 'A')`,
        undo: `ALTER FOREIGN TABLE lab.remote_#
          ALTER COLUMN a OPTIONS (DROP column_name)`,
      },
      ...named(RELATION_CHANGES, "remote_#"),
    ],
  },
  {
    kind: "view",
    name: "lab.view_#",
    make: "CREATE VIEW lab.view_# AS SELECT id AS a FROM lab.host",
    drop: "DROP VIEW lab.view_#",
    word: "VIEW lab.view_#",
    has: "owner and comment",
    grant: "SELECT ON lab.view_#",
    changes: [
      {
        by:
          "CREATE OR REPLACE VIEW lab.view_# AS SELECT other AS a FROM lab.host",
        undo:
          "CREATE OR REPLACE VIEW lab.view_# AS SELECT id AS a FROM lab.host",
      },
      {
        by: "ALTER VIEW lab.view_# SET (security_barrier = true)",
        undo: "ALTER VIEW lab.view_# RESET (security_barrier)",
      },
      {
        by: "ALTER VIEW lab.view_# ALTER COLUMN a SET DEFAULT 1",
        undo: "ALTER VIEW lab.view_# ALTER COLUMN a DROP DEFAULT",
      },
      ...named(RELATION_CHANGES, "view_#"),
    ],
  },
  {
    kind: "materialized view",
    name: "lab.kept_#",
    make: "CREATE MATERIALIZED VIEW lab.kept_# AS SELECT 1 AS a",
    drop: "DROP MATERIALIZED VIEW lab.kept_#",
    word: "MATERIALIZED VIEW lab.kept_#",
    has: "owner and comment",
    grant: "SELECT ON lab.kept_#",
    changes: [
      {
        by: `DROP MATERIALIZED VIEW lab.kept_#;
          CREATE MATERIALIZED VIEW lab.kept_# AS SELECT 2 AS a`,
        undo: `DROP MATERIALIZED VIEW lab.kept_#;
          CREATE MATERIALIZED VIEW lab.kept_# AS SELECT 1 AS a`,
      },
      {
        by: "ALTER MATERIALIZED VIEW lab.kept_# SET (fillfactor = 80)",
        undo: "ALTER MATERIALIZED VIEW lab.kept_# RESET (fillfactor)",
      },
      {
        by: `ALTER MATERIALIZED VIEW lab.kept_#
          ALTER COLUMN a SET STORAGE PLAIN, ALTER COLUMN a SET STATISTICS 7`,
        undo: `ALTER MATERIALIZED VIEW lab.kept_#
          ALTER COLUMN a SET STATISTICS -1`,
      },
      ...named(RELATION_CHANGES, "kept_#"),
    ],
  },
  {
    kind: "constraint",
    name: "lab.host.check_#",
    make: `ALTER TABLE lab.host ADD CONSTRAINT check_#
      CHECK (other > 0) NOT VALID`,
    drop: "ALTER TABLE lab.host DROP CONSTRAINT check_#",
    word: "CONSTRAINT check_# ON lab.host",
    has: "comment",
    changes: [{
      by: "ALTER TABLE lab.host VALIDATE CONSTRAINT check_#",
      undo: `ALTER TABLE lab.host DROP CONSTRAINT check_#;
        ALTER TABLE lab.host ADD CONSTRAINT check_#
        CHECK (other > 0) NOT VALID`,
    }],
  },
  {
    kind: "constraint",
    name: "lab.host.unique_#",
    make: "ALTER TABLE lab.host ADD CONSTRAINT unique_# UNIQUE (note)",
    drop: "ALTER TABLE lab.host DROP CONSTRAINT unique_#",
    word: "CONSTRAINT unique_# ON lab.host",
    has: "comment",
    changes: [
      {
        by: "ALTER INDEX lab.unique_# SET (fillfactor = 60)",
        undo: "ALTER INDEX lab.unique_# RESET (fillfactor)",
      },
      {
        by: "ALTER TABLE lab.host CLUSTER ON unique_#",
        undo: "ALTER TABLE lab.host SET WITHOUT CLUSTER",
      },
      {
        by: "COMMENT ON INDEX lab.unique_# IS 'x'",
        undo: "COMMENT ON INDEX lab.unique_# IS NULL",
        parts: "comment",
      },
    ],
  },
  {
    kind: "index",
    name: "lab.host.index_#",
    make: "CREATE INDEX index_# ON lab.host (note, (other + 1))",
    drop: "DROP INDEX lab.index_#",
    word: "INDEX lab.index_#",
    has: "comment",
    changes: [
      {
        by: "ALTER INDEX lab.index_# SET (fillfactor = 60)",
        undo: "ALTER INDEX lab.index_# RESET (fillfactor)",
      },
      {
        by: "ALTER INDEX lab.index_# ALTER COLUMN 2 SET STATISTICS 70",
        undo: "ALTER INDEX lab.index_# ALTER COLUMN 2 SET STATISTICS -1",
      },
      {
        by: "ALTER TABLE lab.host CLUSTER ON index_#",
        undo: "ALTER TABLE lab.host SET WITHOUT CLUSTER",
      },
      {
        by: `DROP INDEX lab.index_#;
          CREATE INDEX index_# ON lab.host (note DESC, (other + 1))`,
        undo: `DROP INDEX lab.index_#;
          CREATE INDEX index_# ON lab.host (note, (other + 1))`,
      },
      {
        by: `UPDATE pg_index SET indisvalid = FALSE
          WHERE indexrelid = 'lab.index_#'::regclass`,
        undo: `UPDATE pg_index SET indisvalid = TRUE
          WHERE indexrelid = 'lab.index_#'::regclass`,
        parts: "note",
      },
    ],
  },
  {
    kind: "statistics",
    name: "lab.guess_#",
    make: "CREATE STATISTICS lab.guess_# ON other, note FROM lab.host",
    drop: "DROP STATISTICS lab.guess_#",
    word: "STATISTICS lab.guess_#",
    has: "owner and comment",
    changes: [{
      by: "ALTER STATISTICS lab.guess_# SET STATISTICS 100",
      undo: "ALTER STATISTICS lab.guess_# SET STATISTICS -1",
    }],
  },
  {
    kind: "foreign key",
    name: "lab.host.key_#",
    make: `ALTER TABLE lab.host ADD CONSTRAINT key_#
      FOREIGN KEY (other) REFERENCES lab.host`,
    drop: "ALTER TABLE lab.host DROP CONSTRAINT key_#",
    word: "CONSTRAINT key_# ON lab.host",
    has: "comment",
    changes: [{
      by: "ALTER TABLE lab.host ALTER CONSTRAINT key_# DEFERRABLE",
      undo: "ALTER TABLE lab.host ALTER CONSTRAINT key_# NOT DEFERRABLE",
    }],
  },
  {
    kind: "rule",
    name: "lab.host.rule_#",
    make: "CREATE RULE rule_# AS ON DELETE TO lab.host DO ALSO NOTHING",
    drop: "DROP RULE rule_# ON lab.host",
    word: "RULE rule_# ON lab.host",
    has: "comment",
    changes: [
      {
        by: "ALTER TABLE lab.host DISABLE RULE rule_#",
        undo: "ALTER TABLE lab.host ENABLE RULE rule_#",
      },
      {
        by: "CREATE OR REPLACE RULE rule_# AS ON DELETE TO lab.host " +
          "DO INSTEAD NOTHING",
        undo: "CREATE OR REPLACE RULE rule_# AS ON DELETE TO lab.host " +
          "DO ALSO NOTHING",
      },
    ],
  },
  {
    kind: "trigger",
    name: "lab.host.touch_#",
    make: `CREATE TRIGGER touch_# BEFORE UPDATE ON lab.host
      FOR EACH ROW EXECUTE FUNCTION lab.touch()`,
    drop: "DROP TRIGGER touch_# ON lab.host",
    word: "TRIGGER touch_# ON lab.host",
    has: "comment",
    changes: [
      {
        by: "ALTER TABLE lab.host DISABLE TRIGGER touch_#",
        undo: "ALTER TABLE lab.host ENABLE TRIGGER touch_#",
      },
      {
        by: `CREATE OR REPLACE TRIGGER touch_# BEFORE INSERT ON lab.host
          FOR EACH ROW EXECUTE FUNCTION lab.touch()`,
        undo: `CREATE OR REPLACE TRIGGER touch_# BEFORE UPDATE ON lab.host
          FOR EACH ROW EXECUTE FUNCTION lab.touch()`,
      },
    ],
  },
  {
    kind: "policy",
    name: "lab.host.policy_#",
    make: "CREATE POLICY policy_# ON lab.host USING (id > 0)",
    drop: "DROP POLICY policy_# ON lab.host",
    word: "POLICY policy_# ON lab.host",
    has: "comment",
    changes: [
      {
        by: "ALTER POLICY policy_# ON lab.host USING (id > 1)",
        undo: "ALTER POLICY policy_# ON lab.host USING (id > 0)",
      },
      {
        by: "ALTER POLICY policy_# ON lab.host TO $ROLE",
        undo: "ALTER POLICY policy_# ON lab.host TO PUBLIC",
      },
    ],
  },
  {
    kind: "publication",
    name: "news_#",
    make: "CREATE PUBLICATION news_# FOR TABLE lab.host",
    drop: "DROP PUBLICATION news_#",
    word: "PUBLICATION news_#",
    has: "owner and comment",
    changes: [
      {
        by: "ALTER PUBLICATION news_# SET (publish = 'insert')",
        undo: "ALTER PUBLICATION news_# " +
          "SET (publish = 'insert, update, delete, truncate')",
      },
      {
        by: "ALTER PUBLICATION news_# ADD TABLE lab.labelled_one",
        undo: "ALTER PUBLICATION news_# DROP TABLE lab.labelled_one",
      },
      {
        by: "ALTER PUBLICATION news_# ADD TABLES IN SCHEMA side",
        undo: "ALTER PUBLICATION news_# DROP TABLES IN SCHEMA side",
        since: 15,
      },
      {
        by: "ALTER PUBLICATION news_# SET TABLE lab.host (id) WHERE (id > 5)",
        undo: "ALTER PUBLICATION news_# SET TABLE lab.host",
        since: 15,
      },
    ],
  },
  {
    kind: "subscription",
    name: "feed_#",
    make: `CREATE SUBSCRIPTION feed_# CONNECTION 'dbname=nowhere'
      PUBLICATION far WITH (connect = false, slot_name = NONE)`,
    drop: "DROP SUBSCRIPTION feed_#",
    word: "SUBSCRIPTION feed_#",
    has: "owner and comment",
    changes: [
      {
        by: "ALTER SUBSCRIPTION feed_# SET PUBLICATION near " +
          "WITH (refresh = false)",
        undo: "ALTER SUBSCRIPTION feed_# SET PUBLICATION far " +
          "WITH (refresh = false)",
        parts: "note",
      },
      {
        by: "ALTER SUBSCRIPTION feed_# SET (synchronous_commit = 'local')",
        undo: "ALTER SUBSCRIPTION feed_# SET (synchronous_commit = 'off')",
        parts: "note",
      },
      {
        by: "ALTER SUBSCRIPTION feed_# SET (slot_name = 'there')",
        undo: "ALTER SUBSCRIPTION feed_# SET (slot_name = NONE)",
        parts: "note",
      },
      {
        by: "ALTER SUBSCRIPTION feed_# SET (binary = true)",
        undo: "ALTER SUBSCRIPTION feed_# SET (binary = false)",
        parts: "note",
      },
    ],
  },
  {
    kind: "event trigger",
    name: "guard_#",
    make: `CREATE EVENT TRIGGER guard_# ON ddl_command_end
      WHEN TAG IN ('CREATE CONVERSION') EXECUTE FUNCTION lab.watch()`,
    drop: "DROP EVENT TRIGGER guard_#",
    word: "EVENT TRIGGER guard_#",
    has: "owner and comment",
    changes: [
      {
        by: "ALTER EVENT TRIGGER guard_# DISABLE",
        undo: "ALTER EVENT TRIGGER guard_# ENABLE",
      },
      {
        by: `DROP EVENT TRIGGER guard_#;
          CREATE EVENT TRIGGER guard_# ON sql_drop
          EXECUTE FUNCTION lab.watch()`,
        undo: `DROP EVENT TRIGGER guard_#;
          CREATE EVENT TRIGGER guard_# ON ddl_command_end
          WHEN TAG IN ('CREATE CONVERSION') EXECUTE FUNCTION lab.watch()`,
      },
    ],
  },
  {
    kind: "default privileges",
    name: "tables of $ME in default_#",
    make: `ALTER DEFAULT PRIVILEGES IN SCHEMA default_#
      GRANT SELECT ON TABLES TO $ROLE`,
    drop: `ALTER DEFAULT PRIVILEGES IN SCHEMA default_#
      REVOKE SELECT ON TABLES FROM $ROLE`,
    changes: [{
      by: `ALTER DEFAULT PRIVILEGES IN SCHEMA default_#
        GRANT INSERT ON TABLES TO $ROLE`,
      undo: `ALTER DEFAULT PRIVILEGES IN SCHEMA default_#
        REVOKE INSERT ON TABLES FROM $ROLE`,
      parts: "privileges",
    }],
  },
  {
    // No provider is loaded, so the row is written as one would write it.
    kind: "security label",
    name: "table lab.labelled_# by tests",
    make: `INSERT INTO pg_seclabel (objoid, classoid, objsubid, provider, label)
      VALUES ('lab.labelled_#'::regclass, 'pg_class'::regclass, 0, 'tests', 'x')`,
    drop: `DELETE FROM pg_seclabel WHERE objoid = 'lab.labelled_#'::regclass`,
    changes: [{
      by: `UPDATE pg_seclabel SET label = 'y'
        WHERE objoid = 'lab.labelled_#'::regclass`,
      undo: `UPDATE pg_seclabel SET label = 'x'
        WHERE objoid = 'lab.labelled_#'::regclass`,
    }],
  },
];

function ofTable(by: string, undo: string): readonly KindChange[] {
  return [{
    by: `ALTER TABLE lab.table_# ${by}`,
    undo: `ALTER TABLE lab.table_# ${undo}`,
  }];
}

function named(
  changes: readonly KindChange[],
  name: string,
): readonly KindChange[] {
  return changes.map((change) => ({
    ...change,
    by: change.by.replace("#", name),
    undo: change.undo.replace("#", name),
  }));
}
