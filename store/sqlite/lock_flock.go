//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package sqlite

import (
	"errors"
	"os"
	"syscall"

	"github.com/gaithq/gait"
)

// lockFile holds the file at path, made if missing, until it is closed or the
// process ends. It fails with Unavailable if somebody else holds it. It is a
// file of its own because closing any handle of a database's file would drop
// SQLite's locks on it.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, gait.Wrap(err, gait.Unavailable, "the database's lock cannot be made")
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errors.New("the lock is held")
	}
	return nil, errors.Join(gait.Wrap(err, gait.Unavailable, "the database is in use by another process"), f.Close())
}
