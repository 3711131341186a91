-- PostgreSQL 14 to 18. Data that are in no table of the user: large objects,
-- and the tables of extensions that an extension says are to be kept.
SELECT 'large objects' AS what, NULL AS id, NULL AS probe
WHERE EXISTS (SELECT FROM pg_largeobject_metadata)
UNION ALL
SELECT
    format('table %s of the extension %I', t.oid::regclass, e.extname),
    concat('pg_extension'::regclass::oid, '.', e.oid),
    format('SELECT EXISTS (SELECT FROM %s %s)', t.oid::regclass, t.condition)
FROM pg_extension e
CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS t (oid, condition)
JOIN pg_class c ON c.oid = t.oid
WHERE c.relkind = 'r'
