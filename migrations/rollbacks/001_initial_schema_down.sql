-- Rollback Migration: 001_initial_schema_down.sql
-- Description: Removes the schema of the trading platform with all its data
-- Author: lockstep
-- Created: 2026-11-22
-- Rollback for: 001_initial_schema.sql

BEGIN;

-- Each object by its name and nothing with CASCADE: whatever was added to the
-- schema since, by hand or by others, stops this rollback instead of being lost.
-- TimescaleDB takes one hypertable to a DROP, and its policies go with the table.

-- ==================================================
-- VIEWS
-- ==================================================

DROP VIEW trading.strategy_performance;
DROP VIEW trading.position_values;
DROP VIEW trading.open_orders;

-- ==================================================
-- TABLES AND THEIR FUNCTIONS
-- ==================================================

DROP FUNCTION trading.write_log(trading.log_level, TEXT, TEXT, JSONB, UUID);
DROP TABLE trading.system_logs;
DROP TABLE trading.portfolio_snapshots;
DROP TABLE trading.trades;
DROP FUNCTION trading.refuse_change();
DROP FUNCTION trading.apply_trade();
DROP TABLE trading.positions;
DROP TABLE trading.orders;
DROP TABLE trading.market_data;
DROP TABLE trading.portfolios;
DROP TABLE trading.strategies;
DROP TABLE trading.instruments;
DROP FUNCTION trading.is_final(trading.order_status);
DROP FUNCTION trading.set_updated_at();

-- ==================================================
-- TYPES AND SCHEMA
-- ==================================================

DROP DOMAIN trading.currency_code;
DROP DOMAIN trading.amount;
DROP DOMAIN trading.quantity;
DROP DOMAIN trading.price;

DROP TYPE trading.log_level;
DROP TYPE trading.order_status;
DROP TYPE trading.time_in_force;
DROP TYPE trading.order_type;
DROP TYPE trading.order_side;
DROP TYPE trading.timeframe;
DROP TYPE trading.strategy_status;
DROP TYPE trading.asset_class;

DROP SCHEMA trading;

-- ==================================================
-- ROLLBACK VALIDATION
-- ==================================================

DO $validation$
BEGIN
    IF to_regnamespace('trading') IS NOT NULL THEN
        RAISE EXCEPTION 'Rollback validation failed: schema trading still exists';
    END IF;

    RAISE NOTICE 'Rollback 001 validation completed successfully';
END;
$validation$;

COMMIT;

-- Rollback completion log
SELECT 'Rollback 001 completed successfully' AS status;
