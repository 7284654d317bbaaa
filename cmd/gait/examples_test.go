package main

import (
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/judge"
	"github.com/gaithq/gait/risk"
	"github.com/gaithq/gait/store/mem"
)

// loaded fills a demo's workspace and returns it with its sessions.
func loaded(t *testing.T, c settings, now time.Time) (*judge.Judge, gait.WorkspaceID, []gait.SessionRow) {
	t.Helper()
	store := mem.New(mem.Config{})
	t.Cleanup(func() { _ = store.Close() })
	w, _, err := newWorkspace(t.Context(), store, "Demo", nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.New(judge.Config{Store: store, Twins: c.twins()})
	if err != nil {
		t.Fatal(err)
	}
	x := examples{into: store, workspace: w.ID, told: c.facts(), appended: j.Appended}
	labels, err := x.load(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := j.Sessions(t.Context(), gait.SessionQuery{Workspace: w.ID, Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(labels) {
		t.Fatalf("%d rows, %d labels", len(rows), len(labels))
	}
	return j, w.ID, rows
}

// TestExamples loads the demo's recordings and finds each judged as it was recorded.
func TestExamples(t *testing.T) {
	now := time.Now()
	_, _, rows := loaded(t, settings{Lone: true}, now)
	recorded := &eval.Judge{Policy: risk.Default()}
	if err := recorded.Pack(eval.Corpus()); err != nil {
		t.Fatal(err)
	}
	want := map[int]int{} // sessions by score
	for _, o := range recorded.Outcomes() {
		want[o.Score]++
	}
	if len(rows) != len(recorded.Outcomes()) {
		t.Fatalf("%d rows of %d recordings", len(rows), len(recorded.Outcomes()))
	}
	got := map[int]int{}
	for _, r := range rows {
		got[r.Score]++
		if age := now.UnixMilli() - r.LastArrival; age < gait.Hour-1000 || age > examplesSpan {
			t.Errorf("session %s ended %d ms ago", r.Session, age)
		}
	}
	for score, n := range want {
		if got[score] != n {
			t.Errorf("%d sessions score %d, %d recordings do", got[score], score, n)
		}
	}
}

// TestExamplesTogether holds the recordings against each other, as the demo does:
// what was played from one source twice is found, and users are the sources.
func TestExamplesTogether(t *testing.T) {
	j, w, rows := loaded(t, settings{}, time.Now())
	started, users := map[string]int64{}, map[string]int{}
	for _, r := range rows {
		started[r.Session.String()] = r.Started
		users[r.UserID]++
	}
	twins, most := 0, 0
	for _, r := range rows {
		most = max(most, users[r.UserID])
		report, err := j.Report(t.Context(), w, r.Session)
		if err != nil {
			t.Fatal(err)
		}
		other, ok := report.Features.Trait(gait.TwinSession)
		if !ok {
			continue
		}
		if twins++; started[other] == 0 || started[other] > r.Started {
			t.Errorf("%s is like %s, which is not earlier", r.Session, other)
		}
	}
	if users[""] > 0 || len(users) < 80 || most < 3 || twins < 3 {
		t.Errorf("%d users with at most %d sessions, %d without, %d sessions like an earlier one", len(users), most, users[""], twins)
	}
}
