-- PostgreSQL 14 to 18. The sessions that hold a two-number advisory lock, which
-- has objsubid 2, and those at work on a statement with the mark of a run. Of
-- another role's session, one without pg_read_all_stats sees little more than
-- the pid. Times are text that sorts.
SELECT
    a.pid,
    a.pid = ANY (l.pids) AS holds_lock,
    a.usename,
    a.application_name,
    host(a.client_addr) AS address,
    to_char(a.backend_start AT TIME ZONE 'UTC', {time_format}) AS connected_at,
    to_char(a.xact_start AT TIME ZONE 'UTC', {time_format}) AS since,
    to_char(a.query_start AT TIME ZONE 'UTC', {time_format}) AS query_start,
    to_char(a.state_change AT TIME ZONE 'UTC', {time_format}) AS state_since,
    a.state,
    a.wait_event_type || ': ' || a.wait_event AS waits_for,
    a.query,
    coalesce(r.rolsuper, FALSE) AS is_superuser,
    a.backend_start IS NULL AS is_hidden
FROM
    pg_stat_activity a
    LEFT JOIN pg_roles r ON r.oid = a.usesysid,
    (SELECT coalesce(array_agg(pid), '{}') AS pids
    FROM pg_locks
    WHERE locktype = 'advisory'
        AND granted
        AND database =
            (SELECT oid FROM pg_database WHERE datname = current_database())
        AND classid = {first}
        AND objid = {second}
        AND objsubid = 2) l
WHERE a.pid = ANY (l.pids)
    OR (
        a.datname = current_database()
        AND a.pid <> pg_backend_pid()
        AND a.state <> 'idle'
        AND starts_with(a.query, {mark})
    )
