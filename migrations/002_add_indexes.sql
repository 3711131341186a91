-- Migration: 002_add_indexes.sql
-- Description: Indexes, statistics and storage settings for the queries of the platform
-- Author: lockstep
-- Created: 2026-11-22
-- Dependencies: 001_initial_schema.sql
-- Estimated execution time: 1-2 seconds empty, minutes with data

-- Migration metadata
-- Version: 002
-- Type: performance
-- Rollback: 002_add_indexes_down.sql
-- lockstep: lint-ignore require-concurrent-index-creation: TimescaleDB refuses CONCURRENTLY on hypertables
-- CREATE INDEX CONCURRENTLY cannot run inside a transaction, so psql refuses
-- this file because of its BEGIN. lockstep does not send the BEGIN and COMMIT of
-- a file: it runs each CONCURRENTLY statement on its own, the others in
-- transactions, and records how far it came.

BEGIN;

-- ==================================================
-- ORDERS
-- ==================================================

-- The order book of one instrument: few rows are open, so the index stays small.
CREATE INDEX CONCURRENTLY idx_orders_open
    ON trading.orders (instrument_id, side, created_at)
    WHERE status IN ('new', 'accepted', 'partially_filled');

-- The blotter of a strategy, answered from the index alone.
CREATE INDEX CONCURRENTLY idx_orders_strategy_created
    ON trading.orders (strategy_id, created_at DESC)
    INCLUDE (status, quantity, filled_quantity);

CREATE INDEX CONCURRENTLY idx_orders_portfolio_created
    ON trading.orders (portfolio_id, created_at DESC);

-- ==================================================
-- TRADES
-- ==================================================

-- Fills of an order; also serves the foreign key.
CREATE INDEX CONCURRENTLY idx_trades_order
    ON trading.trades (order_id)
    INCLUDE (quantity, price, executed_at);

CREATE INDEX CONCURRENTLY idx_trades_portfolio_executed
    ON trading.trades (portfolio_id, executed_at DESC)
    INCLUDE (instrument_id, side, notional, fee);

-- Rows arrive in the order of execution, so a block range index is enough for
-- reports over all portfolios, at a thousandth of the size.
CREATE INDEX CONCURRENTLY idx_trades_executed_brin
    ON trading.trades USING brin (executed_at) WITH (pages_per_range = 32);

-- ==================================================
-- POSITIONS, STRATEGIES AND INSTRUMENTS
-- ==================================================

CREATE INDEX CONCURRENTLY idx_positions_open
    ON trading.positions (instrument_id)
    INCLUDE (portfolio_id, quantity)
    WHERE quantity <> 0;

-- One revision of a strategy is live at a time.
CREATE UNIQUE INDEX CONCURRENTLY idx_strategies_one_live_revision
    ON trading.strategies (name)
    WHERE status = 'live';

CREATE INDEX CONCURRENTLY idx_strategies_parameters
    ON trading.strategies USING gin (parameters jsonb_path_ops);

CREATE INDEX CONCURRENTLY idx_instruments_symbol
    ON trading.instruments (lower(symbol) COLLATE "C" text_pattern_ops)
    WHERE is_tradable;

-- ==================================================
-- TIME SERIES
-- ==================================================

-- TimescaleDB refuses CONCURRENTLY on hypertables. A plain CREATE INDEX holds up
-- writers while it builds; a bounded wait keeps it from holding up everyone else
-- before it has even begun.
SET LOCAL lock_timeout = '5s';

-- The newest candle of an instrument, whatever its timeframe.
CREATE INDEX idx_market_data_latest
    ON trading.market_data (instrument_id, bucket_time DESC)
    INCLUDE (close_price, timeframe);

CREATE INDEX idx_market_data_bucket_brin
    ON trading.market_data USING brin (bucket_time);

CREATE INDEX idx_portfolio_snapshots_time_brin
    ON trading.portfolio_snapshots USING brin (snapshot_time);

CREATE INDEX idx_system_logs_component
    ON trading.system_logs (component, logged_at DESC);

CREATE INDEX idx_system_logs_trouble
    ON trading.system_logs (logged_at DESC)
    INCLUDE (component)
    WHERE level IN ('error', 'critical');

CREATE INDEX idx_system_logs_strategy
    ON trading.system_logs (strategy_id, logged_at DESC)
    WHERE strategy_id IS NOT NULL;

-- ==================================================
-- STATISTICS AND STORAGE
-- ==================================================

-- A strategy trades few instruments: without this the planner multiplies.
CREATE STATISTICS trading.stat_orders_strategy_instrument (ndistinct, dependencies)
    ON strategy_id, instrument_id FROM trading.orders;

-- Orders and positions are updated in place all day: room on the page keeps
-- those updates out of the indexes, and vacuum comes early.
ALTER TABLE trading.orders SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE trading.positions SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- ==================================================
-- MIGRATION VALIDATION
-- ==================================================

DO $validation$
DECLARE
    wanting TEXT;
BEGIN
    SELECT string_agg(expected, ', ' ORDER BY expected) INTO wanting
    FROM unnest(ARRAY[
        'idx_orders_open', 'idx_orders_strategy_created', 'idx_orders_portfolio_created',
        'idx_trades_order', 'idx_trades_portfolio_executed', 'idx_trades_executed_brin',
        'idx_positions_open', 'idx_strategies_one_live_revision', 'idx_strategies_parameters',
        'idx_instruments_symbol', 'idx_market_data_latest', 'idx_market_data_bucket_brin',
        'idx_portfolio_snapshots_time_brin', 'idx_system_logs_component', 'idx_system_logs_trouble',
        'idx_system_logs_strategy'
    ]) AS expected
    WHERE NOT EXISTS (
        -- A concurrent build that fails leaves an index behind that is not valid.
        SELECT 1
        FROM pg_catalog.pg_index AS i
        WHERE i.indexrelid = to_regclass('trading.' || expected) AND i.indisvalid AND i.indisready
    );

    IF wanting IS NOT NULL THEN
        RAISE EXCEPTION 'Migration validation failed: missing or not valid: %', wanting;
    END IF;

    RAISE NOTICE 'Migration 002 validation completed successfully';
END;
$validation$;

COMMIT;

-- Migration completion log
SELECT 'Migration 002 completed successfully' AS status;
