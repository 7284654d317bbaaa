package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/gaithq/gait"
)

const (
	insertKey = `
INSERT INTO keys (hash, workspace, dialect, hint, name, scopes, created, expires, last_used, revoked, by)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	hasWorkspace = `SELECT 1 FROM workspaces WHERE id = ?`
	hasKey       = `SELECT 1 FROM keys WHERE hash = ?`
	revokeKey    = `UPDATE keys SET revoked = iif(revoked = 0, ?, revoked) WHERE workspace = ? AND hash = ?`
	touchKey     = `UPDATE keys SET last_used = ? WHERE hash = ? AND last_used < ?`

	keyColumns = `hash, workspace, dialect, hint, name, scopes, created, expires, last_used, revoked, by`
	selectKey  = `SELECT ` + keyColumns + ` FROM keys WHERE hash = ?`
	selectKeys = `SELECT ` + keyColumns + ` FROM keys WHERE workspace = ? ORDER BY created, hash`
)

// CreateKey implements gait.WorkspaceStore.
func (s *Store) CreateKey(ctx context.Context, k gait.Key) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	k.Scopes = slices.Clone(k.Scopes)
	return s.writer.do(ctx, 1, func(t *tx) error {
		if there, err := t.there(hasWorkspace, int64(k.Workspace)); err != nil {
			return err
		} else if !there {
			return gait.Errorf(gait.NotFound, "no such workspace")
		}
		if there, err := t.there(hasKey, k.Hash[:]); err != nil {
			return err
		} else if there {
			return gait.Errorf(gait.Invalid, "this key is there already")
		}
		return t.insertKey(k)
	})
}

// there says whether a query of one argument finds a row.
func (t *tx) there(query string, arg any) (bool, error) {
	var one int
	err := t.get(query, []any{arg}, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (t *tx) insertKey(k gait.Key) error {
	scopes, err := encodeList(k.Scopes)
	if err != nil {
		return err
	}
	_, err = t.exec(insertKey, k.Hash[:], int64(k.Workspace), string(k.Dialect), k.Hint, k.Name, scopes,
		k.Created, k.Expires, k.LastUsed, k.Revoked, int64(k.By))
	return err
}

// KeyByHash implements gait.WorkspaceStore.
func (s *Store) KeyByHash(ctx context.Context, hash [32]byte) (gait.Key, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.Key{}, err
	}
	defer done()
	k, err := scanKey(s.read[selectKey].QueryRowContext(ctx, hash[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return gait.Key{}, errNoKey()
	}
	if err != nil {
		return gait.Key{}, failure(err, "the key cannot be read")
	}
	return k, nil
}

// Keys implements gait.WorkspaceStore.
func (s *Store) Keys(ctx context.Context, w gait.WorkspaceID) ([]gait.Key, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	keys := []gait.Key{}
	err = s.each(ctx, selectKeys, []any{int64(w)}, func(rows *sql.Rows) error {
		k, err := scanKey(rows)
		keys = append(keys, k)
		return err
	})
	if err != nil {
		return nil, failure(err, "the keys cannot be read")
	}
	return keys, nil
}

// scanKey reads a key from sql.Row or sql.Rows.
func scanKey(row interface{ Scan(...any) error }) (gait.Key, error) {
	var k gait.Key
	var hash, scopes []byte
	err := row.Scan(&hash, &k.Workspace, &k.Dialect, &k.Hint, &k.Name, &scopes, &k.Created, &k.Expires, &k.LastUsed, &k.Revoked, &k.By)
	if err != nil {
		return k, err
	}
	copy(k.Hash[:], hash)
	k.Scopes, err = decodeList(scopes)
	return k, err
}

// RevokeKey implements gait.WorkspaceStore.
func (s *Store) RevokeKey(ctx context.Context, w gait.WorkspaceID, hash [32]byte, at int64) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.writer.do(ctx, 1, func(t *tx) error {
		result, err := t.exec(revokeKey, at, int64(w), hash[:])
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err == nil && n == 0 {
			return errNoKey()
		}
		return err
	})
}

// TouchKeys implements gait.WorkspaceStore.
func (s *Store) TouchKeys(ctx context.Context, uses []gait.KeyUse) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	if len(uses) == 0 {
		return nil
	}
	uses = slices.Clone(uses)
	return s.writer.do(ctx, len(uses), func(t *tx) error {
		for _, u := range uses {
			if _, err := t.exec(touchKey, u.At, u.Hash[:], u.At); err != nil {
				return err
			}
		}
		return nil
	})
}

func errNoKey() error { return gait.Errorf(gait.NotFound, "no such key") }

// cloneKeys returns keys that share nothing with those given.
func cloneKeys(keys []gait.Key) []gait.Key {
	keys = slices.Clone(keys)
	for i := range keys {
		keys[i].Scopes = slices.Clone(keys[i].Scopes)
	}
	return keys
}
