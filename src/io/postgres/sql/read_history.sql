SELECT
    version,
    name,
    checksum,
    file_path,
    success,
    to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS applied_at,
    execution_time_ms,
    to_char(rolled_back_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS rolled_back_at,
    rollback_reason,
    array_to_json(dependencies) AS dependencies,
    direction,
    statements_done,
    statements_fingerprint,
    statement_started,
    error,
    error_sqlstate,
    to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at,
    run_id
FROM {table}
ORDER BY id
