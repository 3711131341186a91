SELECT
    'operator', o.oid::regoperator::text, 'pg_operator'::regclass, o.oid,
    'OPERATOR', o.oid::regoperator::text, o.oprowner, NULL, NULL, NULL, NULL,
    format(E'CREATE OPERATOR %s.%s (\n    %s\n);', s.name, o.oprname, concat_ws(E',\n    ',
        'FUNCTION = ' || o.oprcode,
        'LEFTARG = ' || format_type(NULLIF(o.oprleft, 0), NULL),
        'RIGHTARG = ' || format_type(NULLIF(o.oprright, 0), NULL),
        'COMMUTATOR = ' || (
            SELECT format('OPERATOR(%I.%s)', n.nspname, c.oprname)
            FROM pg_operator c JOIN pg_namespace n ON n.oid = c.oprnamespace WHERE c.oid = o.oprcom
        ),
        'NEGATOR = ' || (
            SELECT format('OPERATOR(%I.%s)', n.nspname, c.oprname)
            FROM pg_operator c JOIN pg_namespace n ON n.oid = c.oprnamespace WHERE c.oid = o.oprnegate
        ),
        'RESTRICT = ' || NULLIF(o.oprrest::oid, 0)::regproc,
        'JOIN = ' || NULLIF(o.oprjoin::oid, 0)::regproc,
        CASE WHEN o.oprcanhash THEN 'HASHES' END,
        CASE WHEN o.oprcanmerge THEN 'MERGES' END
    )),
    NULL, NULL, NULL, NULL, NULL
FROM pg_operator o
JOIN space s ON s.oid = o.oprnamespace
LEFT JOIN member m ON m.classid = 'pg_operator'::regclass AND m.objid = o.oid
WHERE m.objid IS NULL AND o.oprcode::oid <> 0

UNION ALL
SELECT
    'operator family', f.name, 'pg_opfamily'::regclass, f.oid,
    'OPERATOR FAMILY', f.name, f.opfowner, NULL, NULL, NULL, NULL,
    concat_ws(E'\n',
        format('CREATE OPERATOR FAMILY %s;', f.name),
        (
            SELECT format(E'ALTER OPERATOR FAMILY %s ADD%s;', f.name,
                string_agg(E'\n    ' || e.line, ',' ORDER BY e.line COLLATE "C"))
            FROM operator_member e
            WHERE e.owner_class = 'pg_opfamily'::regclass AND e.owner_id = f.oid
            HAVING count(*) > 0
        )
    ),
    NULL, NULL, NULL, NULL, NULL
FROM (
    SELECT o.*, format('%s.%I USING %I', s.name, o.opfname, a.amname) AS name
    FROM pg_opfamily o
    JOIN space s ON s.oid = o.opfnamespace
    JOIN pg_am a ON a.oid = o.opfmethod
) f
LEFT JOIN member m ON m.classid = 'pg_opfamily'::regclass AND m.objid = f.oid
WHERE m.objid IS NULL

UNION ALL
SELECT
    'operator class', c.name, 'pg_opclass'::regclass, c.oid,
    'OPERATOR CLASS', c.name, c.opcowner, NULL, NULL, NULL, NULL,
    format(E'CREATE OPERATOR CLASS %s\n    %sFOR TYPE %s USING %I FAMILY %I.%I AS%s;',
        c.plain_name, CASE WHEN c.opcdefault THEN 'DEFAULT ' END,
        format_type(c.opcintype, NULL), c.amname, n.nspname, f.opfname,
        (
            SELECT string_agg(E'\n    ' || e.line, ',' ORDER BY e.line COLLATE "C")
            FROM (
                SELECT o.line
                FROM operator_member o
                WHERE o.owner_class = 'pg_opclass'::regclass AND o.owner_id = c.oid
                UNION ALL
                SELECT 'STORAGE ' || format_type(COALESCE(NULLIF(c.opckeytype, 0), c.opcintype), NULL)
                WHERE c.opckeytype <> 0 OR NOT EXISTS (
                    SELECT FROM operator_member o
                    WHERE o.owner_class = 'pg_opclass'::regclass AND o.owner_id = c.oid
                )
            ) e
        )
    ),
    NULL, NULL, NULL, NULL, NULL
FROM (
    SELECT o.*, a.amname, format('%s.%I', s.name, o.opcname) AS plain_name,
        format('%s.%I USING %I', s.name, o.opcname, a.amname) AS name
    FROM pg_opclass o
    JOIN space s ON s.oid = o.opcnamespace
    JOIN pg_am a ON a.oid = o.opcmethod
) c
JOIN pg_opfamily f ON f.oid = c.opcfamily
JOIN pg_namespace n ON n.oid = f.opfnamespace
LEFT JOIN member m ON m.classid = 'pg_opclass'::regclass AND m.objid = c.oid
WHERE m.objid IS NULL

UNION ALL
SELECT
    'cast', shown.name, 'pg_cast'::regclass, c.oid,
    'CAST', shown.name, NULL, NULL, NULL, NULL, NULL,
    format('CREATE CAST %s %s%s;', shown.name,
        CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure
            WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,
        CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' END),
    NULL, NULL, NULL, NULL, NULL
FROM pg_cast c
CROSS JOIN LATERAL (
    SELECT format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)) AS name
) shown
LEFT JOIN member m ON m.classid = 'pg_cast'::regclass AND m.objid = c.oid
WHERE m.objid IS NULL AND c.oid >= 16384
    -- A range type comes with the cast to its multirange type.
    AND NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i'
    )
