/** The tables that the cases are about. */
export const LOCK_SCHEMA = `
CREATE TABLE r (id int PRIMARY KEY, n int);
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c int NOT NULL, e varchar(9),
  g int GENERATED ALWAYS AS (1) STORED, i int GENERATED ALWAYS AS IDENTITY,
  CONSTRAINT t_b CHECK (b <> 'never'));
INSERT INTO r SELECT n, n FROM generate_series(1, 50) n;
INSERT INTO t (id, a, b, c, e) SELECT n, n, 'b', n, 'e' FROM generate_series(1, 50) n;
CREATE INDEX t_a ON t (a);
CREATE UNIQUE INDEX t_c ON t (c);
CREATE UNIQUE INDEX t_ident ON t (id, c);
ALTER TABLE t ADD CONSTRAINT t_fk FOREIGN KEY (a) REFERENCES r NOT VALID;
ALTER TABLE t ADD CONSTRAINT t_check CHECK (a > 0) NOT VALID;
CREATE FUNCTION trig() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t_trig BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trig();
CREATE RULE t_rule AS ON DELETE TO t WHERE OLD.id < 0 DO INSTEAD NOTHING;
CREATE POLICY t_policy ON t;
CREATE TABLE parts (a int) PARTITION BY LIST (a);
CREATE TABLE part1 PARTITION OF parts FOR VALUES IN (1);
CREATE TABLE loose (a int);
INSERT INTO loose VALUES (2);
CREATE TABLE p0 (a int);
CREATE TABLE c0 () INHERITS (p0);
CREATE TABLE c1 (a int);
CREATE MATERIALIZED VIEW m AS SELECT id FROM r;
CREATE UNIQUE INDEX m_id ON m (id);
CREATE VIEW v AS SELECT id FROM r;
CREATE SEQUENCE s;
CREATE DOMAIN d AS int;
ALTER DOMAIN d ADD CONSTRAINT d_old CHECK (VALUE > -1) NOT VALID;
CREATE TABLE dt (x d);
INSERT INTO dt VALUES (1);
CREATE PUBLICATION pub FOR TABLE r;
CREATE SCHEMA other;
CREATE TYPE row_type AS (a int);
CREATE TABLE typed OF row_type;
CREATE TABLE plain (a int);
CREATE STATISTICS t_stats ON a, c FROM t;
`;

/** A statement, and which servers know it. */
export interface LockCase {
  readonly sql: string;
  /** The oldest server that takes it. */
  readonly from?: number;
  /** Whether the server writes new files without that it is a rewrite. */
  readonly makesNewFile?: true;
  /** Whether some servers also take the weakest lock, which stops nobody. */
  readonly alsoReads?: true;
}

