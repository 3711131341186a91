-- PostgreSQL 14 to 18. Who and where the session is.
SELECT
    pg_backend_pid() AS pid,
    extract(epoch FROM clock_timestamp()) * 1000 AS clock_ms,
    current_setting('server_version') AS version,
    pg_is_in_recovery() AS is_standby,
    current_setting('transaction_read_only') = 'on' AS is_read_only,
    current_user AS role,
    r.rolsuper AS is_superuser,
    pg_has_role('pg_read_all_stats', 'USAGE') AS sees_all_sessions,
    quote_ident(current_user) AS quoted_role,
    quote_ident(d.datname) AS quoted_database,
    d.oid || ' ' || pg_postmaster_start_time() AS database_identity
FROM pg_roles r, pg_database d
WHERE r.rolname = current_user AND d.datname = current_database()
