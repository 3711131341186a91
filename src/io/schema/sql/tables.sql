SELECT
    CASE r.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END,
    r.name, 'pg_class'::regclass, r.oid,
    CASE r.relkind WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, r.name,
    r.relowner, 'r', r.relacl, NULL, NULL,
    concat_ws(E'\n',
        concat_ws(E'\n',
            format(
                'CREATE %sTABLE %s%s',
                CASE WHEN r.relkind = 'f' THEN 'FOREIGN ' WHEN r.relpersistence = 'u' THEN 'UNLOGGED ' END,
                r.name, ' OF ' || NULLIF(r.reloftype, 0)::regtype
            ) || CASE
                WHEN r.reloftype <> 0 AND columns.lines IS NULL THEN ''
                ELSE format(E' (%s\n)', columns.lines)
            END,
            CASE WHEN NOT r.relispartition THEN (
                SELECT 'INHERITS (' || string_agg(h.inhparent::regclass::text, ', ' ORDER BY h.inhseqno) || ')'
                FROM pg_inherits h WHERE h.inhrelid = r.oid
            ) END,
            'PARTITION BY ' || pg_get_partkeydef(r.oid),
            CASE WHEN r.relkind = 'f' THEN (
                SELECT format('SERVER %I', s.srvname)
                FROM pg_foreign_table t JOIN pg_foreign_server s ON s.oid = t.ftserver
                WHERE t.ftrelid = r.oid
            ) END,
            CASE WHEN r.relkind = 'f' THEN (
                SELECT 'OPTIONS (' || string_agg(format('%I %L', o.option_name, o.option_value), ', '
                    ORDER BY o.option_name COLLATE "C") || ')'
                FROM pg_foreign_table t
                CROSS JOIN LATERAL pg_options_to_table(t.ftoptions) o
                WHERE t.ftrelid = r.oid AND o.option_name !~* {secret_option}
            ) END,
            CASE WHEN am.amname <> 'heap' THEN format('USING %I', am.amname) END,
            (
                SELECT 'WITH (' || string_agg(o.shown, ', ' ORDER BY o.shown COLLATE "C") || ')'
                FROM (
                    SELECT format('%s=%L', own.option_name, own.option_value) AS shown
                    FROM pg_options_to_table(r.reloptions) own
                    UNION ALL
                    SELECT format('toast.%s=%L', own.option_name, own.option_value)
                    FROM pg_class toast
                    CROSS JOIN LATERAL pg_options_to_table(toast.reloptions) own
                    WHERE toast.oid = r.reltoastrelid
                ) o
            ),
            (SELECT format('TABLESPACE %I', ts.spcname) FROM pg_tablespace ts WHERE ts.oid = r.reltablespace)
        ) || ';',
        CASE WHEN r.relispartition THEN (
            SELECT format('ALTER TABLE ONLY %s ATTACH PARTITION %s %s;',
                h.inhparent::regclass, r.name, pg_get_expr(r.relpartbound, r.oid))
            FROM pg_inherits h WHERE h.inhrelid = r.oid
        ) END,
        columns.statements,
        CASE WHEN r.relrowsecurity THEN format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', r.name) END,
        CASE WHEN r.relforcerowsecurity THEN format('ALTER TABLE %s FORCE ROW LEVEL SECURITY;', r.name) END,
        CASE CASE WHEN r.relkind <> 'f' THEN r.relreplident END
            WHEN 'f' THEN format('ALTER TABLE ONLY %s REPLICA IDENTITY FULL;', r.name)
            WHEN 'n' THEN format('ALTER TABLE ONLY %s REPLICA IDENTITY NOTHING;', r.name)
        END
    ),
    NULL, NULL,
    CASE WHEN r.relkind = 'f' THEN (
        SELECT 'options that may be secret are left out: ' ||
            string_agg(quote_ident(o.option_name), ', ' ORDER BY o.option_name COLLATE "C")
        FROM pg_foreign_table t
        CROSS JOIN LATERAL pg_options_to_table(t.ftoptions) o
        WHERE t.ftrelid = r.oid AND o.option_name ~* {secret_option}
    ) END,
    (
        SELECT string_agg(
            format('COMMENT ON COLUMN %s.%I IS %L;', r.name, a.attname, d.description),
            E'\n' ORDER BY a.attnum
        )
        FROM pg_description d
        JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
        WHERE d.classoid = 'pg_class'::regclass AND d.objoid = r.oid AND d.objsubid > 0
    ),
    columns.grants
