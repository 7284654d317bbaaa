package retention_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/retention"
	"github.com/gaithq/gait/store/mem"
)

// newStore returns a store of two workspaces with a session for each of the last
// days and hours, oldest last.
func newStore(t *testing.T, now time.Time, days int) *mem.Store {
	t.Helper()
	store := mem.New(mem.Config{})
	for w := range gait.WorkspaceID(2) {
		if _, err := store.CreateWorkspace(t.Context(), gait.Workspace{SiteKey: fmt.Sprint(w), IntegrationID: fmt.Sprint(w)}, nil); err != nil {
			t.Fatal(err)
		}
		for day := range days {
			at := now.UnixMilli() - int64(day)*gait.Day - gait.Hour
			row := gait.SessionRow{
				SessionRef: gait.SessionRef{Workspace: w + 1, Session: gait.SessionID{byte(day), byte(day >> 8)}}, Started: at, Ended: at + 1000,
			}
			if err := store.PutSessions(t.Context(), []gait.SessionRow{row}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return store
}

func left(t *testing.T, store *mem.Store, w gait.WorkspaceID) int {
	t.Helper()
	rows, err := store.Sessions(t.Context(), gait.SessionQuery{Workspace: w, Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return len(rows)
}

func keep(t *testing.T, store *mem.Store, w gait.WorkspaceID, days int) {
	t.Helper()
	if err := store.PutSettings(t.Context(), w, gait.Settings{RetentionDays: days}); err != nil {
		t.Fatal(err)
	}
}

func TestSweep(t *testing.T) {
	now := time.UnixMilli(1_763_726_400_000)
	store := newStore(t, now, 450)
	keep(t, store, 1, 30)
	keep(t, store, 2, 0) // for ever
	gone := map[gait.WorkspaceID]int{}
	c := retention.Config{
		Store: store, Now: func() time.Time { return now },
		Deleted: func(_ context.Context, w gait.WorkspaceID, ids []gait.SessionID) error {
			gone[w] += len(ids)
			return nil
		},
	}
	for i, want := range []int{420, 0} {
		if n, err := retention.Sweep(t.Context(), c); err != nil || n != want {
			t.Errorf("sweep %d deleted %d, %v; want %d", i, n, err, want)
		}
	}
	if one, two := left(t, store, 1), left(t, store, 2); one != 30 || two != 450 || gone[1] != 420 || gone[2] != 0 {
		t.Errorf("%d and %d are left, %v were said to be gone", one, two, gone)
	}
}

// TestSweepFails: what fails for one workspace is told, and the others are swept.
func TestSweepFails(t *testing.T) {
	now := time.UnixMilli(1_763_726_400_000)
	store := newStore(t, now, 40)
	keep(t, store, 1, 30)
	keep(t, store, 2, 30)
	broken := errors.New("broken")
	n, err := retention.Sweep(t.Context(), retention.Config{
		Store: store, Now: func() time.Time { return now },
		Deleted: func(_ context.Context, w gait.WorkspaceID, _ []gait.SessionID) error {
			if w == 1 {
				return broken
			}
			return nil
		},
	})
	if n != 20 || !errors.Is(err, broken) {
		t.Errorf("deleted %d, %v", n, err)
	}
}

func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore(t, time.Now(), 40)
		keep(t, store, 1, 30)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { retention.Run(ctx, retention.Config{Store: store}); close(ended) }()
		time.Sleep(time.Second)
		if n := left(t, store, 1); n != 30 {
			t.Errorf("%d are left at first", n)
		}
		time.Sleep(48 * time.Hour)
		if n := left(t, store, 1); n != 28 {
			t.Errorf("%d are left two days later", n)
		}
		stop()
		<-ended
	})
}
