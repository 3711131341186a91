-- PostgreSQL 14 to 18. Tables with at least a page, and the large objects.
SELECT c.oid::regclass::text AS name
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
    AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname !~ '^pg_(toast|temp)'
    AND format(
            '"%s"."%s"', replace(n.nspname, '"', '""'),
            replace(c.relname, '"', '""')
        ) <> ALL (ARRAY[{own_tables}])
    AND pg_relation_size(c.oid) > 0
UNION ALL
SELECT 'large objects'
WHERE EXISTS (SELECT FROM pg_largeobject_metadata)
LIMIT 20
