-- Migration: 003_add_ml_strategy_fields.sql
-- Description: Machine-learning models, features, training history and predictions, and the fields of strategies that use them
-- Author: lockstep
-- Created: 2026-11-22
-- Dependencies: 001_initial_schema.sql, 002_add_indexes.sql
-- Estimated execution time: 1-5 seconds

-- Migration metadata
-- Version: 003
-- Type: schema_change
-- Rollback: 003_add_ml_strategy_fields_down.sql
-- lockstep: lint-ignore constraint-missing-not-valid, adding-foreign-key-constraint, require-concurrent-index-creation: there are few strategies, and the orders are locked for the backfill anyway
BEGIN;

-- ==================================================
-- TYPES
-- ==================================================

-- New types only: a value added to an existing enum could not be taken back.
CREATE TYPE trading.ml_task AS ENUM ('classification', 'regression', 'ranking', 'reinforcement');
CREATE TYPE trading.ml_model_stage AS ENUM ('registered', 'shadow', 'production', 'archived');
CREATE TYPE trading.ml_run_status AS ENUM ('queued', 'running', 'succeeded', 'failed', 'cancelled');

CREATE DOMAIN trading.probability AS NUMERIC(6, 5)
    CONSTRAINT probability_in_range CHECK (VALUE BETWEEN 0 AND 1);

-- ==================================================
-- FEATURES AND MODELS
-- ==================================================

CREATE TABLE trading.ml_features (
    feature_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name VARCHAR(100) NOT NULL CHECK (name <> ''),
    revision INTEGER NOT NULL DEFAULT 1 CHECK (revision > 0),
    description TEXT,
    definition JSONB NOT NULL CHECK (jsonb_typeof(definition) = 'object'),
    lookback INTERVAL NOT NULL CHECK (lookback > INTERVAL '0'),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT ml_features_name_revision_key UNIQUE (name, revision)
);

COMMENT ON TABLE trading.ml_features IS 'Inputs of models; a changed definition is a new revision';
COMMENT ON COLUMN trading.ml_features.lookback IS 'How much history one value needs';

CREATE TABLE trading.ml_models (
    model_id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(100) NOT NULL CHECK (name <> ''),
    revision INTEGER NOT NULL DEFAULT 1 CHECK (revision > 0),
    task trading.ml_task NOT NULL,
    stage trading.ml_model_stage NOT NULL DEFAULT 'registered',
    framework VARCHAR(50) NOT NULL,
    artifact_uri TEXT NOT NULL,
    artifact_sha256 BYTEA NOT NULL CHECK (octet_length(artifact_sha256) = 32),
    hyperparameters JSONB NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(hyperparameters) = 'object'),
    promoted_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    CONSTRAINT ml_models_name_revision_key UNIQUE (name, revision),
    CONSTRAINT ml_models_production_is_promoted CHECK (stage <> 'production' OR promoted_at IS NOT NULL)
);

COMMENT ON TABLE trading.ml_models IS 'Trained models; the files themselves are elsewhere';
COMMENT ON COLUMN trading.ml_models.artifact_sha256 IS 'Checked before a model is loaded';

CREATE UNIQUE INDEX idx_ml_models_one_in_production
    ON trading.ml_models (name)
    WHERE stage = 'production';

CREATE TRIGGER ml_models_set_updated_at BEFORE UPDATE ON trading.ml_models
    FOR EACH ROW EXECUTE FUNCTION trading.set_updated_at();

CREATE TABLE trading.ml_model_features (
    model_id UUID NOT NULL REFERENCES trading.ml_models ON DELETE CASCADE,
    feature_id BIGINT NOT NULL REFERENCES trading.ml_features,
    input_position INTEGER NOT NULL CHECK (input_position > 0),
    importance DOUBLE PRECISION CHECK (importance >= 0 AND importance < 'Infinity'),
    CONSTRAINT ml_model_features_pkey PRIMARY KEY (model_id, feature_id),
    CONSTRAINT ml_model_features_position_key UNIQUE (model_id, input_position) DEFERRABLE INITIALLY IMMEDIATE
);

