-- Migration: 001_initial_schema.sql
-- Description: Schema of the trading platform: instruments, strategies, market data, orders, trades, positions, snapshots, logs
-- Author: lockstep
-- Created: 2026-11-22
-- Dependencies: None
-- Estimated execution time: 1-2 seconds

-- Migration metadata
-- Version: 001
-- Type: schema_change
-- Rollback: 001_initial_schema_down.sql

BEGIN;

-- ==================================================
-- SCHEMA AND TYPES
-- ==================================================

CREATE SCHEMA trading;
COMMENT ON SCHEMA trading IS 'Algorithmic trading platform';

CREATE TYPE trading.asset_class AS ENUM ('equity', 'etf', 'future', 'option', 'fx', 'crypto');
CREATE TYPE trading.strategy_status AS ENUM ('draft', 'backtesting', 'paper', 'live', 'paused', 'retired');
CREATE TYPE trading.timeframe AS ENUM ('1m', '5m', '15m', '1h', '4h', '1d');
CREATE TYPE trading.order_side AS ENUM ('buy', 'sell');
CREATE TYPE trading.order_type AS ENUM ('market', 'limit', 'stop', 'stop_limit');
CREATE TYPE trading.time_in_force AS ENUM ('day', 'gtc', 'ioc', 'fok');
CREATE TYPE trading.order_status AS ENUM (
    'new', 'accepted', 'partially_filled', 'filled', 'cancelled', 'rejected', 'expired'
);
CREATE TYPE trading.log_level AS ENUM ('debug', 'info', 'warning', 'error', 'critical');

-- NaN sorts above Infinity, so one comparison keeps both out of the numbers.
CREATE DOMAIN trading.price AS NUMERIC(20, 8)
    CONSTRAINT price_is_positive CHECK (VALUE > 0 AND VALUE < 'Infinity');
CREATE DOMAIN trading.quantity AS NUMERIC(28, 10)
    CONSTRAINT quantity_is_not_negative CHECK (VALUE >= 0 AND VALUE < 'Infinity');
CREATE DOMAIN trading.amount AS NUMERIC(28, 8)
    CONSTRAINT amount_is_finite CHECK (VALUE > '-Infinity' AND VALUE < 'Infinity');
CREATE DOMAIN trading.currency_code AS TEXT COLLATE "C"
    CONSTRAINT currency_code_is_upper_case CHECK (VALUE ~ '^[A-Z0-9]{3,10}$');

COMMENT ON DOMAIN trading.price IS 'Price of one unit in the quote currency of the instrument';
COMMENT ON DOMAIN trading.quantity IS 'Number of units; the side of the order says the direction';
COMMENT ON DOMAIN trading.amount IS 'Money, signed';
COMMENT ON DOMAIN trading.currency_code IS 'ISO 4217 code, or the ticker of a crypto asset; it''s always upper case';

-- ==================================================
-- SHARED FUNCTIONS
-- ==================================================

CREATE FUNCTION trading.set_updated_at() RETURNS TRIGGER
LANGUAGE plpgsql
AS $function$
BEGIN
    NEW.updated_at := NOW();
    RETURN NEW;
END;
$function$;

COMMENT ON FUNCTION trading.set_updated_at() IS 'Keeps updated_at at the time of the last change';

CREATE FUNCTION trading.is_final(status trading.order_status) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('filled', 'cancelled', 'rejected', 'expired');

COMMENT ON FUNCTION trading.is_final(trading.order_status) IS 'Whether an order in this status rests at no venue';

-- ==================================================
-- REFERENCE DATA
-- ==================================================

