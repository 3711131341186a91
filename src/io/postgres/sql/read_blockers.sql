-- PostgreSQL 14 to 18. Who waits for whom, from a waiting session on: a row for
-- each pair, the first without a waiter. UNION keeps each pair once, so a
-- circle ends. A blocker that is a prepared transaction has the pid 0: it is
-- found by the lock that it holds, and told by the transaction that it is.
WITH RECURSIVE locks AS MATERIALIZED (
    SELECT * FROM pg_locks
    WHERE NOT granted OR pid IS NULL OR locktype = 'tuple'
),
pairs (waiter, pid) AS (
    SELECT NULL::integer, {pid}
    UNION
    SELECT p.pid, b.pid
    FROM pairs p
    CROSS JOIN LATERAL unnest(pg_blocking_pids(p.pid)) AS b (pid)
    WHERE p.pid IN (SELECT l.pid FROM locks l WHERE NOT l.granted)
        AND b.pid <> pg_backend_pid()
),
awaited AS (
    SELECT DISTINCT ON (l.pid)
        l.*,
        -- who waits for the owner of a row holds the row's own lock
        coalesce(l.relation, t.relation) AS of_relation
    FROM locks l
    LEFT JOIN locks t
        ON t.pid = l.pid AND t.granted AND t.locktype = 'tuple'
    WHERE NOT l.granted
    ORDER BY l.pid, l.waitstart
),
prepared AS (
    SELECT
        a.pid AS waiter,
        x.gid,
        x.owner,
        x.prepared
    FROM awaited a
    JOIN locks h
        ON h.pid IS NULL
        AND h.granted
        AND (
            h.locktype, h.database, h.relation, h.page, h.tuple, h.virtualxid,
            h.transactionid, h.classid, h.objid, h.objsubid
        ) IS NOT DISTINCT FROM (
            a.locktype, a.database, a.relation, a.page, a.tuple, a.virtualxid,
            a.transactionid, a.classid, a.objid, a.objsubid
        )
    JOIN locks o
        ON o.pid IS NULL
        AND o.locktype = 'transactionid'
        AND o.virtualtransaction = h.virtualtransaction
    JOIN pg_prepared_xacts x ON x.transaction = o.transactionid
)
SELECT
    p.waiter,
    p.pid,
    x.gid,
    s.backend_type,
    coalesce(s.usename, x.owner) AS usename,
    s.application_name,
    host(s.client_addr) AS client_address,
    s.state,
    trunc(extract(
        epoch FROM clock_timestamp() - coalesce(s.xact_start, x.prepared)
    ) * 1000) AS transaction_ms,
    left(s.query, 1000) AS query,
    a.locktype AS awaited_kind,
    a.mode AS awaited_mode,
    CASE WHEN a.database IS NULL OR a.database IN (0, d.oid)
        THEN a.of_relation::regclass END AS awaited_relation,
    trunc(extract(epoch FROM clock_timestamp() - a.waitstart) * 1000)
        AS waited_ms
FROM (SELECT * FROM pairs LIMIT 200) p
JOIN pg_database d ON d.datname = current_database()
LEFT JOIN pg_stat_activity s ON s.pid = p.pid
LEFT JOIN awaited a ON a.pid = p.pid
LEFT JOIN prepared x ON p.pid = 0 AND x.waiter = p.waiter
