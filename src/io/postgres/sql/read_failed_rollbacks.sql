-- PostgreSQL 14 to 18. Versions whose newest attempt is a rollback that failed
-- and left nothing: their rows do not tell of it.
SELECT
    version,
    error,
    error_sqlstate,
    to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS failed_at
FROM (
    SELECT DISTINCT ON (version)
        version,
        direction,
        outcome,
        error,
        error_sqlstate,
        finished_at
    FROM {log}
    ORDER BY version, id DESC
) newest
WHERE direction = 'rollback'
    AND outcome = 'failed'
