package account

import (
	"context"
	"time"

	"github.com/gaithq/gait"
)

// ResetStore is what of a store ResetPassword needs.
type ResetStore interface {
	AccountByEmail(ctx context.Context, email string) (gait.Account, error)
	UpdateAccount(ctx context.Context, a gait.Account) error
	Memberships(ctx context.Context, a gait.AccountID) ([]gait.Membership, error)
	Audit(ctx context.Context, entries []gait.AuditEntry) error
}

// ResetPassword gives the account of an e-mail address another password, from the
// command line, and signs its browsers out. It fails with gait.NotFound if there
// is none, and with gait.Invalid for a password that nobody should have.
func ResetPassword(ctx context.Context, store ResetStore, email, password string, now time.Time) (gait.Account, error) {
	email, err := checkEmail(email)
	if err != nil {
		return gait.Account{}, err
	}
	who, err := store.AccountByEmail(ctx, email)
	if err != nil {
		return gait.Account{}, err
	}
	if err := checkPassword("password", password, email); err != nil {
		return gait.Account{}, err
	}
	if who.Password, err = newHasher(Hashing{}).hash(ctx, password); err != nil {
		return gait.Account{}, err
	}
	who.Epoch++
	if err := store.UpdateAccount(ctx, who); err != nil {
		return gait.Account{}, err
	}
	places, err := store.Memberships(ctx, who.ID)
	if err != nil {
		return gait.Account{}, err
	}
	var entries []gait.AuditEntry
	for _, m := range places[:min(len(places), auditMax)] {
		entries = append(entries, gait.AuditEntry{
			Workspace: m.Workspace, At: now.UnixMilli(), ByName: "gait password", Action: "account.password", Subject: who.Email, Detail: "all browsers are signed out",
		})
	}
	return who, store.Audit(ctx, entries)
}
