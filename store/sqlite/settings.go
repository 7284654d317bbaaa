package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/gaithq/gait"
)

const (
	selectSettings  = `SELECT body FROM settings WHERE workspace = ?`
	upsertSettings  = `INSERT OR REPLACE INTO settings (workspace, body) VALUES (?, ?)`
	updateWorkspace = `UPDATE workspaces SET name = ?, origins = ? WHERE id = ?`

	newestPolicy = `SELECT coalesce(max(version), 0) FROM policies WHERE workspace = ?`
	insertPolicy = `INSERT INTO policies (workspace, version, at, by, by_name, note, body) VALUES (?, ?, ?, ?, ?, ?, ?)`
	// selectPolicies has a limit: -1 is none.
	selectPolicies = `
SELECT version, at, by, by_name, note, body FROM policies WHERE workspace = ? ORDER BY version DESC LIMIT ?`
)

// Settings implements gait.SettingsStore.
func (s *Store) Settings(ctx context.Context, w gait.WorkspaceID) (gait.Settings, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.Settings{}, err
	}
	defer done()
	kept := gait.DefaultSettings()
	var body []byte
	err = s.read[selectSettings].QueryRowContext(ctx, int64(w)).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return kept, nil
	}
	if err != nil {
		return gait.Settings{}, failure(err, "the settings cannot be read")
	}
	if err := json.Unmarshal(body, &kept); err != nil {
		return gait.Settings{}, gait.Wrap(err, gait.Internal, "the settings cannot be read")
	}
	return kept, nil
}

// PutSettings implements gait.SettingsStore.
func (s *Store) PutSettings(ctx context.Context, w gait.WorkspaceID, kept gait.Settings) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	body, err := json.Marshal(kept)
	if err != nil {
		return gait.Wrap(err, gait.Internal, "the settings cannot be stored")
	}
	return s.writer.do(ctx, 1, func(t *tx) error {
		if err := t.needs(hasWorkspace, int64(w), "no such workspace"); err != nil {
			return err
		}
		_, err := t.exec(upsertSettings, int64(w), string(body))
		return err
	})
}

// needs fails with NotFound unless a query of one argument finds a row.
func (t *tx) needs(query string, arg any, message string) error {
	there, err := t.there(query, arg)
	if err == nil && !there {
		return gait.Errorf(gait.NotFound, "%s", message)
	}
	return err
}

// UpdateWorkspace implements gait.SettingsStore.
func (s *Store) UpdateWorkspace(ctx context.Context, w gait.Workspace) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	origins, err := encodeList(w.Origins)
	if err != nil {
		return err
	}
	return s.change(ctx, "no such workspace", updateWorkspace, w.Name, origins, int64(w.ID))
}

// change executes one of writeQueries, which fails with NotFound if no row is changed.
func (s *Store) change(ctx context.Context, missing, query string, args ...any) error {
	return s.writer.do(ctx, 1, func(t *tx) error {
		result, err := t.exec(query, args...)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err == nil && n == 0 {
			return gait.Errorf(gait.NotFound, "%s", missing)
		}
		return err
	})
}

// SavePolicy implements gait.SettingsStore.
func (s *Store) SavePolicy(ctx context.Context, p gait.PolicyVersion, based int) (gait.PolicyVersion, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.PolicyVersion{}, err
	}
	defer done()
	p.Body = blob(p.Body)
	p.Version = based + 1
	err = s.writer.do(ctx, 1, func(t *tx) error {
		if err := t.needs(hasWorkspace, int64(p.Workspace), "no such workspace"); err != nil {
			return err
		}
		var newest int
		if err := t.get(newestPolicy, []any{int64(p.Workspace)}, &newest); err != nil {
			return err
		}
		if newest != based {
			return gait.Errorf(gait.Invalid, "the newest policy is version %d and not %d", newest, based)
		}
		_, err := t.exec(insertPolicy, int64(p.Workspace), p.Version, p.At, int64(p.By), p.ByName, p.Note, p.Body)
		return err
	})
	if err != nil {
		return gait.PolicyVersion{}, err
	}
	return p, nil
}

// blob returns a copy that is not nil, which would be NULL.
func blob(b []byte) []byte { return append(make([]byte, 0, len(b)), b...) }

// Policy implements gait.SettingsStore.
func (s *Store) Policy(ctx context.Context, w gait.WorkspaceID) (gait.PolicyVersion, error) {
	all, err := s.policies(ctx, w, 1)
	if err != nil {
		return gait.PolicyVersion{}, err
	}
	if len(all) == 0 {
		return gait.PolicyVersion{}, gait.Errorf(gait.NotFound, "the workspace has no policy of its own")
	}
	return all[0], nil
}

// Policies implements gait.SettingsStore.
func (s *Store) Policies(ctx context.Context, w gait.WorkspaceID) ([]gait.PolicyVersion, error) {
	return s.policies(ctx, w, -1)
}

func (s *Store) policies(ctx context.Context, w gait.WorkspaceID, limit int) ([]gait.PolicyVersion, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	all := []gait.PolicyVersion{}
	err = s.each(ctx, selectPolicies, []any{int64(w), limit}, func(rows *sql.Rows) error {
		p := gait.PolicyVersion{Workspace: w}
		var body sql.RawBytes
		err := rows.Scan(&p.Version, &p.At, &p.By, &p.ByName, &p.Note, &body)
		p.Body = bytes.Clone(body)
		all = append(all, p)
		return err
	})
	if err != nil {
		return nil, failure(err, "the policies cannot be read")
	}
	return all, nil
}
