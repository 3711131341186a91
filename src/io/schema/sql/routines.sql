SELECT
    CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END,
    p.oid::regprocedure::text, 'pg_proc'::regclass, p.oid,
    CASE p.prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
    CASE WHEN p.prokind <> 'a' THEN p.oid::regprocedure::text ELSE named.signature END,
    -- What comes with a range type is made by it, and has no owner of its own.
    CASE WHEN NOT p.is_of_type THEN p.proowner END, 'f', p.proacl, acldefault('f', p.proowner), NULL,
    CASE WHEN p.is_of_type THEN NULL WHEN p.prokind <> 'a' THEN rtrim(pg_get_functiondef(p.oid), E'\n') || ';' ELSE (
        SELECT format(E'CREATE AGGREGATE %s (\n    %s\n);', named.definition, concat_ws(E',\n    ',
            'SFUNC = ' || g.aggtransfn,
            'STYPE = ' || format_type(g.aggtranstype, NULL),
            'SSPACE = ' || NULLIF(g.aggtransspace, 0),
            'FINALFUNC = ' || NULLIF(g.aggfinalfn::oid, 0)::regproc,
            CASE WHEN g.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
            CASE WHEN g.aggfinalfn::oid <> 0
                AND g.aggfinalmodify <> CASE g.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::"char"
                THEN 'FINALFUNC_MODIFY = ' || CASE g.aggfinalmodify
                    WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
            'COMBINEFUNC = ' || NULLIF(g.aggcombinefn::oid, 0)::regproc,
            'SERIALFUNC = ' || NULLIF(g.aggserialfn::oid, 0)::regproc,
            'DESERIALFUNC = ' || NULLIF(g.aggdeserialfn::oid, 0)::regproc,
            'INITCOND = ' || quote_literal(g.agginitval),
            'MSFUNC = ' || NULLIF(g.aggmtransfn::oid, 0)::regproc,
            'MINVFUNC = ' || NULLIF(g.aggminvtransfn::oid, 0)::regproc,
            'MSTYPE = ' || format_type(NULLIF(g.aggmtranstype, 0), NULL),
            'MSSPACE = ' || NULLIF(g.aggmtransspace, 0),
            'MFINALFUNC = ' || NULLIF(g.aggmfinalfn::oid, 0)::regproc,
            CASE WHEN g.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
            CASE WHEN g.aggmfinalfn::oid <> 0
                AND g.aggmfinalmodify <> CASE g.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::"char"
                THEN 'MFINALFUNC_MODIFY = ' || CASE g.aggmfinalmodify
                    WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
            'MINITCOND = ' || quote_literal(g.aggminitval),
            'SORTOP = ' || (
                SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
                FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
                WHERE o.oid = g.aggsortop
            ),
            CASE WHEN g.aggkind = 'h' THEN 'HYPOTHETICAL' END,
            'PARALLEL = ' || CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END
        ))
        FROM pg_aggregate g WHERE g.aggfnoid = p.oid
    ) END,
    NULL, NULL, NULL, NULL, NULL
FROM routine p
CROSS JOIN LATERAL (
    SELECT
        format('%s.%I(%s)', p.space_name, p.proname,
            COALESCE(NULLIF(pg_get_function_identity_arguments(p.oid), ''), '*')) AS signature,
        format('%s.%I(%s)', p.space_name, p.proname,
            COALESCE(NULLIF(pg_get_function_arguments(p.oid), ''), '*')) AS definition
) named