CREATE TABLE trading.instruments (
    instrument_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    symbol TEXT NOT NULL CHECK (symbol <> '' AND symbol = btrim(symbol)),
    venue TEXT NOT NULL CHECK (venue <> '' AND venue = btrim(venue)),
    asset_class trading.asset_class NOT NULL,
    quote_currency trading.currency_code NOT NULL,
    tick_size trading.price NOT NULL,
    lot_size trading.quantity NOT NULL DEFAULT 1 CHECK (lot_size > 0),
    is_tradable BOOLEAN NOT NULL DEFAULT TRUE,
    listed_on DATE,
    delisted_on DATE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT instruments_venue_symbol_key UNIQUE (venue, symbol),
    CONSTRAINT instruments_delisted_after_listed CHECK (delisted_on >= listed_on)
);

COMMENT ON TABLE trading.instruments IS 'What can be traded, one row per symbol and venue';
COMMENT ON COLUMN trading.instruments.tick_size IS 'Smallest step of the price';
COMMENT ON COLUMN trading.instruments.lot_size IS 'Smallest step of the quantity';

CREATE TRIGGER instruments_set_updated_at BEFORE UPDATE ON trading.instruments
    FOR EACH ROW EXECUTE FUNCTION trading.set_updated_at();

CREATE TABLE trading.strategies (
    strategy_id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(100) NOT NULL CHECK (name <> ''),
    revision INTEGER NOT NULL DEFAULT 1 CHECK (revision > 0),
    status trading.strategy_status NOT NULL DEFAULT 'draft',
    description TEXT,
    parameters JSONB NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(parameters) = 'object'),
    max_order_notional trading.amount CHECK (max_order_notional > 0),
    max_drawdown NUMERIC(5, 4) CHECK (max_drawdown > 0 AND max_drawdown <= 1),
    activated_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT strategies_name_revision_key UNIQUE (name, revision),
    CONSTRAINT strategies_live_is_activated CHECK (status <> 'live' OR activated_at IS NOT NULL)
);

COMMENT ON TABLE trading.strategies IS 'Trading strategies; a change of the rules is a new revision';
COMMENT ON COLUMN trading.strategies.parameters IS 'Settings that the strategy itself understands';
COMMENT ON COLUMN trading.strategies.max_drawdown IS 'Loss from the peak at which the strategy is paused, as a fraction';

CREATE TRIGGER strategies_set_updated_at BEFORE UPDATE ON trading.strategies
    FOR EACH ROW EXECUTE FUNCTION trading.set_updated_at();

CREATE TABLE trading.portfolios (
    portfolio_id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(100) NOT NULL UNIQUE CHECK (name <> ''),
    base_currency trading.currency_code NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    closed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT portfolios_closed_after_opened CHECK (closed_at >= opened_at)
);

COMMENT ON TABLE trading.portfolios IS 'Accounts that hold positions and cash';

CREATE TRIGGER portfolios_set_updated_at BEFORE UPDATE ON trading.portfolios
    FOR EACH ROW EXECUTE FUNCTION trading.set_updated_at();

-- ==================================================
-- MARKET DATA
-- ==================================================

-- The key of a time series holds the time column, as TimescaleDB asks for.
CREATE TABLE trading.market_data (
    instrument_id BIGINT NOT NULL REFERENCES trading.instruments,
    timeframe trading.timeframe NOT NULL,
    bucket_time TIMESTAMPTZ NOT NULL,
    open_price trading.price NOT NULL,
    high_price trading.price NOT NULL,
    low_price trading.price NOT NULL,
    close_price trading.price NOT NULL,
    volume trading.quantity NOT NULL DEFAULT 0,
    trade_count INTEGER CHECK (trade_count >= 0),
    source TEXT NOT NULL DEFAULT 'venue',
    CONSTRAINT market_data_pkey PRIMARY KEY (instrument_id, timeframe, bucket_time),
    CONSTRAINT market_data_high_is_highest CHECK (high_price >= GREATEST(open_price, close_price, low_price)),
    CONSTRAINT market_data_low_is_lowest CHECK (low_price <= LEAST(open_price, close_price))
);

COMMENT ON TABLE trading.market_data IS 'Candles, one row per instrument, timeframe and bucket';
COMMENT ON COLUMN trading.market_data.bucket_time IS 'Start of the candle';

