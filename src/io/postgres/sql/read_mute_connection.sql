-- PostgreSQL 14 to 18. Whether the session of a client, or the sessions of its
-- run, wait for the client, and have for long. Behind a pooler the process that
-- the client knows is not the server's.
SELECT bool_and(
    wait_event IN ('ClientRead', 'ClientWrite')
    AND state_change < clock_timestamp() - {seconds} * interval '1 second'
) AS is_mute
FROM pg_stat_activity
WHERE datname = current_database()
    AND pid <> pg_backend_pid()
    AND (pid = {pid} OR starts_with(query, {mark}))
