-- The current state: one row per version.
CREATE TABLE IF NOT EXISTS {table} (
    id SERIAL PRIMARY KEY,
    version VARCHAR(50) UNIQUE NOT NULL,
    name VARCHAR(255) NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    checksum VARCHAR(64) NOT NULL,
    success BOOLEAN NOT NULL DEFAULT TRUE,
    execution_time_ms INTEGER,
    rolled_back_at TIMESTAMPTZ,
    rollback_reason TEXT,
    migration_type VARCHAR(20) NOT NULL DEFAULT 'up',
    file_path VARCHAR(500) NOT NULL
);

ALTER TABLE {table}
    ADD COLUMN IF NOT EXISTS created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    ADD COLUMN IF NOT EXISTS updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    ADD COLUMN IF NOT EXISTS dependencies TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS run_id UUID,
    ADD COLUMN IF NOT EXISTS started_at TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS direction VARCHAR(20),
    ADD COLUMN IF NOT EXISTS statements_done INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS statements_fingerprint TEXT,
    ADD COLUMN IF NOT EXISTS statement_started INTEGER,
    ADD COLUMN IF NOT EXISTS error TEXT,
    ADD COLUMN IF NOT EXISTS error_sqlstate VARCHAR(5);
