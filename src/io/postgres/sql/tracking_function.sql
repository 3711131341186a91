CREATE OR REPLACE FUNCTION {function}()
RETURNS TABLE (
    total_migrations BIGINT,
    applied_migrations BIGINT,
    failed_migrations BIGINT,
    rolled_back_migrations BIGINT,
    last_version TEXT,
    last_applied_at TIMESTAMPTZ
)
LANGUAGE SQL STABLE AS $function$
    SELECT
        count(*),
        count(*) FILTER (WHERE success AND rolled_back_at IS NULL),
        count(*) FILTER (WHERE NOT success),
        count(*) FILTER (WHERE success AND rolled_back_at IS NOT NULL),
        (array_agg(version::TEXT ORDER BY applied_at DESC, id DESC)
            FILTER (WHERE success AND rolled_back_at IS NULL))[1],
        max(applied_at) FILTER (WHERE success AND rolled_back_at IS NULL)
    FROM {table}
$function$;
