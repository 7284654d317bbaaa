package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gaithq/gait"
)

// gate is a fault that holds the writer before a transaction, so that a test
// can fill the queue and have it in one group.
type gate struct {
	held  chan struct{} // receives when the writer waits
	open  chan struct{} // lets it go on, once for each value
	fault atomic.Pointer[func(step) error]
}

func newGate() *gate { return &gate{held: make(chan struct{}), open: make(chan struct{})} }

func (g *gate) step(at step) error {
	if at == beforeBegin {
		g.held <- struct{}{}
		<-g.open
	}
	if fault := g.fault.Load(); fault != nil {
		return (*fault)(at)
	}
	return nil
}

// pass lets everything go by until the test is over.
func (g *gate) pass(t *testing.T) {
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-g.held:
				g.open <- struct{}{}
			case <-stop:
				return
			}
		}
	}()
	t.Cleanup(func() { close(stop) })
}

// together has calls made that end in one group of the writer, and returns
// their errors.
func (g *gate) together(t *testing.T, s *Store, calls ...func() error) []error {
	t.Helper()
	errs := make([]error, len(calls))
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.Ping(t.Context()) }) // a group of its own, that is held
	<-g.held
	for i, call := range calls {
		wg.Go(func() { errs[i] = call() })
		for len(s.writer.queue) <= i { // in order
			time.Sleep(time.Millisecond)
		}
	}
	before := s.Stats()
	g.open <- struct{}{}
	<-g.held
	g.open <- struct{}{}
	wg.Wait()
	after := s.Stats()
	if got := after.Commits + after.Failed - before.Commits - before.Failed; got != 2 {
		t.Fatalf("the calls took %d transactions with the one that was held, want 2", got)
	}
	return errs
}

func record(session, seq int, data string) gait.Record {
	return gait.Record{Workspace: 1, Session: gait.SessionID{byte(session)}, Seq: uint32(seq), Data: []byte(data)}
}

func appends(t *testing.T, s *Store, r gait.Record) func() error {
	return func() error {
		_, err := s.Append(t.Context(), r)
		return err
	}
}

func puts(t *testing.T, s *Store, session, n int) func() error {
	return func() error {
		ref := gait.SessionRef{Workspace: 1, Session: gait.SessionID{byte(session)}}
		return s.PutSessions(t.Context(), []gait.SessionRow{{SessionRef: ref, Batches: n}})
	}
}

