-- PostgreSQL 14 to 18. Data that are in no table of the user: large objects,
-- and the rows of the tables of extensions. In a backup of all, only those
-- matter that the extension does not make by itself.
SELECT 'large objects' AS what, NULL AS id, NULL AS probe
WHERE EXISTS (SELECT FROM pg_largeobject_metadata)
UNION ALL
SELECT
    format('table %s of the extension %I', t.oid::regclass, e.extname),
    NULL,
    format('SELECT EXISTS (SELECT FROM %s %s)', t.oid::regclass, t.condition)
FROM pg_extension e
CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS t (oid, condition)
JOIN pg_class c ON c.oid = t.oid
WHERE c.relkind = 'r'
UNION ALL
SELECT
    format('table %s of the extension %I', c.oid::regclass, e.extname),
    concat('pg_class'::regclass::oid, '.', c.oid),
    NULL
FROM pg_depend d
JOIN pg_extension e ON e.oid = d.refobjid
JOIN pg_class c ON c.oid = d.objid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_extension'::regclass
    AND d.deptype = 'e' AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0