/** Statements that run in a transaction. */
export const LOCK_CASES: readonly LockCase[] = [
  { sql: "SELECT * FROM t" },
  { sql: "SELECT * FROM t JOIN r ON t.a = r.id WHERE t.id = 1" },
  { sql: "WITH w AS (SELECT * FROM r) SELECT * FROM w" },
  { sql: "SELECT * FROM t FOR UPDATE" },
  { sql: "SELECT 1 FROM t x, r FOR SHARE OF x" },
  { sql: "SELECT 1 FROM (SELECT * FROM t) x FOR NO KEY UPDATE" },
  { sql: "SELECT * INTO fresh FROM r" },
  { sql: "INSERT INTO r VALUES (100)" },
  { sql: "INSERT INTO plain SELECT id FROM r" },
  { sql: "UPDATE plain SET a = 2" },
  { sql: "UPDATE plain SET a = r.n FROM r" },
  { sql: "DELETE FROM plain" },
  { sql: "WITH gone AS (DELETE FROM plain RETURNING a) SELECT * FROM gone" },
  {
    sql: "MERGE INTO plain USING r ON plain.a = r.id WHEN MATCHED THEN DELETE",
    from: 15,
  },
  { sql: "TRUNCATE plain, loose", makesNewFile: true },
  { sql: "LOCK TABLE t IN ROW SHARE MODE" },
  { sql: "LOCK TABLE t IN SHARE MODE" },
  { sql: "LOCK TABLE t, r IN SHARE ROW EXCLUSIVE MODE" },
  { sql: "LOCK TABLE t IN EXCLUSIVE MODE" },
  { sql: "LOCK t" },
  { sql: "CREATE TABLE n1 (a int)" },
  { sql: "CREATE TABLE n1 (a int REFERENCES r, FOREIGN KEY (a) REFERENCES t)" },
  { sql: "CREATE TABLE n1 (LIKE t)" },
  { sql: "CREATE TABLE n1 () INHERITS (p0)" },
  { sql: "CREATE TABLE n1 PARTITION OF parts FOR VALUES IN (9)" },
  { sql: "CREATE TABLE n1 AS SELECT * FROM r" },
  { sql: "CREATE MATERIALIZED VIEW n1 AS SELECT * FROM r" },
  { sql: "CREATE VIEW n1 AS SELECT * FROM r" },
  { sql: "CREATE OR REPLACE VIEW v AS SELECT id FROM r" },
  { sql: "REFRESH MATERIALIZED VIEW m" },
  { sql: "REFRESH MATERIALIZED VIEW CONCURRENTLY m" },
  { sql: "CREATE INDEX ON t (b)" },
  { sql: "REINDEX TABLE t", makesNewFile: true },
  { sql: "REINDEX INDEX t_a", makesNewFile: true },
  { sql: "CLUSTER t USING t_a" },
  { sql: "ANALYZE t" },
  {
    sql:
      "CREATE TRIGGER n BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trig()",
  },
  { sql: "DROP TRIGGER t_trig ON t" },
  { sql: "ALTER TRIGGER t_trig ON t RENAME TO other" },
  { sql: "CREATE RULE n AS ON INSERT TO t DO ALSO NOTHING" },
  { sql: "DROP RULE t_rule ON t" },
  { sql: "CREATE POLICY n ON t" },
  { sql: "ALTER POLICY t_policy ON t USING (true)" },
  { sql: "DROP POLICY t_policy ON t" },
  { sql: "CREATE STATISTICS n ON a, c FROM t" },
  { sql: "COMMENT ON TABLE t IS 'x'" },
  { sql: "COMMENT ON COLUMN t.a IS 'x'" },
  { sql: "COMMENT ON CONSTRAINT t_check ON t IS 'x'" },
  { sql: "COMMENT ON TRIGGER t_trig ON t IS 'x'" },
  { sql: "COMMENT ON INDEX t_a IS 'x'" },
  { sql: "COMMENT ON TYPE row_type IS 'x'" },
  { sql: "CREATE PUBLICATION n FOR TABLE t, r" },
  { sql: "ALTER PUBLICATION pub ADD TABLE t" },
  { sql: "ALTER PUBLICATION pub DROP TABLE r" },
  { sql: "GRANT SELECT ON t TO public", alsoReads: true },
  { sql: "REVOKE SELECT ON t FROM public", alsoReads: true },
  { sql: "CREATE SEQUENCE n OWNED BY t.a", alsoReads: true },
  { sql: "ALTER SEQUENCE s RESTART", makesNewFile: true },
  { sql: "DROP SEQUENCE s" },
  { sql: "DROP TABLE plain" },
  { sql: "DROP TABLE t" },
  { sql: "DROP VIEW v" },
  { sql: "DROP MATERIALIZED VIEW m" },
  { sql: "DROP INDEX t_a" },
  { sql: "DROP FUNCTION IF EXISTS nothing()" },
  { sql: "CREATE FUNCTION n() RETURNS int LANGUAGE sql AS 'SELECT 1'" },
  { sql: "CREATE SCHEMA n" },
  { sql: "CREATE TYPE n AS ENUM ('a')" },
  { sql: "CREATE DOMAIN n AS int" },
  { sql: "ALTER DOMAIN d ADD CONSTRAINT d_new CHECK (VALUE > 0)" },
  { sql: "ALTER DOMAIN d ADD CONSTRAINT d_new CHECK (VALUE > 0) NOT VALID" },
  { sql: "ALTER DOMAIN d VALIDATE CONSTRAINT d_old" },
  { sql: "ALTER DOMAIN d SET NOT NULL" },
  { sql: "ALTER DOMAIN d SET DEFAULT 3" },
  { sql: "ALTER TABLE t RENAME TO other" },
  { sql: "ALTER TABLE t RENAME a TO other" },
  { sql: "ALTER TABLE t RENAME CONSTRAINT t_check TO other" },
  { sql: "ALTER INDEX t_a RENAME TO other" },
  { sql: "ALTER VIEW v RENAME TO other" },
  { sql: "ALTER TABLE t SET SCHEMA other" },
  { sql: "ALTER TABLE t ADD COLUMN n int" },
  { sql: "ALTER TABLE t ADD COLUMN n int NOT NULL DEFAULT 3" },
  { sql: "ALTER TABLE t ADD COLUMN n timestamptz DEFAULT now()" },
  { sql: "ALTER TABLE t ADD COLUMN n float8 DEFAULT random()" },
  { sql: "ALTER TABLE t ADD COLUMN n text DEFAULT upper('a')" },
  { sql: "ALTER TABLE t ADD COLUMN n bigserial" },
  { sql: "ALTER TABLE t ADD COLUMN n int GENERATED ALWAYS AS (a + 1) STORED" },
  {
    sql: "ALTER TABLE t ADD COLUMN n int GENERATED ALWAYS AS (a + 1) VIRTUAL",
    from: 18,
  },
  { sql: "ALTER TABLE plain ADD COLUMN n int GENERATED ALWAYS AS IDENTITY" },
  { sql: "ALTER TABLE t ADD COLUMN n d" },
  { sql: "ALTER TABLE t ADD COLUMN n int CHECK (n > 0)" },
  { sql: "ALTER TABLE t ADD COLUMN n int UNIQUE" },
  { sql: "ALTER TABLE t ADD COLUMN n int REFERENCES r" },
  { sql: "ALTER TABLE t ADD COLUMN n int DEFAULT 1 REFERENCES r" },
  { sql: "ALTER TABLE plain ADD COLUMN n int PRIMARY KEY" },
  { sql: "ALTER TABLE t DROP COLUMN b" },
  { sql: "ALTER TABLE t DROP COLUMN a" },
  { sql: "ALTER TABLE t DROP CONSTRAINT t_fk" },
  { sql: "ALTER TABLE t ALTER a SET DEFAULT 3" },
  { sql: "ALTER TABLE t ALTER a DROP DEFAULT" },
  { sql: "ALTER TABLE t ALTER b SET NOT NULL" },
  { sql: "ALTER TABLE t ALTER c DROP NOT NULL" },
  { sql: "ALTER TABLE t ALTER a TYPE bigint" },
  { sql: "ALTER TABLE t ALTER e TYPE text" },
  { sql: "ALTER TABLE t ALTER a SET STATISTICS 9" },
  { sql: "ALTER TABLE t ALTER a SET (n_distinct = 9)" },
  { sql: "ALTER TABLE t ALTER a RESET (n_distinct)" },
  { sql: "ALTER TABLE t ALTER b SET STORAGE EXTERNAL" },
  { sql: "ALTER TABLE t ALTER b SET COMPRESSION pglz" },
  { sql: "ALTER TABLE t ALTER g DROP EXPRESSION" },
  { sql: "ALTER TABLE t ALTER g SET EXPRESSION AS (2)", from: 17 },
  { sql: "ALTER TABLE t ALTER c ADD GENERATED ALWAYS AS IDENTITY" },
  { sql: "ALTER TABLE t ALTER i SET GENERATED BY DEFAULT" },
  { sql: "ALTER TABLE t ALTER i DROP IDENTITY" },
  { sql: "ALTER TABLE t ADD CONSTRAINT n CHECK (c > 0)" },
  { sql: "ALTER TABLE t ADD CONSTRAINT n CHECK (c > 0) NOT VALID" },
  {
    sql: "ALTER TABLE t ADD CONSTRAINT n CHECK (c > 0) NOT ENFORCED",
    from: 18,
  },
  { sql: "ALTER TABLE t ADD CONSTRAINT n NOT NULL b", from: 18 },
  { sql: "ALTER TABLE t ADD CONSTRAINT n NOT NULL b NOT VALID", from: 18 },
  { sql: "ALTER TABLE t ADD CONSTRAINT n FOREIGN KEY (c) REFERENCES r" },
  {
    sql:
      "ALTER TABLE t ADD CONSTRAINT n FOREIGN KEY (c) REFERENCES r NOT VALID",
  },
  { sql: "ALTER TABLE t ADD CONSTRAINT n UNIQUE (a, b)" },
  { sql: "ALTER TABLE t ADD CONSTRAINT n UNIQUE USING INDEX t_c" },
  { sql: "ALTER TABLE plain ADD PRIMARY KEY (a)" },
  { sql: "ALTER TABLE t ADD CONSTRAINT n EXCLUDE USING btree (c WITH =)" },
  { sql: "ALTER TABLE t VALIDATE CONSTRAINT t_check" },
  { sql: "ALTER TABLE t VALIDATE CONSTRAINT t_fk" },
  { sql: "ALTER TABLE t ALTER CONSTRAINT t_fk DEFERRABLE" },
  { sql: "ALTER TABLE t DROP CONSTRAINT t_check" },
  { sql: "ALTER TABLE t DISABLE TRIGGER t_trig" },
  { sql: "ALTER TABLE t ENABLE TRIGGER t_trig" },
  { sql: "ALTER TABLE t ENABLE REPLICA TRIGGER t_trig" },
  { sql: "ALTER TABLE t ENABLE ALWAYS TRIGGER t_trig" },
  { sql: "ALTER TABLE t DISABLE TRIGGER USER" },
  { sql: "ALTER TABLE t ENABLE TRIGGER USER" },
  { sql: "ALTER TABLE t DISABLE TRIGGER ALL" },
  { sql: "ALTER TABLE t ENABLE TRIGGER ALL" },
  { sql: "ALTER TABLE t DISABLE RULE t_rule" },
  { sql: "ALTER TABLE t ENABLE RULE t_rule" },
  { sql: "ALTER TABLE t ENABLE REPLICA RULE t_rule" },
  { sql: "ALTER TABLE t ENABLE ALWAYS RULE t_rule" },
  { sql: "ALTER TABLE t ENABLE ROW LEVEL SECURITY" },
  { sql: "ALTER TABLE t DISABLE ROW LEVEL SECURITY" },
  { sql: "ALTER TABLE t FORCE ROW LEVEL SECURITY" },
  { sql: "ALTER TABLE t NO FORCE ROW LEVEL SECURITY" },
  { sql: "ALTER TABLE t CLUSTER ON t_a" },
  { sql: "ALTER TABLE t SET WITHOUT CLUSTER" },
  { sql: "ALTER TABLE plain SET UNLOGGED" },
  { sql: "ALTER TABLE plain SET LOGGED" },
  { sql: "ALTER TABLE t SET ACCESS METHOD heap", from: 15 },
  { sql: "ALTER TABLE t SET TABLESPACE pg_default" },
  { sql: "ALTER TABLE t SET (fillfactor = 70)" },
  { sql: "ALTER TABLE t RESET (fillfactor)" },
  { sql: "ALTER TABLE t SET (autovacuum_enabled = off, fillfactor = 80)" },
  { sql: "ALTER TABLE t SET (user_catalog_table = true)" },
  { sql: "ALTER INDEX t_a SET (fillfactor = 70)" },
  { sql: "ALTER VIEW v SET (security_barrier = true)" },
  { sql: "ALTER TABLE c1 INHERIT p0" },
  { sql: "ALTER TABLE c0 NO INHERIT p0" },
  { sql: "ALTER TABLE plain OF row_type" },
  { sql: "ALTER TABLE typed NOT OF" },
  { sql: "ALTER TABLE t OWNER TO current_user" },
  { sql: "ALTER TABLE t REPLICA IDENTITY FULL" },
  { sql: "ALTER TABLE parts ATTACH PARTITION loose FOR VALUES IN (2)" },
  { sql: "ALTER TABLE parts DETACH PARTITION part1" },
  { sql: "ALTER TABLE t ADD COLUMN n int, ALTER a SET STATISTICS 5" },
  {
    sql:
      "ALTER TABLE t ALTER a SET STATISTICS 5, ADD CONSTRAINT n FOREIGN KEY (c) REFERENCES r",
  },
];

/** Statements that run outside of transactions, with the table they wait for. */
export const LONE_LOCK_CASES: readonly (LockCase & {
  readonly table: string;
})[] = [
  { sql: "CREATE INDEX CONCURRENTLY n ON t (b)", table: "t" },
  { sql: "DROP INDEX CONCURRENTLY t_a", table: "t" },
  { sql: "REINDEX TABLE CONCURRENTLY t", table: "t" },
  { sql: "REINDEX INDEX CONCURRENTLY t_a", table: "t" },
  { sql: "VACUUM t", table: "t" },
  { sql: "VACUUM FULL t", table: "t" },
  { sql: "VACUUM (FULL off) t", table: "t" },
  {
    sql: "ALTER TABLE parts DETACH PARTITION part1 CONCURRENTLY",
    table: "parts",
  },
];
