-- The relations that this transaction has locked; one that it has dropped has
-- no name any more. For PostgreSQL 14 to 18.
SELECT l.relation, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind, pg_relation_filenode(c.oid), l.mode
FROM pg_locks AS l
LEFT JOIN pg_class AS c ON c.oid = l.relation
LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation >= 16384
    AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
    AND (c.oid IS NULL OR c.relpersistence <> 't' AND n.nspname <> 'pg_toast')
