package storetest

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gaithq/gait"
)

func testAppend(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	first := record(1, 1, 1, 0, "first")
	other := first
	other.Data, other.Arrived = []byte("something else"), first.Arrived+5
	second, elsewhere := record(1, 1, 1, 1, "second"), record(1, 1, 2, 0, "elsewhere")
	empty, last := record(1, 1, 2, 1, ""), record(1, 1, 2, math.MaxUint32, "\x00\xff")
	missing := record(1, 1, 3, 0, "")
	missing.Data = nil
	for _, step := range []struct {
		name   string
		append gait.Record
		want   gait.Receipt
	}{
		{"new", first, gait.Receipt{Batches: 1}},
		{"same again", first, gait.Receipt{Duplicate: true, Batches: 1}},
		{"same key, other data", other, gait.Receipt{Duplicate: true, Batches: 1}},
		{"next", second, gait.Receipt{Batches: 2}},
		{"other page", elsewhere, gait.Receipt{Batches: 3}},
		{"first once more", first, gait.Receipt{Duplicate: true, Batches: 3}},
		{"no data", empty, gait.Receipt{Batches: 4}},
		{"last sequence number", last, gait.Receipt{Batches: 5}},
		{"nil data", missing, gait.Receipt{Batches: 6}},
		{"nil data again", missing, gait.Receipt{Duplicate: true, Batches: 6}},
	} {
		got, err := s.Append(t.Context(), step.append)
		if err != nil || got != step.want {
			t.Fatalf("%s: got %+v, %v; want %+v", step.name, got, err, step.want)
		}
	}
	wantBatches(t, s, 1, 1, first, second, elsewhere, empty, last, missing)

	large := record(1, 2, 1, 0, strings.Repeat("x", 1<<20))
	mustAppend(t, s, large)
	wantBatches(t, s, 1, 2, large)

	t.Run("does not keep the caller's slice", func(t *testing.T) {
		r := record(1, 3, 1, 0, "before")
		mustAppend(t, s, r)
		copy(r.Data, "AFTER!")
		wantBatches(t, s, 1, 3, record(1, 3, 1, 0, "before"))
	})
}

func testSecret(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	mine := record(1, 1, 1, 0, "mine")
	mustAppend(t, s, mine)
	theirs := func(page, seq int) gait.Record {
		r := record(1, 1, page, seq, "theirs")
		r.Secret = secretHash(9)
		return r
	}
	refuse := func(t *testing.T) {
		t.Helper()
		for name, r := range map[string]gait.Record{
			"same key": theirs(1, 0), "same page": theirs(1, 1), "other page": theirs(2, 0),
		} {
			_, err := s.Append(t.Context(), r)
			if gait.CodeOf(err) != gait.Forbidden {
				t.Fatalf("%s: got %v, want %s", name, err, gait.Forbidden)
			}
		}
		wantBatches(t, s, 1, 1, mine)
	}
	refuse(t)
	s = reopen(t, o, s, gait.SessionLimits{})
	refuse(t)
	wantStale(t, s, ref(1, 1))
	mustPut(t, s, row(1, 1, 1))
	refuse(t)
	wantStale(t, s) // what is refused makes nothing stale
	mustAppend(t, s, record(1, 1, 2, 0, "mine too"))
}

