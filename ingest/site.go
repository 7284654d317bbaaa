package ingest

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/gaithq/gait"
)

// siteCache remembers workspaces by site key for siteTTL, so that a change of
// origins takes effect that late and a batch costs no query. Unknown keys are
// remembered too. It is bounded: when full, it starts over.
type siteCache struct {
	from Workspaces

	mu    sync.RWMutex
	sites map[string]site

	index integrations
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
	if isIntegration(key) {
		return c.index.get(ctx, c.from, strings.ToLower(key), now)
	}
	c.mu.RLock()
	s, ok := c.sites[key]
	c.mu.RUnlock()
	if ok && now.Before(s.until) {
		return s.workspace, s.err
	}
	w, err := c.from.WorkspaceBySiteKey(ctx, key)
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

// isIntegration reports whether a site is named by 8 hexadecimal digits.
func isIntegration(key string) bool {
	if len(key) != 8 {
		return false
	}
	for _, c := range []byte(key) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

// integrations finds workspaces by integration id. It reads the list of all at
// most once in siteTTL, however many ids are asked for that nobody has.
type integrations struct {
	mu    sync.Mutex
	byID  map[string]gait.Workspace
	until time.Time
}

func (x *integrations) get(ctx context.Context, from Workspaces, id string, now time.Time) (gait.Workspace, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.byID == nil || !now.Before(x.until) {
		list, err := from.Workspaces(ctx)
		if err != nil {
			return gait.Workspace{}, err
		}
		x.byID, x.until = make(map[string]gait.Workspace, len(list)), now.Add(siteTTL)
		for _, w := range list {
			x.byID[strings.ToLower(w.IntegrationID)] = w
		}
	}
	w, ok := x.byID[id]
	if !ok {
		return w, gait.Errorf(gait.NotFound, "no workspace has the integration id %s", id)
	}
	return w, nil
}
