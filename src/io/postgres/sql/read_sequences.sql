-- Where the sequences stand, as far as the role may know. For PostgreSQL 14 to 18.
SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), r.may_read,
    CASE WHEN r.may_read THEN pg_sequence_last_value(c.oid) END
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT has_sequence_privilege(c.oid, 'USAGE, SELECT')) AS r (may_read)
WHERE c.relkind = 'S' AND c.relpersistence <> 't'
