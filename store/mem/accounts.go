package mem

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/gaithq/gait"
)

// accounts is who may sign in.
type accounts struct {
	list        []gait.Account // the one with ID n is at n-1
	memberships []gait.Membership
	invitations []gait.Invitation
	passkeys    []gait.Passkey
	sessions    map[[32]byte]gait.WebSession
	audit       []gait.AuditEntry // the one with ID n is at n-1
}

func newAccounts() accounts { return accounts{sessions: map[[32]byte]gait.WebSession{}} }

// accountBytes is about what an account, or anything of one, takes beside its data.
const accountBytes = 256

// take notes that n more bytes are kept, or fails with Unavailable.
func (s *Store) take(n int) error {
	if err := s.fits(int64(n)); err != nil {
		return err
	}
	s.bytes += int64(n)
	return nil
}

// CreateAccount implements gait.AccountStore.
func (s *Store) CreateAccount(ctx context.Context, a gait.Account, invitation [32]byte, m gait.Membership) (gait.Account, error) {
	if err := s.lock(ctx); err != nil {
		return gait.Account{}, err
	}
	defer s.mu.Unlock()
	i, err := s.invitation(invitation, m.Since)
	if err != nil {
		return gait.Account{}, err
	}
	if slices.ContainsFunc(s.accounts.list, func(o gait.Account) bool { return o.Email == a.Email }) {
		return gait.Account{}, gait.Errorf(gait.Invalid, "there is an account with this e-mail address already")
	}
	if err := s.take(2 * accountBytes); err != nil {
		return gait.Account{}, err
	}
	a.ID = gait.AccountID(len(s.accounts.list) + 1)
	s.accounts.list = append(s.accounts.list, cloneAccount(a))
	m.Account = a.ID
	s.join(i, m)
	return cloneAccount(a), nil
}

// AcceptInvitation implements gait.AccountStore.
func (s *Store) AcceptInvitation(ctx context.Context, invitation [32]byte, m gait.Membership) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	i, err := s.invitation(invitation, m.Since)
	if err != nil {
		return err
	}
	if _, err := s.account(m.Account); err != nil {
		return err
	}
	if err := s.take(accountBytes); err != nil {
		return err
	}
	s.join(i, m)
	return nil
}

// invitation returns one that is valid at a moment.
func (s *Store) invitation(hash [32]byte, at int64) (*gait.Invitation, error) {
	n := slices.IndexFunc(s.accounts.invitations, func(i gait.Invitation) bool { return i.Hash == hash })
	if n < 0 {
		return nil, errNoInvitation()
	}
	i := &s.accounts.invitations[n]
	if i.Used != 0 || i.Revoked != 0 || i.Expires <= at {
		return nil, errNoInvitation()
	}
	return i, nil
}

func errNoInvitation() error { return gait.Errorf(gait.NotFound, "no such invitation") }

// join makes an account a member by an invitation.
func (s *Store) join(i *gait.Invitation, m gait.Membership) {
	i.Used = m.Since
	m.Workspace, m.Role = i.Workspace, i.Role
	if at := s.membership(m.Account, m.Workspace); at == nil {
		s.accounts.memberships = append(s.accounts.memberships, m)
	} else if m.Role.Includes(at.Role) {
		at.Role = m.Role
	}
}

// membership returns one, nil if there is none.
func (s *Store) membership(a gait.AccountID, w gait.WorkspaceID) *gait.Membership {
	for i := range s.accounts.memberships {
		if m := &s.accounts.memberships[i]; m.Account == a && m.Workspace == w {
			return m
		}
	}
	return nil
}

// account returns the one with an ID.
func (s *Store) account(id gait.AccountID) (*gait.Account, error) {
	if id < 1 || int(id) > len(s.accounts.list) {
		return nil, errNoAccount()
	}
	return &s.accounts.list[id-1], nil
}

func errNoAccount() error { return gait.Errorf(gait.NotFound, "no such account") }

