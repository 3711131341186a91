-- PostgreSQL 14 to 18. Backends that still run a statement of some run on this
-- tracking table; "query" is hidden from a role without pg_read_all_stats
-- unless it is the role's own. One that is idle may have more to do: what a
-- dead client has sent is worked on message by message.
SELECT
    pid,
    usename,
    application_name,
    host(client_addr),
    to_char(query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM pg_stat_activity
WHERE datname = current_database()
    AND pid <> pg_backend_pid()
    AND (state <> 'idle' OR state_change > clock_timestamp() - interval '100 ms')
    AND starts_with(query, {mark})
