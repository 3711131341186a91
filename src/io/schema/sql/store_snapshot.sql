-- PostgreSQL 14 to 18. Keeps the schema as it is now, and of the earlier ones
-- the newest.
WITH taken AS MATERIALIZED (
    SELECT COALESCE(string_agg(q.line, E'\n' ORDER BY q.line COLLATE "C"), '') AS schema
    FROM (
        {query}
    ) q
),
pruned AS (
    DELETE FROM {snapshots} s
    WHERE s.id <= (SELECT max(n.id) FROM {snapshots} n) - {kept}
)
INSERT INTO {snapshots}
    (run_id, log_id, server_version, format, fingerprint, schema, client, tool_version, reason)
SELECT
    {run_id}::uuid,
    COALESCE((SELECT max(l.id) FROM {log} l), 0),
    {server_version},
    {format},
    encode(sha256(convert_to(t.schema, 'UTF8')), 'hex'),
    t.schema,
    {client},
    {tool_version},
    {reason}
FROM taken t
