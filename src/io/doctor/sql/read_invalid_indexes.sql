-- PostgreSQL 14 to 18. Indexes that are not valid, toast tables' among them.
SELECT
    quote_ident(n.nspname) AS schema,
    quote_ident(c.relname) AS name,
    i.indrelid::regclass AS table,
    c.relkind = 'I' AS is_of_partitioned_table,
    (SELECT quote_ident(min(conname))
    FROM pg_constraint
    WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
        AS constraint,
    EXISTS (
        SELECT FROM pg_stat_progress_create_index p
        WHERE p.datid =
                (SELECT oid FROM pg_database WHERE datname = current_database())
            AND i.indrelid = p.relid
    ) AS is_being_built
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid
ORDER BY 1, 2
