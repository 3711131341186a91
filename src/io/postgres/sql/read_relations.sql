-- All relations that others can use. For PostgreSQL 14 to 18.
SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relkind, pg_relation_filenode(c.oid)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid >= 16384 AND c.relpersistence <> 't' AND n.nspname <> 'pg_toast'
    AND c.relkind IN ('r', 'p', 'f', 'i', 'I', 'S', 'v', 'm')
