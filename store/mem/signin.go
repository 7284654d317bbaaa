package mem

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/gaithq/gait"
)

// CreateInvitation implements gait.AccountStore.
func (s *Store) CreateInvitation(ctx context.Context, i gait.Invitation) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if !s.hasWorkspace(i.Workspace) {
		return errNoWorkspace()
	}
	if slices.ContainsFunc(s.accounts.invitations, func(o gait.Invitation) bool { return o.Hash == i.Hash }) {
		return gait.Errorf(gait.Invalid, "this invitation is there already")
	}
	if err := s.take(accountBytes + len(i.Note)); err != nil {
		return err
	}
	s.accounts.invitations = append(s.accounts.invitations, i)
	return nil
}

// InvitationByHash implements gait.AccountStore.
func (s *Store) InvitationByHash(ctx context.Context, hash [32]byte) (gait.Invitation, error) {
	if err := s.lock(ctx); err != nil {
		return gait.Invitation{}, err
	}
	defer s.mu.Unlock()
	for _, i := range s.accounts.invitations {
		if i.Hash == hash {
			return i, nil
		}
	}
	return gait.Invitation{}, errNoInvitation()
}

// Invitations implements gait.AccountStore.
func (s *Store) Invitations(ctx context.Context, w gait.WorkspaceID) ([]gait.Invitation, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	found := []gait.Invitation{}
	for _, i := range s.accounts.invitations {
		if i.Workspace == w {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b gait.Invitation) int {
		return cmp.Or(cmp.Compare(b.Created, a.Created), bytes.Compare(a.Hash[:], b.Hash[:]))
	})
	return found, nil
}

// RevokeInvitation implements gait.AccountStore.
func (s *Store) RevokeInvitation(ctx context.Context, w gait.WorkspaceID, hash [32]byte, at int64) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	for n := range s.accounts.invitations {
		i := &s.accounts.invitations[n]
		if i.Workspace != w || i.Hash != hash {
			continue
		}
		if i.Used != 0 {
			return gait.Errorf(gait.Invalid, "the invitation was used")
		}
		i.Revoked = cmp.Or(i.Revoked, at)
		return nil
	}
	return errNoInvitation()
}

// PutPasskey implements gait.AccountStore.
func (s *Store) PutPasskey(ctx context.Context, p gait.Passkey) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if _, err := s.account(p.Account); err != nil {
		return err
	}
	n := slices.IndexFunc(s.accounts.passkeys, func(o gait.Passkey) bool { return bytes.Equal(o.ID, p.ID) })
	size := passkeyBytes(p)
	if n >= 0 {
		if s.accounts.passkeys[n].Account != p.Account {
			return gait.Errorf(gait.Invalid, "the passkey is another account's")
		}
		size -= passkeyBytes(s.accounts.passkeys[n])
	}
	if err := s.take(size); err != nil {
		return err
	}
	if n >= 0 {
		s.accounts.passkeys[n] = clonePasskey(p)
	} else {
		s.accounts.passkeys = append(s.accounts.passkeys, clonePasskey(p))
	}
	return nil
}

func passkeyBytes(p gait.Passkey) int { return accountBytes + len(p.ID) + len(p.Name) + len(p.Data) }

func clonePasskey(p gait.Passkey) gait.Passkey {
	p.ID, p.Data = bytes.Clone(p.ID), bytes.Clone(p.Data)
	return p
}

// PasskeyByID implements gait.AccountStore.
func (s *Store) PasskeyByID(ctx context.Context, id []byte) (gait.Passkey, error) {
	if err := s.lock(ctx); err != nil {
		return gait.Passkey{}, err
	}
	defer s.mu.Unlock()
	for _, p := range s.accounts.passkeys {
		if bytes.Equal(p.ID, id) {
			return clonePasskey(p), nil
		}
	}
	return gait.Passkey{}, errNoPasskey()
}

func errNoPasskey() error { return gait.Errorf(gait.NotFound, "no such passkey") }