func testLimits(t *testing.T, o Options) {
	limits := gait.SessionLimits{Batches: 3, Bytes: 10}
	s := open(t, o, limits)
	check := func(t *testing.T, r gait.Record, want gait.Code) {
		t.Helper()
		_, err := s.Append(t.Context(), r)
		wantCode(t, err, want)
	}
	again := func() { s = reopen(t, o, s, limits) } // closed with the whole test
	t.Run("batches", func(t *testing.T) {
		for seq := range 3 {
			check(t, record(1, 1, 1, seq, "."), "")
		}
		check(t, record(1, 1, 1, 3, "."), gait.TooLarge)
		check(t, record(1, 1, 2, 0, ""), gait.TooLarge)
		check(t, record(1, 2, 1, 0, "."), "") // others are not full
		again()
		check(t, record(1, 1, 1, 3, "."), gait.TooLarge)
	})
	t.Run("bytes", func(t *testing.T) {
		check(t, record(1, 3, 1, 0, "12345678901"), gait.TooLarge)
		wantBatches(t, s, 1, 3)
		check(t, record(1, 3, 1, 0, "123456"), "")
		check(t, record(1, 3, 1, 1, "12345"), gait.TooLarge)
		again()
		check(t, record(1, 3, 1, 1, "12345"), gait.TooLarge)
		check(t, record(1, 3, 1, 1, "1234"), "")
		wantBatches(t, s, 1, 3, record(1, 3, 1, 0, "123456"), record(1, 3, 1, 1, "1234"))
	})
	t.Run("a refused first batch binds nothing", func(t *testing.T) {
		r := record(1, 4, 1, 0, "12345678901")
		r.Secret = secretHash(9)
		check(t, r, gait.TooLarge)
		check(t, record(1, 4, 1, 0, "1"), "")
	})
	t.Run("what is stored is a duplicate and not too large", func(t *testing.T) {
		stored := record(1, 1, 1, 0, strings.Repeat("x", 100))
		got, err := s.Append(t.Context(), stored)
		if want := (gait.Receipt{Duplicate: true, Batches: 3}); err != nil || got != want {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
	})
	t.Run("refused batches make nothing stale", func(t *testing.T) {
		mustPut(t, s, row(1, 1, 3), row(1, 2, 1), row(1, 3, 2), row(1, 4, 1))
		wantStale(t, s)
		check(t, record(1, 1, 1, 3, "."), gait.TooLarge)
		wantStale(t, s)
	})
}

func testTenancy(t *testing.T, o Options) {
	limits := gait.SessionLimits{Batches: 1}
	s := open(t, o, limits)
	one, two := record(1, 1, 1, 0, "one"), record(2, 1, 1, 0, "two")
	two.Secret = secretHash(2)
	mustAppend(t, s, one, two) // each with its own secret and its own limit
	wantBatches(t, s, 1, 1, one)
	wantBatches(t, s, 2, 1, two)
	wantBatches(t, s, 3, 1)
	wantStale(t, s, ref(1, 1), ref(2, 1))
	mustPut(t, s, row(1, 1, 1))
	wantStale(t, s, ref(2, 1))
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9}), row(1, 1, 1))
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 2, Limit: 9}))
	mustPut(t, s, row(2, 1, 7))
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9}), row(1, 1, 1))
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 2, Limit: 9}), row(2, 1, 7))
}

// testConcurrently has many callers append the same and different records.
func testConcurrently(t *testing.T, o Options) {
	const callers, sessions, seqs = 16, 4, 12
	s := open(t, o, gait.SessionLimits{Batches: seqs})
	var fresh [sessions][seqs]atomic.Int64
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			for i := range sessions * seqs {
				session, seq := i%sessions, (i/sessions+caller)%seqs
				r := record(1, session, 1, seq, fmt.Sprint("caller ", caller))
				got, err := s.Append(context.Background(), r)
				if err != nil {
					t.Errorf("append: %v", err)
					return
				}
				if got.Batches < 1 || got.Batches > seqs {
					t.Errorf("receipt says %d batches", got.Batches)
				}
				if !got.Duplicate && !fresh[session][seq].CompareAndSwap(0, int64(got.Batches)) {
					t.Errorf("session %d, seq %d is new twice", session, seq)
				}
				thief := r
				thief.Secret, thief.Seq = secretHash(99), 99
				if _, err := s.Append(context.Background(), thief); gait.CodeOf(err) != gait.Forbidden {
					t.Errorf("another secret: got %v", err)
				}
			}
		})
	}
	wg.Wait()
	for session := range sessions {
		if got := len(batches(t, s, 1, session)); got != seqs {
			t.Errorf("session %d has %d batches, want %d", session, got, seqs)
		}
		seen := map[int64]bool{} // each count is reported as new once
		for seq := range seqs {
			seen[fresh[session][seq].Load()] = true
		}
		if len(seen) != seqs || seen[0] {
			t.Errorf("session %d: the receipts of new batches say %v", session, seen)
		}
	}
}

