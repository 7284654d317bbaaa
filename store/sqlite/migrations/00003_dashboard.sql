-- +goose Up

-- Sessions whose row is right for the batches that are stored and is to be derived
-- again all the same, in the order of id. Those that were stored before this
-- schema are, as their rows lack what is new.
CREATE TABLE again (
    id        INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL,
    session   BLOB    NOT NULL,
    UNIQUE (workspace, session)
) STRICT;

INSERT INTO again (workspace, session)
SELECT s.workspace, s.session FROM sessions AS s
WHERE EXISTS (SELECT 1 FROM batches AS b WHERE b.workspace = s.workspace AND b.session = s.session)
ORDER BY s.workspace DESC, s.started DESC;

ALTER TABLE sessions ADD COLUMN masked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN verdicts TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN presence TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN country TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN os TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN routes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE sessions ADD COLUMN label TEXT NOT NULL DEFAULT '';
-- Whether the row is in the tables of counts and users below.
ALTER TABLE sessions ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;

-- What filters look at, in the order of lists, so that they read no rows but
-- those they find.
DROP INDEX sessions_by_start;
CREATE INDEX sessions_by_start ON sessions
    (workspace, started, session, score, last_arrival, verdicts, country, device, browser, actor);

-- Sessions that another policy judged.
CREATE INDEX sessions_by_policy ON sessions (workspace, policy_version, started);

-- The highest score of a user.
CREATE INDEX sessions_of_user_by_score ON sessions (workspace, user_id, score) WHERE user_id <> '';

-- Few sessions have a label.
CREATE INDEX sessions_by_label ON sessions (workspace, label, started, session) WHERE label <> '';

CREATE TABLE labels (
    workspace INTEGER NOT NULL,
    session   BLOB    NOT NULL,
    label     TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    by        INTEGER NOT NULL,
    by_name   TEXT    NOT NULL,
    PRIMARY KEY (workspace, session)
) STRICT, WITHOUT ROWID;

-- How many sessions started in a span of time, by what they have. Written in the
-- commit that stores their rows.
CREATE TABLE counts (
    workspace INTEGER NOT NULL,
    facet     TEXT    NOT NULL,
    span      INTEGER NOT NULL,
    start     INTEGER NOT NULL,
    term      TEXT    NOT NULL,
    sessions  INTEGER NOT NULL,
    suspect   INTEGER NOT NULL,
    machine   INTEGER NOT NULL,
    PRIMARY KEY (workspace, facet, span, start, term)
) STRICT, WITHOUT ROWID;

-- Sites' users, by their sessions. Written in the commit that stores the rows.
CREATE TABLE users (
    workspace INTEGER NOT NULL,
    user_id   TEXT    NOT NULL,
    user_name TEXT    NOT NULL,
    user_url  TEXT    NOT NULL,
    first     INTEGER NOT NULL,
    last      INTEGER NOT NULL,
    max_score INTEGER NOT NULL,
    sessions  INTEGER NOT NULL,
    suspect   INTEGER NOT NULL,
    machine   INTEGER NOT NULL,
    PRIMARY KEY (workspace, user_id)
) STRICT;

-- The order of the list, and what is searched, so that a search reads no rows but
-- those it finds.
CREATE INDEX users_by_last ON users (workspace, last DESC, user_id, user_name, user_url);

-- JSON, as package gait spells it.
CREATE TABLE settings (
    workspace INTEGER PRIMARY KEY REFERENCES workspaces (id),
    body      TEXT    NOT NULL
) STRICT;

CREATE TABLE policies (
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    version   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    by        INTEGER NOT NULL,
    by_name   TEXT    NOT NULL,
    note      TEXT    NOT NULL,
    body      BLOB    NOT NULL,
    PRIMARY KEY (workspace, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    email     TEXT    NOT NULL UNIQUE,
    name      TEXT    NOT NULL,
    password  TEXT    NOT NULL,
    handle    BLOB    NOT NULL,
    created   INTEGER NOT NULL,
    signed_in INTEGER NOT NULL,
    epoch     INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
    account   INTEGER NOT NULL REFERENCES accounts (id),
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    role      TEXT    NOT NULL,
    since     INTEGER NOT NULL,
    PRIMARY KEY (account, workspace)
) STRICT, WITHOUT ROWID;

CREATE INDEX members ON memberships (workspace, role);

CREATE TABLE invitations (
    hash      BLOB    PRIMARY KEY,
    workspace INTEGER NOT NULL REFERENCES workspaces (id),
    role      TEXT    NOT NULL,
    note      TEXT    NOT NULL,
    by        INTEGER NOT NULL,
    created   INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    used      INTEGER NOT NULL,
    revoked   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX invitations_of_workspace ON invitations (workspace, created);

CREATE TABLE passkeys (
    id        BLOB    PRIMARY KEY,
    account   INTEGER NOT NULL REFERENCES accounts (id),
    name      TEXT    NOT NULL,
    data      BLOB    NOT NULL,
    created   INTEGER NOT NULL,
    last_used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX passkeys_of_account ON passkeys (account, created);

CREATE TABLE web_sessions (
    hash    BLOB    PRIMARY KEY,
    data    BLOB    NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX web_sessions_by_end ON web_sessions (expires);

-- Never changed, only added to.
CREATE TABLE audit (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    by        INTEGER NOT NULL,
    by_name   TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    detail    TEXT    NOT NULL
) STRICT;

CREATE INDEX audit_of_workspace ON audit (workspace, id);
