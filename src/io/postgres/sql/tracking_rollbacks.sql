-- The down scripts as they were when their migrations were applied.
CREATE TABLE IF NOT EXISTS {rollbacks} (
    version VARCHAR(50) PRIMARY KEY,
    file_path VARCHAR(500) NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    script BYTEA NOT NULL,
    directives JSONB NOT NULL DEFAULT '{}',
    saved_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