COMMENT ON TABLE trading.ml_model_features IS 'Which features a model reads, in the order of its input';

CREATE INDEX idx_ml_model_features_feature ON trading.ml_model_features (feature_id);

-- ==================================================
-- TRAINING HISTORY
-- ==================================================

CREATE TABLE trading.ml_training_runs (
    run_id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    model_id UUID NOT NULL REFERENCES trading.ml_models ON DELETE CASCADE,
    status trading.ml_run_status NOT NULL DEFAULT 'queued',
    data_window TSTZRANGE NOT NULL,
    sample_count BIGINT CHECK (sample_count > 0),
    metrics JSONB NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(metrics) = 'object'),
    error TEXT,
    queued_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    duration INTERVAL GENERATED ALWAYS AS (finished_at - started_at) STORED,
    CONSTRAINT ml_training_runs_window_is_bounded CHECK (
        NOT isempty(data_window) AND NOT lower_inf(data_window) AND NOT upper_inf(data_window)
    ),
    CONSTRAINT ml_training_runs_started CHECK (status IN ('queued', 'cancelled') OR started_at IS NOT NULL),
    CONSTRAINT ml_training_runs_finished CHECK (
        (status IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)
    ),
    CONSTRAINT ml_training_runs_in_order CHECK (finished_at >= started_at),
    CONSTRAINT ml_training_runs_failed_has_error CHECK (status <> 'failed' OR error IS NOT NULL)
);

COMMENT ON TABLE trading.ml_training_runs IS 'Training history of the models';
COMMENT ON COLUMN trading.ml_training_runs.data_window IS 'Market data that the run learned from';

CREATE INDEX idx_ml_training_runs_model ON trading.ml_training_runs (model_id, queued_at DESC);
CREATE INDEX idx_ml_training_runs_waiting ON trading.ml_training_runs (queued_at)
    WHERE status IN ('queued', 'running');

-- ==================================================
-- PREDICTIONS
-- ==================================================

CREATE TABLE trading.ml_predictions (
    model_id UUID NOT NULL REFERENCES trading.ml_models,
    instrument_id BIGINT NOT NULL REFERENCES trading.instruments,
    predicted_at TIMESTAMPTZ NOT NULL,
    horizon INTERVAL NOT NULL CHECK (horizon > INTERVAL '0'),
    predicted_return DOUBLE PRECISION NOT NULL
        CHECK (predicted_return > '-Infinity' AND predicted_return < 'Infinity'),
    confidence trading.probability NOT NULL,
    realized_return DOUBLE PRECISION
        CHECK (realized_return > '-Infinity' AND realized_return < 'Infinity'),
    features JSONB NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(features) = 'object'),
    CONSTRAINT ml_predictions_pkey PRIMARY KEY (model_id, instrument_id, predicted_at, horizon)
);

COMMENT ON TABLE trading.ml_predictions IS 'What models expected, and what came';
COMMENT ON COLUMN trading.ml_predictions.realized_return IS 'Filled in when the horizon has passed';
COMMENT ON COLUMN trading.ml_predictions.features IS 'Values of the features that the model saw';

CREATE INDEX idx_ml_predictions_instrument
    ON trading.ml_predictions (instrument_id, predicted_at DESC)
    INCLUDE (predicted_return, confidence);

-- As in migration 001: used where the database has it, never created.
DO $timescale$
DECLARE
    extension_schema NAME;
BEGIN
    SELECT n.nspname INTO extension_schema
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'timescaledb';

    IF NOT FOUND THEN
        RETURN;
    END IF;

    EXECUTE format(
        'SELECT %I.create_hypertable($1, $2, chunk_time_interval => $3, create_default_indexes => FALSE)',
        extension_schema
    ) USING 'trading.ml_predictions'::REGCLASS, 'predicted_at'::NAME, INTERVAL '7 days';

    IF COALESCE(current_setting('timescaledb.license', TRUE), 'timescale') <> 'apache' THEN
        EXECUTE $sql$
            ALTER TABLE trading.ml_predictions SET (
                timescaledb.compress,
                timescaledb.compress_segmentby = 'model_id, instrument_id',
                timescaledb.compress_orderby = 'predicted_at DESC, horizon'
            )
        $sql$;
        EXECUTE format('SELECT %I.add_compression_policy($1, $2)', extension_schema)
            USING 'trading.ml_predictions'::REGCLASS, INTERVAL '30 days';
        EXECUTE format('SELECT %I.add_retention_policy($1, $2)', extension_schema)
            USING 'trading.ml_predictions'::REGCLASS, INTERVAL '3 years';
    END IF;
