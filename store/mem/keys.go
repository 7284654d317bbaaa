package mem

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/gaithq/gait"
)

// CreateKey implements gait.WorkspaceStore.
func (s *Store) CreateKey(ctx context.Context, k gait.Key) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if !slices.ContainsFunc(s.workspaces, func(w gait.Workspace) bool { return w.ID == k.Workspace }) {
		return gait.Errorf(gait.NotFound, "no such workspace")
	}
	if _, stored := s.keys[k.Hash]; stored {
		return gait.Errorf(gait.Invalid, "this key is there already")
	}
	if err := s.fits(workspaceBytes); err != nil {
		return err
	}
	s.bytes += workspaceBytes
	s.keys[k.Hash] = cloneKey(k)
	return nil
}

// KeyByHash implements gait.WorkspaceStore.
func (s *Store) KeyByHash(ctx context.Context, hash [32]byte) (gait.Key, error) {
	if err := s.lock(ctx); err != nil {
		return gait.Key{}, err
	}
	defer s.mu.Unlock()
	k, ok := s.keys[hash]
	if !ok {
		return gait.Key{}, errNoKey()
	}
	return cloneKey(k), nil
}

// Keys implements gait.WorkspaceStore.
func (s *Store) Keys(ctx context.Context, w gait.WorkspaceID) ([]gait.Key, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	keys := []gait.Key{}
	for _, k := range s.keys {
		if k.Workspace == w {
			keys = append(keys, cloneKey(k))
		}
	}
	slices.SortFunc(keys, func(a, b gait.Key) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), bytes.Compare(a.Hash[:], b.Hash[:]))
	})
	return keys, nil
}

// RevokeKey implements gait.WorkspaceStore.
func (s *Store) RevokeKey(ctx context.Context, w gait.WorkspaceID, hash [32]byte, at int64) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, ok := s.keys[hash]
	if !ok || k.Workspace != w {
		return errNoKey()
	}
	k.Revoked = cmp.Or(k.Revoked, at)
	s.keys[hash] = k
	return nil
}

// TouchKeys implements gait.WorkspaceStore.
func (s *Store) TouchKeys(ctx context.Context, uses []gait.KeyUse) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	for _, u := range uses {
		if k, ok := s.keys[u.Hash]; ok {
			k.LastUsed = max(k.LastUsed, u.At)
			s.keys[u.Hash] = k
		}
	}
	return nil
}

func errNoKey() error { return gait.Errorf(gait.NotFound, "no such key") }

func cloneKey(k gait.Key) gait.Key {
	k.Scopes = cloneList(k.Scopes)
	return k
}
