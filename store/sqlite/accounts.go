package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/gaithq/gait"
)

const (
	accountColumns       = `id, email, name, password, handle, created, signed_in, epoch`
	selectAccountByID    = `SELECT ` + accountColumns + ` FROM accounts WHERE id = ?`
	selectAccountByEmail = `SELECT ` + accountColumns + ` FROM accounts WHERE email = ?`
	hasAccount           = `SELECT 1 FROM accounts WHERE id = ?`
	hasEmail             = `SELECT 1 FROM accounts WHERE email = ?`
	insertAccount        = `
INSERT INTO accounts (email, name, password, handle, created, signed_in, epoch) VALUES (?, ?, ?, ?, ?, ?, ?)`
	updateAccount = `UPDATE accounts SET name = ?, password = ?, signed_in = ?, epoch = ? WHERE id = ?`

	selectMemberships = `
SELECT account, workspace, role, since FROM memberships WHERE account = ? ORDER BY since, workspace`
	selectMembers = `
SELECT account, workspace, role, since FROM memberships WHERE workspace = ? ORDER BY since, account`
	selectRole       = `SELECT role FROM memberships WHERE account = ? AND workspace = ?`
	countOtherOwners = `SELECT count(*) FROM memberships WHERE workspace = ? AND role = 'owner' AND account <> ?`
	upsertMembership = `INSERT OR REPLACE INTO memberships (account, workspace, role, since) VALUES (?, ?, ?, ?)`
	raiseMembership  = `UPDATE memberships SET role = ? WHERE account = ? AND workspace = ?`
	deleteMembership = `DELETE FROM memberships WHERE account = ? AND workspace = ?`
)

// CreateAccount implements gait.AccountStore.
func (s *Store) CreateAccount(ctx context.Context, a gait.Account, invitation [32]byte, m gait.Membership) (gait.Account, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.Account{}, err
	}
	defer done()
	a.Handle = blob(a.Handle)
	var id int64
	err = s.writer.do(ctx, 1, func(t *tx) error {
		i, err := t.invitation(invitation, m.Since)
		if err != nil {
			return err
		}
		if taken, err := t.there(hasEmail, a.Email); err != nil {
			return err
		} else if taken {
			return gait.Errorf(gait.Invalid, "there is an account with this e-mail address already")
		}
		result, err := t.exec(insertAccount, a.Email, a.Name, a.Password, a.Handle, a.Created, a.SignedIn, a.Epoch)
		if err != nil {
			return err
		}
		if id, err = result.LastInsertId(); err != nil {
			return err
		}
		return t.join(i, gait.AccountID(id), m.Since)
	})
	if err != nil {
		return gait.Account{}, err
	}
	a.ID = gait.AccountID(id)
	return a, nil
}

// AcceptInvitation implements gait.AccountStore.
func (s *Store) AcceptInvitation(ctx context.Context, invitation [32]byte, m gait.Membership) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.writer.do(ctx, 1, func(t *tx) error {
		i, err := t.invitation(invitation, m.Since)
		if err != nil {
			return err
		}
		if err := t.needs(hasAccount, int64(m.Account), "no such account"); err != nil {
			return err
		}
		return t.join(i, m.Account, m.Since)
	})
}

// join makes an account a member by an invitation.
func (t *tx) join(i gait.Invitation, a gait.AccountID, since int64) error {
	if _, err := t.exec(useInvitation, since, i.Hash[:]); err != nil {
		return err
	}
	var role gait.Role
	err := t.get(selectRole, []any{int64(a), int64(i.Workspace)}, &role)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = t.exec(upsertMembership, int64(a), int64(i.Workspace), string(i.Role), since)
	case err == nil && i.Role.Includes(role):
		_, err = t.exec(raiseMembership, string(i.Role), int64(a), int64(i.Workspace))
	}
	return err
}

// role returns what an account may do in a workspace, "" if it is no member.
func (t *tx) role(a gait.AccountID, w gait.WorkspaceID) (gait.Role, error) {
	var role gait.Role
	err := t.get(selectRole, []any{int64(a), int64(w)}, &role)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return role, err
}

