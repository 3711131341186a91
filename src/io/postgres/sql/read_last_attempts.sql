-- PostgreSQL 14 to 18. The newest attempt of each version. A rollback that
-- failed and left nothing is told of here alone: the row does not tell of it.
SELECT DISTINCT ON (version)
    version,
    client,
    direction = 'rollback' AND outcome = 'failed' AS is_failed_rollback,
    error,
    error_sqlstate,
    to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS failed_at
FROM {log}
ORDER BY version, id DESC
