-- PostgreSQL 14 to 18. What exists of the tracking tables, and what the role
-- may do with them.
SELECT
    to_regnamespace({schema_text}) IS NOT NULL AS has_schema,
    to_regclass({table_text}) IS NOT NULL AS has_table,
    to_regclass({log_text}) IS NOT NULL AS has_log,
    to_regclass({rollbacks_text}) IS NOT NULL AS has_rollbacks,
    to_regclass({view_text}) IS NOT NULL AS has_view,
    to_regprocedure({function_text}) IS NOT NULL AS has_function,
    coalesce(
        (SELECT json_agg(attname)
        FROM pg_attribute
        WHERE attrelid = to_regclass({table_text})
            AND attnum > 0 AND NOT attisdropped),
        '[]'
    ) AS columns,
    current_user AS role,
    current_database() AS database
