package native

import (
	"context"
	"sync"
	"time"

	"github.com/gaithq/gait"
)

// Whoever tries out policies asks again and again, and often gives up on an answer
// because the next change is already there. So what sessions are grouped into is
// kept for a while, and fetched to the end even if nobody waits any more.
const (
	patternsFor     = 30 * time.Second
	patternsKnown   = 16 // sets, each of a workspace and a number of days
	patternsTimeout = 50 * time.Second
	patternsMost    = 200_000 // sessions that are grouped, the newest
)

// patternCache remembers what sessions are grouped into.
type patternCache struct {
	mu    sync.Mutex
	known map[patternKey]*patternSet

	grouping sync.Mutex // held by the one that is at it: others would only be in its way
}

type patternKey struct {
	workspace gait.WorkspaceID
	days      int
}

// patternSet is there once done is closed.
type patternSet struct {
	done  chan struct{}
	at    int64 // Unix ms
	since int64 // Unix ms, of the sessions in it
	cut   bool  // there were more than patternsMost
	list  []gait.Pattern
	err   error
}

// patterns groups the sessions of the last days, as they were at most patternsFor ago.
func (d dialect) patterns(ctx context.Context, w gait.WorkspaceID, days int, now int64) (*patternSet, error) {
	key, c := patternKey{w, days}, d.grouped
	c.mu.Lock()
	set := c.known[key]
	if set == nil || now-set.at >= patternsFor.Milliseconds() || now < set.at {
		if len(c.known) >= patternsKnown {
			clear(c.known)
		}
		set = &patternSet{done: make(chan struct{}), at: now}
		c.known[key] = set
		go d.group(context.WithoutCancel(ctx), key, set)
	}
	c.mu.Unlock()
	select {
	case <-set.done:
		return set, set.err
	case <-ctx.Done():
		return nil, gait.Wrap(context.Cause(ctx), gait.Unavailable, "the request was given up")
	}
}

// group fetches a set, and forgets it if that fails.
func (d dialect) group(ctx context.Context, key patternKey, set *patternSet) {
	ctx, cancel := context.WithTimeout(ctx, patternsTimeout)
	defer cancel()
	if d.Stopping != nil {
		defer context.AfterFunc(d.Stopping, cancel)()
	}
	d.grouped.grouping.Lock()
	set.err = d.fetch(ctx, key, set)
	d.grouped.grouping.Unlock()
	if set.err != nil {
		d.grouped.mu.Lock()
		if d.grouped.known[key] == set {
			delete(d.grouped.known, key)
		}
		d.grouped.mu.Unlock()
	}
	close(set.done)
}

// fetch groups the newest sessions of the days, patternsMost at most but for those
// that began in the same millisecond.
func (d dialect) fetch(ctx context.Context, key patternKey, set *patternSet) error {
	set.since = set.at - int64(key.days)*gait.Day
	end, err := d.Store.Reach(ctx, gait.SessionQuery{Workspace: key.workspace, StartedSince: set.since}, patternsMost)
	if err != nil {
		return err
	}
	if (end != gait.Cursor{}) {
		set.since, set.cut = end.Started, true
	}
	set.list, err = d.Store.Patterns(ctx, key.workspace, set.since)
	return err
}
