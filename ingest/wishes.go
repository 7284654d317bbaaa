package ingest

import (
	"context"
	"sync"
	"time"

	"github.com/gaithq/gait"
)

// Settings finds what a workspace's owner decided. Answers are kept for a few
// seconds.
type Settings interface {
	Settings(ctx context.Context, w gait.WorkspaceID) (gait.Settings, error)
}

// settingsCache remembers settings for siteTTL, so that a batch costs no query.
// It is bounded: when full, it starts over.
type settingsCache struct {
	from Settings

	mu    sync.RWMutex
	known map[gait.WorkspaceID]wishes
}

type wishes struct {
	gait.Settings
	until time.Time
}

// get returns a workspace's settings, those that keep the least where nobody has any.
func (c *settingsCache) get(ctx context.Context, w gait.WorkspaceID, now time.Time) (gait.Settings, error) {
	if c.from == nil {
		return gait.Settings{}, nil
	}
	c.mu.RLock()
	s, ok := c.known[w]
	c.mu.RUnlock()
	if ok && now.Before(s.until) {
		return s.Settings, nil
	}
	settings, err := c.from.Settings(ctx, w)
	if err != nil {
		return settings, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxSites {
		c.known = map[gait.WorkspaceID]wishes{}
	}
	c.known[w] = wishes{settings, now.Add(siteTTL)}
	return settings, nil
}

// forgetNames takes the names of buttons, links and labels out of a batch. Their
// kinds stay.
func forgetNames(b *gait.Batch) {
	for i := range b.Events {
		if b.Events[i].Kind == gait.Describe {
			b.Events[i].Text = ""
		}
	}
}
