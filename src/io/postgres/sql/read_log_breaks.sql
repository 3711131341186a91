-- The first rows of the log whose hash, or whose link to the row before,
-- does not fit; empty when the log is whole.
SELECT id, version
FROM (
    SELECT
        l.*,
        lag(l.hash) OVER (ORDER BY l.id) AS expected_previous,
        {row_hash} AS expected_hash
    FROM {log} l
) checked
WHERE hash <> expected_hash
    OR previous_hash IS DISTINCT FROM expected_previous
ORDER BY id
LIMIT 10