// AccountByID implements gait.AccountStore.
func (s *Store) AccountByID(ctx context.Context, id gait.AccountID) (gait.Account, error) {
	return s.account(ctx, selectAccountByID, int64(id))
}

// AccountByEmail implements gait.AccountStore.
func (s *Store) AccountByEmail(ctx context.Context, email string) (gait.Account, error) {
	return s.account(ctx, selectAccountByEmail, email)
}

func (s *Store) account(ctx context.Context, query string, key any) (gait.Account, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.Account{}, err
	}
	defer done()
	var a gait.Account
	err = s.read[query].QueryRowContext(ctx, key).
		Scan(&a.ID, &a.Email, &a.Name, &a.Password, &a.Handle, &a.Created, &a.SignedIn, &a.Epoch)
	if errors.Is(err, sql.ErrNoRows) {
		return gait.Account{}, gait.Errorf(gait.NotFound, "no such account")
	}
	if err != nil {
		return gait.Account{}, failure(err, "the account cannot be read")
	}
	return a, nil
}

// UpdateAccount implements gait.AccountStore.
func (s *Store) UpdateAccount(ctx context.Context, a gait.Account) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.change(ctx, "no such account", updateAccount, a.Name, a.Password, a.SignedIn, a.Epoch, int64(a.ID))
}

// Memberships implements gait.AccountStore.
func (s *Store) Memberships(ctx context.Context, a gait.AccountID) ([]gait.Membership, error) {
	return s.members(ctx, selectMemberships, int64(a))
}

// Members implements gait.AccountStore.
func (s *Store) Members(ctx context.Context, w gait.WorkspaceID) ([]gait.Membership, error) {
	return s.members(ctx, selectMembers, int64(w))
}

func (s *Store) members(ctx context.Context, query string, of int64) ([]gait.Membership, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	found := []gait.Membership{}
	err = s.each(ctx, query, []any{of}, func(rows *sql.Rows) error {
		var m gait.Membership
		err := rows.Scan(&m.Account, &m.Workspace, &m.Role, &m.Since)
		found = append(found, m)
		return err
	})
	if err != nil {
		return nil, failure(err, "the members cannot be read")
	}
	return found, nil
}

// PutMembership implements gait.AccountStore.
func (s *Store) PutMembership(ctx context.Context, m gait.Membership) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.writer.do(ctx, 1, func(t *tx) error {
		if err := t.needs(hasAccount, int64(m.Account), "no such account"); err != nil {
			return err
		}
		if err := t.needs(hasWorkspace, int64(m.Workspace), "no such workspace"); err != nil {
			return err
		}
		role, err := t.role(m.Account, m.Workspace)
		if err != nil {
			return err
		}
		if role == gait.Owner && m.Role != gait.Owner {
			if err := t.othersOwn(m.Workspace, m.Account); err != nil {
				return err
			}
		}
		_, err = t.exec(upsertMembership, int64(m.Account), int64(m.Workspace), string(m.Role), m.Since)
		return err
	})
}

// othersOwn fails with Invalid if no other account owns a workspace.
func (t *tx) othersOwn(w gait.WorkspaceID, a gait.AccountID) error {
	var n int
	err := t.get(countOtherOwners, []any{int64(w), int64(a)}, &n)
	if err == nil && n == 0 {
		return gait.Errorf(gait.Invalid, "a workspace needs an owner")
	}
	return err
}

// RemoveMembership implements gait.AccountStore.
func (s *Store) RemoveMembership(ctx context.Context, a gait.AccountID, w gait.WorkspaceID) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.writer.do(ctx, 1, func(t *tx) error {
		role, err := t.role(a, w)
		if err != nil {
			return err
		}
		switch role {
		case "":
			return gait.Errorf(gait.NotFound, "no such member")
		case gait.Owner:
			if err := t.othersOwn(w, a); err != nil {
				return err
			}
		}
		_, err = t.exec(deleteMembership, int64(a), int64(w))
		return err
	})
}
