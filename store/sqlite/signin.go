package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/gaithq/gait"
)

const (
	invitationColumns = `hash, workspace, role, note, by, created, expires, used, revoked`
	insertInvitation  = `
INSERT INTO invitations (` + invitationColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	selectInvitation  = `SELECT ` + invitationColumns + ` FROM invitations WHERE hash = ?`
	selectInvitations = `
SELECT ` + invitationColumns + ` FROM invitations WHERE workspace = ? ORDER BY created DESC, hash`
	useInvitation    = `UPDATE invitations SET used = ? WHERE hash = ?`
	revokeInvitation = `UPDATE invitations SET revoked = ? WHERE hash = ?`

	passkeyColumns = `id, account, name, data, created, last_used`
	passkeyOwner   = `SELECT account FROM passkeys WHERE id = ?`
	upsertPasskey  = `INSERT OR REPLACE INTO passkeys (` + passkeyColumns + `) VALUES (?, ?, ?, ?, ?, ?)`
	deletePasskey  = `DELETE FROM passkeys WHERE account = ? AND id = ?`
	selectPasskey  = `SELECT ` + passkeyColumns + ` FROM passkeys WHERE id = ?`
	selectPasskeys = `SELECT ` + passkeyColumns + ` FROM passkeys WHERE account = ? ORDER BY created, id`

	upsertWebSession  = `INSERT OR REPLACE INTO web_sessions (hash, data, expires) VALUES (?, ?, ?)`
	selectWebSession  = `SELECT data, expires FROM web_sessions WHERE hash = ? AND expires > ?`
	deleteWebSession  = `DELETE FROM web_sessions WHERE hash = ?`
	deleteWebSessions = `DELETE FROM web_sessions WHERE expires <= ?`

	insertAudit = `INSERT INTO audit (workspace, at, by, by_name, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)`
	selectAudit = `
SELECT id, at, by, by_name, action, subject, detail FROM audit
WHERE workspace = ?1 AND (?2 = 0 OR id < ?2) ORDER BY id DESC LIMIT ?3`
)

// CreateInvitation implements gait.AccountStore.
func (s *Store) CreateInvitation(ctx context.Context, i gait.Invitation) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.writer.do(ctx, 1, func(t *tx) error {
		if err := t.needs(hasWorkspace, int64(i.Workspace), "no such workspace"); err != nil {
			return err
		}
		result, err := t.exec(insertInvitation, i.Hash[:], int64(i.Workspace), string(i.Role), i.Note, int64(i.By),
			i.Created, i.Expires, i.Used, i.Revoked)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err == nil && n == 0 {
			return gait.Errorf(gait.Invalid, "this invitation is there already")
		}
		return err
	})
}

// invitation returns one that is valid at a moment.
func (t *tx) invitation(hash [32]byte, at int64) (gait.Invitation, error) {
	i, err := scanInvitation(t.stmts[selectInvitation].QueryRowContext(context.Background(), hash[:]))
	if errors.Is(err, sql.ErrNoRows) || err == nil && (i.Used != 0 || i.Revoked != 0 || i.Expires <= at) {
		return gait.Invitation{}, errNoInvitation()
	}
	return i, err
}

func errNoInvitation() error { return gait.Errorf(gait.NotFound, "no such invitation") }

// scanInvitation reads an invitation from sql.Row or sql.Rows.
func scanInvitation(row interface{ Scan(...any) error }) (gait.Invitation, error) {
	var i gait.Invitation
	var hash []byte
	err := row.Scan(&hash, &i.Workspace, &i.Role, &i.Note, &i.By, &i.Created, &i.Expires, &i.Used, &i.Revoked)
	copy(i.Hash[:], hash)
	return i, err
}

// InvitationByHash implements gait.AccountStore.
func (s *Store) InvitationByHash(ctx context.Context, hash [32]byte) (gait.Invitation, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.Invitation{}, err
	}
	defer done()
	i, err := scanInvitation(s.read[selectInvitation].QueryRowContext(ctx, hash[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return gait.Invitation{}, errNoInvitation()
	}
	if err != nil {
		return gait.Invitation{}, failure(err, "the invitation cannot be read")
	}
	return i, nil
}

// Invitations implements gait.AccountStore.
func (s *Store) Invitations(ctx context.Context, w gait.WorkspaceID) ([]gait.Invitation, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	found := []gait.Invitation{}
	err = s.each(ctx, selectInvitations, []any{int64(w)}, func(rows *sql.Rows) error {
		i, err := scanInvitation(rows)
		found = append(found, i)
		return err
	})
	if err != nil {
		return nil, failure(err, "the invitations cannot be read")
	}
	return found, nil
}

// RevokeInvitation implements gait.AccountStore.
func (s *Store) RevokeInvitation(ctx context.Context, w gait.WorkspaceID, hash [32]byte, at int64) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.writer.do(ctx, 1, func(t *tx) error {
		i, err := scanInvitation(t.stmts[selectInvitation].QueryRowContext(context.Background(), hash[:]))
		switch {
		case errors.Is(err, sql.ErrNoRows) || err == nil && i.Workspace != w:
			return errNoInvitation()
		case err != nil:
			return err
		case i.Used != 0:
			return gait.Errorf(gait.Invalid, "the invitation was used")
		case i.Revoked != 0:
			return nil
		}
		_, err = t.exec(revokeInvitation, at, hash[:])
		return err
	})
}