END;
$timescale$;

-- ==================================================
-- FIELDS OF STRATEGIES AND ORDERS
-- ==================================================

ALTER TABLE trading.strategies
    ADD COLUMN uses_ml BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN ml_model_id UUID,
    ADD COLUMN ml_min_confidence trading.probability,
    ADD COLUMN ml_retrain_every INTERVAL,
    ADD COLUMN ml_last_trained_at TIMESTAMPTZ,
    ADD CONSTRAINT strategies_ml_has_model CHECK (NOT uses_ml OR ml_model_id IS NOT NULL),
    ADD CONSTRAINT strategies_ml_retrain_every_is_positive CHECK (ml_retrain_every > INTERVAL '0'),
    ADD CONSTRAINT strategies_ml_model_fkey FOREIGN KEY (ml_model_id) REFERENCES trading.ml_models;

COMMENT ON COLUMN trading.strategies.ml_min_confidence IS 'Predictions below this are not traded';

CREATE INDEX idx_strategies_ml_model ON trading.strategies (ml_model_id) WHERE ml_model_id IS NOT NULL;

ALTER TABLE trading.orders ADD COLUMN decision_latency_ms BIGINT;

COMMENT ON COLUMN trading.orders.decision_latency_ms IS 'From the decision to the submission; empty while not submitted';

-- In batches by the primary key, so that no single statement holds all rows.
-- All of them share this transaction, and with it the lock on the table: once
-- there are many millions of orders, this belongs in a migration of its own.
-- updated_at tells of changes to the order, and this is none.
ALTER TABLE trading.orders DISABLE TRIGGER orders_set_updated_at;

DO $backfill$
DECLARE
    batch_size CONSTANT INTEGER := 10000;
    batch UUID[];
    last_id UUID := '00000000-0000-0000-0000-000000000000';
    updated_count BIGINT := 0;
BEGIN
    LOOP
        SELECT array_agg(next.order_id ORDER BY next.order_id) INTO batch
        FROM (
            SELECT o.order_id
            FROM trading.orders AS o
            WHERE o.order_id > last_id
            ORDER BY o.order_id
            LIMIT batch_size
        ) AS next;

        EXIT WHEN batch IS NULL;

        UPDATE trading.orders AS o
        SET decision_latency_ms = GREATEST(0, EXTRACT(EPOCH FROM o.submitted_at - o.created_at) * 1000)
        WHERE o.order_id = ANY (batch) AND o.submitted_at IS NOT NULL;

        updated_count := updated_count + cardinality(batch);
        last_id := batch[cardinality(batch)];
        RAISE NOTICE 'decision_latency_ms: % orders looked at', updated_count;
    END LOOP;
END;
$backfill$;

ALTER TABLE trading.orders ENABLE TRIGGER orders_set_updated_at;

ALTER TABLE trading.orders
    ADD CONSTRAINT orders_decision_latency_is_not_negative CHECK (decision_latency_ms >= 0);

-- ==================================================
-- FUNCTIONS AND VIEWS
-- ==================================================

CREATE FUNCTION trading.promote_model(p_model_id UUID) RETURNS VOID
LANGUAGE plpgsql
AS $function$
DECLARE
    model_name TEXT;
