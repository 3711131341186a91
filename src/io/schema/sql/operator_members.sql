-- The operators and functions of operator classes and families.
operator_member AS (
    SELECT
        d.refclassid AS owner_class, d.refobjid AS owner_id,
        format('OPERATOR %s %s%s', a.amopstrategy, a.amopopr::regoperator, (
            SELECT format(' FOR ORDER BY %I.%I', n.nspname, f.opfname)
            FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace
            WHERE f.oid = a.amopsortfamily
        )) AS line
    FROM pg_depend d
    JOIN pg_amop a ON a.oid = d.objid
    WHERE d.classid = 'pg_amop'::regclass
        AND d.refclassid IN ('pg_opclass'::regclass, 'pg_opfamily'::regclass)
    UNION ALL
    SELECT
        d.refclassid, d.refobjid,
        format('FUNCTION %s (%s, %s) %s', a.amprocnum,
            format_type(a.amproclefttype, NULL), format_type(a.amprocrighttype, NULL),
            a.amproc::regprocedure)
    FROM pg_depend d
    JOIN pg_amproc a ON a.oid = d.objid
    WHERE d.classid = 'pg_amproc'::regclass
        AND d.refclassid IN ('pg_opclass'::regclass, 'pg_opfamily'::regclass)
)
