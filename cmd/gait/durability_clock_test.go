package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/ingest"
	"github.com/gaithq/gait/judge"
)

const year = 365 * 24 * time.Hour

// clocked is a server's ingest, judge and store on a clock that tests set.
type clocked struct {
	*testing.T
	keys   keys
	store  gait.Store
	judge  *judge.Judge
	ingest *ingest.Handler
	at     atomic.Int64 // Unix ms
	rows   atomic.Int64 // derived so far
	space  gait.WorkspaceID
}

// countRows counts the rows that a judge stores.
type countRows struct {
	gait.Store
	rows *atomic.Int64
}

func (c countRows) PutSessions(ctx context.Context, rows []gait.SessionRow) error {
	c.rows.Add(int64(len(rows)))
	return c.Store.PutSessions(ctx, rows)
}

func newClocked(t *testing.T) *clocked {
	t.Helper()
	dir, k := initWorkspace(t)
	store, err := openStore(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c := &clocked{T: t, keys: k, store: store}
	c.at.Store(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC).UnixMilli())
	site, err := store.WorkspaceBySiteKey(t.Context(), k.SiteKey)
	if err != nil {
		t.Fatal(err)
	}
	c.space = site.ID
	if c.judge, err = judge.New(judge.Config{Store: countRows{store, &c.rows}, Now: c.now, Every: time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	c.ingest = ingest.New(ingest.Config{Workspaces: store, Store: store, Appended: c.judge.Appended, Now: c.now})
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { c.judge.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (c *clocked) now() time.Time { return time.UnixMilli(c.at.Load()) }

// visit is a session of a page that keeps its own time.
type visit struct {
	id     uint64
	origin int64 // Unix ms by the visitor's clock
	begun  int64 // by the server's, when its first batch came
	sent   int   // batches
}

// send posts a visit's nth batch, a second of its page after the one before.
func (c *clocked) send(v *visit, n int) {
	c.Helper()
	t := 1000 * (n + 1) // ms into the page
	body := fmt.Sprintf(`{"v":1,"site":"%s","sid":"%032x","secret":"%032x","page":"%016x","seq":%d,"origin":%d,"sent":%d,"events":[["m",%d,10,20],["m",80,14,26]]}`,
		c.keys.SiteKey, v.id, v.id, v.id, n, v.origin, 10*(t+200), 10*t)
	w := httptest.NewRecorder()
	c.ingest.ServeHTTP(w, httptest.NewRequest(http.MethodPost, ingest.Path, strings.NewReader(body)))
	if w.Code != http.StatusOK {
		c.Fatalf("visit %d, batch %d at %v: %d %s", v.id, n, c.now().UTC(), w.Code, w.Body)
	}
	v.sent = max(v.sent, n+1)
}

// report asks for a visit and checks that everything of it is there, once.
func (c *clocked) report(v *visit) gait.Report {
	c.Helper()
	id, err := gait.ParseSessionID(fmt.Sprintf("%032x", v.id))
	if err != nil {
		c.Fatal(err)
	}
	r, err := c.judge.Report(c.Context(), c.space, id)
	if err != nil {
		c.Fatalf("visit %d: %v", v.id, err)
	}
	f := &r.Features
	if int(f.Batches) != v.sent || int(f.Events) != 2*v.sent || f.Missing != 0 {
		c.Errorf("visit %d: %d batches, %d events, %d missing; %d batches were sent", v.id, f.Batches, f.Events, f.Missing, v.sent)
	}
	if took, want := f.Ended-f.Started, int64(1000*(v.sent-1)+8); took != want {
		c.Errorf("visit %d took %d ms, by its page %d", v.id, took, want)
	}
	if off := f.Started - v.begun; off < -62_000 || off > 62_000 {
		c.Errorf("visit %d begins %v from when it came", v.id, time.Duration(off)*time.Millisecond)
	}
	return r
}

// list walks all pages of the list and checks that every visit is there once, in
// the order of the contract. Between two pages, jump is called.
func (c *clocked) list(visits []*visit, jump func()) {
	c.Helper()
	if err := c.judge.CatchUp(c.Context()); err != nil {
		c.Fatal(err)
	}
	q := gait.SessionQuery{Workspace: c.space, Limit: 7}
	seen := map[gait.SessionID]int{}
	var all []gait.SessionRow
	for range len(visits) {
		rows, err := c.judge.Sessions(c.Context(), q)
		if err != nil {
			c.Fatal(err)
		}
		for _, r := range rows {
			seen[r.Session]++
		}
		all = append(all, rows...)
		if len(rows) < q.Limit {
			break
		}
		last := rows[len(rows)-1]
		q.After = gait.Cursor{Started: last.Started, Session: last.Session}
		jump()
	}
	if len(all) != len(visits) || len(seen) != len(visits) {
		c.Errorf("the list has %d rows of %d sessions, want %d", len(all), len(seen), len(visits))
	}
	if !slices.IsSortedFunc(all, func(a, b gait.SessionRow) int { return int(b.Started - a.Started) }) {
		c.Error("the list is out of order")
	}
}

// TestDurabilityClock has the server's clock jump back and forth, by minutes up
// to a year, while sessions begin and go on, with visitors of whom some have a
// clock that is a year off.
func TestDurabilityClock(t *testing.T) {
	c := newClocked(t)
	start := c.at.Load()
	var visits []*visit
	jumps := []time.Duration{
		0, time.Hour, -2 * time.Hour, 5 * time.Minute, year, -year, -year, 26 * time.Hour, year,
		-30 * time.Second, 3 * time.Hour, -time.Millisecond, 2 * year, -3 * year, year,
	}
	for i, jump := range jumps {
		c.at.Add(jump.Milliseconds())
		for _, off := range []time.Duration{0, year, -year, 20 * time.Second} {
			v := &visit{id: uint64(len(visits) + 1), origin: c.at.Load() - 1000 + off.Milliseconds(), begun: c.at.Load()}
			visits = append(visits, v)
			c.send(v, 0)
			if r := c.report(v); r.Status != gait.Live {
				t.Errorf("jump %d: a session that begins is %v", i, r.Status)
			}
		}
		for _, v := range visits {
			c.at.Add(10)
			c.send(v, v.sent)   // all that began before go on
			c.send(v, v.sent-1) // and what was acknowledged comes again
			c.report(v)
		}
		c.list(visits, func() {})
	}
	back := []time.Duration{year, -2 * year, year}
	n := 0
	c.list(visits, func() {
		c.at.Add(back[n%len(back)].Milliseconds())
		n++
	})

	// When the clock is right and has moved on, every session is complete, and
	// nothing goes on making rows.
	c.at.Store(start + (4 * year).Milliseconds())
	for _, v := range visits {
		if r := c.report(v); r.Status != gait.Complete {
			t.Errorf("long after, visit %d is %v", v.id, r.Status)
		}
	}
	c.list(visits, func() {})
	made := c.rows.Load()
	time.Sleep(50 * time.Millisecond)
	if more := c.rows.Load() - made; more != 0 {
		t.Errorf("%d rows are made although nothing changed", more)
	}
	if most := int64(2 * len(visits) * len(jumps)); made > 2*most {
		t.Errorf("%d rows were made for at most %d changes", made, most)
	}
	stale, err := c.store.Stale(t.Context(), 10)
	if err != nil || len(stale) != 0 {
		t.Errorf("stale are %v, %v", stale, err)
	}
}

// TestDurabilityClockAhead: a server that began with a wrong clock and got the
// right time does not keep what came in between from anybody.
func TestDurabilityClockAhead(t *testing.T) {
	c := newClocked(t)
	right := c.at.Load()
	c.at.Add(year.Milliseconds())
	v := &visit{id: 1, origin: right - 1000, begun: c.at.Load()}
	c.send(v, 0)
	c.report(v)
	c.at.Store(right + 5000)
	c.send(v, 1)
	c.report(v)
	c.list([]*visit{v}, func() {})
}
