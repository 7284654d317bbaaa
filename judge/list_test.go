package judge

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store/mem"
)

// flaky fails to read some sessions.
type flaky struct {
	*mem.Store
	bad map[gait.SessionID]bool
}

var errBad = errors.New("a bad sector")

func (f flaky) Batches(ctx context.Context, w gait.WorkspaceID, id gait.SessionID, yield func(gait.Record) bool) error {
	if f.bad[id] {
		return errBad
	}
	return f.Store.Batches(ctx, w, id, yield)
}

// TestReports: a list's reports are those that one would get one by one, in the
// list's order, and one bad session hides no other.
func TestReports(t *testing.T) {
	store := flaky{mem.New(mem.Config{}), map[gait.SessionID]bool{}}
	j, err := New(Config{Store: store, Live: 4})
	if err != nil {
		t.Fatal(err)
	}
	var ids []gait.SessionID
	for i := range 9 {
		id := gait.SessionID{byte(i)}
		ids = append([]gait.SessionID{id}, ids...)
		for seq := range 1 + i%3 {
			post(t, store, j, batch(id, 1, seq))
		}
	}
	live := j.live.Keys()
	got, err := j.Reports(t.Context(), workspace, append(ids, gait.SessionID{99}))
	if err != nil || len(got) != len(ids) {
		t.Fatalf("%d reports, %v", len(got), err)
	}
	if after := j.live.Keys(); !reflect.DeepEqual(after, live) {
		t.Errorf("a list changed what is in memory: %v, before %v", after, live)
	}
	for i, id := range ids {
		want, err := j.Report(t.Context(), workspace, id)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got[i], want) {
			t.Errorf("report %d is of %s with %d batches, want %s with %d", i, got[i].Session, got[i].Features.Batches, id, want.Features.Batches)
		}
	}
	if got, err := j.Reports(t.Context(), workspace+1, ids); err != nil || len(got) != 0 {
		t.Errorf("from another workspace: %d reports, %v", len(got), err)
	}

	store.bad[ids[2]] = true
	got, err = j.Reports(t.Context(), workspace, ids)
	if err != nil || len(got) != len(ids)-1 || got[2].Session != ids[3] {
		t.Errorf("with one bad session: %d reports, %v", len(got), err)
	}
	if _, err := j.Reports(t.Context(), workspace, ids[2:3]); !errors.Is(err, errBad) {
		t.Errorf("of bad sessions only: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Reports(ctx, workspace, ids); gait.CodeOf(err) != gait.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

func TestTraceShowsEvidence(t *testing.T) {
	store := mem.New(mem.Config{})
	j := newJudge(t, store)
	id := gait.SessionID{7}
	if _, err := j.Trace(t.Context(), workspace, id); gait.CodeOf(err) != gait.NotFound {
		t.Errorf("an unknown session: %v", err)
	}
	for seq := range 5 {
		post(t, store, j, batch(id, 1, seq))
	}
	r, err := j.Trace(t.Context(), workspace, id)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Clicks) != 5 || len(r.Moves.T) != 100 || r.Pages[0].URL != "https://example.org/page-1" {
		t.Errorf("got %+v", r)
	}
	want := report(t, j, workspace, id)
	found := 0
	for _, m := range r.Moments {
		if a := want.Answers[6]; m.Check == a.Check.Key {
			found++
			is := map[string]gait.Moment{"first": a.First, "best": a.Best}[m.Which]
			if m.Moment != is || m.T != is.At-want.Features.Started {
				t.Errorf("%s %s is at %+v, want %+v", m.Check, m.Which, m, is)
			}
		}
	}
	if found == 0 {
		t.Errorf("moments are %+v", r.Moments)
	}
	if _, err := j.Trace(t.Context(), workspace+1, id); gait.CodeOf(err) != gait.NotFound {
		t.Errorf("from another workspace: %v", err)
	}
}
