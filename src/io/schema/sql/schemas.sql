-- Anyone may use "public", and before PostgreSQL 15 create in it.
SELECT
    'schema', s.name, 'pg_namespace'::regclass::oid, s.oid, 'SCHEMA', s.name,
    CASE WHEN s.nspname <> 'public' OR NOT (
        s.nspowner = 10 OR pg_get_userbyid(s.nspowner) = 'pg_database_owner'
    ) THEN s.nspowner END,
    'n'::"char", s.nspacl,
    CASE WHEN s.nspname = 'public' THEN
        acldefault('n', s.nspowner) || format(
            '=%s/%I',
            CASE WHEN current_setting('server_version_num')::int < 150000 THEN 'UC' ELSE 'U' END,
            pg_get_userbyid(s.nspowner)
        )::aclitem END,
    NULL,
    format(
        'CREATE SCHEMA %s%s;',
        CASE WHEN s.nspname = 'public' THEN 'IF NOT EXISTS ' END,
        s.name
    ),
    NULL, NULL, NULL, NULL, NULL
FROM space s
LEFT JOIN member m ON m.classid = 'pg_namespace'::regclass AND m.objid = s.oid
WHERE m.objid IS NULL
    AND NOT (
        s.nspname = {tracking_schema} AND s.nspname <> 'public'
        AND EXISTS (
            SELECT FROM pg_class c JOIN tracked t ON t.oid = c.oid WHERE c.relnamespace = s.oid
        )
        AND s.oid NOT IN (SELECT r.relnamespace FROM relation r)
        AND s.oid NOT IN (SELECT p.pronamespace FROM routine p)
        AND s.oid NOT IN (SELECT t.typnamespace FROM own_type t)
    )

UNION ALL
SELECT
    'extension', quote_ident(e.extname), 'pg_extension'::regclass, e.oid,
    'EXTENSION', quote_ident(e.extname), NULL, NULL, NULL, NULL, NULL,
    format(
        'CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I VERSION %L;',
        e.extname, n.nspname, e.extversion
    ),
    NULL, NULL, NULL, NULL, NULL
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
