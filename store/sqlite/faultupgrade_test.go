package sqlite

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

// aged is a database of the first schema, with rows in every table.
type aged struct {
	*trial
	dir    string
	tables map[string][]column
	want   map[string]string
}

func newAged(x *trial) aged {
	t := x.TB.(*testing.T)
	old := aged{trial: x, dir: x.TempDir()}
	db := openSchema(t, filepath.Join(old.dir, "gait.db"), 1)
	fill(t, db)
	old.tables = tablesOf(t, db)
	old.want = contents(t, db, old.tables)
	x.sure(whole, db.Close(), "close the old one")
	return old
}

// check opens what became of the database in dir.
func (old aged) check(dir string) {
	newDisk(old, dir)
	s, err := Open(context.Background(), filepath.Join(dir, "gait.db"), old.config())
	if !old.sure(healed, err, "open what was not brought up to date") {
		return
	}
	for table, rows := range contents(old, s.readers, old.tables) {
		old.trial.check(accepted, rows == old.want[table], "%s has %s, had %s", table, rows, old.want[table])
	}
	_, err = s.Append(context.Background(), batchName{1, 4}.record())
	old.sure(healed, err, "append")
	old.integrity(s, "after it was brought up to date")
	old.sure(whole, s.Close(), "close")
}

// upgrading brings an old database up to date on a disk that fails.
func upgrading(x *trial) {
	old := newAged(x)
	eachCall(x, 1, func(x *trial, d *disk, dir string, n int, stays bool) {
		copyFile(x, filepath.Join(old.dir, "gait.db"), filepath.Join(dir, "gait.db"))
		d.fails(nth(n, stays, everyCall, fault{fail: true}))
		x.openFails(d, dir)
		old.check(dir)
	})
	x.finish()
}

// interrupting brings an old database up to date, and looks at what would be
// left if the process were killed before some call, or the power cut.
func interrupting(x *trial) {
	old := newAged(x)
	eachCall(x, 1, func(x *trial, d *disk, dir string, n int, cut bool) {
		copyFile(x, filepath.Join(old.dir, "gait.db"), filepath.Join(dir, "gait.db"))
		left := x.TempDir()
		copyFile(x, filepath.Join(old.dir, "gait.db"), filepath.Join(left, "gait.db"))
		d.fails(func(op) fault {
			if n--; n != 0 {
				return fault{}
			}
			x.mu.Lock()
			defer x.mu.Unlock()
			if cut {
				d.cut(x, left, x.random)
			} else {
				d.kill(x, left)
			}
			return fault{delay: time.Nanosecond} // so that it counts
		})
		x.openFails(d, dir)
		old.check(left)
	})
	x.finish()
}
