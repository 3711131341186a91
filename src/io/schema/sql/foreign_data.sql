SELECT
    'foreign data wrapper', quote_ident(w.fdwname), 'pg_foreign_data_wrapper'::regclass, w.oid,
    'FOREIGN DATA WRAPPER', quote_ident(w.fdwname), w.fdwowner, 'F', w.fdwacl, NULL, NULL,
    concat_ws(' ',
        format('CREATE FOREIGN DATA WRAPPER %I', w.fdwname),
        'HANDLER ' || NULLIF(w.fdwhandler, 0)::regproc,
        'VALIDATOR ' || NULLIF(w.fdwvalidator, 0)::regproc,
        shown.options
    ) || ';',
    NULL, NULL, hidden.note, NULL, NULL
FROM pg_foreign_data_wrapper w
CROSS JOIN LATERAL (
    SELECT 'OPTIONS (' || string_agg(format('%I %L', o.option_name, o.option_value), ', '
        ORDER BY o.option_name COLLATE "C") || ')' AS options
    FROM pg_options_to_table(w.fdwoptions) o WHERE o.option_name !~* {secret_option}
) shown
CROSS JOIN LATERAL (
    SELECT 'options that may be secret are left out: ' ||
        string_agg(quote_ident(o.option_name), ', ' ORDER BY o.option_name COLLATE "C") AS note
    FROM pg_options_to_table(w.fdwoptions) o WHERE o.option_name ~* {secret_option}
) hidden
LEFT JOIN member m ON m.classid = 'pg_foreign_data_wrapper'::regclass AND m.objid = w.oid
WHERE m.objid IS NULL

UNION ALL
SELECT
    'server', quote_ident(s.srvname), 'pg_foreign_server'::regclass, s.oid,
    'SERVER', quote_ident(s.srvname), s.srvowner, 'S', s.srvacl, NULL, NULL,
    concat_ws(' ',
        format('CREATE SERVER %I', s.srvname), 'TYPE ' || quote_literal(s.srvtype),
        'VERSION ' || quote_literal(s.srvversion),
        format('FOREIGN DATA WRAPPER %I', w.fdwname), shown.options
    ) || ';',
    NULL, NULL, hidden.note, NULL, NULL
FROM pg_foreign_server s
JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
CROSS JOIN LATERAL (
    SELECT 'OPTIONS (' || string_agg(format('%I %L', o.option_name, o.option_value), ', '
        ORDER BY o.option_name COLLATE "C") || ')' AS options
    FROM pg_options_to_table(s.srvoptions) o WHERE o.option_name !~* {secret_option}
) shown
CROSS JOIN LATERAL (
    SELECT 'options that may be secret are left out: ' ||
        string_agg(quote_ident(o.option_name), ', ' ORDER BY o.option_name COLLATE "C") AS note
    FROM pg_options_to_table(s.srvoptions) o WHERE o.option_name ~* {secret_option}
) hidden
LEFT JOIN member m ON m.classid = 'pg_foreign_server'::regclass AND m.objid = s.oid
WHERE m.objid IS NULL

UNION ALL
-- Who may see their options depends on the role, and they hold passwords.
SELECT
    'user mapping', shown.name, 'pg_user_mapping'::regclass, u.umid,
    'USER MAPPING', shown.name, NULL, NULL, NULL, NULL, NULL,
    format('CREATE USER MAPPING %s;', shown.name),
    NULL, NULL, 'options of user mappings are left out, as they may be secret', NULL, NULL
FROM pg_user_mappings u
CROSS JOIN LATERAL (
    SELECT format('FOR %s SERVER %I',
        CASE u.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, u.srvname) AS name
) shown
LEFT JOIN member m ON m.classid = 'pg_user_mapping'::regclass AND m.objid = u.umid
WHERE m.objid IS NULL