-- ==================================================
-- ORDERS AND TRADES
-- ==================================================

CREATE TABLE trading.orders (
    order_id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    client_order_id VARCHAR(64) NOT NULL,
    strategy_id UUID NOT NULL REFERENCES trading.strategies,
    portfolio_id UUID NOT NULL REFERENCES trading.portfolios,
    instrument_id BIGINT NOT NULL REFERENCES trading.instruments,
    side trading.order_side NOT NULL,
    order_type trading.order_type NOT NULL,
    time_in_force trading.time_in_force NOT NULL DEFAULT 'day',
    quantity trading.quantity NOT NULL CHECK (quantity > 0),
    limit_price trading.price,
    stop_price trading.price,
    status trading.order_status NOT NULL DEFAULT 'new',
    filled_quantity trading.quantity NOT NULL DEFAULT 0,
    reject_reason TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    submitted_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT orders_client_order_id_key UNIQUE (portfolio_id, client_order_id),
    -- Target of the foreign key by which a trade cannot contradict its order.
    CONSTRAINT orders_trade_reference_key UNIQUE (order_id, portfolio_id, instrument_id, side),
    CONSTRAINT orders_limit_price_by_type CHECK (
        (limit_price IS NOT NULL) = (order_type IN ('limit', 'stop_limit'))
    ),
    CONSTRAINT orders_stop_price_by_type CHECK (
        (stop_price IS NOT NULL) = (order_type IN ('stop', 'stop_limit'))
    ),
    CONSTRAINT orders_not_overfilled CHECK (filled_quantity <= quantity),
    CONSTRAINT orders_filled_is_complete CHECK ((status = 'filled') = (filled_quantity = quantity)),
    CONSTRAINT orders_final_is_closed CHECK (trading.is_final(status) = (closed_at IS NOT NULL)),
    CONSTRAINT orders_rejected_has_reason CHECK (status <> 'rejected' OR reject_reason IS NOT NULL)
);

COMMENT ON TABLE trading.orders IS 'Orders as sent to the venue, with their present state';
COMMENT ON COLUMN trading.orders.client_order_id IS 'Our key at the venue; sending it twice is one order';

CREATE TRIGGER orders_set_updated_at BEFORE UPDATE ON trading.orders
    FOR EACH ROW EXECUTE FUNCTION trading.set_updated_at();

CREATE TABLE trading.trades (
    trade_id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id UUID NOT NULL,
    portfolio_id UUID NOT NULL,
    instrument_id BIGINT NOT NULL,
    side trading.order_side NOT NULL,
    venue_trade_id VARCHAR(64) NOT NULL,
    quantity trading.quantity NOT NULL CHECK (quantity > 0),
    price trading.price NOT NULL,
    notional NUMERIC NOT NULL GENERATED ALWAYS AS (quantity * price) STORED,
    fee trading.amount NOT NULL DEFAULT 0,
    fee_currency trading.currency_code NOT NULL,
    executed_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT trades_venue_trade_id_key UNIQUE (instrument_id, venue_trade_id, side),
    CONSTRAINT trades_order_fkey FOREIGN KEY (order_id, portfolio_id, instrument_id, side)
        REFERENCES trading.orders (order_id, portfolio_id, instrument_id, side)
);

COMMENT ON TABLE trading.trades IS 'Executions; rows are only ever added';
COMMENT ON COLUMN trading.trades.fee IS 'Paid when positive, a rebate when negative';

CREATE TABLE trading.positions (
    portfolio_id UUID NOT NULL REFERENCES trading.portfolios,
    instrument_id BIGINT NOT NULL REFERENCES trading.instruments,
    quantity NUMERIC(28, 10) NOT NULL DEFAULT 0,
    average_price trading.price,
    realized_pnl trading.amount NOT NULL DEFAULT 0,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT positions_pkey PRIMARY KEY (portfolio_id, instrument_id),
    CONSTRAINT positions_quantity_is_finite CHECK (quantity > '-Infinity' AND quantity < 'Infinity'),
    CONSTRAINT positions_open_has_price CHECK ((quantity = 0) = (average_price IS NULL))
);

