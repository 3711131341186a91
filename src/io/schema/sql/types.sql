SELECT
    'type', t.name, 'pg_type'::regclass, t.oid,
    CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, t.name,
    t.typowner, 'T', t.typacl, NULL, NULL,
    CASE
        WHEN NOT t.typisdefined THEN format('CREATE TYPE %s;', t.name)
        WHEN t.typtype = 'e' THEN format(E'CREATE TYPE %s AS ENUM (%s\n);', t.name, (
            SELECT string_agg(E'\n    ' || quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder)
            FROM pg_enum e WHERE e.enumtypid = t.oid
        ))
        WHEN t.typtype = 'c' THEN format(E'CREATE TYPE %s AS (%s\n);', t.name, (
            SELECT string_agg(
                format(
                    E'\n    %I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                    CASE WHEN a.attcollation <> o.typcollation
                        THEN ' COLLATE ' || a.attcollation::regcollation END
                ),
                ',' ORDER BY a.attnum
            )
            FROM pg_attribute a
            JOIN pg_type o ON o.oid = a.atttypid
            WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        ))
        WHEN t.typtype = 'd' THEN concat_ws(E'\n',
            format(
                'CREATE DOMAIN %s AS %s%s%s%s;', t.name,
                format_type(t.typbasetype, t.typtypmod),
                CASE WHEN t.typcollation <> b.typcollation
                    THEN ' COLLATE ' || t.typcollation::regcollation END,
                ' DEFAULT ' || pg_get_expr(t.typdefaultbin, 0),
                CASE WHEN t.typnotnull THEN ' NOT NULL' END
            ),
            (
                SELECT string_agg(
                    format('ALTER DOMAIN %s ADD CONSTRAINT %I %s;', t.name, k.conname, pg_get_constraintdef(k.oid)),
                    E'\n' ORDER BY k.conname COLLATE "C"
                )
                FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'
            )
        )
        WHEN t.typtype = 'r' THEN (
            SELECT format(E'CREATE TYPE %s AS RANGE (\n    %s\n);', t.name, concat_ws(E',\n    ',
                'SUBTYPE = ' || format_type(g.rngsubtype, NULL),
                'MULTIRANGE_TYPE_NAME = ' || g.rngmultitypid::regtype,
                CASE WHEN NOT c.opcdefault THEN
                    format('SUBTYPE_OPCLASS = %I.%I', n.nspname, c.opcname) END,
                CASE WHEN g.rngcollation <> u.typcollation
                    THEN 'COLLATION = ' || g.rngcollation::regcollation END,
                'CANONICAL = ' || NULLIF(g.rngcanonical::oid, 0)::regproc,
                'SUBTYPE_DIFF = ' || NULLIF(g.rngsubdiff::oid, 0)::regproc
            ))
            FROM pg_range g
            JOIN pg_type u ON u.oid = g.rngsubtype
            JOIN pg_opclass c ON c.oid = g.rngsubopc
            JOIN pg_namespace n ON n.oid = c.opcnamespace
            WHERE g.rngtypid = t.oid
        )
        ELSE format(E'CREATE TYPE %s (\n    %s\n);', t.name, concat_ws(E',\n    ',
            'INPUT = ' || t.typinput, 'OUTPUT = ' || t.typoutput,
            'RECEIVE = ' || NULLIF(t.typreceive::oid, 0)::regproc,
            'SEND = ' || NULLIF(t.typsend::oid, 0)::regproc,
            'TYPMOD_IN = ' || NULLIF(t.typmodin::oid, 0)::regproc,
            'TYPMOD_OUT = ' || NULLIF(t.typmodout::oid, 0)::regproc,
            'ANALYZE = ' || NULLIF(t.typanalyze::oid, 0)::regproc,
            'SUBSCRIPT = ' || NULLIF(t.typsubscript::oid, 0)::regproc,
            'ELEMENT = ' || NULLIF(t.typelem, 0)::regtype,
            'INTERNALLENGTH = ' || CASE t.typlen WHEN -1 THEN 'variable' ELSE t.typlen::text END,
            CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
            'ALIGNMENT = ' || CASE t.typalign
                WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END,
            'STORAGE = ' || CASE t.typstorage
                WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' ELSE 'main' END,
            'CATEGORY = ' || quote_literal(t.typcategory::text),
            CASE WHEN t.typispreferred THEN 'PREFERRED = true' END,
            'DEFAULT = ' || quote_literal(t.typdefault),
            CASE WHEN t.typdelim <> ',' THEN 'DELIMITER = ' || quote_literal(t.typdelim::text) END,
            CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END
        ))
    END,
    NULL,
    CASE WHEN t.typisdefined AND (
        t.typtype = 'b'
        OR EXISTS (SELECT FROM pg_range g WHERE g.rngtypid = t.oid AND g.rngcanonical::oid <> 0)
    ) THEN format('CREATE TYPE %s;', t.name) END,
    NULL,
    CASE t.typtype
        WHEN 'c' THEN (
            SELECT string_agg(
                format('COMMENT ON COLUMN %s.%I IS %L;', t.name, a.attname, d.description),
                E'\n' ORDER BY a.attnum
            )
            FROM pg_description d
            JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
            WHERE d.classoid = 'pg_class'::regclass AND d.objoid = t.typrelid AND d.objsubid > 0
        )
        WHEN 'd' THEN (
            SELECT string_agg(
                format('COMMENT ON CONSTRAINT %I ON DOMAIN %s IS %L;', k.conname, t.name, d.description),
                E'\n' ORDER BY k.conname COLLATE "C"
            )
            FROM pg_constraint k
            JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid
            WHERE k.contypid = t.oid AND k.contype = 'c'
        )
    END,
    NULL
FROM own_type t
LEFT JOIN pg_type b ON b.oid = t.typbasetype
