-- Rollback Migration: 003_add_ml_strategy_fields_down.sql
-- Description: Removes the machine-learning tables and fields with their data
-- Author: lockstep
-- Created: 2026-11-22
-- Rollback for: 003_add_ml_strategy_fields.sql

BEGIN;

-- ==================================================
-- VIEWS AND FUNCTIONS
-- ==================================================

-- A view cannot lose columns by CREATE OR REPLACE, so the one of migration 001
-- is made again.
DROP VIEW trading.strategy_performance;

CREATE VIEW trading.strategy_performance AS
SELECT
    s.strategy_id,
    s.name,
    s.revision,
    s.status,
    COUNT(DISTINCT o.order_id) AS order_count,
    COUNT(t.trade_id) AS trade_count,
    COALESCE(SUM(t.notional) FILTER (WHERE t.side = 'buy'), 0) AS bought_notional,
    COALESCE(SUM(t.notional) FILTER (WHERE t.side = 'sell'), 0) AS sold_notional,
    MAX(t.executed_at) AS last_trade_at
FROM trading.strategies AS s
LEFT JOIN trading.orders AS o USING (strategy_id)
LEFT JOIN trading.trades AS t USING (order_id)
GROUP BY s.strategy_id;

COMMENT ON VIEW trading.strategy_performance IS 'Activity per strategy';

DROP VIEW trading.ml_model_performance;
DROP FUNCTION trading.promote_model(UUID);

-- ==================================================
-- FIELDS OF STRATEGIES AND ORDERS
-- ==================================================

-- The constraints and indexes on a column go with it.
ALTER TABLE trading.orders DROP COLUMN decision_latency_ms;

ALTER TABLE trading.strategies
    DROP COLUMN ml_last_trained_at,
    DROP COLUMN ml_retrain_every,
    DROP COLUMN ml_min_confidence,
    DROP COLUMN ml_model_id,
    DROP COLUMN uses_ml;

-- ==================================================
-- TABLES AND TYPES
-- ==================================================

DROP TABLE trading.ml_predictions;
DROP TABLE trading.ml_training_runs;
DROP TABLE trading.ml_model_features;
DROP TABLE trading.ml_models;
DROP TABLE trading.ml_features;

DROP DOMAIN trading.probability;

DROP TYPE trading.ml_run_status;
DROP TYPE trading.ml_model_stage;
DROP TYPE trading.ml_task;

-- ==================================================
-- ROLLBACK VALIDATION
-- ==================================================

DO $validation$
DECLARE
    remaining TEXT;
BEGIN
    SELECT string_agg(found.name, ', ' ORDER BY found.name) INTO remaining
    FROM (
        SELECT c.relname::TEXT
        FROM pg_catalog.pg_class AS c
        WHERE c.relnamespace = 'trading'::REGNAMESPACE AND c.relname ~ '(^|_)ml_'
        UNION ALL
        SELECT t.typname::TEXT
        FROM pg_catalog.pg_type AS t
        WHERE t.typnamespace = 'trading'::REGNAMESPACE AND (t.typname ~ '^ml_' OR t.typname = 'probability')
        UNION ALL
        SELECT a.attrelid::REGCLASS || '.' || a.attname
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid IN (
                'trading.strategies'::REGCLASS, 'trading.orders'::REGCLASS,
                'trading.strategy_performance'::REGCLASS
            )
            AND a.attname ~ '(^ml_|^model_|^uses_ml$|^decision_latency_ms$)'
            AND NOT a.attisdropped
    ) AS found (name);

    IF remaining IS NOT NULL THEN
        RAISE EXCEPTION 'Rollback validation failed: still there: %', remaining;
    END IF;

    RAISE NOTICE 'Rollback 003 validation completed successfully';
END;
$validation$;

COMMIT;

-- Rollback completion log
SELECT 'Rollback 003 completed successfully' AS status;
