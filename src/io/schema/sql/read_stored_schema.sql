-- The newest snapshot, and whether a run came after it.
SELECT
    s.id,
    s.run_id,
    to_char(s.taken_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS taken_at,
    s.server_version,
    s.format,
    s.schema,
    s.client,
    s.reason,
    s.fingerprint = encode(sha256(convert_to(s.schema, 'UTF8')), 'hex') AS is_intact,
    (
        SELECT count(*) FROM {log} l
        WHERE l.id > s.log_id AND l.direction IN ('migrate', 'rollback', 'restore')
            AND l.outcome NOT IN ('failed', 'restoring', 'restore_failed')
    ) AS later_steps
FROM {snapshots} s
ORDER BY s.id DESC
LIMIT 1
