-- Every attempt, in either direction, and every repair with the row of the
-- tracking table as it was before; rows are only ever added. Each row's hash
-- covers the row and the hash before it.
CREATE TABLE IF NOT EXISTS {log} (
    id BIGSERIAL PRIMARY KEY,
    run_id UUID NOT NULL,
    version VARCHAR(50) NOT NULL,
    name VARCHAR(255) NOT NULL,
    direction VARCHAR(20) NOT NULL,
    outcome VARCHAR(20) NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ NOT NULL,
    statements INTEGER NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    file_path VARCHAR(500) NOT NULL,
    reason TEXT,
    error TEXT,
    error_sqlstate VARCHAR(5),
    database_user TEXT NOT NULL,
    client_address TEXT,
    client TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    old_row JSONB,
    previous_hash VARCHAR(64),
    hash VARCHAR(64) NOT NULL
);