COMMENT ON TABLE trading.positions IS 'Holdings, kept by the trigger on trades';
COMMENT ON COLUMN trading.positions.quantity IS 'Negative when short';
COMMENT ON COLUMN trading.positions.realized_pnl IS 'Before fees, which may be in another currency';

CREATE TRIGGER positions_set_updated_at BEFORE UPDATE ON trading.positions
    FOR EACH ROW EXECUTE FUNCTION trading.set_updated_at();

CREATE FUNCTION trading.apply_trade() RETURNS TRIGGER
LANGUAGE plpgsql
AS $function$
DECLARE
    held trading.positions%ROWTYPE;
    signed_quantity NUMERIC;
    closed_quantity NUMERIC := 0;
    new_quantity NUMERIC;
    new_price NUMERIC;
BEGIN
    UPDATE trading.orders AS o
    SET filled_quantity = o.filled_quantity + NEW.quantity,
        status = CASE
            WHEN o.filled_quantity + NEW.quantity = o.quantity THEN 'filled'
            -- A fill may cross our cancel on its way; the order stays closed.
            WHEN trading.is_final(o.status) THEN o.status
            ELSE 'partially_filled'
        END,
        closed_at = CASE
            WHEN o.filled_quantity + NEW.quantity = o.quantity THEN COALESCE(o.closed_at, NEW.executed_at)
            ELSE o.closed_at
        END
    WHERE o.order_id = NEW.order_id;

    INSERT INTO trading.positions (portfolio_id, instrument_id)
    VALUES (NEW.portfolio_id, NEW.instrument_id)
    ON CONFLICT (portfolio_id, instrument_id) DO NOTHING;

    -- The row lock makes two fills of one position follow each other.
    SELECT * INTO STRICT held
    FROM trading.positions AS p
    WHERE p.portfolio_id = NEW.portfolio_id AND p.instrument_id = NEW.instrument_id
    FOR UPDATE;

    signed_quantity := CASE NEW.side WHEN 'buy' THEN NEW.quantity ELSE -NEW.quantity END;
    new_quantity := held.quantity + signed_quantity;
    IF sign(held.quantity) = -sign(signed_quantity) THEN
        closed_quantity := LEAST(abs(held.quantity), abs(signed_quantity));
    END IF;

    new_price := CASE
        WHEN new_quantity = 0 THEN NULL
        WHEN closed_quantity = 0 THEN
            (abs(held.quantity) * COALESCE(held.average_price, 0) + NEW.quantity * NEW.price) / abs(new_quantity)
        WHEN sign(new_quantity) = sign(held.quantity) THEN held.average_price
        ELSE NEW.price
    END;

    UPDATE trading.positions AS p
    SET quantity = new_quantity,
        average_price = new_price,
        realized_pnl = p.realized_pnl
            + closed_quantity * sign(held.quantity) * (NEW.price - COALESCE(held.average_price, 0))
    WHERE p.portfolio_id = NEW.portfolio_id AND p.instrument_id = NEW.instrument_id;

    RETURN NULL;
END;
$function$;

COMMENT ON FUNCTION trading.apply_trade() IS 'Books a trade on its order and its position';

CREATE FUNCTION trading.refuse_change() RETURNS TRIGGER
LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'rows of %.% cannot be changed; book a correction instead', TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END;
$function$;

COMMENT ON FUNCTION trading.refuse_change() IS 'Makes a table append-only';

CREATE TRIGGER trades_apply AFTER INSERT ON trading.trades
    FOR EACH ROW EXECUTE FUNCTION trading.apply_trade();
CREATE TRIGGER trades_append_only BEFORE UPDATE OR DELETE ON trading.trades
    FOR EACH ROW EXECUTE FUNCTION trading.refuse_change();
