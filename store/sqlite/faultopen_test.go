package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gaithq/gait"
)

// eachCall runs try with one fault after the other: the first call fails, the
// second, and so on, or one of so many; once and for good, until a run meets
// fewer calls than that. Some runs go at a time, as they may wait.
func eachCall(x *trial, oneOf int, try func(x *trial, d *disk, dir string, n int, stays bool)) {
	oneOf *= sweepUnderRace
	for turn, stays := range []bool{false, true} {
		var running sync.WaitGroup
		slots := make(chan struct{}, 32)
		var mu sync.Mutex
		last := false
		for n := 1 + turn%oneOf; ; n += oneOf {
			slots <- struct{}{}
			mu.Lock()
			enough := last
			mu.Unlock()
			if enough {
				break
			}
			dir := x.TempDir()
			d := newDisk(x, dir)
			running.Go(func() {
				over := time.AfterFunc(trialHang, func() { panic("a call of the file system that fails hangs the engine") })
				try(x, d, dir, n, stays)
				over.Stop()
				_, failed := d.counts()
				x.disk.add(d)
				mu.Lock()
				last = last || failed == 0
				mu.Unlock()
				<-slots
			})
		}
		running.Wait()
	}
}

// add counts another disk's calls as this one's.
func (d *disk) add(other *disk) {
	seen, failed := other.counts()
	d.plans.Lock()
	defer d.plans.Unlock()
	d.seen, d.failed = d.seen+seen, d.failed+failed
}

var everyCall = matching("", "")

// opening opens, on a disk that fails, what a killed process left.
func opening(x *trial) {
	left := x.TempDir()
	x.disk.kill(x, left)
	sent, acked := x.known()
	eachCall(x, 3, func(x *trial, d *disk, dir string, n int, stays bool) {
		for _, name := range []string{"gait.db", "gait.db-wal"} {
			copyFile(x, filepath.Join(left, name), filepath.Join(dir, name))
		}
		d.fails(nth(n, stays, everyCall, fault{fail: true}))
		x.openFails(d, dir)
		x.reopen(dir, "after it could not be opened", sent, acked)
	})
	x.finish()
}

// migrating makes a new database on a disk that fails.
func migrating(x *trial) {
	eachCall(x, 2, func(x *trial, d *disk, dir string, n int, stays bool) {
		d.fails(nth(n, stays, everyCall, fault{fail: true}))
		x.openFails(d, dir)
		s, err := Open(context.Background(), filepath.Join(dir, "gait.db"), x.config())
		if !x.sure(healed, err, "open what could not be made") {
			return
		}
		_, err = s.Append(context.Background(), batchName{1, 0}.record())
		x.sure(healed, err, "append")
		var mode string
		err = s.readers.QueryRow(`PRAGMA journal_mode`).Scan(&mode)
		x.check(healed, err == nil && mode == "wal", "the journal's mode is %s, %v", mode, err)
		x.sure(whole, s.Close(), "close")
		x.reopen(dir, "after it was made", map[batchName]bool{{1, 0}: true}, map[batchName]bool{{1, 0}: true})
	})
	x.finish()
}

// openFails opens a store on a disk that fails, uses it if that works all the
// same, and ends the fault.
func (x *trial) openFails(d *disk, dir string) {
	s, err := Open(context.Background(), filepath.Join(dir, "gait.db"), x.config())
	if err != nil {
		x.failed(err, "open")
	} else {
		_, err = s.Workspaces(context.Background())
		if err != nil {
			x.failed(err, "read")
		}
		if err := s.Close(); err != nil {
			x.failed(err, "close")
		}
	}
	d.heal()
}

// shutting closes a store on a disk that fails.
func shutting(x *trial) {
	left := x.TempDir()
	x.disk.kill(x, left)
	sent, acked := x.known()
	name := batchName{2000, 0}
	sent[name], acked[name] = true, true
	c := x.config()
	c.checkpoint = 0 // all is moved at the end
	eachCall(x, 1, func(x *trial, d *disk, dir string, n int, stays bool) {
		for _, name := range []string{"gait.db", "gait.db-wal"} {
			copyFile(x, filepath.Join(left, name), filepath.Join(dir, name))
		}
		s, err := Open(context.Background(), filepath.Join(dir, "gait.db"), c)
		if !x.sure(healed, err, "open") {
			return
		}
		_, err = s.Append(context.Background(), name.record())
		x.sure(healed, err, "append")
		d.fails(nth(n, stays, everyCall, fault{fail: true, loses: true}))
		if err := s.Close(); err != nil {
			x.failed(err, "close")
		}
		_, err = s.Append(context.Background(), name.record())
		x.check(answered, gait.CodeOf(err) == gait.Unavailable, "append to a closed store: %v", err)
		d.heal()
		if n%2 == 0 {
			cut := x.TempDir()
			x.mu.Lock()
			d.cut(x, cut, x.random)
			x.mu.Unlock()
			x.reopen(cut, "after a power cut", sent, acked)
		}
		x.reopen(dir, "after close", sent, acked)
	})
	x.finish()
}

func copyFile(x *trial, from, to string) {
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		x.Error(err)
	}
}
