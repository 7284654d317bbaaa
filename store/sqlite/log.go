package sqlite

import (
	"context"
	"errors"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gaithq/gait"
)

const (
	// measureLog returns whether somebody is in the way, the pages of the log,
	// and those of them that were moved.
	measureLog = `PRAGMA wal_checkpoint(NOOP)`
	// moveLog moves what no reader holds on to.
	moveLog = `PRAGMA wal_checkpoint(PASSIVE)`
)

// pageSize is SQLite's, in bytes.
const pageSize = 4096

// tendLog moves the write-ahead log into the database when it has grown. SQLite
// would do that by itself in each commit, and tell nobody if it failed.
func (w *writer) tendLog() {
	info, err := os.Stat(w.logPath)
	if err != nil || w.conn == nil || w.config.beside || w.doubt != nil {
		return
	}
	if info.Size() > w.cutAt {
		w.cutLog(info.Size())
		return
	}
	if info.Size() < int64(w.config.checkpoint)*pageSize {
		return
	}
	var busy, pages, moved int
	err = w.tx.get(measureLog, nil, &busy, &pages, &moved)
	if err != nil || pages < w.config.checkpoint || pages == moved {
		return
	}
	w.mind(w.tx.get(moveLog, nil, &busy, &pages, &moved))
}

// cutLog keeps the write-ahead log from growing without end while there is
// always some reader: it waits a moment for those that read now and empties the
// log. Where one reads on, it tries again when the log has grown as much again.
func (w *writer) cutLog(size int64) {
	w.cutAt = maxLog
	if !w.checkpoint() {
		w.cutAt += size
	}
}

// checkpoint moves the log into the database and empties it. It says whether
// that could be done.
func (w *writer) checkpoint() bool {
	ctx := context.Background()
	if _, err := w.conn.ExecContext(ctx, `PRAGMA busy_timeout(250)`); err != nil {
		return false
	}
	var busy, pages, moved int
	err := w.conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved)
	w.mind(err)
	if _, failed := w.conn.ExecContext(ctx, `PRAGMA busy_timeout(5000)`); failed != nil {
		return false
	}
	return err == nil && busy == 0
}

// mind looks at what came of moving the log. A sync of the database that fails
// ends writing: the system may have dropped what it could not write, and some of
// that may be pages which SQLite has counted as moved before and would not move
// again. They are still in the log, all of which is moved anew by whoever opens
// the database next, so it must not be emptied before. Any other failure is
// tried again at the next commit.
func (w *writer) mind(err error) {
	e, ok := errors.AsType[*sqlite.Error](err)
	if ok && e.Code() == sqlite3.SQLITE_IOERR_FSYNC && w.doubt == nil {
		defer close(w.doubts)
		w.doubt = gait.Wrap(err, gait.Unavailable,
			"the disk failed to keep the database's file; nothing accepted is lost: restart gait when the disk works")
	}
}
