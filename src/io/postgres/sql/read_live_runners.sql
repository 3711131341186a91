-- PostgreSQL 14 to 18. Backends that still run a statement of some run on this
-- tracking table; "query" is hidden from a role without pg_read_all_stats
-- unless it is the role's own.
SELECT
    pid,
    usename,
    application_name,
    host(client_addr),
    to_char(query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM pg_stat_activity
WHERE datname = current_database()
    AND pid <> pg_backend_pid()
    AND state <> 'idle'
    AND starts_with(query, {mark})
