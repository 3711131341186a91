-- PostgreSQL 14 to 18. Ends a session that is still the one that was seen, and
-- that still holds the lock or is at work on a run's statement: the number of
-- a process can be given to another one. The statement checks and ends in one.
WITH seen AS MATERIALIZED (
    SELECT a.pid
    FROM pg_stat_activity a
    WHERE a.pid = {pid}
        AND to_char(a.backend_start AT TIME ZONE 'UTC', {time_format})
            IS NOT DISTINCT FROM {connected_at}
        AND (
            (a.state <> 'idle' AND starts_with(a.query, {mark}))
            OR EXISTS (
                SELECT FROM pg_locks l
                WHERE l.pid = a.pid
                    AND l.locktype = 'advisory'
                    AND l.granted
                    AND l.database =
                        (SELECT oid FROM pg_database
                        WHERE datname = current_database())
                    AND l.classid = {first}
                    AND l.objid = {second}
                    AND l.objsubid = 2
            )
        )
)
SELECT pg_terminate_backend(pid) FROM seen
