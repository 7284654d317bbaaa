package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gaithq/gait"
)

// Beside is a database that another process may serve from meanwhile. It does
// what people do by hand: look at workspaces and sessions, change keys and passwords, and invite. SQLite lets one
// process write after the other, and what the server's writer remembers between
// commits is about sessions only, so neither has to know of the other.
type Beside struct{ s *Store }

// OpenBeside opens the database at path without claiming it. It fails with
// NotFound if there is none, and with Invalid if it has another schema than this
// version and is in use, as then somebody else has to bring it up to date.
func OpenBeside(ctx context.Context, path string) (*Beside, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, gait.Wrap(err, gait.NotFound, "there is no database here")
	}
	s, err := openBeside(ctx, path)
	if errors.Is(err, errOtherSchema) {
		// The next release of gait meets its folder here before it serves it.
		owner, err := Open(ctx, path, Config{})
		if gait.CodeOf(err) == gait.Unavailable {
			return nil, gait.Wrap(err, gait.Invalid,
				"the database is served by another version of gait: use that version, or stop it and try again")
		}
		if err != nil {
			return nil, err
		}
		if err := owner.Close(); err != nil {
			return nil, err
		}
		s, err = openBeside(ctx, path)
		if err != nil {
			return nil, err
		}
		return &Beside{s}, nil
	}
	if err != nil {
		return nil, err
	}
	return &Beside{s}, nil
}

func openBeside(ctx context.Context, path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "the database's path is not usable")
	}
	s := &Store{path: path}
	c := Config{Readers: 1, CacheMB: 2, Queue: 1, Sessions: 1, beside: true}
	if err := s.openTables(ctx, c.withDefaults()); err != nil {
		_ = s.release() // the error before it says more
		return nil, err
	}
	return s, nil
}

// Workspaces returns all, in the order they were created.
func (b *Beside) Workspaces(ctx context.Context) ([]gait.Workspace, error) {
	return b.s.Workspaces(ctx)
}

// CreateKey is as gait.WorkspaceStore says.
func (b *Beside) CreateKey(ctx context.Context, k gait.Key) error { return b.s.CreateKey(ctx, k) }

// Keys is as gait.WorkspaceStore says.
func (b *Beside) Keys(ctx context.Context, w gait.WorkspaceID) ([]gait.Key, error) {
	return b.s.Keys(ctx, w)
}

// RevokeKey is as gait.WorkspaceStore says.
func (b *Beside) RevokeKey(ctx context.Context, w gait.WorkspaceID, hash [32]byte, at int64) error {
	return b.s.RevokeKey(ctx, w, hash, at)
}

// CreateInvitation is as gait.AccountStore says.
func (b *Beside) CreateInvitation(ctx context.Context, i gait.Invitation) error {
	return b.s.CreateInvitation(ctx, i)
}

// AccountByID is as gait.AccountStore says.
func (b *Beside) AccountByID(ctx context.Context, id gait.AccountID) (gait.Account, error) {
	return b.s.AccountByID(ctx, id)
}

// AccountByEmail is as gait.AccountStore says.
func (b *Beside) AccountByEmail(ctx context.Context, email string) (gait.Account, error) {
	return b.s.AccountByEmail(ctx, email)
}

// UpdateAccount is as gait.AccountStore says.
func (b *Beside) UpdateAccount(ctx context.Context, a gait.Account) error {
	return b.s.UpdateAccount(ctx, a)
}

// Memberships is as gait.AccountStore says.
func (b *Beside) Memberships(ctx context.Context, a gait.AccountID) ([]gait.Membership, error) {
	return b.s.Memberships(ctx, a)
}

// Audit is as gait.AccountStore says.
func (b *Beside) Audit(ctx context.Context, entries []gait.AuditEntry) error {
	return b.s.Audit(ctx, entries)
}

// Sessions is as gait.SessionStore says. Rows may be behind: the server derives them.
func (b *Beside) Sessions(ctx context.Context, q gait.SessionQuery) ([]gait.SessionRow, error) {
	return b.s.Sessions(ctx, q)
}

// Policy is as gait.SettingsStore says.
func (b *Beside) Policy(ctx context.Context, w gait.WorkspaceID) (gait.PolicyVersion, error) {
	return b.s.Policy(ctx, w)
}

// Batches is as gait.BatchStore says.
func (b *Beside) Batches(ctx context.Context, w gait.WorkspaceID, id gait.SessionID, yield func(gait.Record) bool) error {
	return b.s.Batches(ctx, w, id, yield)
}

// Close releases the files. Closing again does nothing.
func (b *Beside) Close() error { return b.s.Close() }

// errOtherSchema says that the tables are not those of this version.
var errOtherSchema = errors.New("another schema")

// sameSchema fails with errOtherSchema unless db is up to date.
func sameSchema(ctx context.Context, db *sql.DB) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	number, _, _ := strings.Cut(path.Base(files[len(files)-1]), "_")
	want, err := strconv.Atoi(number)
	if err != nil {
		return err
	}
	var have int
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&have)
	if ours(err) || err == nil && have != want { // ours: it has no such table yet
		return gait.Wrap(errOtherSchema, gait.Invalid, "the database is not of this version of gait")
	}
	return err
}

// patience is how long a writer beside another waits for its turn, and turn how
// often it asks. A busy server syncs its commits back to back, and SQLite's own
// way of waiting, a tenth of a second at a time, would rarely meet a gap.
const (
	patience = 20 * time.Second
	turn     = 300 * time.Microsecond
)

// beginBeside starts a transaction between those of another process.
func (w *writer) beginBeside() error {
	if _, err := w.conn.ExecContext(context.Background(), `PRAGMA busy_timeout(0)`); err != nil {
		return err
	}
	until := time.Now().Add(patience)
	for {
		_, err := w.tx.exec(begin)
		if !isBusy(err) || time.Now().After(until) {
			return err
		}
		time.Sleep(turn)
	}
}

// isBusy says whether err is that somebody else writes.
func isBusy(err error) bool {
	code, ok := codeOf(err)
	return ok && code == sqlite3.SQLITE_BUSY
}
