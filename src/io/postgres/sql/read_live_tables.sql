-- PostgreSQL 14 to 18. {names} is JSON: [{"id": 0, "schema": …, "name": …}].
WITH wanted AS (
    SELECT w.id, min(coalesce(i.indrelid, c.oid)::oid::text)::oid AS relation
    FROM json_to_recordset({names}) AS w (id int, schema text, name text)
    JOIN pg_class AS c ON c.relname = w.name
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
    WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I')
        AND CASE
            WHEN w.schema IS NULL THEN pg_table_is_visible(c.oid)
            ELSE n.nspname = w.schema
        END
    GROUP BY w.id
)
SELECT
    w.id,
    sum(pg_table_size(c.oid)) AS size,
    -- Before the first ANALYZE it is -1.
    sum(c.reltuples) FILTER (WHERE c.reltuples >= 0 AND c.relkind <> 'p')
        AS estimate,
    sum(pg_stat_get_tuples_inserted(c.oid)
        + pg_stat_get_tuples_updated(c.oid)
        + pg_stat_get_tuples_deleted(c.oid)) AS writes,
    sum(pg_stat_get_numscans(c.oid) + (
        SELECT coalesce(sum(pg_stat_get_numscans(x.indexrelid)), 0)
        FROM pg_index AS x
        WHERE x.indrelid = c.oid
    )) AS scans,
    bool_or(c.relkind = 'p') AS is_partitioned
FROM wanted AS w
JOIN LATERAL (
    SELECT w.relation AS oid
    UNION
    SELECT t.relid FROM pg_partition_tree(w.relation) AS t
) AS part ON true
JOIN pg_class AS c ON c.oid = part.oid
GROUP BY w.id
