//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package sqlite

import (
	"os"

	"github.com/gaithq/gait"
)

// lockFile only makes the file: this system has no lock that ends with the
// process, and a second process is the operator's to avoid.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, gait.Wrap(err, gait.Unavailable, "the database's lock cannot be made")
	}
	return f, nil
}
