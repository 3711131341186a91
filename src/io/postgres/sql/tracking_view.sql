CREATE OR REPLACE VIEW {view} AS
SELECT
    version,
    name,
    CASE
        WHEN success AND rolled_back_at IS NULL THEN 'applied'
        WHEN success THEN 'rolled back'
        WHEN direction = 'rollback' THEN 'partly rolled back'
        WHEN statements_done > 0 OR statement_started IS NOT NULL
            THEN 'partly applied'
        ELSE 'failed'
    END AS status,
    applied_at,
    execution_time_ms,
    rolled_back_at,
    rollback_reason,
    error,
    file_path
FROM {table}
ORDER BY id;
