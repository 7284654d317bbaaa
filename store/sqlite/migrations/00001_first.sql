-- Times are Unix milliseconds. Ids and hashes are raw bytes. Lists of strings
-- are JSON.

-- +goose Up

CREATE TABLE workspaces (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    name           TEXT    NOT NULL,
    integration_id TEXT    NOT NULL UNIQUE,
    site_key       TEXT    NOT NULL UNIQUE,
    origins        TEXT    NOT NULL,
    tier           TEXT    NOT NULL,
    created        INTEGER NOT NULL
) STRICT;

CREATE TABLE keys (
    hash      BLOB    PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    dialect   TEXT    NOT NULL,
    hint      TEXT    NOT NULL,
    created   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX keys_of_workspace ON keys (workspace);

-- The truth. A table with rowids takes new rows at its end, so only the small
-- index is written at random: two thirds more appends per second than with the
-- rows themselves in the order of the key.
CREATE TABLE batches (
    id        INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL,
    session   BLOB    NOT NULL,
    page      BLOB    NOT NULL,
    seq       INTEGER NOT NULL,
    secret    BLOB    NOT NULL,
    arrived   INTEGER NOT NULL,
    data      BLOB    NOT NULL,
    UNIQUE (workspace, session, page, seq)
) STRICT;

-- Sessions with batches that their row was not derived from, in the order of
-- id. Written in the commit that stores the batch.
CREATE TABLE stale (
    id        INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL,
    session   BLOB    NOT NULL,
    UNIQUE (workspace, session)
) STRICT;

-- Derived from batches.
CREATE TABLE sessions (
    workspace      INTEGER NOT NULL,
    session        BLOB    NOT NULL,
    batches        INTEGER NOT NULL,
    started        INTEGER NOT NULL,
    ended          INTEGER NOT NULL,
    last_arrival   INTEGER NOT NULL,
    events         INTEGER NOT NULL,
    score          INTEGER NOT NULL,
    policy_version INTEGER NOT NULL,
    detected       TEXT    NOT NULL,
    url            TEXT    NOT NULL,
    user_agent     TEXT    NOT NULL,
    user_id        TEXT    NOT NULL,
    tags           TEXT    NOT NULL,
    PRIMARY KEY (workspace, session)
) STRICT;

-- The order of lists, and what filters look at beside it.
CREATE INDEX sessions_by_start ON sessions (workspace, started, session, score, last_arrival);

-- One row, written to find out whether the disk takes writes.
CREATE TABLE pulse (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;