// AccountByID implements gait.AccountStore.
func (s *Store) AccountByID(ctx context.Context, id gait.AccountID) (gait.Account, error) {
	if err := s.lock(ctx); err != nil {
		return gait.Account{}, err
	}
	defer s.mu.Unlock()
	a, err := s.account(id)
	if err != nil {
		return gait.Account{}, err
	}
	return cloneAccount(*a), nil
}

// AccountByEmail implements gait.AccountStore.
func (s *Store) AccountByEmail(ctx context.Context, email string) (gait.Account, error) {
	if err := s.lock(ctx); err != nil {
		return gait.Account{}, err
	}
	defer s.mu.Unlock()
	for _, a := range s.accounts.list {
		if a.Email == email {
			return cloneAccount(a), nil
		}
	}
	return gait.Account{}, errNoAccount()
}

// UpdateAccount implements gait.AccountStore.
func (s *Store) UpdateAccount(ctx context.Context, a gait.Account) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	at, err := s.account(a.ID)
	if err != nil {
		return err
	}
	at.Name, at.Password, at.SignedIn, at.Epoch = a.Name, a.Password, a.SignedIn, a.Epoch
	return nil
}

func cloneAccount(a gait.Account) gait.Account {
	a.Handle = bytes.Clone(a.Handle)
	return a
}

// Memberships implements gait.AccountStore.
func (s *Store) Memberships(ctx context.Context, a gait.AccountID) ([]gait.Membership, error) {
	return s.members(ctx, func(m gait.Membership) bool { return m.Account == a })
}

// Members implements gait.AccountStore.
func (s *Store) Members(ctx context.Context, w gait.WorkspaceID) ([]gait.Membership, error) {
	return s.members(ctx, func(m gait.Membership) bool { return m.Workspace == w })
}

func (s *Store) members(ctx context.Context, is func(gait.Membership) bool) ([]gait.Membership, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	found := []gait.Membership{}
	for _, m := range s.accounts.memberships {
		if is(m) {
			found = append(found, m)
		}
	}
	slices.SortFunc(found, func(a, b gait.Membership) int {
		return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Workspace, b.Workspace), cmp.Compare(a.Account, b.Account))
	})
	return found, nil
}

// PutMembership implements gait.AccountStore.
func (s *Store) PutMembership(ctx context.Context, m gait.Membership) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if _, err := s.account(m.Account); err != nil {
		return err
	}
	if !s.hasWorkspace(m.Workspace) {
		return errNoWorkspace()
	}
	at := s.membership(m.Account, m.Workspace)
	if at == nil {
		if err := s.take(accountBytes); err != nil {
			return err
		}
		s.accounts.memberships = append(s.accounts.memberships, m)
		return nil
	}
	if m.Role != gait.Owner && s.lastOwner(at) {
		return errLastOwner()
	}
	*at = m
	return nil
}

// RemoveMembership implements gait.AccountStore.
func (s *Store) RemoveMembership(ctx context.Context, a gait.AccountID, w gait.WorkspaceID) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	at := s.membership(a, w)
	if at == nil {
		return gait.Errorf(gait.NotFound, "no such member")
	}
	if s.lastOwner(at) {
		return errLastOwner()
	}
	s.bytes -= accountBytes
	s.accounts.memberships = slices.DeleteFunc(s.accounts.memberships, func(m gait.Membership) bool {
		return m.Account == a && m.Workspace == w
	})
	return nil
}

// lastOwner reports whether m is an owner's, and no other is of its workspace.
func (s *Store) lastOwner(m *gait.Membership) bool {
	return m.Role == gait.Owner && !slices.ContainsFunc(s.accounts.memberships, func(o gait.Membership) bool {
		return o.Workspace == m.Workspace && o.Role == gait.Owner && o.Account != m.Account
	})
}

func errLastOwner() error { return gait.Errorf(gait.Invalid, "a workspace needs an owner") }
