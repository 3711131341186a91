-- PostgreSQL 14 to 18. Which of the things that a plan drops, empties or
-- overwrites hold data. A table without a page has no row. Names without a
-- schema are looked for in all, as nobody knows the search_path of a script.
-- What goes along is found as the server does: by dependencies, by
-- inheritance, by foreign keys, and from a view to what it is made of.
WITH RECURSIVE wanted AS MATERIALIZED (
    SELECT *
    FROM jsonb_to_recordset({targets}::jsonb) AS w (
        id INTEGER, kind TEXT, schema TEXT, name TEXT, columns TEXT[],
        reach TEXT
    )
),
schemas AS (
    SELECT oid, nspname
    FROM pg_namespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema')
        AND nspname !~ '^pg_(toast|temp)'
),
roots (id, kind, reach, classid, objid) AS (
    SELECT w.id, w.kind, w.reach, 'pg_class'::regclass::oid, c.oid
    FROM wanted w
    JOIN pg_class c ON c.relname = w.name
    JOIN schemas s
        ON s.oid = c.relnamespace AND s.nspname = coalesce(w.schema, s.nspname)
    WHERE w.kind IN ('relation', 'rows', 'columns', 'sequence')
    UNION ALL
    SELECT w.id, w.kind, w.reach, 'pg_namespace'::regclass::oid, s.oid
    FROM wanted w
    JOIN schemas s ON s.nspname = w.name
    WHERE w.kind = 'schema'
    UNION ALL
    SELECT w.id, w.kind, w.reach, 'pg_type'::regclass::oid, t.oid
    FROM wanted w
    JOIN pg_type t ON t.typname = w.name
    JOIN schemas s
        ON s.oid = t.typnamespace AND s.nspname = coalesce(w.schema, s.nspname)
    WHERE w.kind = 'type'
    UNION ALL
    SELECT w.id, w.kind, w.reach, 'pg_proc'::regclass::oid, p.oid
    FROM wanted w
    JOIN pg_proc p ON p.proname = w.name
    JOIN schemas s
        ON s.oid = p.pronamespace AND s.nspname = coalesce(w.schema, s.nspname)
    WHERE w.kind IN ('routine', 'call')
    UNION ALL
    SELECT w.id, w.kind, w.reach, 'pg_extension'::regclass::oid, e.oid
    FROM wanted w
    JOIN pg_extension e ON e.extname = w.name
    WHERE w.kind = 'extension'
    UNION ALL
    SELECT w.id, w.kind, w.reach, 'pg_database'::regclass::oid, d.oid
    FROM wanted w
    JOIN pg_database d ON d.datname = w.name
    WHERE w.kind = 'database'
),
touched (id, kind, reach, classid, objid, objsubid) AS (
    SELECT id, kind, reach, classid, objid, 0
    FROM roots
    WHERE kind NOT IN ('call', 'database', 'sequence')
    UNION
    SELECT t.id, n.kind, t.reach, n.classid, n.objid, n.objsubid
    FROM touched t
    CROSS JOIN LATERAL (
        SELECT t.kind, d.classid, d.objid, d.objsubid
        FROM pg_depend d
        WHERE t.kind NOT IN ('rows', 'columns')
            AND d.refclassid = t.classid
            AND d.refobjid = t.objid
            AND (t.objsubid = 0 OR d.refobjsubid = t.objsubid)
            AND (t.reach = 'cascade' OR d.deptype <> 'n')
        UNION ALL
        SELECT t.kind, 'pg_class'::regclass::oid, i.inhrelid, 0
        FROM pg_inherits i
        WHERE t.kind IN ('rows', 'columns') AND i.inhparent = t.objid
        UNION ALL
        SELECT t.kind, 'pg_class'::regclass::oid, k.conrelid, 0
        FROM pg_constraint k
        WHERE t.kind = 'rows'
            AND t.reach = 'cascade'
            AND k.contype = 'f'
            AND k.confrelid = t.objid
        UNION ALL
        -- Which column of a view is which of a table, nobody says here.
        SELECT 'rows', d.refclassid, d.refobjid, 0
        FROM pg_rewrite r
        JOIN pg_depend d
            ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
        WHERE t.kind IN ('rows', 'columns')
            AND r.ev_class = t.objid
            AND d.refclassid = 'pg_class'::regclass
            AND d.refobjid <> t.objid
    ) n
),
-- Rows that refer to what goes may go, or change, with it.
moved (id, relid) AS (
    SELECT id, objid
    FROM touched
    WHERE kind IN ('rows', 'columns') AND classid = 'pg_class'::regclass
    UNION
    SELECT m.id, k.conrelid
    FROM moved m
    JOIN pg_constraint k ON k.contype = 'f' AND k.confrelid = m.relid
    WHERE k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd')
),
lost (id, name) AS (
    SELECT t.id, c.oid::regclass::text
    FROM touched t
    JOIN wanted w ON w.id = t.id
    JOIN pg_class c ON c.oid = t.objid
    WHERE t.classid = 'pg_class'::regclass
        AND c.relkind = 'r'
        AND c.relpersistence <> 't'
        AND pg_relation_size(c.oid) > 0
        AND (
            t.kind <> 'columns'
            OR EXISTS (
                SELECT
                FROM pg_attribute a
                WHERE a.attrelid = c.oid
                    AND a.attname = ANY (w.columns)
                    AND a.attnum > 0
                    AND a.attgenerated = ''
                    AND NOT a.attisdropped
            )
        )
    UNION
    SELECT r.id, c.oid::regclass::text
    FROM roots r
    JOIN pg_class c ON c.oid = r.objid AND c.relkind = 'S'
    JOIN pg_sequence q ON q.seqrelid = c.oid
    JOIN pg_namespace s ON s.oid = c.relnamespace
    LEFT JOIN pg_sequences v
        ON v.schemaname = s.nspname AND v.sequencename = c.relname
    WHERE r.kind = 'sequence'
        AND (
            v.last_value IS NOT NULL
            OR NOT has_sequence_privilege(c.oid, 'USAGE, SELECT')
        )
    UNION
    SELECT r.id, p.oid::regproc::text
    FROM roots r
    JOIN pg_proc p ON p.oid = r.objid
    JOIN pg_language l ON l.oid = p.prolang
    WHERE r.kind = 'call'
        AND l.lanname NOT IN ('c', 'internal')
        AND coalesce(nullif(p.prosrc, ''), pg_get_function_sqlbody(p.oid))
            ~* {code}
    UNION
    SELECT r.id, d.datname
    FROM roots r
    JOIN pg_database d ON d.oid = r.objid
    WHERE r.kind = 'database'
)
SELECT
    w.id,
    EXISTS (
        SELECT
        FROM roots r
        WHERE r.id = w.id
            AND NOT EXISTS (
                SELECT
                FROM unnest(w.columns) AS x (name)
                LEFT JOIN pg_attribute a
                    ON a.attrelid = r.objid AND a.attname = x.name
                WHERE a.attname IS NULL
            )
    ) AS is_found,
    (
        SELECT coalesce(json_agg(l.name ORDER BY l.name), '[]')
        FROM lost l
        WHERE l.id = w.id
    ) AS lost,
    (
        SELECT coalesce(json_agg(DISTINCT concat(a.classid, '.', a.objid)), '[]')
        FROM (
            SELECT id, classid, objid FROM touched
            UNION ALL
            SELECT id, classid, objid FROM roots WHERE kind = 'sequence'
            UNION ALL
            SELECT id, 'pg_class'::regclass, relid FROM moved
        ) a
        WHERE a.id = w.id
    ) AS touched,
    EXISTS (
        SELECT
        FROM moved m
        JOIN pg_trigger g ON g.tgrelid = m.relid AND NOT g.tgisinternal
        JOIN pg_proc p ON p.oid = g.tgfoid
        WHERE m.id = w.id AND p.prosrc ~* {code}
        UNION ALL
        SELECT
        FROM moved m
        JOIN pg_rewrite r ON r.ev_class = m.relid AND r.ev_type IN ('2', '4')
        WHERE m.id = w.id
    ) AS runs_code
FROM wanted w
ORDER BY w.id
