package mem

import (
	"bytes"
	"context"
	"slices"

	"github.com/gaithq/gait"
)

// Settings implements gait.SettingsStore.
func (s *Store) Settings(ctx context.Context, w gait.WorkspaceID) (gait.Settings, error) {
	if err := s.lock(ctx); err != nil {
		return gait.Settings{}, err
	}
	defer s.mu.Unlock()
	if kept, ok := s.settings[w]; ok {
		return kept, nil
	}
	return gait.DefaultSettings(), nil
}

// PutSettings implements gait.SettingsStore.
func (s *Store) PutSettings(ctx context.Context, w gait.WorkspaceID, kept gait.Settings) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if !s.hasWorkspace(w) {
		return errNoWorkspace()
	}
	s.settings[w] = kept
	return nil
}

// UpdateWorkspace implements gait.SettingsStore.
func (s *Store) UpdateWorkspace(ctx context.Context, w gait.Workspace) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if !s.hasWorkspace(w.ID) {
		return errNoWorkspace()
	}
	at := &s.workspaces[w.ID-1]
	at.Name, at.Origins = w.Name, cloneList(w.Origins)
	return nil
}

func (s *Store) hasWorkspace(w gait.WorkspaceID) bool {
	return w >= 1 && int(w) <= len(s.workspaces)
}

func errNoWorkspace() error { return gait.Errorf(gait.NotFound, "no such workspace") }

// SavePolicy implements gait.SettingsStore.
func (s *Store) SavePolicy(ctx context.Context, p gait.PolicyVersion, based int) (gait.PolicyVersion, error) {
	if err := s.lock(ctx); err != nil {
		return gait.PolicyVersion{}, err
	}
	defer s.mu.Unlock()
	if !s.hasWorkspace(p.Workspace) {
		return gait.PolicyVersion{}, errNoWorkspace()
	}
	if newest := len(s.policies[p.Workspace]); newest != based {
		return gait.PolicyVersion{}, gait.Errorf(gait.Invalid, "the newest policy is version %d and not %d", newest, based)
	}
	size := workspaceBytes + int64(len(p.Note)+len(p.Body))
	if err := s.fits(size); err != nil {
		return gait.PolicyVersion{}, err
	}
	s.bytes += size
	p.Version = based + 1
	s.policies[p.Workspace] = append(s.policies[p.Workspace], clonePolicy(p))
	return p, nil
}

// Policy implements gait.SettingsStore.
func (s *Store) Policy(ctx context.Context, w gait.WorkspaceID) (gait.PolicyVersion, error) {
	if err := s.lock(ctx); err != nil {
		return gait.PolicyVersion{}, err
	}
	defer s.mu.Unlock()
	all := s.policies[w]
	if len(all) == 0 {
		return gait.PolicyVersion{}, gait.Errorf(gait.NotFound, "the workspace has no policy of its own")
	}
	return clonePolicy(all[len(all)-1]), nil
}

// Policies implements gait.SettingsStore.
func (s *Store) Policies(ctx context.Context, w gait.WorkspaceID) ([]gait.PolicyVersion, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	all := []gait.PolicyVersion{}
	for _, p := range slices.Backward(s.policies[w]) {
		all = append(all, clonePolicy(p))
	}
	return all, nil
}

func clonePolicy(p gait.PolicyVersion) gait.PolicyVersion {
	p.Body = bytes.Clone(p.Body)
	return p
}