// PutPasskey implements gait.AccountStore.
func (s *Store) PutPasskey(ctx context.Context, p gait.Passkey) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	p.ID, p.Data = blob(p.ID), blob(p.Data)
	return s.writer.do(ctx, 1, func(t *tx) error {
		if err := t.needs(hasAccount, int64(p.Account), "no such account"); err != nil {
			return err
		}
		var owner gait.AccountID
		err := t.get(passkeyOwner, []any{p.ID}, &owner)
		if err == nil && owner != p.Account {
			return gait.Errorf(gait.Invalid, "the passkey is another account's")
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		_, err = t.exec(upsertPasskey, p.ID, int64(p.Account), p.Name, p.Data, p.Created, p.LastUsed)
		return err
	})
}

// scanPasskey reads a passkey from sql.Row or sql.Rows.
func scanPasskey(row interface{ Scan(...any) error }) (gait.Passkey, error) {
	var p gait.Passkey
	err := row.Scan(&p.ID, &p.Account, &p.Name, &p.Data, &p.Created, &p.LastUsed)
	return p, err
}

// PasskeyByID implements gait.AccountStore.
func (s *Store) PasskeyByID(ctx context.Context, id []byte) (gait.Passkey, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.Passkey{}, err
	}
	defer done()
	p, err := scanPasskey(s.read[selectPasskey].QueryRowContext(ctx, blob(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return gait.Passkey{}, errNoPasskey()
	}
	if err != nil {
		return gait.Passkey{}, failure(err, "the passkey cannot be read")
	}
	return p, nil
}

const noPasskey = "no such passkey"

func errNoPasskey() error { return gait.Errorf(gait.NotFound, noPasskey) }

// Passkeys implements gait.AccountStore, in the order of Created and then of the ID.
func (s *Store) Passkeys(ctx context.Context, a gait.AccountID) ([]gait.Passkey, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	found := []gait.Passkey{}
	err = s.each(ctx, selectPasskeys, []any{int64(a)}, func(rows *sql.Rows) error {
		p, err := scanPasskey(rows)
		found = append(found, p)
		return err
	})
	if err != nil {
		return nil, failure(err, "the passkeys cannot be read")
	}
	return found, nil
}

// RemovePasskey implements gait.AccountStore.
func (s *Store) RemovePasskey(ctx context.Context, a gait.AccountID, id []byte) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.change(ctx, noPasskey, deletePasskey, int64(a), blob(id))
}

// PutWebSession implements gait.AccountStore.
func (s *Store) PutWebSession(ctx context.Context, w gait.WebSession) error {
	return s.execute(ctx, upsertWebSession, blob(w.Hash[:]), blob(w.Data), w.Expires)
}

// execute executes one of writeQueries.
func (s *Store) execute(ctx context.Context, query string, args ...any) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.writer.do(ctx, 1, func(t *tx) error {
		_, err := t.exec(query, args...)
		return err
	})
}

// WebSessionByHash implements gait.AccountStore.
func (s *Store) WebSessionByHash(ctx context.Context, hash [32]byte, now int64) (gait.WebSession, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.WebSession{}, err
	}
	defer done()
	w := gait.WebSession{Hash: hash}
	err = s.read[selectWebSession].QueryRowContext(ctx, hash[:], now).Scan(&w.Data, &w.Expires)
	if errors.Is(err, sql.ErrNoRows) {
		return gait.WebSession{}, gait.Errorf(gait.NotFound, "not signed in")
	}
	if err != nil {
		return gait.WebSession{}, failure(err, "the session cannot be read")
	}
	return w, nil
}

// RemoveWebSession implements gait.AccountStore.
func (s *Store) RemoveWebSession(ctx context.Context, hash [32]byte) error {
	return s.execute(ctx, deleteWebSession, hash[:])
}

// RemoveExpiredWebSessions implements gait.AccountStore.
func (s *Store) RemoveExpiredWebSessions(ctx context.Context, now int64) error {
	return s.execute(ctx, deleteWebSessions, now)
}

// Audit implements gait.AccountStore.
func (s *Store) Audit(ctx context.Context, entries []gait.AuditEntry) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	if len(entries) == 0 {
		return nil
	}
	entries = slices.Clone(entries)
	return s.writer.do(ctx, len(entries), func(t *tx) error {
		for _, e := range entries {
			_, err := t.exec(insertAudit, int64(e.Workspace), e.At, int64(e.By), e.ByName, e.Action, e.Subject, e.Detail)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// AuditLog implements gait.AccountStore.
func (s *Store) AuditLog(ctx context.Context, w gait.WorkspaceID, before int64, limit int) ([]gait.AuditEntry, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if limit < 1 {
		return nil, errLimit()
	}
	found := []gait.AuditEntry{}
	err = s.each(ctx, selectAudit, []any{int64(w), before, limit}, func(rows *sql.Rows) error {
		e := gait.AuditEntry{Workspace: w}
		err := rows.Scan(&e.ID, &e.At, &e.By, &e.ByName, &e.Action, &e.Subject, &e.Detail)
		found = append(found, e)
		return err
	})
	if err != nil {
		return nil, failure(err, "the audit log cannot be read")
	}
	return found, nil
}