CREATE TRIGGER trades_no_truncate BEFORE TRUNCATE ON trading.trades
    FOR EACH STATEMENT EXECUTE FUNCTION trading.refuse_change();

-- ==================================================
-- PORTFOLIO SNAPSHOTS AND LOGS
-- ==================================================

CREATE TABLE trading.portfolio_snapshots (
    portfolio_id UUID NOT NULL REFERENCES trading.portfolios,
    snapshot_time TIMESTAMPTZ NOT NULL,
    cash trading.amount NOT NULL,
    positions_value trading.amount NOT NULL,
    realized_pnl trading.amount NOT NULL DEFAULT 0,
    unrealized_pnl trading.amount NOT NULL DEFAULT 0,
    drawdown NUMERIC(5, 4) CHECK (drawdown BETWEEN 0 AND 1),
    positions JSONB NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(positions) = 'array'),
    CONSTRAINT portfolio_snapshots_pkey PRIMARY KEY (portfolio_id, snapshot_time)
);

COMMENT ON TABLE trading.portfolio_snapshots IS 'Value of a portfolio over time';
COMMENT ON COLUMN trading.portfolio_snapshots.positions IS 'Positions as they were, for reports';

-- No foreign keys: a log line outlives what it tells of, and never fails on it.
CREATE TABLE trading.system_logs (
    log_id BIGINT GENERATED BY DEFAULT AS IDENTITY,
    logged_at TIMESTAMPTZ NOT NULL DEFAULT CLOCK_TIMESTAMP(),
    level trading.log_level NOT NULL,
    component TEXT NOT NULL CHECK (component <> ''),
    message TEXT NOT NULL,
    context JSONB NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(context) = 'object'),
    strategy_id UUID,
    CONSTRAINT system_logs_pkey PRIMARY KEY (logged_at, log_id)
);

COMMENT ON TABLE trading.system_logs IS 'Events of the platform''s own components';

CREATE FUNCTION trading.write_log(
    p_level trading.log_level,
    p_component TEXT,
    p_message TEXT,
    p_context JSONB DEFAULT '{}',
    p_strategy_id UUID DEFAULT NULL
) RETURNS BIGINT
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO trading.system_logs (level, component, message, context, strategy_id)
    VALUES (p_level, p_component, p_message, p_context, p_strategy_id)
    RETURNING log_id;
END;

COMMENT ON FUNCTION trading.write_log(trading.log_level, TEXT, TEXT, JSONB, UUID) IS 'Adds a log line and answers its id';

-- ==================================================
-- VIEWS
-- ==================================================

CREATE VIEW trading.open_orders AS
SELECT
    o.order_id,
    o.client_order_id,
    s.name AS strategy_name,
    i.venue,
    i.symbol,
    o.side,
    o.order_type,
    o.limit_price,
    o.stop_price,
    o.quantity,
    o.quantity - o.filled_quantity AS remaining_quantity,
    o.status,
    o.created_at
FROM trading.orders AS o
JOIN trading.strategies AS s USING (strategy_id)
JOIN trading.instruments AS i USING (instrument_id)
WHERE o.status IN ('new', 'accepted', 'partially_filled');

COMMENT ON VIEW trading.open_orders IS 'Orders that may still fill';

CREATE VIEW trading.position_values AS
SELECT
    p.portfolio_id,
    p.instrument_id,
    i.symbol,
    i.quote_currency,
    p.quantity,
    p.average_price,
    last_candle.close_price AS last_price,
    last_candle.bucket_time AS last_price_at,
    p.quantity * last_candle.close_price AS market_value,
    p.quantity * (last_candle.close_price - p.average_price) AS unrealized_pnl,
    p.realized_pnl
FROM trading.positions AS p
JOIN trading.instruments AS i USING (instrument_id)
LEFT JOIN LATERAL (
    SELECT m.close_price, m.bucket_time
    FROM trading.market_data AS m
    WHERE m.instrument_id = p.instrument_id
    ORDER BY m.bucket_time DESC, m.timeframe
    LIMIT 1
) AS last_candle ON TRUE;

