package sqlite

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// faultRow is a kind of fault and how often it is tried.
type faultRow struct {
	name string
	runs int
	run  func(x *trial)
}

// result is what came of a row's runs.
type result struct {
	kept                                [promises]tally
	calls, faults, acked, refused, late atomic.Int64
	restarts                            atomic.Int64
}

// matching says which calls a fault is about; "" is any.
func matching(k kind, c call) func(op) bool {
	return func(o op) bool { return (k == "" || o.kind == k) && (c == "" || o.call == c) }
}

// nth has a fault happen at the nth call that matches, and for good if stays.
func nth(n int, stays bool, match func(op) bool, f fault) func(op) fault {
	return func(o op) fault {
		if !match(o) {
			return fault{}
		}
		if n--; n == 0 || n < 0 && stays {
			return f
		}
		return fault{}
	}
}

// during is a load that a fault comes into.
func during(stays bool, k kind, c call, f fault) func(*trial) {
	return func(x *trial) {
		if f.part > 0 {
			f.part = x.random.Float64()
		}
		x.disk.fails(nth(1+x.random.IntN(30), stays, matching(k, c), f))
		x.load(1000, trialHang)
		x.settle()
		x.powerCut("a power cut afterwards")
		x.finish()
	}
}

// sometimes is a load in which calls fail by chance.
func sometimes(chance float64, f fault) func(*trial) {
	return func(x *trial) {
		random := rand.New(rand.NewPCG(x.random.Uint64(), 2))
		x.disk.fails(func(op) fault {
			if random.Float64() < chance {
				return f
			}
			return fault{}
		})
		x.load(1000, trialHang)
		x.settle()
		x.powerCut("a power cut afterwards")
		x.finish()
	}
}

// full is a load that fills the disk.
func full(x *trial) {
	x.disk.fill(int64(x.random.IntN(150_000)))
	x.load(1000, trialHang)
	x.settle()
	x.finish()
}

// unmapped is a load while readers that come cannot map the log's index.
func unmapped(x *trial) {
	x.disk.fails(nth(1, true, matching(shmFile, callMap), fault{fail: true}))
	x.store.readers.SetMaxIdleConns(0) // every call makes a connection
	x.load(1000, trialHang)
	x.store.readers.SetMaxIdleConns(2)
	x.settle()
	x.finish()
}

// slow is a load of callers with less patience than a sync takes.
func slow(x *trial) {
	x.disk.fails(func(o op) fault {
		if o.call == callSync {
			return fault{delay: 5 * time.Millisecond}
		}
		return fault{}
	})
	x.load(1000, 15*time.Millisecond)
	x.settle()
	x.finish()
}

// images is a load during which copies are taken of what a crash would leave.
func images(lossy bool, take func(x *trial, dir string)) func(*trial) {
	return func(x *trial) {
		if lossy {
			random := rand.New(rand.NewPCG(x.random.Uint64(), 2))
			x.disk.fails(func(o op) fault {
				return fault{fail: o.call == callSync && random.IntN(8) == 0, loses: true}
			})
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			x.load(1000, trialHang)
		}()
		for taken := false; !taken; {
			select {
			case <-done:
				taken = true
			case <-time.After(time.Duration(x.random.IntN(10)) * time.Millisecond):
			}
			_, acked := x.known()
			dir := x.TempDir()
			take(x, dir)
			sent, _ := x.known()
			x.reopen(dir, "in the image", sent, acked)
		}
		x.settle()
		x.finish()
	}
}

// powerCut checks what a power cut would leave now.
func (x *trial) powerCut(where string) {
	sent, acked := x.known()
	dir := x.TempDir()
	x.disk.cut(x, dir, x.random)
	x.reopen(dir, where, sent, acked)
}

