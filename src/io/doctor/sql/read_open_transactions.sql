-- PostgreSQL 14 to 18. Transactions of this database that have been idle for 10
-- seconds or open for a minute and that DDL waits for: they have a lock on a
-- table or an old snapshot. A role without pg_read_all_stats sees its own.
SELECT
    a.pid,
    a.usename,
    a.application_name,
    a.state,
    extract(epoch FROM clock_timestamp() - a.xact_start) * 1000 AS age_ms,
    to_json(l.tables) AS tables
FROM
    pg_stat_activity a,
    LATERAL (
        SELECT coalesce(
            array_agg(DISTINCT relation::regclass::text
                ORDER BY relation::regclass::text),
            '{}'
        ) AS tables
        FROM pg_locks
        WHERE pid = a.pid
            AND locktype = 'relation'
            AND granted
            AND database =
                (SELECT oid FROM pg_database WHERE datname = current_database())
            -- The system's own tables have lower numbers.
            AND relation >= 16384
    ) l
WHERE a.datname = current_database()
    AND a.pid <> pg_backend_pid()
    AND a.backend_type = 'client backend'
    AND a.xact_start < clock_timestamp() - CASE
        WHEN a.state LIKE 'idle in transaction%' THEN INTERVAL '10 seconds'
        ELSE INTERVAL '1 minute'
    END
    AND (a.backend_xmin IS NOT NULL OR l.tables <> '{}')
ORDER BY a.xact_start
