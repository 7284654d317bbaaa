-- +goose Up

-- The account that made the key, 0 for the command line.
ALTER TABLE keys ADD COLUMN by INTEGER NOT NULL DEFAULT 0;

-- The audit log has it of keys that were made before: by the moment and the hint, and of
-- those that came with a workspace by who made that.
UPDATE keys SET by = a.by FROM audit AS a
WHERE a.action = 'key.create' AND a.workspace = keys.workspace AND a.subject = keys.hint AND a.at = keys.created;

UPDATE keys SET by = a.by FROM audit AS a, workspaces AS w
WHERE a.action = 'workspace.create' AND a.workspace = keys.workspace AND w.id = keys.workspace AND w.created = keys.created;