FROM relation r
LEFT JOIN pg_am am ON am.oid = r.relam
LEFT JOIN LATERAL (
    SELECT
        string_agg(E'\n    ' || c.line, ',' ORDER BY c.attnum) AS lines,
        string_agg(NULLIF(c.statements, ''), E'\n' ORDER BY c.attnum) AS statements,
        string_agg(c.grants, E'\n' ORDER BY c.attnum) AS grants
    FROM (
        SELECT
            a.attnum,
            CASE
                WHEN r.reloftype <> 0 AND d.adbin IS NULL AND NOT n.is_plain THEN NULL
                WHEN NOT a.attislocal AND NOT r.relispartition THEN NULL
                ELSE concat_ws(' ',
                    quote_ident(a.attname),
                    CASE WHEN r.reloftype <> 0 THEN 'WITH OPTIONS' ELSE format_type(a.atttypid, a.atttypmod) END,
                    CASE WHEN r.reloftype = 0 AND a.attcollation <> t.typcollation
                        THEN 'COLLATE ' || a.attcollation::regcollation END,
                    CASE WHEN a.attfdwoptions IS NOT NULL THEN (
                        SELECT 'OPTIONS (' || string_agg(format('%I %L', o.option_name, o.option_value), ', '
                            ORDER BY o.option_name COLLATE "C") || ')'
                        FROM pg_options_to_table(a.attfdwoptions) o
                    ) END,
                    CASE a.attgenerated
                        WHEN 's' THEN format('GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid))
                        WHEN 'v' THEN format('GENERATED ALWAYS AS (%s)', pg_get_expr(d.adbin, d.adrelid))
                        ELSE 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)
                    END,
                    CASE WHEN a.attidentity <> '' AND NOT r.relispartition THEN (
                        SELECT format(
                            'GENERATED %s AS IDENTITY (%s)',
                            CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END,
                            concat_ws(' ', 'SEQUENCE NAME ' || i.objid::regclass, NULLIF(q.options, ''))
                        )
                        FROM pg_depend i
                        JOIN sequence_option q ON q.seqrelid = i.objid
                        WHERE i.classid = 'pg_class'::regclass AND i.refclassid = 'pg_class'::regclass
                            AND i.refobjid = r.oid AND i.refobjsubid = a.attnum AND i.deptype = 'i'
                    ) END,
                    CASE WHEN n.is_plain THEN 'NOT NULL' END
                )
            END AS line,
            concat_ws(E'\n',
                -- An inherited column may have another default than its parent's.
                CASE WHEN NOT a.attislocal AND NOT r.relispartition AND a.attgenerated = ''
                    AND parent.differs THEN
                    format('ALTER TABLE ONLY %s ALTER COLUMN %I %s;', r.name, a.attname,
                        COALESCE('SET DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), 'DROP DEFAULT')) END,
                CASE WHEN NOT a.attislocal AND NOT r.relispartition AND n.is_plain AND NOT parent.is_not_null
                    THEN format('ALTER TABLE ONLY %s ALTER COLUMN %I SET NOT NULL;', r.name, a.attname) END,
                n.statement,
                CASE WHEN a.attstorage <> t.typstorage THEN
                    format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STORAGE %s;', r.name, a.attname,
                        CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                            WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END) END,
                CASE WHEN a.attcompression <> '' THEN
                    format('ALTER TABLE ONLY %s ALTER COLUMN %I SET COMPRESSION %s;', r.name, a.attname,
                        CASE a.attcompression WHEN 'p' THEN 'pglz' ELSE 'lz4' END) END,
                CASE WHEN COALESCE(a.attstattarget, -1) <> -1 THEN
                    format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STATISTICS %s;',
                        r.name, a.attname, a.attstattarget) END,
                CASE WHEN a.attoptions IS NOT NULL THEN
                    format('ALTER TABLE ONLY %s ALTER COLUMN %I SET (%s);', r.name, a.attname, (
                        SELECT string_agg(format('%s=%L', o.option_name, o.option_value), ', '
                            ORDER BY o.option_name COLLATE "C")
                        FROM pg_options_to_table(a.attoptions) o
                    )) END
            ) AS statements,
            CASE WHEN a.attacl IS NOT NULL THEN (
                SELECT string_agg(g.line, E'\n' ORDER BY g.line COLLATE "C")
                FROM (
                    SELECT format(
                        'GRANT %s (%I) ON TABLE %s TO %s%s;', e.privilege_type, a.attname, r.name,
                        CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(e.grantee)) END,
                        CASE WHEN bool_or(e.is_grantable) THEN ' WITH GRANT OPTION' END
                    ) AS line
                    FROM aclexplode(a.attacl) e
                    GROUP BY e.privilege_type, e.grantee
                ) g
            ) END AS grants
        FROM pg_attribute a
        JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON a.atthasdef AND d.adrelid = a.attrelid AND d.adnum = a.attnum
        CROSS JOIN LATERAL (
            SELECT
                a.attnotnull AND odd.statement IS NULL AS is_plain,
                odd.statement
            FROM (
                -- PostgreSQL 18 keeps NOT NULL as constraints; most are plain.
                SELECT (
                    SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s;', r.name, k.conname, pg_get_constraintdef(k.oid))
                    FROM pg_constraint k
                    WHERE k.conrelid = r.oid AND k.contype = 'n' AND a.attnotnull AND k.conkey = ARRAY[a.attnum]
                        AND k.conislocal AND (NOT k.convalidated OR k.connoinherit)
                ) AS statement
            ) odd
        ) n
        LEFT JOIN LATERAL (
            SELECT
                bool_and(pg_get_expr(f.adbin, f.adrelid) IS DISTINCT FROM pg_get_expr(d.adbin, d.adrelid)) AS differs,
                bool_or(u.attnotnull) AS is_not_null
            FROM pg_inherits h
            JOIN pg_attribute u ON u.attrelid = h.inhparent AND u.attname = a.attname
            LEFT JOIN pg_attrdef f ON f.adrelid = u.attrelid AND f.adnum = u.attnum
            WHERE h.inhrelid = r.oid AND NOT a.attislocal
        ) parent ON TRUE
        WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) c
) columns ON TRUE
WHERE r.relkind IN ('r', 'p', 'f')