func testBatches(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	a, b, c, d := record(1, 1, 1, 0, "a"), record(1, 1, 1, 300, "b"), record(1, 1, 2, 7, "c"), record(1, 1, 200, 1, "d")
	mustAppend(t, s, d, b, c, a)
	mustAppend(t, s, record(1, 2, 1, 5, "other session"))
	wantBatches(t, s, 1, 1, a, b, c, d)
	wantBatches(t, s, 1, 9)

	t.Run("stops when yield says so", func(t *testing.T) {
		for n := 1; n <= 4; n++ {
			calls := 0
			err := s.Batches(t.Context(), 1, sessionID(1), func(gait.Record) bool { calls++; return calls < n })
			if err != nil || calls != n {
				t.Errorf("yield was called %d times (%v), want %d", calls, err, n)
			}
		}
	})
	t.Run("yield may call the store", func(t *testing.T) {
		var wg sync.WaitGroup
		for range 20 { // more than a pool of connections has
			wg.Go(func() {
				err := s.Batches(t.Context(), 1, sessionID(1), func(r gait.Record) bool {
					if n, err := s.CountBatches(t.Context(), r.Workspace, r.Session); n != 4 || err != nil {
						t.Errorf("counted %d, %v", n, err)
					}
					return true
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
	t.Run("yield may spoil the data", func(t *testing.T) {
		err := s.Batches(t.Context(), 1, sessionID(1), func(r gait.Record) bool { clear(r.Data); return true })
		if err != nil {
			t.Fatal(err)
		}
		wantBatches(t, s, 1, 1, a, b, c, d)
	})
}

// testBatchesMany has more records than an engine reads at a time, with several
// boundaries of pages.
func testBatchesMany(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	var want []gait.Record
	var wg sync.WaitGroup
	for page := range 6 {
		for seq := range 64 {
			r := record(1, 1, page, seq, fmt.Sprint(page, seq))
			want = append(want, r)
			wg.Go(func() { mustAppendAsync(t, s, r) })
		}
	}
	wg.Wait()
	wantBatches(t, s, 1, 1, want...)
	mustPut(t, s, row(1, 1, len(want)))
	wantStale(t, s)
}

// mustAppendAsync is for goroutines, which may not stop the test.
func mustAppendAsync(t testing.TB, s gait.Store, r gait.Record) {
	if got, err := s.Append(context.Background(), r); err != nil || got.Duplicate {
		t.Errorf("append: %+v, %v", got, err)
	}
}

func testDurable(t *testing.T, o Options) {
	if o.Reopen == nil {
		t.Skip("the engine keeps nothing")
	}
	s := open(t, o, gait.SessionLimits{})
	one, two := record(1, 1, 1, 0, "one"), record(1, 2, 1, 0, "two")
	mustAppend(t, s, one, two)
	listed := row(1, 1, 1)
	listed.Tags = []string{"kept"}
	mustPut(t, s, listed)
	w, err := s.CreateWorkspace(t.Context(), workspace(1), []gait.Key{{Hash: [32]byte{1}, Dialect: gait.NotAI}})
	wantCode(t, err, "")

	for range 2 {
		s = reopen(t, o, s, gait.SessionLimits{})
		wantBatches(t, s, 1, 1, one)
		wantBatches(t, s, 1, 2, two)
		wantStale(t, s, ref(1, 2))
		wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9}), listed)
		got, err := s.WorkspaceByID(t.Context(), w.ID)
		wantCode(t, err, "")
		wantWorkspace(t, got, w)
		k, err := s.KeyByHash(t.Context(), [32]byte{1})
		if want := (gait.Key{Hash: [32]byte{1}, Workspace: w.ID, Dialect: gait.NotAI}); err != nil || !sameKey(k, want) {
			t.Fatalf("got key %+v, %v; want %+v", k, err, want)
		}
		again, err := s.Append(t.Context(), one)
		if want := (gait.Receipt{Duplicate: true, Batches: 1}); err != nil || again != want {
			t.Fatalf("got %+v, %v; want %+v", again, err, want)
		}
	}
}
