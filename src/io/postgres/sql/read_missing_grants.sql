-- PostgreSQL 14 to 18. What lets the role keep the history: GRANTs, and tables
-- that hide no rows from it.
WITH s AS (
    SELECT
        coalesce(
            has_schema_privilege(to_regnamespace({schema_text}), 'USAGE'),
            FALSE
        ) AS may_look
),
named AS (
    SELECT
        CASE WHEN may_look THEN to_regclass({table_text}) END AS main_table,
        CASE WHEN may_look THEN to_regclass({log_text}) END AS log_table,
        CASE WHEN may_look THEN to_regclass({rollbacks_text}) END
            AS rollbacks_table
    FROM s
),
wanted AS (
    SELECT
        'CREATE' AS privilege,
        'DATABASE ' || quote_ident(current_database()) AS object
    WHERE to_regnamespace({schema_text}) IS NULL
        AND NOT has_database_privilege(current_database(), 'CREATE')
    UNION ALL
    SELECT privilege, 'SCHEMA ' || {schema_text}
    FROM named, unnest(ARRAY['USAGE', 'CREATE']) AS privilege
    WHERE NOT has_schema_privilege(to_regnamespace({schema_text}), privilege)
        AND (
            privilege = 'USAGE'
            OR main_table IS NULL
            OR log_table IS NULL
            OR rollbacks_table IS NULL
        )
    UNION ALL
    SELECT privilege, 'TABLE ' || name
    FROM
        named,
        unnest(
            ARRAY[main_table, log_table, rollbacks_table],
            ARRAY[{table_text}, {log_text}, {rollbacks_text}],
            ARRAY[
                'SELECT INSERT UPDATE',
                'SELECT INSERT',
                'SELECT INSERT UPDATE DELETE'
            ]
        ) AS tables (relation, name, privileges),
        unnest(string_to_array(privileges, ' ')) AS privilege
    WHERE relation IS NOT NULL
        AND NOT has_table_privilege(relation, privilege)
    UNION ALL
    SELECT 'USAGE', 'SEQUENCE ' || sequence
    FROM
        named,
        unnest(ARRAY[main_table, log_table]) AS relation,
        LATERAL (
            -- It fails for a column that is not there.
            SELECT CASE WHEN EXISTS (
                SELECT FROM pg_attribute
                WHERE attrelid = relation AND attname = 'id'
                    AND NOT attisdropped
            ) THEN pg_get_serial_sequence(relation::text, 'id') END AS sequence
        ) id
    WHERE sequence IS NOT NULL
        AND NOT has_sequence_privilege(
            to_regclass(sequence), 'USAGE, UPDATE'
        )
)
SELECT
    'ALTER TABLE ' || name || ' DISABLE ROW LEVEL SECURITY'
FROM
    named,
    unnest(
        ARRAY[main_table, log_table, rollbacks_table],
        ARRAY[{table_text}, {log_text}, {rollbacks_text}]
    ) AS tables (relation, name)
WHERE row_security_active(relation)
UNION ALL
SELECT
    'GRANT ' || string_agg(privilege, ', ') || ' ON ' || object || ' TO '
        || quote_ident(current_user)
FROM wanted
GROUP BY object
ORDER BY 1
