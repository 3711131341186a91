-- PostgreSQL 14 to 18. The GRANTs that the role needs to keep the history.
WITH wanted AS (
    SELECT
        'CREATE' AS privilege,
        'DATABASE ' || quote_ident(current_database()) AS object
    WHERE to_regnamespace({schema_text}) IS NULL
        AND NOT has_database_privilege(current_database(), 'CREATE')
    UNION ALL
    SELECT privilege, 'SCHEMA ' || {schema_text}
    FROM unnest(ARRAY['USAGE', 'CREATE']) AS privilege
    WHERE NOT has_schema_privilege(to_regnamespace({schema_text}), privilege)
        AND (
            privilege = 'USAGE'
            OR to_regclass({table_text}) IS NULL
            OR to_regclass({log_text}) IS NULL
            OR to_regclass({rollbacks_text}) IS NULL
        )
    UNION ALL
    SELECT privilege, 'TABLE ' || name
    FROM
        unnest(ARRAY[{table_text}, {log_text}, {rollbacks_text}]) AS name,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege
    WHERE NOT has_table_privilege(to_regclass(name), privilege)
    UNION ALL
    SELECT 'USAGE', 'SEQUENCE ' || sequence
    FROM
        unnest(ARRAY[
            pg_get_serial_sequence(to_regclass({table_text})::text, 'id'),
            pg_get_serial_sequence(to_regclass({log_text})::text, 'id')
        ]) AS sequence
    WHERE sequence IS NOT NULL
        AND NOT has_sequence_privilege(to_regclass(sequence), 'USAGE')
)
SELECT
    'GRANT ' || string_agg(privilege, ', ') || ' ON ' || object || ' TO '
        || quote_ident(current_user)
FROM wanted
GROUP BY object
ORDER BY object
