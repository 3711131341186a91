-- The schema as it was after a run, or when it was accepted: a line of JSON for
-- each object, and the SHA-256 of the text.
CREATE TABLE IF NOT EXISTS {snapshots} (
    id BIGSERIAL PRIMARY KEY,
    run_id UUID NOT NULL,
    log_id BIGINT NOT NULL,
    taken_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    server_version INTEGER NOT NULL,
    format INTEGER NOT NULL,
    fingerprint VARCHAR(64) NOT NULL,
    schema TEXT NOT NULL,
    client TEXT NOT NULL,
    tool_version TEXT NOT NULL,
    reason TEXT
);
