package judge

import (
	"context"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store/mem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWatch(t *testing.T) {
	store := mem.New(mem.Config{})
	j := newJudge(t, store)
	ctx, stop := context.WithCancel(t.Context())
	mine, also := j.Watch(ctx, workspace), j.Watch(ctx, workspace)
	other := j.Watch(ctx, 2)
	post(t, store, j, batch(gait.SessionID{1}, 1, 0))
	post(t, store, j, batch(gait.SessionID{2}, 1, 0))
	if err := j.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, rows := range []<-chan []gait.SessionRow{mine, also} {
		if got := <-rows; len(got) != 2 || got[0].Session != (gait.SessionID{1}) || got[0].Verdicts == "" {
			t.Errorf("got %+v", got)
		}
	}
	select {
	case got := <-other:
		t.Errorf("another workspace is told %+v", got)
	default:
	}
	stop()
	for _, rows := range []<-chan []gait.SessionRow{mine, also, other} {
		if got, open := <-rows; open {
			t.Errorf("got %+v", got)
		}
	}
	if err := j.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	j.feed.mu.Lock()
	defer j.feed.mu.Unlock()
	if len(j.feed.watchers) != 0 {
		t.Errorf("%d workspaces are still watched", len(j.feed.watchers))
	}
}

// TestWatchSlowly: who does not read misses the oldest, and holds up nobody.
func TestWatchSlowly(t *testing.T) {
	j := newJudge(t, mem.New(mem.Config{}))
	ctx, stop := context.WithCancel(t.Context())
	rows := j.Watch(ctx, workspace)
	row := func(n int) gait.SessionRow {
		return gait.SessionRow{SessionRef: gait.SessionRef{Workspace: workspace}, Events: n}
	}
	const told = 3 * feedRoom
	for n := range told {
		j.feed.tell([]gait.SessionRow{row(n), {}})
	}
	for n := told - feedRoom; n < told; n++ {
		if got := <-rows; len(got) != 1 || got[0].Events != n {
			t.Fatalf("got %+v, want %d", got, n)
		}
	}
	stop()
	if _, open := <-rows; open {
		t.Error("there is more")
	}
}

// TestWatchComings has readers come and go while rows are told.
func TestWatchComings(t *testing.T) {
	j := newJudge(t, mem.New(mem.Config{}))
	done := make(chan struct{})
	var tellers, readers sync.WaitGroup
	for range 2 {
		tellers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					j.feed.tell([]gait.SessionRow{{SessionRef: gait.SessionRef{Workspace: workspace}}})
				}
			}
		})
	}
	for range 8 {
		readers.Go(func() {
			for range 100 {
				ctx, stop := context.WithCancel(context.Background())
				rows := j.Watch(ctx, workspace)
				<-rows
				stop()
				for range rows {
				}
			}
		})
	}
	readers.Wait()
	close(done)
	tellers.Wait()
}

// TestWatchAgain: of rows that are derived again, those of live sessions are told.
func TestWatchAgain(t *testing.T) {
	store := newStore(t)
	now := time.UnixMilli(noon).Add(time.Hour)
	j, err := New(Config{Store: store, Policies: store, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	post(t, store, j, batch(gait.SessionID{1}, 1, 0))
	live := batch(gait.SessionID{2}, 1, 0)
	live.Arrived = now.UnixMilli()
	post(t, store, j, live)
	if err := j.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	rows := j.Watch(ctx, workspace)
	save(t, store, 0, "bot", 1)
	j.PolicyChanged(workspace)
	if err := j.deriveAgain(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := <-rows; len(got) != 1 || got[0].Session != live.Session || got[0].PolicyVersion < VersionStep {
		t.Errorf("got %+v", got)
	}
}
