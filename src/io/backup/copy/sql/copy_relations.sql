-- PostgreSQL 14 to 18. What of the user's own holds data, which columns COPY
-- writes, whose a sequence is, and what the role may not read.
SELECT
    concat('pg_class'::regclass::oid, '.', c.oid) AS id,
    c.oid::regclass::text AS name,
    CASE c.relkind
        WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned'
        WHEN 'm' THEN 'materialized' ELSE 'sequence'
    END AS kind,
    CASE WHEN c.relkind = 'r' THEN (
        SELECT json_agg(quote_ident(a.attname) ORDER BY a.attnum)
        FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND a.attgenerated = ''
    ) END AS columns,
    c.relispopulated AS is_populated,
    (
        SELECT concat(o.refclassid, '.', o.refobjid)
        FROM pg_depend o
        WHERE c.relkind = 'S' AND o.classid = 'pg_class'::regclass AND o.objid = c.oid
            AND o.refclassid = 'pg_class'::regclass AND o.deptype IN ('a', 'i')
    ) AS owner_id,
    c.relkind NOT IN ('r', 'S') OR has_table_privilege(c.oid, 'SELECT') AS is_readable
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'S')
    AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
ORDER BY 2
