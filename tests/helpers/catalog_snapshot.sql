-- Written for PostgreSQL 14 to 18.
WITH extension_member AS (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend AS d WHERE d.deptype = 'e'
),
own_schema AS (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl, quote_ident(n.nspname) AS name
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (
            SELECT FROM extension_member AS m
            WHERE m.classid = 'pg_catalog.pg_namespace'::REGCLASS AND m.objid = n.oid
        )
),
relation AS (
    SELECT c.*, format('%s.%I', s.name, c.relname) AS name
    FROM pg_catalog.pg_class AS c
    JOIN own_schema AS s ON s.oid = c.relnamespace
    WHERE NOT EXISTS (
        SELECT FROM extension_member AS m
        WHERE m.classid = 'pg_catalog.pg_class'::REGCLASS AND m.objid = c.oid
    )
),
routine AS (
    SELECT p.*, format('%s.%I(%s)', s.name, p.proname, pg_get_function_identity_arguments(p.oid)) AS name
    FROM pg_catalog.pg_proc AS p
    JOIN own_schema AS s ON s.oid = p.pronamespace
    WHERE NOT EXISTS (
        SELECT FROM extension_member AS m
        WHERE m.classid = 'pg_catalog.pg_proc'::REGCLASS AND m.objid = p.oid
    )
),
-- Row types of tables and array types follow from what they belong to.
own_type AS (
    SELECT t.*, format('%s.%I', s.name, t.typname) AS name
    FROM pg_catalog.pg_type AS t
    JOIN own_schema AS s ON s.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
    WHERE (c.oid IS NULL OR c.relkind = 'c')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS e WHERE e.typarray = t.oid)
        AND NOT EXISTS (
            SELECT FROM extension_member AS m
            WHERE m.classid = 'pg_catalog.pg_type'::REGCLASS AND m.objid = t.oid
        )
),
-- No privileges stored means the default ones, which may also be stored.
privilege AS (
    SELECT 'schema' AS kind, s.name, COALESCE(s.nspacl, acldefault('n', s.nspowner)) AS acl, s.nspowner AS owner
    FROM own_schema AS s
    UNION ALL
    SELECT 'relation', r.name,
        COALESCE(r.relacl, acldefault(CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", r.relowner)), r.relowner
    FROM relation AS r
    WHERE r.relkind NOT IN ('i', 'I', 'c')
    UNION ALL
    SELECT 'column', format('%s.%I', r.name, a.attname), a.attacl, r.relowner
    FROM relation AS r
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT 'routine', p.name, COALESCE(p.proacl, acldefault('f', p.proowner)), p.proowner
    FROM routine AS p
    UNION ALL
    SELECT 'type', t.name, COALESCE(t.typacl, acldefault('T', t.typowner)), t.typowner
    FROM own_type AS t
),
line (kind, name, definition) AS (
    SELECT 'schema', s.name, '' FROM own_schema AS s

    UNION ALL
    SELECT 'privileges of ' || p.kind, p.name,
        format('owner %s, %s', pg_get_userbyid(p.owner),
            ARRAY(SELECT item::TEXT FROM unnest(p.acl) AS item ORDER BY item::TEXT))
    FROM privilege AS p

    UNION ALL
    SELECT 'relation', r.name,
        concat_ws(', ', 'kind ' || r.relkind::TEXT, 'persistence ' || r.relpersistence::TEXT,
            'access method ' || am.amname, 'tablespace ' || ts.spcname,
            'options ' || (SELECT string_agg(o, ' ' ORDER BY o) FROM unnest(r.reloptions) AS o),
            CASE WHEN r.relrowsecurity THEN 'row security' END,
            CASE WHEN r.relforcerowsecurity THEN 'forced row security' END,
            CASE WHEN r.relkind IN ('r', 'p', 'm') THEN 'replica identity ' || r.relreplident::TEXT END,
            'partition key ' || pg_get_partkeydef(r.oid),
            'partition ' || pg_get_expr(r.relpartbound, r.oid),
            'of type ' || NULLIF(r.reloftype, 0)::REGTYPE,
            'inherits ' || (
                SELECT string_agg(i.inhparent::REGCLASS::TEXT, ' ' ORDER BY i.inhseqno)
                FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = r.oid
            ))
    FROM relation AS r
    LEFT JOIN pg_catalog.pg_am AS am ON am.oid = r.relam
    LEFT JOIN pg_catalog.pg_tablespace AS ts ON ts.oid = r.reltablespace

    UNION ALL
    SELECT 'column', format('%s.%I', r.name, a.attname),
        concat_ws(', ',
            row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum),
            format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attcollation <> t.typcollation THEN 'collation ' || a.attcollation::REGCOLLATION END,
            CASE WHEN a.attnotnull THEN 'not null' END,
            CASE WHEN a.attgenerated = '' THEN 'default ' ELSE 'generated ' || a.attgenerated::TEXT || ' ' END
                || pg_get_expr(d.adbin, d.adrelid),
            'identity ' || NULLIF(a.attidentity, '')::TEXT,
            'storage ' || NULLIF(a.attstorage, t.typstorage)::TEXT,
            'compression ' || NULLIF(a.attcompression, '')::TEXT,
            'statistics ' || NULLIF(COALESCE(a.attstattarget, -1), -1),
            'options ' || a.attoptions::TEXT,
            CASE WHEN a.attinhcount > 0 THEN 'inherited' END,
            CASE WHEN NOT a.attislocal THEN 'not local' END)
    FROM relation AS r
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE r.relkind NOT IN ('i', 'I', 'S')

    UNION ALL
    SELECT 'constraint', format('%s.%I', COALESCE(r.name, t.name), k.conname),
        concat_ws(', ', pg_get_constraintdef(k.oid),
            CASE WHEN NOT k.convalidated THEN 'not validated' END,
            CASE WHEN NOT k.conislocal THEN 'inherited' END)
    FROM pg_catalog.pg_constraint AS k
    LEFT JOIN relation AS r ON r.oid = k.conrelid
    LEFT JOIN own_type AS t ON t.oid = k.contypid
    WHERE (r.oid IS NOT NULL OR t.oid IS NOT NULL) AND k.contype <> 't'

    UNION ALL
    SELECT 'index', r.name,
        concat_ws(', ', pg_get_indexdef(i.indexrelid),
            CASE WHEN i.indisvalid THEN 'valid' ELSE 'NOT VALID' END,
            CASE WHEN NOT i.indisready THEN 'NOT READY' END,
            CASE WHEN NOT i.indislive THEN 'NOT LIVE' END,
            CASE WHEN i.indisprimary THEN 'primary' END,
            CASE WHEN i.indisunique AND NOT i.indimmediate THEN 'deferrable' END,
            CASE WHEN i.indisclustered THEN 'clustered' END,
            CASE WHEN i.indisreplident THEN 'replica identity' END)
    FROM pg_catalog.pg_index AS i
    JOIN relation AS r ON r.oid = i.indexrelid

    UNION ALL
    SELECT 'view', r.name, pg_get_viewdef(r.oid)
    FROM relation AS r
    WHERE r.relkind IN ('v', 'm')

    UNION ALL
    SELECT 'rule', format('%s.%I', r.name, w.rulename), w.ev_enabled::TEXT || ' ' || pg_get_ruledef(w.oid)
    FROM pg_catalog.pg_rewrite AS w
    JOIN relation AS r ON r.oid = w.ev_class
    WHERE w.rulename <> '_RETURN'

    UNION ALL
    SELECT 'trigger', format('%s.%I', r.name, g.tgname), g.tgenabled::TEXT || ' ' || pg_get_triggerdef(g.oid)
    FROM pg_catalog.pg_trigger AS g
    JOIN relation AS r ON r.oid = g.tgrelid
    WHERE NOT g.tgisinternal

    UNION ALL
    SELECT 'policy', format('%s.%I', r.name, y.polname),
        concat_ws(', ', 'command ' || y.polcmd::TEXT,
            CASE WHEN y.polpermissive THEN 'permissive' ELSE 'restrictive' END,
            'to ' || ARRAY(SELECT COALESCE(a.rolname, 'public') FROM unnest(y.polroles) AS role_id
                LEFT JOIN pg_catalog.pg_roles AS a ON a.oid = role_id ORDER BY 1)::TEXT,
            'using ' || pg_get_expr(y.polqual, y.polrelid),
            'check ' || pg_get_expr(y.polwithcheck, y.polrelid))
    FROM pg_catalog.pg_policy AS y
    JOIN relation AS r ON r.oid = y.polrelid

    UNION ALL
    SELECT 'sequence', r.name,
        concat_ws(', ', format_type(q.seqtypid, NULL), 'start ' || q.seqstart, 'increment ' || q.seqincrement,
            'min ' || q.seqmin, 'max ' || q.seqmax, 'cache ' || q.seqcache,
            CASE WHEN q.seqcycle THEN 'cycle' END,
            'owned by ' || d.refobjid::REGCLASS::TEXT || '.' || quote_ident(a.attname))
    FROM pg_catalog.pg_sequence AS q
    JOIN relation AS r ON r.oid = q.seqrelid
    LEFT JOIN pg_catalog.pg_depend AS d
        ON d.classid = 'pg_catalog.pg_class'::REGCLASS AND d.objid = r.oid AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid

    UNION ALL
    SELECT 'routine', p.name,
        CASE
            WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid)
            ELSE (SELECT to_jsonb(g) - 'aggfnoid' FROM pg_catalog.pg_aggregate AS g WHERE g.aggfnoid = p.oid)::TEXT
                || ' returns ' || pg_get_function_result(p.oid)
        END
    FROM routine AS p

    UNION ALL
    SELECT 'type', t.name,
        concat_ws(', ', 'kind ' || t.typtype::TEXT,
            'values ' || (
                SELECT string_agg(quote_literal(e.enumlabel), ' ' ORDER BY e.enumsortorder)
                FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid
            ),
            'of ' || CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
            'collation ' || NULLIF(t.typcollation, 0)::REGCOLLATION,
            CASE WHEN t.typnotnull THEN 'not null' END,
            'default ' || t.typdefault,
            'range of ' || (SELECT g.rngsubtype::REGTYPE FROM pg_catalog.pg_range AS g WHERE g.rngtypid = t.oid))
    FROM own_type AS t

    UNION ALL
    SELECT 'statistics', format('%s.%I', s.name, x.stxname),
        concat_ws(', ', pg_get_statisticsobjdef(x.oid), 'target ' || NULLIF(COALESCE(x.stxstattarget, -1), -1))
    FROM pg_catalog.pg_statistic_ext AS x
    JOIN own_schema AS s ON s.oid = x.stxnamespace

    UNION ALL
    SELECT 'comment', identity.type || ' ' || identity.identity, c.description
    FROM pg_catalog.pg_description AS c
    CROSS JOIN LATERAL pg_identify_object(c.classoid, c.objoid, c.objsubid) AS identity
    WHERE c.objoid >= 16384
        AND NOT EXISTS (
            SELECT FROM extension_member AS m WHERE m.classid = c.classoid AND m.objid = c.objoid
        )

    UNION ALL
    SELECT 'extension', e.extname, format('%s in %s', e.extversion, e.extnamespace::REGNAMESPACE)
    FROM pg_catalog.pg_extension AS e

    UNION ALL
    SELECT 'event trigger', e.evtname,
        format('%s %s %s on %s', e.evtenabled, e.evtfoid::REGPROC, e.evttags, e.evtevent)
    FROM pg_catalog.pg_event_trigger AS e

    UNION ALL
    SELECT 'publication', p.pubname,
        concat_ws(', ', to_jsonb(p) - 'oid' - 'pubname', (
            SELECT string_agg(format('%I.%I', t.schemaname, t.tablename), ' ' ORDER BY t.schemaname, t.tablename)
            FROM pg_catalog.pg_publication_tables AS t WHERE t.pubname = p.pubname
        ))
    FROM pg_catalog.pg_publication AS p

    UNION ALL
    SELECT 'default privileges', pg_get_userbyid(a.defaclrole),
        concat_ws(' ', NULLIF(a.defaclnamespace, 0)::REGNAMESPACE, a.defaclobjtype, a.defaclacl::TEXT)
    FROM pg_catalog.pg_default_acl AS a

    UNION ALL
    SELECT 'setting', COALESCE(NULLIF(v.setrole, 0)::REGROLE::TEXT, 'all roles'), v.setconfig::TEXT
    FROM pg_catalog.pg_db_role_setting AS v
    WHERE v.setdatabase = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())

    UNION ALL
    -- Rare kinds: that they are there, not what they are.
    SELECT identity.type, identity.identity, ''
    FROM (
        SELECT 'pg_catalog.pg_operator'::REGCLASS, oid FROM pg_catalog.pg_operator
        UNION ALL SELECT 'pg_catalog.pg_opclass'::REGCLASS, oid FROM pg_catalog.pg_opclass
        UNION ALL SELECT 'pg_catalog.pg_opfamily'::REGCLASS, oid FROM pg_catalog.pg_opfamily
        UNION ALL SELECT 'pg_catalog.pg_cast'::REGCLASS, oid FROM pg_catalog.pg_cast
        UNION ALL SELECT 'pg_catalog.pg_collation'::REGCLASS, oid FROM pg_catalog.pg_collation
        UNION ALL SELECT 'pg_catalog.pg_conversion'::REGCLASS, oid FROM pg_catalog.pg_conversion
        UNION ALL SELECT 'pg_catalog.pg_ts_config'::REGCLASS, oid FROM pg_catalog.pg_ts_config
        UNION ALL SELECT 'pg_catalog.pg_ts_dict'::REGCLASS, oid FROM pg_catalog.pg_ts_dict
        UNION ALL SELECT 'pg_catalog.pg_ts_parser'::REGCLASS, oid FROM pg_catalog.pg_ts_parser
        UNION ALL SELECT 'pg_catalog.pg_ts_template'::REGCLASS, oid FROM pg_catalog.pg_ts_template
        UNION ALL SELECT 'pg_catalog.pg_language'::REGCLASS, oid FROM pg_catalog.pg_language
        UNION ALL SELECT 'pg_catalog.pg_transform'::REGCLASS, oid FROM pg_catalog.pg_transform
        UNION ALL SELECT 'pg_catalog.pg_foreign_data_wrapper'::REGCLASS, oid FROM pg_catalog.pg_foreign_data_wrapper
        UNION ALL SELECT 'pg_catalog.pg_foreign_server'::REGCLASS, oid FROM pg_catalog.pg_foreign_server
        UNION ALL SELECT 'pg_catalog.pg_am'::REGCLASS, oid FROM pg_catalog.pg_am
    ) AS rare (class_id, object_id)
    CROSS JOIN LATERAL pg_identify_object(rare.class_id, rare.object_id, 0) AS identity
    WHERE rare.object_id >= 16384
        AND NOT EXISTS (
            SELECT FROM extension_member AS m WHERE m.classid = rare.class_id AND m.objid = rare.object_id
        )
)
SELECT COALESCE(
    string_agg(
        format('%s %s: %s', l.kind, l.name, l.definition),
        E'\n' ORDER BY l.kind COLLATE "C", l.name COLLATE "C", l.definition COLLATE "C"
    ),
    ''
) AS snapshot
FROM line AS l
