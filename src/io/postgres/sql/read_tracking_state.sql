-- PostgreSQL 14 to 18. What exists of the tracking tables, and what the role
-- may do with them. Without USAGE on the schema to_regclass() itself fails.
SELECT
    to_regnamespace({schema_text}) IS NOT NULL AS has_schema,
    CASE WHEN s.may_look
        THEN to_regclass({table_text}) IS NOT NULL END AS has_table,
    CASE WHEN s.may_look
        THEN to_regclass({log_text}) IS NOT NULL END AS has_log,
    CASE WHEN s.may_look
        THEN to_regclass({rollbacks_text}) IS NOT NULL END AS has_rollbacks,
    CASE WHEN s.may_look
        THEN to_regclass({view_text}) IS NOT NULL END AS has_view,
    CASE WHEN s.may_look THEN EXISTS (
        SELECT
        FROM pg_rewrite r
        JOIN pg_depend d
            ON d.classid = 'pg_rewrite'::regclass
            AND d.objid = r.oid
            AND d.refclassid = 'pg_class'::regclass
        WHERE r.ev_class = to_regclass({view_text})
            AND d.refobjid = to_regclass({table_text})
    ) END AS has_own_view,
    CASE WHEN s.may_look
        THEN to_regprocedure({function_text}) IS NOT NULL END AS has_function,
    coalesce(
        (SELECT json_agg(attname)
        FROM pg_attribute
        WHERE attrelid =
                CASE WHEN s.may_look THEN to_regclass({table_text}) END
            AND attnum > 0 AND NOT attisdropped),
        '[]'
    ) AS columns,
    current_user AS role,
    current_database() AS database
FROM (
    SELECT
        has_schema_privilege(to_regnamespace({schema_text}), 'USAGE')
            AS may_look
) s