// Passkeys implements gait.AccountStore, in the order of Created and then of the ID.
func (s *Store) Passkeys(ctx context.Context, a gait.AccountID) ([]gait.Passkey, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	found := []gait.Passkey{}
	for _, p := range s.accounts.passkeys {
		if p.Account == a {
			found = append(found, clonePasskey(p))
		}
	}
	slices.SortFunc(found, func(a, b gait.Passkey) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), bytes.Compare(a.ID, b.ID))
	})
	return found, nil
}

// RemovePasskey implements gait.AccountStore.
func (s *Store) RemovePasskey(ctx context.Context, a gait.AccountID, id []byte) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	n := slices.IndexFunc(s.accounts.passkeys, func(p gait.Passkey) bool { return p.Account == a && bytes.Equal(p.ID, id) })
	if n < 0 {
		return errNoPasskey()
	}
	s.bytes -= int64(passkeyBytes(s.accounts.passkeys[n]))
	s.accounts.passkeys = slices.Delete(s.accounts.passkeys, n, n+1)
	return nil
}

// PutWebSession implements gait.AccountStore.
func (s *Store) PutWebSession(ctx context.Context, w gait.WebSession) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	size := accountBytes + len(w.Data)
	if old, ok := s.accounts.sessions[w.Hash]; ok {
		size -= accountBytes + len(old.Data)
	}
	if err := s.take(size); err != nil {
		return err
	}
	w.Data = bytes.Clone(w.Data)
	s.accounts.sessions[w.Hash] = w
	return nil
}

// WebSessionByHash implements gait.AccountStore.
func (s *Store) WebSessionByHash(ctx context.Context, hash [32]byte, now int64) (gait.WebSession, error) {
	if err := s.lock(ctx); err != nil {
		return gait.WebSession{}, err
	}
	defer s.mu.Unlock()
	w, ok := s.accounts.sessions[hash]
	if !ok || w.Expires <= now {
		return gait.WebSession{}, gait.Errorf(gait.NotFound, "not signed in")
	}
	w.Data = bytes.Clone(w.Data)
	return w, nil
}

// RemoveWebSession implements gait.AccountStore.
func (s *Store) RemoveWebSession(ctx context.Context, hash [32]byte) error {
	return s.removeWebSessions(ctx, func(w gait.WebSession) bool { return w.Hash == hash })
}

// RemoveExpiredWebSessions implements gait.AccountStore.
func (s *Store) RemoveExpiredWebSessions(ctx context.Context, now int64) error {
	return s.removeWebSessions(ctx, func(w gait.WebSession) bool { return w.Expires <= now })
}

func (s *Store) removeWebSessions(ctx context.Context, is func(gait.WebSession) bool) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	for hash, w := range s.accounts.sessions {
		if is(w) {
			s.bytes -= int64(accountBytes + len(w.Data))
			delete(s.accounts.sessions, hash)
		}
	}
	return nil
}

// Audit implements gait.AccountStore.
func (s *Store) Audit(ctx context.Context, entries []gait.AuditEntry) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	size := 0
	for _, e := range entries {
		size += accountBytes + len(e.ByName) + len(e.Action) + len(e.Subject) + len(e.Detail)
	}
	if err := s.take(size); err != nil {
		return err
	}
	for _, e := range entries {
		e.ID = int64(len(s.accounts.audit) + 1)
		s.accounts.audit = append(s.accounts.audit, e)
	}
	return nil
}

// AuditLog implements gait.AccountStore.
func (s *Store) AuditLog(ctx context.Context, w gait.WorkspaceID, before int64, limit int) ([]gait.AuditEntry, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if limit < 1 {
		return nil, errLimit()
	}
	found := []gait.AuditEntry{}
	for _, e := range slices.Backward(s.accounts.audit) {
		if e.Workspace == w && (before == 0 || e.ID < before) && len(found) < limit {
			found = append(found, e)
		}
	}
	return found, nil
}
