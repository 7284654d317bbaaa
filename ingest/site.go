package ingest

import (
	"context"
	"sync"
	"time"

	"github.com/gaithq/gait"
)

// siteCache remembers workspaces by site key for siteTTL, so that a change of
// origins takes effect that late and a batch costs no query. Unknown keys are
// remembered too. It is bounded: when full, it starts over.
type siteCache struct {
	lookup func(ctx context.Context, siteKey string) (gait.Workspace, error)

	mu    sync.RWMutex
	sites map[string]site
}

type site struct {
	workspace gait.Workspace
	err       error
	until     time.Time
}

const (
	siteTTL  = 5 * time.Second
	maxSites = 10_000
)

func (c *siteCache) get(ctx context.Context, key string, now time.Time) (gait.Workspace, error) {
	c.mu.RLock()
	s, ok := c.sites[key]
	c.mu.RUnlock()
	if ok && now.Before(s.until) {
		return s.workspace, s.err
	}
	w, err := c.lookup(ctx, key)
	if err != nil && gait.CodeOf(err) != gait.NotFound {
		return w, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sites == nil || len(c.sites) >= maxSites {
		c.sites = map[string]site{}
	}
	c.sites[key] = site{w, err, now.Add(siteTTL)}
	return w, err
}
