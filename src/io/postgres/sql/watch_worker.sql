-- PostgreSQL 14 to 18. What the worker of a run is at, found by the mark that
-- its statements start with, as a pooler hides its process. The columns of the
-- progress views differ by version, so each row comes as JSON.
SELECT
    w.pid,
    left(w.query, 1000) AS query,
    trunc(extract(epoch FROM clock_timestamp() - w.query_start) * 1000)
        AS elapsed_ms,
    w.wait_event_type IS NOT DISTINCT FROM 'Lock' AS is_waiting,
    p.view,
    p.columns,
    p.relid::regclass AS relation,
    p.index_relid::regclass AS index
FROM pg_stat_activity w
LEFT JOIN LATERAL (
    SELECT 'create_index' AS view, to_json(v) AS columns, v.relid,
        nullif(v.index_relid, 0) AS index_relid
    FROM pg_stat_progress_create_index v WHERE v.pid = w.pid
    UNION ALL
    SELECT 'vacuum', to_json(v), v.relid, NULL
    FROM pg_stat_progress_vacuum v WHERE v.pid = w.pid
    UNION ALL
    SELECT 'cluster', to_json(v), v.relid, nullif(v.cluster_index_relid, 0)
    FROM pg_stat_progress_cluster v WHERE v.pid = w.pid
    UNION ALL
    SELECT 'analyze', to_json(v), v.relid, NULL
    FROM pg_stat_progress_analyze v WHERE v.pid = w.pid
    UNION ALL
    SELECT 'copy', to_json(v), nullif(v.relid, 0), NULL
    FROM pg_stat_progress_copy v WHERE v.pid = w.pid
) p ON TRUE
WHERE w.datname = current_database()
    AND w.backend_type = 'client backend'
    AND w.state = 'active'
    AND w.pid <> pg_backend_pid()
    AND starts_with(w.query, {mark})
ORDER BY w.query_start DESC
LIMIT 1