func faultRows() []faultRow {
	bad, none := fault{fail: true}, fault{fail: true, full: true}
	short := fault{fail: true, part: 1}
	loses := fault{fail: true, loses: true}
	return []faultRow{
		{"log: one write fails", 3, during(false, walFile, callWrite, bad)},
		{"log: writes fail from then on", 3, during(true, walFile, callWrite, bad)},
		{"log: one write is cut short", 3, during(false, walFile, callWrite, short)},
		{"log: one write finds the disk full", 3, during(false, walFile, callWrite, none)},
		{"log: one sync fails", 3, during(false, walFile, callSync, bad)},
		{"log: one sync fails and its data is gone", 3, during(false, walFile, callSync, loses)},
		{"log: syncs fail from then on, their data gone", 3, during(true, walFile, callSync, loses)},
		{"log: one read fails", 3, during(false, walFile, callRead, bad)},
		{"log: reads fail from then on", 3, during(true, walFile, callRead, bad)},
		{"database: one write fails", 3, during(false, dbFile, callWrite, bad)},
		{"database: writes fail from then on", 3, during(true, dbFile, callWrite, bad)},
		{"database: one write is cut short", 3, during(false, dbFile, callWrite, short)},
		{"database: one sync fails and its data is gone", 3, during(false, dbFile, callSync, loses)},
		{"database: one sync fails", 3, during(false, dbFile, callSync, bad)},
		{"database: syncs fail from then on, their data gone", 5, during(true, dbFile, callSync, loses)},
		{"database: one read fails", 3, during(false, dbFile, callRead, bad)},
		{"database: reads fail from then on", 3, during(true, dbFile, callRead, bad)},
		{"index: cannot be mapped for a new reader", 3, unmapped},
		{"the disk is full", 5, full},
		{"the disk is gone", 3, during(true, "", "", bad)},
		{"any call fails, 1 in 50", 5, sometimes(0.02, bad)},
		{"any call fails, 1 in 3", 3, sometimes(0.33, bad)},
		{"syncs are slow and callers give up", 2, slow},
		{"opening, each call in turn", 1, opening},
		{"making a new database, each call in turn", 1, migrating},
		{"bringing the first schema up to date, each call in turn", 1, upgrading},
		{"the same, killed or power cut before each call", 1, interrupting},
		{"closing, each call in turn", 1, shutting},
		{"killed at any moment", 3, images(false, func(x *trial, dir string) { x.disk.kill(x, dir) })},
		{"power cut at any moment", 5, images(false, func(x *trial, dir string) { x.disk.cut(x, dir, x.random) })},
		{"power cut, while syncs fail and lose data", 5, images(true, func(x *trial, dir string) { x.disk.cut(x, dir, x.random) })},
	}
}

// TestFaults has the file system fail under the engine in every way there is a
// row for, and prints how often each promise was checked and broken.
func TestFaults(t *testing.T) {
	rows := faultRows()
	results := make([]result, len(rows))
	t.Run("rows", func(t *testing.T) {
		for i, row := range rows {
			t.Run(row.name, func(t *testing.T) {
				t.Parallel()
				for n := range row.runs {
					results[i].try(t, row, uint64(1000*i+n))
				}
				if results[i].faults.Load() == 0 && !strings.Contains(row.name, "moment") {
					t.Error("no call met the fault")
				}
			})
		}
	})
	t.Log("\n" + table(rows, results))
}

// try is one run of a row.
func (r *result) try(t *testing.T, row faultRow, seed uint64) {
	x := newTrial(t, seed, &r.kept)
	x.load(0, trialHang)
	row.run(x)
	seen, failed := x.disk.counts()
	r.calls.Add(int64(seen))
	r.faults.Add(int64(failed))
	r.acked.Add(int64(len(x.acked)))
	r.refused.Add(x.refusals.Load())
	r.late.Add(x.late.Load())
	r.restarts.Add(int64(x.restarts))
}

// table is what docs/durability.md shows.
func table(rows []faultRow, results []result) string {
	var b strings.Builder
	b.WriteString("| fault | runs | calls | faults | accepted | refused | of them stored | restarts | P1 | P2 | P3 | P4 | P5 | P6 | P7 | P8 | P9 |\n")
	b.WriteString("|---" + strings.Repeat("|--:", 16) + "|\n")
	for i, row := range rows {
		r := &results[i]
		if r.calls.Load() == 0 {
			continue // left out of this run
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d |", row.name, row.runs, r.calls.Load(),
			r.faults.Load(), r.acked.Load(), r.refused.Load(), r.late.Load(), r.restarts.Load())
		for p := range r.kept {
			fmt.Fprintf(&b, " %d/%d |", r.kept[p].broken.Load(), r.kept[p].checked.Load())
		}
		b.WriteByte('\n')
	}
	return b.String()
}
