-- PostgreSQL 14 to 18. Rows whose last run, committed together with a row of
-- the log, is not in the log. A row made by hand has no run.
SELECT t.id, t.version
FROM {table} t
WHERE t.success
    AND t.run_id IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM {log} l
        WHERE l.run_id = t.run_id AND l.version = t.version
    )
ORDER BY t.id
LIMIT 10