// dump says everything that is stored of the sessions 1 to 4.
func dump(t *testing.T, s *Store) string {
	t.Helper()
	var b bytes.Buffer
	for session := 1; session <= 4; session++ {
		err := s.Batches(t.Context(), 1, gait.SessionID{byte(session)}, func(r gait.Record) bool {
			fmt.Fprintf(&b, "%d/%d=%s ", session, r.Seq, r.Data)
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stale, err := s.Stale(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	b.WriteString("stale")
	for _, ref := range stale {
		fmt.Fprintf(&b, " %d", ref.Session[0])
	}
	rows, err := s.Sessions(t.Context(), gait.SessionQuery{Workspace: 1, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	b.WriteString(" rows")
	for _, row := range rows {
		fmt.Fprintf(&b, " %d:%d", row.Session[0], row.Batches)
	}
	return b.String()
}

// TestGroupRefusals has one group of writes of which some are refused.
func TestGroupRefusals(t *testing.T) {
	g := newGate()
	s := openStore(t, filepath.Join(t.TempDir(), "gait.db"), Config{fault: g.step, Limits: gait.SessionLimits{Batches: 2}})
	stranger := record(1, 5, "stranger")
	stranger.Secret[0] = 1
	create := func() error {
		_, err := s.CreateWorkspace(t.Context(), gait.Workspace{SiteKey: "pub-1"}, nil)
		return err
	}
	got := g.together(t, s,
		appends(t, s, record(1, 0, "a")),
		appends(t, s, stranger),
		appends(t, s, record(1, 0, "again")),
		create,
		appends(t, s, record(1, 1, "b")),
		create,
		appends(t, s, record(1, 2, "c")),
		appends(t, s, record(2, 0, "d")),
		puts(t, s, 1, 2),
	)
	for i, want := range []gait.Code{"", gait.Forbidden, "", "", "", gait.Invalid, gait.TooLarge, "", ""} {
		if code := gait.CodeOf(got[i]); code != want {
			t.Errorf("call %d: got %v, want %q", i, got[i], want)
		}
	}
	if got, want := dump(t, s), "1/0=a 1/1=b 2/0=d stale 2 rows 1:2"; got != want {
		t.Errorf("stored is %s, want %s", got, want)
	}
	g.pass(t)
}

// TestGroupFails breaks a transaction at each of its steps. Nothing of the
// group may be stored or remembered, and the next writes must be right.
func TestGroupFails(t *testing.T) {
	broken := errors.New("the disk is on fire")
	for _, at := range []step{beforeBegin, afterJob, beforeCommit} {
		for skip := range map[step]int{beforeBegin: 1, afterJob: 4, beforeCommit: 1}[at] {
			t.Run(fmt.Sprint(at, " ", skip), func(t *testing.T) {
				g := newGate()
				path := filepath.Join(t.TempDir(), "gait.db")
				s := openStore(t, path, Config{fault: g.step, Limits: gait.SessionLimits{Batches: 2}})
				for i, err := range g.together(t, s,
					appends(t, s, record(1, 0, "a")), puts(t, s, 1, 1), appends(t, s, record(2, 0, "b"))) {
					if err != nil {
						t.Fatalf("call %d: %v", i, err)
					}
				}
				before := dump(t, s)
				if want := "1/0=a 2/0=b stale 2 rows 1:1"; before != want {
					t.Fatalf("stored is %s, want %s", before, want)
				}

				var group, passed int // the group of the held ping goes through
				fault := func(now step) error {
					if now == beforeBegin {
						group++
					}
					if group < 2 || now != at {
						return nil
					}
					passed++
					if passed <= skip {
						return nil
					}
					return broken
				}
				g.fault.Store(&fault)
				stranger := record(3, 0, "stranger")
				stranger.Secret[0] = 1
				for i, err := range g.together(t, s,
					appends(t, s, record(1, 1, "c")), // makes a session stale that was not
					appends(t, s, stranger),          // binds a secret
					appends(t, s, record(2, 1, "d")), // fills a session
					puts(t, s, 2, 2),                 // makes a session fresh that was stale
				) {
					if gait.CodeOf(err) != gait.Unavailable || !errors.Is(err, broken) {
						t.Errorf("call %d: got %v", i, err)
					}
				}
				g.fault.Store(nil)
				if after := dump(t, s); after != before {
					t.Fatalf("after the fault, stored is %s, want %s", after, before)
				}

				for i, err := range g.together(t, s,
					appends(t, s, record(2, 1, "e")),
					appends(t, s, record(3, 0, "mine")),
					appends(t, s, record(1, 1, "f")),
				) {
					if err != nil {
						t.Errorf("call %d after the fault: %v", i, err)
					}
				}
				want := "1/0=a 1/1=f 2/0=b 2/1=e 3/0=mine stale 2 3 1 rows 1:1"
				if got := dump(t, s); got != want {
					t.Errorf("stored is %s, want %s", got, want)
				}
				g.pass(t)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				if got := dump(t, openStore(t, path, Config{})); got != want {
					t.Errorf("stored after opening again is %s, want %s", got, want)
				}
			})
		}
	}
}

// TestCommitUnclear has a commit succeed and report a failure all the same, as
// one that fails while it syncs may. What the writer remembers must follow the
// database and not the report.
func TestCommitUnclear(t *testing.T) {
	unclear := errors.New("did the sync reach the disk?")
	var failing atomic.Bool
	fault := func(at step) error {
		if at == afterCommit && failing.Load() {
			return unclear
		}
		return nil
	}
	s := openStore(t, filepath.Join(t.TempDir(), "gait.db"), Config{fault: fault, Limits: gait.SessionLimits{Batches: 2}})
	for _, seq := range []int{0, 1} {
		failing.Store(true)
		_, err := s.Append(t.Context(), record(1, seq, "x"))
		if gait.CodeOf(err) != gait.Unavailable || !errors.Is(err, unclear) {
			t.Fatalf("batch %d: got %v", seq, err)
		}
		failing.Store(false)
		got, err := s.Append(t.Context(), record(1, seq, "x"))
		if want := (gait.Receipt{Duplicate: true, Batches: seq + 1}); err != nil || got != want {
			t.Fatalf("batch %d again: got %+v, %v; want %+v", seq, got, err, want)
		}
	}
	if _, err := s.Append(t.Context(), record(1, 2, "x")); gait.CodeOf(err) != gait.TooLarge {
		t.Errorf("beyond the limit: got %v", err)
	}
	if got, want := dump(t, s), "1/0=x 1/1=x stale 1 rows"; got != want {
		t.Errorf("stored is %s, want %s", got, want)
	}
}

// TestDiskFull meets SQLite's own error for a full disk.
func TestDiskFull(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "gait.db"), Config{})
	pages := func(n int) {
		t.Helper()
		err := s.writer.do(t.Context(), 1, func(*tx) error {
			_, err := s.writer.conn.ExecContext(context.Background(), fmt.Sprintf("PRAGMA max_page_count(%d)", n))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	pages(100)
	data := string(make([]byte, 3000))
	n := 0
	var err error
	for ; err == nil && n < 200; n++ {
		err = appends(t, s, record(1, n, data))()
	}
	if gait.CodeOf(err) != gait.Unavailable {
		t.Fatalf("write %d: got %v", n, err)
	}
	t.Log(err)
	if got, err := s.CountBatches(t.Context(), 1, gait.SessionID{1}); err != nil || got != n-1 {
		t.Errorf("there are %d batches (%v), %d were accepted", got, err, n-1)
	}
	pages(1000)
	receipt, err := s.Append(t.Context(), record(1, n-1, data))
	if want := (gait.Receipt{Batches: n}); err != nil || receipt != want {
		t.Errorf("with room again: got %+v, %v; want %+v", receipt, err, want)
	}
}

// TestQueueFull: when the queue is full a caller waits, as long as its context
// says; one that gave up while it was queued has stored nothing.
func TestQueueFull(t *testing.T) {
	g := newGate()
	s := openStore(t, filepath.Join(t.TempDir(), "gait.db"), Config{fault: g.step, Queue: 1})
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { _ = s.Ping(t.Context()) })
	<-g.held
	queued, giveUp := context.WithCancel(t.Context())
	wg.Go(func() {
		if _, err := s.Append(queued, record(1, 0, "given up")); !errors.Is(err, context.Canceled) {
			t.Errorf("the queued one: got %v", err)
		}
	})
	for s.Stats().Queued == 0 {
		time.Sleep(time.Millisecond)
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := s.Append(short, record(2, 0, "waited"))
	if gait.CodeOf(err) != gait.Unavailable || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the one that waits: got %v", err)
	}
	giveUp()
	g.open <- struct{}{}
	g.pass(t)
	if _, err := s.Append(t.Context(), record(3, 0, "later")); err != nil {
		t.Error(err)
	}
	if got, want := dump(t, s), "3/0=later stale 3 rows"; got != want {
		t.Errorf("stored is %s, want %s", got, want)
	}
}

// grow appends 8 MB and returns the size of the log.
func grow(t *testing.T, s *Store, n int) int64 {
	t.Helper()
	if err := appends(t, s, record(1, n, string(make([]byte, 8<<20))))(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.Path() + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// hold begins to read, and returns what ends it.
func hold(t *testing.T, s *Store) (end func()) {
	t.Helper()
	reader, err := s.readers.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var count int
	if err := reader.QueryRowContext(t.Context(), `SELECT count(*) FROM stale`).Scan(&count); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := reader.Rollback(); err != nil {
			t.Error(err)
		}
	}
}

// TestLogAfterLongReader: while a reader holds on to an old state the log grows
// and writes go on; afterwards it shrinks.
func TestLogAfterLongReader(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "gait.db"), Config{})
	n := 0
	grow(t, s, n)
	end := hold(t, s)
	for n++; grow(t, s, n) <= maxLog+16<<20; n++ {
		if n > 40 {
			t.Fatal("the log does not grow")
		}
	}
	end()
	for n++; grow(t, s, n) > maxLog; n++ {
		if n > 80 {
			t.Fatal("the log is not cut")
		}
	}
}

// TestLogAmongReaders: where a new reader always comes before the last one is
// gone, the log never happens to be free, and is cut all the same.
func TestLogAmongReaders(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "gait.db"), Config{Readers: 64})
	var wg sync.WaitGroup
	defer wg.Wait()
	for n := range 24 {
		end := hold(t, s)
		wg.Go(func() {
			time.Sleep(120 * time.Millisecond)
			end()
		})
		if size := grow(t, s, n); size > maxLog+24<<20 {
			t.Fatalf("after %d MB the log has %d MB", 8*n+8, size>>20)
		}
	}
}

// TestCloseDrains: what is queued when Close is called is stored.
func TestCloseDrains(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gait.db")
	s := openStore(t, path, Config{MaxGroup: 3})
	var wg sync.WaitGroup
	var accepted atomic.Int64
	for i := range 50 {
		wg.Go(func() {
			if appends(t, s, record(1, i, "x"))() == nil {
				accepted.Add(1)
			}
		})
	}
	for s.Stats().Jobs == 0 {
		time.Sleep(100 * time.Microsecond)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	n, err := openStore(t, path, Config{}).CountBatches(t.Context(), 1, gait.SessionID{1})
	if err != nil || int64(n) != accepted.Load() {
		t.Errorf("there are %d batches (%v), %d were accepted", n, err, accepted.Load())
	}
}
