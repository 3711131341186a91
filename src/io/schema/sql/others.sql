SELECT
    'language', quote_ident(l.lanname), 'pg_language'::regclass, l.oid,
    'LANGUAGE', quote_ident(l.lanname), l.lanowner, 'l', l.lanacl, NULL, NULL,
    concat_ws(' ',
        CASE WHEN l.lanpltrusted THEN 'CREATE TRUSTED LANGUAGE' ELSE 'CREATE LANGUAGE' END,
        quote_ident(l.lanname),
        'HANDLER ' || NULLIF(l.lanplcallfoid, 0)::regproc,
        'INLINE ' || NULLIF(l.laninline, 0)::regproc,
        'VALIDATOR ' || NULLIF(l.lanvalidator, 0)::regproc
    ) || ';',
    NULL, NULL, NULL, NULL, NULL
FROM pg_language l
LEFT JOIN member m ON m.classid = 'pg_language'::regclass AND m.objid = l.oid
WHERE m.objid IS NULL AND l.lanispl

UNION ALL
SELECT
    'transform', shown.name, 'pg_transform'::regclass, t.oid,
    'TRANSFORM', shown.name, NULL, NULL, NULL, NULL, NULL,
    format('CREATE TRANSFORM %s (%s);', shown.name, concat_ws(', ',
        'FROM SQL WITH FUNCTION ' || NULLIF(t.trffromsql::oid, 0)::regprocedure,
        'TO SQL WITH FUNCTION ' || NULLIF(t.trftosql::oid, 0)::regprocedure)),
    NULL, NULL, NULL, NULL, NULL
FROM pg_transform t
JOIN pg_language l ON l.oid = t.trflang
CROSS JOIN LATERAL (
    SELECT format('FOR %s LANGUAGE %I', format_type(t.trftype, NULL), l.lanname) AS name
) shown
LEFT JOIN member m ON m.classid = 'pg_transform'::regclass AND m.objid = t.oid
WHERE m.objid IS NULL

UNION ALL
SELECT
    'access method', quote_ident(a.amname), 'pg_am'::regclass, a.oid,
    'ACCESS METHOD', quote_ident(a.amname), NULL, NULL, NULL, NULL, NULL,
    format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s;', a.amname,
        CASE a.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END, a.amhandler),
    NULL, NULL, NULL, NULL, NULL
FROM pg_am a
LEFT JOIN member m ON m.classid = 'pg_am'::regclass AND m.objid = a.oid
WHERE m.objid IS NULL AND a.oid >= 16384

UNION ALL
SELECT
    'event trigger', quote_ident(e.evtname), 'pg_event_trigger'::regclass, e.oid,
    'EVENT TRIGGER', quote_ident(e.evtname), e.evtowner, NULL, NULL, NULL, NULL,
    concat_ws(E'\n',
        format('CREATE EVENT TRIGGER %I ON %I%s EXECUTE FUNCTION %s();', e.evtname, e.evtevent,
            ' WHEN TAG IN (' || (
                SELECT string_agg(quote_literal(tag), ', ' ORDER BY tag COLLATE "C")
                FROM unnest(e.evttags) AS tag
            ) || ')', e.evtfoid::regproc),
        CASE WHEN e.evtenabled <> 'O' THEN format('ALTER EVENT TRIGGER %I %s;', e.evtname,
            CASE e.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END) END
    ),
    NULL, NULL, NULL, NULL, NULL
FROM pg_event_trigger e
LEFT JOIN member m ON m.classid = 'pg_event_trigger'::regclass AND m.objid = e.oid
WHERE m.objid IS NULL

