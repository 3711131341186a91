-- PostgreSQL 14 to 18. A version is a number to people: 1 is 001.
SELECT
    id,
    run_id,
    version,
    name,
    direction,
    outcome,
    to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS started_at,
    to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS finished_at,
    round(extract(epoch FROM finished_at - started_at) * 1000) AS duration_ms,
    statements,
    checksum,
    file_path,
    reason,
    error,
    error_sqlstate,
    database_user,
    client_address,
    client,
    tool_version
FROM {log}
WHERE {version}::text IS NULL OR ltrim(version, '0') = ltrim({version}, '0')
ORDER BY id DESC
LIMIT {limit}
