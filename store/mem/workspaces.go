package mem

import (
	"context"
	"slices"

	"github.com/gaithq/gait"
)

// workspaceBytes is about what a workspace or a key takes.
const workspaceBytes = 256

// CreateWorkspace implements gait.WorkspaceStore.
func (s *Store) CreateWorkspace(ctx context.Context, w gait.Workspace, keys []gait.Key) (gait.Workspace, error) {
	if err := s.lock(ctx); err != nil {
		return gait.Workspace{}, err
	}
	defer s.mu.Unlock()
	for _, o := range s.workspaces {
		if o.SiteKey == w.SiteKey {
			return gait.Workspace{}, taken("site key")
		}
		if o.IntegrationID == w.IntegrationID {
			return gait.Workspace{}, taken("integration id")
		}
	}
	for i, k := range keys {
		_, stored := s.keys[k.Hash]
		if stored || slices.ContainsFunc(keys[:i], func(o gait.Key) bool { return o.Hash == k.Hash }) {
			return gait.Workspace{}, taken("key")
		}
	}
	size := workspaceBytes * int64(1+len(keys))
	if err := s.fits(size); err != nil {
		return gait.Workspace{}, err
	}
	s.bytes += size
	w.ID = gait.WorkspaceID(len(s.workspaces) + 1)
	w.Origins = cloneList(w.Origins)
	s.workspaces = append(s.workspaces, w)
	for _, k := range keys {
		k.Workspace = w.ID
		s.keys[k.Hash] = cloneKey(k)
	}
	return cloneWorkspace(w), nil
}

func taken(what string) error {
	return gait.Errorf(gait.Invalid, "another workspace has this %s", what)
}

// WorkspaceByID implements gait.WorkspaceStore.
func (s *Store) WorkspaceByID(ctx context.Context, id gait.WorkspaceID) (gait.Workspace, error) {
	return s.workspace(ctx, func(w gait.Workspace) bool { return w.ID == id })
}

// WorkspaceBySiteKey implements gait.WorkspaceStore.
func (s *Store) WorkspaceBySiteKey(ctx context.Context, siteKey string) (gait.Workspace, error) {
	return s.workspace(ctx, func(w gait.Workspace) bool { return w.SiteKey == siteKey })
}

func (s *Store) workspace(ctx context.Context, is func(gait.Workspace) bool) (gait.Workspace, error) {
	if err := s.lock(ctx); err != nil {
		return gait.Workspace{}, err
	}
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.workspaces, is)
	if i < 0 {
		return gait.Workspace{}, gait.Errorf(gait.NotFound, "no such workspace")
	}
	return cloneWorkspace(s.workspaces[i]), nil
}

// Workspaces implements gait.WorkspaceStore, in the order they were created.
func (s *Store) Workspaces(ctx context.Context) ([]gait.Workspace, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	all := make([]gait.Workspace, 0, len(s.workspaces))
	for _, w := range s.workspaces {
		all = append(all, cloneWorkspace(w))
	}
	return all, nil
}

func cloneWorkspace(w gait.Workspace) gait.Workspace {
	w.Origins = cloneList(w.Origins)
	return w
}
