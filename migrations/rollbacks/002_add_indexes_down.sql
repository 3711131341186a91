-- Rollback Migration: 002_add_indexes_down.sql
-- Description: Removes the indexes, statistics and storage settings of migration 002
-- Author: lockstep
-- Created: 2026-11-22
-- Rollback for: 002_add_indexes.sql

-- DROP INDEX CONCURRENTLY cannot run inside a transaction: see the note in the
-- migration. Indexes of time series are dropped plainly, as hypertables want it.

BEGIN;

-- ==================================================
-- STATISTICS AND STORAGE
-- ==================================================

ALTER TABLE trading.positions RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE trading.orders RESET (fillfactor, autovacuum_vacuum_scale_factor);

DROP STATISTICS trading.stat_orders_strategy_instrument;

-- ==================================================
-- TIME SERIES
-- ==================================================

SET LOCAL lock_timeout = '5s';

DROP INDEX trading.idx_system_logs_strategy;
DROP INDEX trading.idx_system_logs_trouble;
DROP INDEX trading.idx_system_logs_component;
DROP INDEX trading.idx_portfolio_snapshots_time_brin;
DROP INDEX trading.idx_market_data_bucket_brin;
DROP INDEX trading.idx_market_data_latest;

-- ==================================================
-- TABLES THAT ARE BUSY ALL DAY
-- ==================================================

DROP INDEX CONCURRENTLY trading.idx_instruments_symbol;
DROP INDEX CONCURRENTLY trading.idx_strategies_parameters;
DROP INDEX CONCURRENTLY trading.idx_strategies_one_live_revision;
DROP INDEX CONCURRENTLY trading.idx_positions_open;
DROP INDEX CONCURRENTLY trading.idx_trades_executed_brin;
DROP INDEX CONCURRENTLY trading.idx_trades_portfolio_executed;
DROP INDEX CONCURRENTLY trading.idx_trades_order;
DROP INDEX CONCURRENTLY trading.idx_orders_portfolio_created;
DROP INDEX CONCURRENTLY trading.idx_orders_strategy_created;
DROP INDEX CONCURRENTLY trading.idx_orders_open;

-- ==================================================
-- ROLLBACK VALIDATION
-- ==================================================

DO $validation$
DECLARE
    remaining TEXT;
BEGIN
    SELECT string_agg(c.relname, ', ' ORDER BY c.relname) INTO remaining
    FROM pg_catalog.pg_class AS c
    WHERE c.relnamespace = 'trading'::REGNAMESPACE
        AND c.relkind IN ('i', 'I')
        AND starts_with(c.relname, 'idx_');

    IF remaining IS NOT NULL THEN
        RAISE EXCEPTION 'Rollback validation failed: still there: %', remaining;
    END IF;

    IF EXISTS (
        SELECT 1
        FROM pg_catalog.pg_class AS c
        WHERE c.oid IN ('trading.orders'::REGCLASS, 'trading.positions'::REGCLASS)
            AND c.reloptions IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'Rollback validation failed: storage settings remain';
    END IF;

    RAISE NOTICE 'Rollback 002 validation completed successfully';
END;
$validation$;

COMMIT;

-- Rollback completion log
SELECT 'Rollback 002 completed successfully' AS status;
