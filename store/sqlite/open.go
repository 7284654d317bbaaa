package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"github.com/gaithq/gait"
)

// createFile makes an empty file that only its owner may read, and the folders
// above it that are missing, unless it is there. SQLite gives its companions
// the same mode.
func createFile(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	// The names have to survive a power cut too.
	return errors.Join(f.Close(), syncDir(dir), syncDir(filepath.Dir(dir)))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	// Some file systems cannot sync a folder, and say so here.
	_ = d.Sync()
	return d.Close()
}

// writerPragmas set up the connection that writes. A commit returns after a
// sync. The writer moves the log into the database by itself each time it has
// grown by 16 MB, see tendLog, and the log's file is cut to 64 MB when it starts
// over. mmap stays off: with it, a failing disk kills the process instead of
// returning an error.
func writerPragmas(cacheMB int) []string {
	return []string{
		"busy_timeout(5000)",
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"fullfsync(1)", // on macOS a sync does not reach the disk without it
		"foreign_keys(1)",
		"temp_store(MEMORY)",
		"wal_autocheckpoint(0)",
		fmt.Sprintf("journal_size_limit(%d)", maxLog),
		fmt.Sprintf("cache_size(-%d)", cacheMB<<10),
	}
}

// readerPragmas set up a connection that only reads.
func readerPragmas(cacheMB int) []string {
	return []string{
		"busy_timeout(5000)",
		"query_only(1)",
		"temp_store(MEMORY)",
		fmt.Sprintf("cache_size(-%d)", cacheMB<<10/8),
	}
}

// openPool opens up to size connections to the database at path, on SQLite's
// file system of that name, or its usual one. The mode is rw or ro.
func openPool(path, vfs, mode string, size int, pragmas []string) (*sql.DB, error) {
	query := url.Values{"_pragma": pragmas, "mode": {mode}}
	if vfs != "" {
		query.Set("vfs", vfs)
	}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

// statements are prepared queries by their text.
type statements map[string]*sql.Stmt

// prepare prepares queries on a pool or a connection.
func prepare(ctx context.Context, on interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}, queries []string,
) (statements, error) {
	prepared := statements{}
	for _, q := range queries {
		stmt, err := on.PrepareContext(ctx, q)
		if err != nil {
			return prepared, fmt.Errorf("%w in %s", err, q)
		}
		prepared[q] = stmt
	}
	return prepared, nil
}

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables of db up to date, each step in a transaction of
// its own. It fails with Invalid if they are ahead of this binary.
func migrate(ctx context.Context, db *sql.DB) error {
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, steps,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return gait.Errorf(gait.Invalid,
			"the database has schema %d, written by a newer gait; this one knows schema %d: run the newer one", have, want)
	}
	_, err = p.Up(ctx)
	return err
}
