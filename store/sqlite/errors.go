package sqlite

import (
	"context"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gaithq/gait"
)

// failure makes an error of package gait of what the driver, the disk or a
// context reports. Errors of package gait stay what they are.
func failure(err error, message string) error {
	if _, ok := errors.AsType[*gait.Error](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return gait.Wrap(err, gait.Unavailable, "the request was given up")
	}
	if ours(err) {
		return gait.Wrap(err, gait.Internal, message)
	}
	return gait.Wrap(err, gait.Unavailable, message)
}

// givenUp is the error of a caller that stops waiting.
func givenUp(ctx context.Context) error {
	return gait.Wrap(context.Cause(ctx), gait.Unavailable, "the request was given up")
}

// ours says whether err is a mistake in a query rather than the disk's.
func ours(err error) bool {
	code, ok := codeOf(err)
	if !ok {
		return false
	}
	switch code {
	case sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_MISMATCH:
		return true
	}
	return false
}

// broken says whether err is a constraint of a table that was not kept.
func broken(err error) bool {
	code, ok := codeOf(err)
	return ok && code == sqlite3.SQLITE_CONSTRAINT
}

// codeOf returns SQLite's primary result code, and whether err has one.
func codeOf(err error) (int, bool) {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return 0, false
	}
	return e.Code() & 0xff, true
}
