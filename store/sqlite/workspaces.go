package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/gaithq/gait"
)

const (
	savepoint  = `SAVEPOINT workspace`
	rollbackTo = `ROLLBACK TO workspace`

	insertWorkspace = `
INSERT INTO workspaces (name, integration_id, site_key, origins, tier, created) VALUES (?, ?, ?, ?, ?, ?)`
	selectWorkspaces         = `SELECT id, name, integration_id, site_key, origins, tier, created FROM workspaces ORDER BY id`
	selectWorkspaceByID      = `SELECT id, name, integration_id, site_key, origins, tier, created FROM workspaces WHERE id = ?`
	selectWorkspaceBySiteKey = `SELECT id, name, integration_id, site_key, origins, tier, created FROM workspaces WHERE site_key = ?`
)

// CreateWorkspace implements gait.WorkspaceStore.
func (s *Store) CreateWorkspace(ctx context.Context, w gait.Workspace, keys []gait.Key) (gait.Workspace, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.Workspace{}, err
	}
	defer done()
	origins, err := encodeList(w.Origins)
	if err != nil {
		return gait.Workspace{}, err
	}
	keys = cloneKeys(keys)
	var id int64
	err = s.writer.do(ctx, 1+len(keys), func(t *tx) (err error) {
		id, err = t.createWorkspace(w, origins, keys)
		return err
	})
	if err != nil {
		return gait.Workspace{}, err
	}
	w.ID = gait.WorkspaceID(id)
	w.Origins, err = decodeList([]byte(origins))
	return w, err
}

// createWorkspace stores all of it, or refuses and stores nothing.
func (t *tx) createWorkspace(w gait.Workspace, origins string, keys []gait.Key) (int64, error) {
	if _, err := t.exec(savepoint); err != nil {
		return 0, err
	}
	id, err := t.insertWorkspace(w, origins, keys)
	if !broken(err) {
		return id, err // the savepoint ends with the transaction
	}
	if _, err := t.exec(rollbackTo); err != nil {
		return 0, err
	}
	return 0, gait.Wrap(err, gait.Invalid, "another workspace has this site key, integration id or key")
}

func (t *tx) insertWorkspace(w gait.Workspace, origins string, keys []gait.Key) (int64, error) {
	result, err := t.exec(insertWorkspace, w.Name, w.IntegrationID, w.SiteKey, origins, w.Tier, w.Created)
	if err != nil {
		return 0, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return 0, err
	}
	for _, k := range keys {
		k.Workspace = gait.WorkspaceID(id)
		if err := t.insertKey(k); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// WorkspaceByID implements gait.WorkspaceStore.
func (s *Store) WorkspaceByID(ctx context.Context, id gait.WorkspaceID) (gait.Workspace, error) {
	return s.workspace(ctx, selectWorkspaceByID, int64(id))
}

// WorkspaceBySiteKey implements gait.WorkspaceStore.
func (s *Store) WorkspaceBySiteKey(ctx context.Context, siteKey string) (gait.Workspace, error) {
	return s.workspace(ctx, selectWorkspaceBySiteKey, siteKey)
}

func (s *Store) workspace(ctx context.Context, query string, key any) (gait.Workspace, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.Workspace{}, err
	}
	defer done()
	w, err := scanWorkspace(s.read[query].QueryRowContext(ctx, key))
	if errors.Is(err, sql.ErrNoRows) {
		return gait.Workspace{}, gait.Errorf(gait.NotFound, "no such workspace")
	}
	if err != nil {
		return gait.Workspace{}, failure(err, "the workspace cannot be read")
	}
	return w, nil
}

// Workspaces implements gait.WorkspaceStore, in the order they were created.
func (s *Store) Workspaces(ctx context.Context) ([]gait.Workspace, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	rows, err := s.read[selectWorkspaces].QueryContext(ctx)
	if err != nil {
		return nil, failure(err, "the workspaces cannot be read")
	}
	defer rows.Close()
	all := []gait.Workspace{}
	for rows.Next() {
		w, err := scanWorkspace(rows)
		if err != nil {
			return nil, failure(err, "the workspaces cannot be read")
		}
		all = append(all, w)
	}
	if err := rows.Err(); err != nil {
		return nil, failure(err, "the workspaces cannot be read")
	}
	return all, nil
}

// scanWorkspace reads a workspace from sql.Row or sql.Rows.
func scanWorkspace(row interface{ Scan(...any) error }) (gait.Workspace, error) {
	var w gait.Workspace
	var origins []byte
	if err := row.Scan(&w.ID, &w.Name, &w.IntegrationID, &w.SiteKey, &origins, &w.Tier, &w.Created); err != nil {
		return w, err
	}
	var err error
	if w.Origins, err = decodeList(origins); err != nil {
		return w, fmt.Errorf("origins of workspace %d: %w", w.ID, err)
	}
	return w, nil
}
