-- PostgreSQL 14 to 18. Whether someone waits for this transaction to end.
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'virtualxid'
        AND NOT granted
        AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
) AS is_awaited
