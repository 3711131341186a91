SELECT
    'index', format('%s.%I', i.indrelid::regclass, c.relname), 'pg_class'::regclass, c.oid,
    'INDEX', c.name, NULL, NULL, NULL, NULL, NULL,
    concat_ws(E'\n', pg_get_indexdef(c.oid) || ';', NULLIF(x.statements, '')),
    NULL, NULL, x.note, NULL, NULL
FROM pg_index i
JOIN relation c ON c.oid = i.indexrelid
JOIN index_extra x ON x.indexrelid = i.indexrelid
WHERE NOT EXISTS (
    SELECT FROM pg_constraint k
    WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
)

UNION ALL
SELECT
    CASE k.contype WHEN 'f' THEN 'foreign key' ELSE 'constraint' END,
    format('%s.%I', r.name, k.conname), 'pg_constraint'::regclass, k.oid,
    'CONSTRAINT', format('%I ON %s', k.conname, r.name), NULL, NULL, NULL, NULL, NULL,
    concat_ws(E'\n',
        format(
            'ALTER TABLE %s%s ADD CONSTRAINT %I %s;',
            CASE WHEN k.contype IN ('p', 'u', 'x') THEN 'ONLY ' END,
            r.name, k.conname, pg_get_constraintdef(k.oid)
        ),
        (
            SELECT format('ALTER INDEX %s SET (%s);', c.name,
                string_agg(format('%s=%L', o.option_name, o.option_value), ', '
                    ORDER BY o.option_name COLLATE "C"))
            FROM pg_options_to_table(c.reloptions) o
            HAVING count(*) > 0
        ),
        NULLIF(x.statements, '')
    ),
    NULL, NULL, x.note,
    (
        SELECT format('COMMENT ON INDEX %s IS %L;', c.name, d.description)
        FROM pg_description d
        WHERE d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
    ),
    NULL
FROM pg_constraint k
JOIN relation r ON r.oid = k.conrelid
LEFT JOIN relation c ON c.oid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN index_extra x ON x.indexrelid = c.oid
-- What a parent's constraint makes in its children comes with it.
WHERE k.contype IN ('p', 'u', 'x')
    OR k.contype = 'f' AND k.conparentid = 0
    OR k.contype = 'c' AND k.conislocal

UNION ALL
SELECT
    'statistics', x.oid_name, 'pg_statistic_ext'::regclass, x.oid,
    'STATISTICS', x.oid_name, x.stxowner, NULL, NULL, NULL, NULL,
    concat_ws(E'\n',
        pg_get_statisticsobjdef(x.oid) || ';',
        CASE WHEN COALESCE(x.stxstattarget, -1) <> -1 THEN
            format('ALTER STATISTICS %s SET STATISTICS %s;', x.oid_name, x.stxstattarget) END
    ),
    NULL, NULL, NULL, NULL, NULL
FROM (
    SELECT e.*, format('%s.%I', s.name, e.stxname) AS oid_name
    FROM pg_statistic_ext e
    JOIN space s ON s.oid = e.stxnamespace
) x
JOIN relation r ON r.oid = x.stxrelid