BEGIN
    SELECT m.name INTO model_name
    FROM trading.ml_models AS m
    WHERE m.model_id = p_model_id
    FOR UPDATE;

    IF NOT FOUND THEN
        RAISE EXCEPTION 'no model with id %', p_model_id USING ERRCODE = 'no_data_found';
    END IF;

    IF NOT EXISTS (
        SELECT 1
        FROM trading.ml_training_runs AS r
        WHERE r.model_id = p_model_id AND r.status = 'succeeded'
    ) THEN
        RAISE EXCEPTION 'model % was never trained', p_model_id
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Finish a training run first.';
    END IF;

    UPDATE trading.ml_models AS m
    SET stage = 'archived'
    WHERE m.name = model_name AND m.stage = 'production' AND m.model_id <> p_model_id;

    UPDATE trading.ml_models AS m
    SET stage = 'production', promoted_at = NOW()
    WHERE m.model_id = p_model_id;
END;
$function$;

COMMENT ON FUNCTION trading.promote_model(UUID) IS 'Puts a trained model in production in place of the one before';

CREATE VIEW trading.ml_model_performance AS
SELECT
    m.model_id,
    m.name,
    m.revision,
    m.stage,
    COUNT(p.predicted_at) AS prediction_count,
    COUNT(p.realized_return) AS realized_count,
    AVG((sign(p.predicted_return) = sign(p.realized_return))::INTEGER) AS hit_rate,
    AVG(abs(p.predicted_return - p.realized_return)) AS mean_absolute_error
FROM trading.ml_models AS m
LEFT JOIN trading.ml_predictions AS p USING (model_id)
GROUP BY m.model_id;

COMMENT ON VIEW trading.ml_model_performance IS 'How predictions compare with what came';

-- New columns go to the end: that much a view allows without being dropped.
CREATE OR REPLACE VIEW trading.strategy_performance AS
SELECT
    s.strategy_id,
    s.name,
    s.revision,
    s.status,
    COUNT(DISTINCT o.order_id) AS order_count,
    COUNT(t.trade_id) AS trade_count,
    COALESCE(SUM(t.notional) FILTER (WHERE t.side = 'buy'), 0) AS bought_notional,
    COALESCE(SUM(t.notional) FILTER (WHERE t.side = 'sell'), 0) AS sold_notional,
    MAX(t.executed_at) AS last_trade_at,
    s.uses_ml,
    m.name AS model_name,
    m.revision AS model_revision
FROM trading.strategies AS s
LEFT JOIN trading.ml_models AS m ON m.model_id = s.ml_model_id
LEFT JOIN trading.orders AS o USING (strategy_id)
LEFT JOIN trading.trades AS t USING (order_id)
GROUP BY s.strategy_id, m.model_id;

-- ==================================================
-- MIGRATION VALIDATION
-- ==================================================

DO $validation$
DECLARE
    missing TEXT;
BEGIN
    SELECT string_agg(expected, ', ' ORDER BY expected) INTO missing
    FROM unnest(ARRAY[
        'trading.ml_features', 'trading.ml_models', 'trading.ml_model_features',
        'trading.ml_training_runs', 'trading.ml_predictions', 'trading.ml_model_performance'
    ]) AS expected
    WHERE to_regclass(expected) IS NULL;

    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'Migration validation failed: not created: %', missing;
    END IF;

    IF (SELECT COUNT(*) FROM pg_catalog.pg_attribute
        WHERE attrelid = 'trading.strategies'::REGCLASS
            AND attname IN ('uses_ml', 'ml_model_id', 'ml_min_confidence', 'ml_retrain_every', 'ml_last_trained_at')
            AND NOT attisdropped) <> 5 THEN
        RAISE EXCEPTION 'Migration validation failed: trading.strategies lacks a column';
    END IF;

    IF EXISTS (
        SELECT 1
        FROM trading.orders AS o
        WHERE (o.submitted_at IS NULL) <> (o.decision_latency_ms IS NULL)
    ) THEN
        RAISE EXCEPTION 'Migration validation failed: decision_latency_ms is not filled in';
    END IF;

    RAISE NOTICE 'Migration 003 validation completed successfully';
END;
$validation$;

COMMIT;

-- Migration completion log
SELECT 'Migration 003 completed successfully' AS status;
