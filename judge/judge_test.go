package judge

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/session"
	"github.com/gaithq/gait/store/mem"
	"github.com/gaithq/gait/wire"
)

const (
	workspace = gait.WorkspaceID(1)
	noon      = int64(1_763_726_400_000)
)

func newJudge(t testing.TB, store Store) *Judge {
	t.Helper()
	j, err := New(Config{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// batch is the nth of a session whose visitor moves, clicks a button's centre
// and goes on; its events are about two seconds long.
func batch(id gait.SessionID, page byte, seq int) gait.Batch {
	at := gait.Tick(seq * 20_000)
	var events []gait.Event
	add := func(dt gait.Tick, e gait.Event) {
		at += dt
		e.T = at
		events = append(events, e)
	}
	if seq == 0 {
		add(100, gait.Event{Kind: gait.Open, X: 1280, Y: 720, Text: fmt.Sprintf("https://example.org/page-%d", page)})
		add(0, gait.Event{Kind: gait.Trait, Name: "webdriver", Text: "false"})
		add(0, gait.Event{Kind: gait.Trait, Name: "ua", Text: "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0"})
		add(0, gait.Event{Kind: gait.Trait, Name: "tz", Text: "Europe/Berlin"})
		add(0, gait.Event{Kind: gait.Describe, Target: 1, Code: int32(gait.TargetButton), Text: "Go"})
	}
	for i := range 20 {
		add(167, gait.Event{Kind: gait.Move, X: int32(100 + 20*i), Y: int32(100 + 5*i)})
	}
	add(300, gait.Event{Kind: gait.Press, X: 480, Y: 195, Target: 1, OffX: 600, OffY: 200, BoxW: 1200, BoxH: 400})
	add(900, gait.Event{Kind: gait.Click, X: 480, Y: 195, Target: 1, Code: 1})
	return gait.Batch{
		Session: id, Page: gait.PageID{page}, Seq: uint32(seq), Origin: noon + int64(page)*60_000,
		Sent: at + 10, Arrived: noon + int64(page)*60_000 + int64(at)/10 + 40, Events: events,
	}
}

// post stores a batch and tells the judge, as the edge does.
func post(t testing.TB, store Store, j *Judge, b gait.Batch) {
	t.Helper()
	r, err := store.Append(t.Context(), gait.Record{
		Workspace: workspace, Session: b.Session, Page: b.Page, Seq: b.Seq, Arrived: b.Arrived, Data: wire.Pack(nil, &b),
	})
	if err != nil {
		t.Fatal(err)
	}
	j.Appended(workspace, &b, r)
}

func TestReportIsFresh(t *testing.T) {
	store := mem.New(mem.Config{})
	j := newJudge(t, store)
	id := gait.SessionID{7}
	if _, err := j.Report(t.Context(), workspace, id); gait.CodeOf(err) != gait.NotFound {
		t.Errorf("an unknown session: %v", err)
	}
	for seq := range 5 {
		post(t, store, j, batch(id, 1, seq))
		r, err := j.Report(t.Context(), workspace, id)
		if err != nil {
			t.Fatal(err)
		}
		if r.Features.Batches != uint32(seq+1) {
			t.Errorf("after batch %d the report holds %d", seq, r.Features.Batches)
		}
		if want := gait.Detected; seq >= 2 && r.Answers[6].Verdict != want {
			t.Errorf("after batch %d %s is %v, want %v", seq, r.Answers[6].Check.Key, r.Answers[6].Verdict, want)
		}
	}
	if _, err := j.Report(t.Context(), workspace+1, id); gait.CodeOf(err) != gait.NotFound {
		t.Errorf("from another workspace: %v", err)
	}
	r, err := j.Report(t.Context(), workspace, id)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Log) != 6 || r.Log[0].Text != "Navigated to /page-1" || r.Log[1].Text != `Clicked "Go"` {
		t.Errorf("log = %v", r.Log)
	}
}

// TestAnyArrivalEndsInOneReport sends the same batches in many orders, with
// repetitions and restarts in between.
func TestAnyArrivalEndsInOneReport(t *testing.T) {
	id := gait.SessionID{9}
	var all []gait.Batch
	for page := range byte(3) {
		for seq := range 6 {
			if page != 1 || seq != 3 { // one is lost
				all = append(all, batch(id, page+1, seq))
			}
		}
	}
	want := session.Rebuild(all).Features()
	if want.Missing != 1 || want.Pages != 3 {
		t.Fatalf("the script is wrong: %+v", want)
	}
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		arrival := append(append([]gait.Batch(nil), all...), all[rnd.IntN(len(all))], all[rnd.IntN(len(all))])
		rnd.Shuffle(len(arrival), func(a, b int) { arrival[a], arrival[b] = arrival[b], arrival[a] })
		store := mem.New(mem.Config{})
		j := newJudge(t, store)
		for _, b := range arrival {
			post(t, store, j, b)
			switch rnd.IntN(6) {
			case 0:
				if _, err := j.Report(t.Context(), workspace, id); err != nil {
					t.Fatal(err)
				}
			case 1:
				j = newJudge(t, store) // a restart
			}
		}
		r, err := j.Report(t.Context(), workspace, id)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(&r.Features, want) {
			t.Fatalf("seed %d: %+v\nwant %+v", seed, r.Features, want)
		}
	}
}

func TestRowsCatchUp(t *testing.T) {
	store := mem.New(mem.Config{})
	j := newJudge(t, store)
	const sessions = 3*catchUpRows/2 + 1
	for i := range sessions {
		post(t, store, j, batch(gait.SessionID{byte(i), byte(i >> 8)}, 1, 0))
	}
	// A new process starts with nothing in memory and finds what is behind.
	j = newJudge(t, store)
	q := gait.SessionQuery{Workspace: workspace, Limit: sessions + 1}
	rows, err := j.Sessions(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != sessions {
		t.Fatalf("%d rows, want %d", len(rows), sessions)
	}
	row := rows[0]
	if row.Batches != 1 || row.URL != "https://example.org/page-1" || row.UserAgent == "" || row.Events != 27 || row.LastArrival == 0 {
		t.Errorf("row = %+v", row)
	}
	id := gait.SessionID{3}
	for seq := 1; seq < 4; seq++ {
		post(t, store, j, batch(id, 1, seq))
	}
	if rows, err = j.Sessions(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Session == id && (r.Batches != 4 || len(r.Detected) != 1 || r.Detected[0] != "centered_clicks") {
			t.Errorf("row = %+v", r)
		}
	}
	if refs, err := store.Stale(t.Context(), 10); err != nil || len(refs) != 0 {
		t.Errorf("still behind: %v, %v", refs, err)
	}
}

// TestUnreadableRecord: one damaged record neither hides the rest of a session
// nor holds up the others.
func TestUnreadableRecord(t *testing.T) {
	store := mem.New(mem.Config{})
	j := newJudge(t, store)
	id := gait.SessionID{5}
	post(t, store, j, batch(id, 1, 0))
	if _, err := store.Append(t.Context(), gait.Record{Workspace: workspace, Session: id, Page: gait.PageID{1}, Seq: 1, Data: []byte{99}}); err != nil {
		t.Fatal(err)
	}
	post(t, store, j, batch(id, 1, 2))
	r, err := j.Report(t.Context(), workspace, id)
	if err != nil || r.Features.Batches != 2 || r.Features.Missing != 1 {
		t.Errorf("%d batches, %d missing, %v; want 2 and 1", r.Features.Batches, r.Features.Missing, err)
	}
	if err := j.CatchUp(t.Context()); err != nil {
		t.Error(err)
	}
	if refs, err := store.Stale(t.Context(), 10); err != nil || len(refs) != 0 {
		t.Errorf("still behind: %v, %v", refs, err)
	}
}

func TestEvictionLosesNothing(t *testing.T) {
	store := mem.New(mem.Config{})
	j, err := New(Config{Store: store, Live: 2})
	if err != nil {
		t.Fatal(err)
	}
	for seq := range 3 {
		for i := range 5 {
			post(t, store, j, batch(gait.SessionID{byte(i)}, 1, seq))
		}
	}
	for i := range 5 {
		r, err := j.Report(context.Background(), workspace, gait.SessionID{byte(i)})
		if err != nil || r.Features.Batches != 3 {
			t.Errorf("session %d: %d batches, %v", i, r.Features.Batches, err)
		}
	}
}

// BenchmarkLiveHeap measures what a session costs in memory while it is live.
func BenchmarkLiveHeap(b *testing.B) {
	const sessions = 5000
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for b.Loop() {
		j, err := New(Config{Store: mem.New(mem.Config{}), Live: sessions})
		if err != nil {
			b.Fatal(err)
		}
		before := heap()
		for i := range sessions {
			for seq := range 4 {
				batch := batch(gait.SessionID{byte(i), byte(i >> 8)}, 1, seq)
				j.Appended(workspace, &batch, gait.Receipt{Batches: seq + 1})
			}
		}
		after := heap()
		b.ReportMetric(float64(after-before)/sessions, "B/session")
		runtime.KeepAlive(j)
	}
}
