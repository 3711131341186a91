SELECT
    CASE r.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END,
    r.name, 'pg_class'::regclass, r.oid,
    CASE r.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END, r.name,
    r.relowner, 'r', r.relacl, NULL, NULL,
    concat_ws(E'\n',
        concat_ws(' ',
            'CREATE', CASE r.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END, r.name,
            CASE WHEN am.amname <> 'heap' THEN format('USING %I', am.amname) END,
            (
                SELECT 'WITH (' || string_agg(format('%s=%L', o.option_name, o.option_value), ', '
                    ORDER BY o.option_name COLLATE "C") || ')'
                FROM pg_options_to_table(r.reloptions) o
                HAVING count(*) > 0
            ),
            (SELECT format('TABLESPACE %I', ts.spcname) FROM pg_tablespace ts WHERE ts.oid = r.reltablespace),
            'AS'
        ),
        CASE r.relkind
            WHEN 'v' THEN pg_get_viewdef(r.oid)
            ELSE rtrim(pg_get_viewdef(r.oid), ';') || E'\nWITH NO DATA;'
        END,
        (
            SELECT string_agg(
                format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s;',
                    r.name, a.attname, pg_get_expr(d.adbin, d.adrelid)),
                E'\n' ORDER BY a.attnum
            )
            FROM pg_attribute a
            JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = r.oid
        ),
        (
            SELECT string_agg(
                format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %I SET STATISTICS %s;',
                    r.name, a.attname, a.attstattarget),
                E'\n' ORDER BY a.attnum
            )
            FROM pg_attribute a
            WHERE a.attrelid = r.oid AND r.relkind = 'm' AND a.attnum > 0
                AND COALESCE(a.attstattarget, -1) <> -1
        )
    ),
    NULL, NULL, NULL,
    (
        SELECT string_agg(
            format('COMMENT ON COLUMN %s.%I IS %L;', r.name, a.attname, d.description),
            E'\n' ORDER BY a.attnum
        )
        FROM pg_description d
        JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
        WHERE d.classoid = 'pg_class'::regclass AND d.objoid = r.oid AND d.objsubid > 0
    ),
    (
        SELECT string_agg(g.line, E'\n' ORDER BY g.line COLLATE "C")
        FROM (
            SELECT format(
                'GRANT %s (%I) ON TABLE %s TO %s%s;', e.privilege_type, a.attname, r.name,
                CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(e.grantee)) END,
                CASE WHEN bool_or(e.is_grantable) THEN ' WITH GRANT OPTION' END
            ) AS line
            FROM pg_attribute a
            CROSS JOIN LATERAL aclexplode(a.attacl) e
            WHERE a.attrelid = r.oid AND a.attacl IS NOT NULL
            GROUP BY e.privilege_type, e.grantee, a.attname
        ) g
    )
FROM relation r
LEFT JOIN pg_am am ON am.oid = r.relam
WHERE r.relkind IN ('v', 'm')

UNION ALL
SELECT
    'rule', format('%s.%I', r.name, w.rulename), 'pg_rewrite'::regclass, w.oid,
    'RULE', format('%I ON %s', w.rulename, r.name), NULL, NULL, NULL, NULL, NULL,
    concat_ws(E'\n',
        pg_get_ruledef(w.oid),
        CASE WHEN w.ev_enabled <> 'O' THEN format('ALTER TABLE %s %s RULE %I;', r.name,
            CASE w.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
            w.rulename) END
    ),
    NULL, NULL, NULL, NULL, NULL
FROM pg_rewrite w
JOIN relation r ON r.oid = w.ev_class
WHERE w.rulename <> '_RETURN'

UNION ALL
-- The triggers that partitions have from their parent come with it, unless
-- they are switched on or off by themselves.
SELECT
    'trigger', format('%s.%I', r.name, g.tgname), 'pg_trigger'::regclass, g.oid,
    'TRIGGER', format('%I ON %s', g.tgname, r.name), NULL, NULL, NULL, NULL, NULL,
    concat_ws(E'\n',
        CASE WHEN p.oid IS NULL THEN pg_get_triggerdef(g.oid) || ';' END,
        CASE WHEN g.tgenabled <> COALESCE(p.tgenabled, 'O') THEN
            format('ALTER TABLE %s%s %s TRIGGER %I;',
                CASE WHEN p.oid IS NOT NULL THEN 'ONLY ' END, r.name,
                CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
                    WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END,
                g.tgname) END
    ),
    NULL, NULL, NULL, NULL, NULL
FROM pg_trigger g
JOIN relation r ON r.oid = g.tgrelid
LEFT JOIN pg_trigger p ON p.oid = g.tgparentid
WHERE NOT g.tgisinternal AND (p.oid IS NULL OR g.tgenabled <> p.tgenabled)

UNION ALL
SELECT
    'policy', format('%s.%I', r.name, y.polname), 'pg_policy'::regclass, y.oid,
    'POLICY', format('%I ON %s', y.polname, r.name), NULL, NULL, NULL, NULL, NULL,
    concat_ws(E'\n',
        format('CREATE POLICY %I ON %s', y.polname, r.name),
        CASE WHEN NOT y.polpermissive THEN '    AS RESTRICTIVE' END,
        '    FOR ' || CASE y.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT'
            WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' END,
        '    TO ' || (
            SELECT string_agg(quote_ident(pg_get_userbyid(role_id)), ', '
                ORDER BY pg_get_userbyid(role_id) COLLATE "C")
            FROM unnest(y.polroles) AS role_id WHERE role_id <> 0
        ),
        '    USING (' || pg_get_expr(y.polqual, y.polrelid) || ')',
        '    WITH CHECK (' || pg_get_expr(y.polwithcheck, y.polrelid) || ')'
    ) || ';',
    NULL, NULL, NULL, NULL, NULL
FROM pg_policy y
JOIN relation r ON r.oid = y.polrelid