UNION ALL
SELECT
    'publication', quote_ident(p.pubname), 'pg_publication'::regclass, p.oid,
    'PUBLICATION', quote_ident(p.pubname), p.pubowner, NULL, NULL, NULL, NULL,
    concat_ws(E'\n',
        format('CREATE PUBLICATION %I%s%s;', p.pubname,
            CASE WHEN p.puballtables THEN ' FOR ALL TABLES' END,
            ' WITH (' || NULLIF(concat_ws(', ',
                CASE WHEN NOT (p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate) THEN
                    format('publish = %L', concat_ws(', ',
                        CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
                        CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)) END,
                CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END,
                CASE WHEN to_jsonb(p) ->> 'pubgencols' = 's' THEN 'publish_generated_columns = stored' END
            ), '') || ')'),
        (
            SELECT string_agg(
                format('ALTER PUBLICATION %I ADD TABLE ONLY %s%s%s;', p.pubname, t.relid::regclass,
                    ' (' || t.columns || ')', ' WHERE (' || t.condition || ')'),
                E'\n' ORDER BY t.relid::regclass::text COLLATE "C"
            )
            FROM ({publication_tables}) t WHERE t.pubid = p.oid
        ),
        (
            SELECT string_agg(
                format('ALTER PUBLICATION %I ADD TABLES IN SCHEMA %s;', p.pubname, t.nspid::regnamespace),
                E'\n' ORDER BY t.nspid::regnamespace::text COLLATE "C"
            )
            FROM ({publication_schemas}) t WHERE t.pubid = p.oid
        )
    ),
    NULL, NULL, NULL, NULL, NULL
FROM pg_publication p
LEFT JOIN member m ON m.classid = 'pg_publication'::regclass AND m.objid = p.oid
WHERE m.objid IS NULL

UNION ALL
-- How it connects may be secret, and making it starts to copy data.
SELECT
    'subscription', quote_ident(s.subname), 'pg_subscription'::regclass, s.oid,
    'SUBSCRIPTION', quote_ident(s.subname), s.subowner, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    format('the subscription %I to %s%s is not written', s.subname, (
        SELECT string_agg(quote_ident(name), ', ' ORDER BY name COLLATE "C") FROM unnest(s.subpublications) AS name
    ), ' with ' || NULLIF(concat_ws(', ',
        CASE WHEN NOT s.subenabled THEN 'enabled = false' END,
        CASE WHEN s.subslotname IS DISTINCT FROM s.subname THEN
            'slot_name = ' || COALESCE(quote_ident(s.subslotname), 'NONE') END,
        CASE WHEN s.subsynccommit <> 'off' THEN 'synchronous_commit = ' || s.subsynccommit END,
        CASE WHEN s.subbinary THEN 'binary = true' END,
        CASE s.substream::text WHEN 'true' THEN 'streaming = on' WHEN 't' THEN 'streaming = on'
            WHEN 'p' THEN 'streaming = parallel' END,
        {subscription_options}
    ), '')),
    NULL, NULL
FROM pg_subscription s
JOIN pg_database b ON b.oid = s.subdbid
WHERE b.datname = current_database()

UNION ALL
SELECT
    'default privileges', shown.name, 'pg_default_acl'::regclass, a.oid,
    NULL, shown.kind, NULL, a.defaclobjtype, a.defaclacl,
    CASE WHEN a.defaclnamespace <> 0 THEN acldefault('c', a.defaclrole)
        WHEN a.defaclobjtype = 'S' THEN acldefault('s', a.defaclrole)
        ELSE acldefault(a.defaclobjtype, a.defaclrole) END,
    format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s ', pg_get_userbyid(a.defaclrole),
        ' IN SCHEMA ' || NULLIF(a.defaclnamespace, 0)::regnamespace),
    NULL, NULL, NULL, NULL, NULL, NULL
FROM pg_default_acl a
CROSS JOIN LATERAL (
    SELECT k.kind, format('%s of %I%s', lower(k.kind), pg_get_userbyid(a.defaclrole),
        ' in ' || NULLIF(a.defaclnamespace, 0)::regnamespace) AS name
    FROM (
        SELECT CASE a.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
            WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS kind
    ) k
) shown

UNION ALL
SELECT
    'security label', format('%s %s by %I', l.objtype, l.objname, l.provider), l.classoid, l.objoid,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    format('SECURITY LABEL FOR %I ON %s %s IS %L;', l.provider, upper(l.objtype), l.objname, l.label),
    NULL, NULL, NULL, NULL, NULL
FROM pg_seclabels l
LEFT JOIN member m ON m.classid = l.classoid AND m.objid = l.objoid
WHERE m.objid IS NULL AND l.objtype NOT IN ('role', 'database', 'tablespace', 'large object')
