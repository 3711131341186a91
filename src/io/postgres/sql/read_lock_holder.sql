-- PostgreSQL 14 to 18. A two-number advisory lock has objsubid 2.
SELECT
    l.pid,
    a.usename,
    a.application_name,
    host(a.client_addr),
    to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM pg_locks l
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory'
    AND l.granted
    AND l.database =
        (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.classid = {first}
    AND l.objid = {second}
    AND l.objsubid = 2
