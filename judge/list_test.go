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
