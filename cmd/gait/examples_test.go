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

// TestExamples loads the demo's recordings and finds each judged as it was recorded.
func TestExamples(t *testing.T) {
	store := mem.New(mem.Config{})
	defer store.Close()
	w, _, err := newWorkspace(t.Context(), store, "Demo", nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	labels, err := loadExamples(t.Context(), store, w.ID, now)
	if err != nil {
		t.Fatal(err)
	}
	recorded := &eval.Judge{Policy: risk.Default()}
	if err := recorded.Pack(eval.Corpus()); err != nil {
		t.Fatal(err)
	}
	want := map[int]int{} // sessions by score
	for _, o := range recorded.Outcomes() {
		want[o.Score]++
	}
	j, err := judge.New(judge.Config{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := j.Sessions(t.Context(), gait.SessionQuery{Workspace: w.ID, Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(labels) || len(rows) != len(recorded.Outcomes()) {
		t.Fatalf("%d rows and %d labels of %d recordings", len(rows), len(labels), len(recorded.Outcomes()))
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