UNION ALL
SELECT
    'sequence', r.name, 'pg_class'::regclass, r.oid, 'SEQUENCE', r.name,
    CASE WHEN o.deptype IS DISTINCT FROM 'i' THEN r.relowner END,
    's', r.relacl, acldefault('s', r.relowner), NULL,
    CASE WHEN o.deptype IS DISTINCT FROM 'i' THEN concat_ws(' ',
        CASE WHEN r.relpersistence = 'u' THEN 'CREATE UNLOGGED SEQUENCE' ELSE 'CREATE SEQUENCE' END,
        r.name,
        CASE WHEN q.seqtypid <> 'int8'::regtype THEN 'AS ' || format_type(q.seqtypid, NULL) END,
        NULLIF(s.options, '')
    ) || ';' END,
    CASE WHEN o.deptype = 'a' THEN (
        SELECT format('ALTER SEQUENCE %s OWNED BY %s.%I;', r.name, a.attrelid::regclass, a.attname)
        FROM pg_attribute a WHERE a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
    ) END,
    NULL, NULL, NULL, NULL
FROM relation r
JOIN pg_sequence q ON q.seqrelid = r.oid
JOIN sequence_option s ON s.seqrelid = r.oid
LEFT JOIN pg_depend o
    ON o.classid = 'pg_class'::regclass AND o.objid = r.oid
    AND o.refclassid = 'pg_class'::regclass AND o.deptype IN ('a', 'i')
