SELECT
    'text search parser', format('%s.%I', s.name, p.prsname), 'pg_ts_parser'::regclass, p.oid,
    'TEXT SEARCH PARSER', format('%s.%I', s.name, p.prsname), NULL, NULL, NULL, NULL, NULL,
    format(E'CREATE TEXT SEARCH PARSER %s.%I (\n    %s\n);', s.name, p.prsname, concat_ws(E',\n    ',
        'START = ' || p.prsstart, 'GETTOKEN = ' || p.prstoken, 'END = ' || p.prsend,
        'LEXTYPES = ' || p.prslextype, 'HEADLINE = ' || NULLIF(p.prsheadline::oid, 0)::regproc)),
    NULL, NULL, NULL, NULL, NULL
FROM pg_ts_parser p
JOIN space s ON s.oid = p.prsnamespace
LEFT JOIN member m ON m.classid = 'pg_ts_parser'::regclass AND m.objid = p.oid
WHERE m.objid IS NULL

UNION ALL
SELECT
    'text search template', format('%s.%I', s.name, t.tmplname), 'pg_ts_template'::regclass, t.oid,
    'TEXT SEARCH TEMPLATE', format('%s.%I', s.name, t.tmplname), NULL, NULL, NULL, NULL, NULL,
    format(E'CREATE TEXT SEARCH TEMPLATE %s.%I (\n    %s\n);', s.name, t.tmplname, concat_ws(E',\n    ',
        'INIT = ' || NULLIF(t.tmplinit::oid, 0)::regproc, 'LEXIZE = ' || t.tmpllexize)),
    NULL, NULL, NULL, NULL, NULL
FROM pg_ts_template t
JOIN space s ON s.oid = t.tmplnamespace
LEFT JOIN member m ON m.classid = 'pg_ts_template'::regclass AND m.objid = t.oid
WHERE m.objid IS NULL

UNION ALL
SELECT
    'text search dictionary', format('%s.%I', s.name, d.dictname), 'pg_ts_dict'::regclass, d.oid,
    'TEXT SEARCH DICTIONARY', format('%s.%I', s.name, d.dictname), d.dictowner, NULL, NULL, NULL, NULL,
    format(E'CREATE TEXT SEARCH DICTIONARY %s.%I (\n    %s\n);', s.name, d.dictname, concat_ws(E',\n    ',
        format('TEMPLATE = %I.%I', n.nspname, t.tmplname), d.dictinitoption)),
    NULL, NULL, NULL, NULL, NULL
FROM pg_ts_dict d
JOIN space s ON s.oid = d.dictnamespace
JOIN pg_ts_template t ON t.oid = d.dicttemplate
JOIN pg_namespace n ON n.oid = t.tmplnamespace
LEFT JOIN member m ON m.classid = 'pg_ts_dict'::regclass AND m.objid = d.oid
WHERE m.objid IS NULL

UNION ALL
SELECT
    'text search configuration', c.name, 'pg_ts_config'::regclass, c.oid,
    'TEXT SEARCH CONFIGURATION', c.name, c.cfgowner, NULL, NULL, NULL, NULL,
    concat_ws(E'\n',
        format('CREATE TEXT SEARCH CONFIGURATION %s (PARSER = %I.%I);', c.name, n.nspname, p.prsname),
        (
            SELECT string_agg(
                format('ALTER TEXT SEARCH CONFIGURATION %s ADD MAPPING FOR %I WITH %s;', c.name, token.alias, token.dicts),
                E'\n' ORDER BY token.alias COLLATE "C"
            )
            FROM (
                SELECT k.alias, string_agg(g.mapdict::regdictionary::text, ', ' ORDER BY g.mapseqno) AS dicts
                FROM pg_ts_config_map g
                JOIN ts_token_type(c.cfgparser) k ON k.tokid = g.maptokentype
                WHERE g.mapcfg = c.oid
                GROUP BY k.alias
            ) token
        )
    ),
    NULL, NULL, NULL, NULL, NULL
FROM (
    SELECT f.*, format('%s.%I', s.name, f.cfgname) AS name
    FROM pg_ts_config f
    JOIN space s ON s.oid = f.cfgnamespace
) c
JOIN pg_ts_parser p ON p.oid = c.cfgparser
JOIN pg_namespace n ON n.oid = p.prsnamespace
LEFT JOIN member m ON m.classid = 'pg_ts_config'::regclass AND m.objid = c.oid
WHERE m.objid IS NULL

UNION ALL
SELECT
    'collation', format('%s.%I', s.name, c.collname), 'pg_collation'::regclass, c.oid,
    'COLLATION', format('%s.%I', s.name, c.collname), c.collowner, NULL, NULL, NULL, NULL,
    format('CREATE COLLATION %s.%I (%s);', s.name, c.collname, concat_ws(', ',
        'provider = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
        CASE WHEN c.collprovider = 'c' AND c.collcollate <> c.collctype
            THEN format('lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype)
            ELSE format('locale = %L',
                COALESCE(j.doc ->> 'colllocale', j.doc ->> 'colliculocale', c.collcollate)) END,
        CASE WHEN NOT c.collisdeterministic THEN 'deterministic = false' END,
        'rules = ' || quote_literal(j.doc ->> 'collicurules')
    )),
    NULL, NULL, NULL, NULL, NULL
FROM pg_collation c
JOIN space s ON s.oid = c.collnamespace
CROSS JOIN LATERAL (SELECT to_jsonb(c) AS doc) j
LEFT JOIN member m ON m.classid = 'pg_collation'::regclass AND m.objid = c.oid
WHERE m.objid IS NULL

UNION ALL
SELECT
    'conversion', format('%s.%I', s.name, c.conname), 'pg_conversion'::regclass, c.oid,
    'CONVERSION', format('%s.%I', s.name, c.conname), c.conowner, NULL, NULL, NULL, NULL,
    format('CREATE %sCONVERSION %s.%I FOR %L TO %L FROM %s;',
        CASE WHEN c.condefault THEN 'DEFAULT ' END, s.name, c.conname,
        pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc),
    NULL, NULL, NULL, NULL, NULL
FROM pg_conversion c
JOIN space s ON s.oid = c.connamespace
LEFT JOIN member m ON m.classid = 'pg_conversion'::regclass AND m.objid = c.oid
WHERE m.objid IS NULL
