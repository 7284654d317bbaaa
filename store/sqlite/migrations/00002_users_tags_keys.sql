-- +goose Up

ALTER TABLE sessions ADD COLUMN user_name TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN user_url TEXT NOT NULL DEFAULT '';

-- The lists of one user, in their order. Most sessions have none.
CREATE INDEX sessions_of_user ON sessions (workspace, user_id, started, session) WHERE user_id <> '';

-- The lists of one tag, in their order. Derived from sessions.tags and written
-- in the same commit.
CREATE TABLE session_tags (
    workspace INTEGER NOT NULL,
    tag       TEXT    NOT NULL,
    started   INTEGER NOT NULL,
    session   BLOB    NOT NULL,
    PRIMARY KEY (workspace, tag, started, session)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO session_tags (workspace, tag, started, session)
SELECT s.workspace, j.value, s.started, s.session FROM sessions AS s, json_each(s.tags) AS j;

-- Every key that was made before could read.
ALTER TABLE keys ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN scopes TEXT NOT NULL DEFAULT '["read"]';
ALTER TABLE keys ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN last_used INTEGER NOT NULL DEFAULT 0;
ALTER TABLE keys ADD COLUMN revoked INTEGER NOT NULL DEFAULT 0;
