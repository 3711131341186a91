-- PostgreSQL 14 to 18. Sessions whose open transaction has written to the
-- table, or has locked it against writing.
SELECT DISTINCT
    l.pid,
    a.usename,
    a.application_name,
    host(a.client_addr),
    to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM pg_locks l
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation'
    AND l.granted
    AND l.database =
        (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.relation = to_regclass({table})
    AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
    AND l.pid <> pg_backend_pid()
ORDER BY 5
