-- PostgreSQL 14 to 18. What all kinds of objects are read from: what is the
-- user's own, without the members of extensions and our tracking objects.
member AS MATERIALIZED (
    SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e'
),
space AS MATERIALIZED (
    SELECT n.*, quote_ident(n.nspname) AS name
    FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
tracked AS MATERIALIZED (
    SELECT c.oid
    FROM pg_class c
    JOIN space s ON s.oid = c.relnamespace
    WHERE s.nspname = {tracking_schema} AND c.relname IN ({tracking_relations})
    UNION ALL
    SELECT i.indexrelid
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN space s ON s.oid = c.relnamespace
    WHERE s.nspname = {tracking_schema} AND c.relname IN ({tracking_relations})
    UNION ALL
    SELECT d.objid
    FROM pg_depend d
    JOIN pg_class c ON c.oid = d.refobjid
    JOIN space s ON s.oid = c.relnamespace
    WHERE d.classid = 'pg_class'::regclass
        AND d.refclassid = 'pg_class'::regclass
        AND d.deptype IN ('a', 'i')
        AND s.nspname = {tracking_schema} AND c.relname IN ({tracking_relations})
),
relation AS MATERIALIZED (
    SELECT c.*, format('%s.%I', s.name, c.relname) AS name
    FROM pg_class c
    JOIN space s ON s.oid = c.relnamespace
    LEFT JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
    WHERE m.objid IS NULL
        AND c.relpersistence <> 't'
        AND c.oid NOT IN (SELECT t.oid FROM tracked t)
),
routine AS MATERIALIZED (
    SELECT p.*, s.name AS space_name, EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i'
    ) AS is_of_type
    FROM pg_proc p
    JOIN space s ON s.oid = p.pronamespace
    LEFT JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
    WHERE m.objid IS NULL
        AND NOT (
            s.nspname = {tracking_schema} AND p.proname = {tracking_function}
            AND p.pronargs = 0
        )
),
-- Row types, arrays and multiranges follow from what they belong to.
own_type AS MATERIALIZED (
    SELECT t.*, format('%s.%I', s.name, t.typname) AS name
    FROM pg_type t
    JOIN space s ON s.oid = t.typnamespace
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    LEFT JOIN member m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
    WHERE m.objid IS NULL
        AND (c.oid IS NULL OR c.relkind = 'c')
        AND t.typtype <> 'm'
        AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
),
-- Asked for one sequence at a time.
sequence_option AS NOT MATERIALIZED (
    SELECT
        q.seqrelid,
        concat_ws(
            ' ',
            CASE WHEN q.seqincrement <> 1 THEN 'INCREMENT BY ' || q.seqincrement END,
            CASE WHEN q.seqmin <> CASE WHEN q.seqincrement > 0 THEN 1 ELSE l.least END
                THEN 'MINVALUE ' || q.seqmin END,
            CASE WHEN q.seqmax <> CASE WHEN q.seqincrement > 0 THEN l.most ELSE -1 END
                THEN 'MAXVALUE ' || q.seqmax END,
            CASE WHEN q.seqstart <> CASE WHEN q.seqincrement > 0 THEN q.seqmin ELSE q.seqmax END
                THEN 'START WITH ' || q.seqstart END,
            CASE WHEN q.seqcache <> 1 THEN 'CACHE ' || q.seqcache END,
            CASE WHEN q.seqcycle THEN 'CYCLE' END
        ) AS options
    FROM pg_sequence q
    CROSS JOIN LATERAL (
        SELECT
            CASE q.seqtypid
                WHEN 'int2'::regtype THEN -32768
                WHEN 'int4'::regtype THEN -2147483648
                ELSE -9223372036854775808
            END AS least,
            CASE q.seqtypid
                WHEN 'int2'::regtype THEN 32767
                WHEN 'int4'::regtype THEN 2147483647
                ELSE 9223372036854775807
            END AS most
    ) l
),
-- What is said of an index behind the statement that makes it.
index_extra AS (
    SELECT
        i.indexrelid,
        concat_ws(
            E'\n',
            CASE WHEN c.reltablespace <> 0 THEN
                format('ALTER INDEX %s SET TABLESPACE %I;', c.name, ts.spcname) END,
            (
                SELECT string_agg(
                    format(
                        'ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s;',
                        c.name, a.attnum, a.attstattarget
                    ),
                    E'\n' ORDER BY a.attnum
                )
                FROM pg_attribute a
                WHERE a.attrelid = c.oid AND COALESCE(a.attstattarget, -1) <> -1
            ),
            (
                SELECT format('ALTER INDEX %s ATTACH PARTITION %s;', h.inhparent::regclass, c.name)
                FROM pg_inherits h WHERE h.inhrelid = c.oid
            ),
            CASE WHEN i.indisclustered THEN
                format('ALTER TABLE %s CLUSTER ON %I;', i.indrelid::regclass, c.relname) END,
            CASE WHEN i.indisreplident THEN
                format(
                    'ALTER TABLE ONLY %s REPLICA IDENTITY USING INDEX %I;',
                    i.indrelid::regclass, c.relname
                ) END
        ) AS statements,
        CASE WHEN c.relkind = 'i' AND NOT i.indisvalid THEN
            format('the index %s is not valid; this makes a valid one', c.name) END AS note
    FROM pg_index i
    JOIN relation c ON c.oid = i.indexrelid
    LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
)
