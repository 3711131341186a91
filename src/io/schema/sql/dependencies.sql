-- PostgreSQL 14 to 18. What needs what, and which object others are part of.
SELECT concat(d.classid, '.', d.objid) AS item, concat(d.refclassid, '.', d.refobjid) AS needed, 'needs' AS link
FROM pg_depend d
WHERE d.objid >= 16384 AND d.refobjid >= 16384
    AND NOT (
        -- A sequence comes before the table that owns it.
        d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
        AND EXISTS (SELECT FROM pg_sequence q WHERE q.seqrelid = d.objid)
    )
    AND NOT (d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_constraint'::regclass)
UNION ALL
SELECT concat('pg_attrdef'::regclass::oid, '.', a.oid), concat('pg_class'::regclass::oid, '.', a.adrelid), 'part'
FROM pg_attrdef a
UNION ALL
SELECT concat('pg_rewrite'::regclass::oid, '.', w.oid), concat('pg_class'::regclass::oid, '.', w.ev_class), 'part'
FROM pg_rewrite w WHERE w.rulename = '_RETURN'
UNION ALL
SELECT concat('pg_type'::regclass::oid, '.', t.oid), concat('pg_class'::regclass::oid, '.', t.typrelid), 'part'
FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind <> 'c'
UNION ALL
SELECT concat('pg_class'::regclass::oid, '.', c.oid), concat('pg_type'::regclass::oid, '.', c.reltype), 'part'
FROM pg_class c WHERE c.relkind = 'c'
UNION ALL
SELECT concat('pg_type'::regclass::oid, '.', t.typarray), concat('pg_type'::regclass::oid, '.', t.oid), 'part'
FROM pg_type t WHERE t.typarray <> 0
UNION ALL
SELECT concat('pg_type'::regclass::oid, '.', g.rngmultitypid), concat('pg_type'::regclass::oid, '.', g.rngtypid), 'part'
FROM pg_range g
UNION ALL
SELECT concat('pg_class'::regclass::oid, '.', k.conindid), concat('pg_constraint'::regclass::oid, '.', k.oid), 'part'
FROM pg_constraint k WHERE k.contype IN ('p', 'u', 'x')
UNION ALL
SELECT concat(d.classid, '.', d.objid), concat(d.refclassid, '.', d.refobjid), 'part'
FROM pg_depend d
WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i'
UNION ALL
SELECT concat('pg_constraint'::regclass::oid, '.', k.oid), concat('pg_type'::regclass::oid, '.', k.contypid), 'part'
FROM pg_constraint k WHERE k.contypid <> 0
UNION ALL
SELECT concat('pg_constraint'::regclass::oid, '.', k.oid), concat('pg_class'::regclass::oid, '.', k.conrelid), 'part'
FROM pg_constraint k WHERE k.contype = 'n' AND k.conrelid <> 0
UNION ALL
SELECT concat('pg_publication_rel'::regclass::oid, '.', p.oid), concat('pg_publication'::regclass::oid, '.', p.prpubid), 'part'
FROM pg_publication_rel p
UNION ALL
SELECT concat(d.classid, '.', d.objid), concat(d.refclassid, '.', d.refobjid), 'part'
FROM pg_depend d
WHERE d.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
    AND d.refclassid IN ('pg_opclass'::regclass, 'pg_opfamily'::regclass)
UNION ALL
SELECT concat(d.classid, '.', d.objid), concat(d.refclassid, '.', d.refobjid), 'part'
FROM pg_depend d WHERE d.deptype = 'e'