COMMENT ON VIEW trading.position_values IS 'Positions at the close of the newest candle';

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

-- ==================================================
-- TIMESCALEDB, WHERE THE DATABASE HAS IT
-- ==================================================

-- The extension is used, never created: that needs a preloaded library and is
-- the choice of whoever runs the server. Its statements are built as text, so
-- this block also runs where nothing of it exists.
DO $timescale$
DECLARE
    extension_schema NAME;
    has_policies BOOLEAN;
    series RECORD;
BEGIN
    SELECT n.nspname INTO extension_schema
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'timescaledb';

    IF NOT FOUND THEN
        IF EXISTS (SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'timescaledb') THEN
            RAISE NOTICE 'TimescaleDB is available but not created in this database: time series are plain tables';
        END IF;
        RETURN;
    END IF;

    -- The Apache edition has hypertables, but no compression and no policies.
    has_policies := COALESCE(current_setting('timescaledb.license', TRUE), 'timescale') <> 'apache';

    FOR series IN
        SELECT *
        FROM (VALUES
            ('trading.market_data'::REGCLASS, 'bucket_time'::NAME, INTERVAL '7 days',
                'instrument_id, timeframe', 'bucket_time DESC', INTERVAL '14 days', INTERVAL '10 years'),
            ('trading.portfolio_snapshots', 'snapshot_time', INTERVAL '30 days',
                'portfolio_id', 'snapshot_time DESC', INTERVAL '60 days', NULL),
            ('trading.system_logs', 'logged_at', INTERVAL '1 day',
                'component', 'logged_at DESC, log_id', INTERVAL '3 days', INTERVAL '90 days')
        ) AS v (relation, time_column, chunk_interval, segment_by, order_by, compress_after, drop_after)
    LOOP
        EXECUTE format(
            'SELECT %I.create_hypertable($1, $2, chunk_time_interval => $3, create_default_indexes => FALSE)',
            extension_schema
        ) USING series.relation, series.time_column, series.chunk_interval;

        CONTINUE WHEN NOT has_policies;

        EXECUTE format(
            'ALTER TABLE %s SET (timescaledb.compress, timescaledb.compress_segmentby = %L, timescaledb.compress_orderby = %L)',
            series.relation, series.segment_by, series.order_by
        );
        EXECUTE format('SELECT %I.add_compression_policy($1, $2)', extension_schema)
            USING series.relation, series.compress_after;

        IF series.drop_after IS NOT NULL THEN
            EXECUTE format('SELECT %I.add_retention_policy($1, $2)', extension_schema)
                USING series.relation, series.drop_after;
        END IF;
    END LOOP;
END;
$timescale$;

-- ==================================================
-- MIGRATION VALIDATION
-- ==================================================

DO $validation$
DECLARE
    missing TEXT;
BEGIN
    SELECT string_agg(expected, ', ' ORDER BY expected) INTO missing
    FROM unnest(ARRAY[
        'trading.instruments', 'trading.strategies', 'trading.portfolios', 'trading.market_data',
        'trading.orders', 'trading.trades', 'trading.positions', 'trading.portfolio_snapshots',
        'trading.system_logs', 'trading.open_orders', 'trading.position_values',
        'trading.strategy_performance'
    ]) AS expected
    WHERE to_regclass(expected) IS NULL;

    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'Migration validation failed: not created: %', missing;
    END IF;

    IF (SELECT COUNT(*) FROM pg_catalog.pg_trigger
        WHERE tgrelid = 'trading.trades'::REGCLASS AND NOT tgisinternal) <> 3 THEN
        RAISE EXCEPTION 'Migration validation failed: trading.trades lacks a trigger';
    END IF;

    RAISE NOTICE 'Migration 001 validation completed successfully';
END;
$validation$;

COMMIT;

-- Migration completion log
SELECT 'Migration 001 completed successfully' AS status;
