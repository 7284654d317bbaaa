-- +goose Up

-- The sessions that are live: few, and anywhere among those that started lately.
CREATE INDEX sessions_by_arrival ON sessions (workspace, last_arrival, started, session);
