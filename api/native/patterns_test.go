package native

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/gaithq/gait"
)

// grouping is a store that groups when it is told to.
type grouping struct {
	Store
	asked   atomic.Int64
	proceed chan error
}

func (g *grouping) Reach(context.Context, gait.SessionQuery, int) (gait.Cursor, error) {
	return gait.Cursor{}, nil
}

func (g *grouping) Patterns(ctx context.Context, _ gait.WorkspaceID, _ int64) ([]gait.Pattern, error) {
	n := g.asked.Add(1)
	select {
	case err := <-g.proceed:
		return []gait.Pattern{{Sessions: int(n)}}, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestPatternsAreKept(t *testing.T) {
	defer goleak.VerifyNone(t)
	stopping, stop := context.WithCancel(t.Context())
	defer stop()
	g := &grouping{proceed: make(chan error)}
	d := dialect{Config: Config{Store: g, Stopping: stopping}, grouped: &patternCache{known: map[patternKey]*patternSet{}}}
	ask := func(ctx context.Context, w gait.WorkspaceID, now int64, want int, code gait.Code) {
		t.Helper()
		got, err := d.patterns(ctx, w, 30, now)
		if gait.CodeOf(err) != code || code == "" && got.list[0].Sessions != want {
			t.Errorf("%v, %v; want %d, %q", got, err, want, code)
		}
	}
	// Somebody gives up, and the next one has the answer to the same question.
	gone, leave := context.WithCancel(t.Context())
	leave()
	ask(gone, 1, 1000, 0, gait.Unavailable)
	g.proceed <- nil
	ask(t.Context(), 1, 2000, 1, "")
	ask(t.Context(), 1, 1000+patternsFor.Milliseconds()-1, 1, "")
	// Another workspace, and later on, it is another question.
	go func() { g.proceed <- nil }()
	ask(t.Context(), 2, 2000, 2, "")
	go func() { g.proceed <- nil }()
	ask(t.Context(), 1, 1000+patternsFor.Milliseconds(), 3, "")
	// What failed is asked again.
	go func() { g.proceed <- errors.New("disk") }()
	ask(t.Context(), 3, 5000, 0, gait.Internal)
	go func() { g.proceed <- nil }()
	ask(t.Context(), 3, 5000, 5, "")
	// No more is kept than so much, and a server that stops waits for nothing.
	for w := range gait.WorkspaceID(2 * patternsKnown) {
		ask(gone, 100+w, 6000, 0, gait.Unavailable)
	}
	if n := len(d.grouped.known); n > patternsKnown {
		t.Errorf("%d sets are kept", n)
	}
	stop()
}
