// Package retention deletes sessions that are older than their workspace keeps them.
package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/pause"
)

// Store is what a sweep needs of an engine.
type Store interface {
	Workspaces(ctx context.Context) ([]gait.Workspace, error)
	Settings(ctx context.Context, w gait.WorkspaceID) (gait.Settings, error)
	DeleteSessions(ctx context.Context, w gait.WorkspaceID, before int64, limit int) ([]gait.SessionID, error)
}

// Config sets a sweep up. Its zero value works but for the Store.
type Config struct {
	Store  Store
	Logger *slog.Logger  // nil discards
	Now    gait.Now      // nil is time.Now
	Every  time.Duration // from the end of a sweep to the next; 0 is an hour

	// Deleted is told which sessions are gone, to delete what is kept of them
	// elsewhere; nil is nobody.
	Deleted func(ctx context.Context, w gait.WorkspaceID, ids []gait.SessionID) error
}

func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Every == 0 {
		c.Every = time.Hour
	}
	return c
}

const (
	// lot is how many sessions are deleted in one commit, for which pages wait
	// that send meanwhile.
	lot = 100
	// rest is the least time between two lots: others write too.
	rest = 10 * time.Millisecond
)

// Run sweeps until ctx ends, the first time at once.
func Run(ctx context.Context, c Config) {
	c = c.withDefaults()
	for {
		switch n, err := Sweep(ctx, c); {
		case ctx.Err() != nil:
			return
		case err != nil:
			c.Logger.Error("old sessions are not all deleted", "deleted", n, "err", err)
		case n > 0:
			c.Logger.Info("old sessions are deleted", "sessions", n)
		}
		if !pause.For(ctx, c.Every) {
			return
		}
	}
}

// Sweep deletes what is too old now and returns how many sessions that were. A
// workspace that fails does not keep the others from being swept.
func Sweep(ctx context.Context, c Config) (int, error) {
	c = c.withDefaults()
	all, err := c.Store.Workspaces(ctx)
	if err != nil {
		return 0, fmt.Errorf("list workspaces: %w", err)
	}
	deleted := 0
	var failed []error
	for _, w := range all {
		n, err := c.sweep(ctx, w.ID)
		deleted += n
		if err != nil {
			failed = append(failed, fmt.Errorf("workspace %d: %w", w.ID, err))
		}
	}
	return deleted, errors.Join(failed...)
}

func (c Config) sweep(ctx context.Context, w gait.WorkspaceID) (int, error) {
	settings, err := c.Store.Settings(ctx, w)
	if err != nil || settings.RetentionDays <= 0 {
		return 0, err
	}
	before := c.Now().UnixMilli() - int64(settings.RetentionDays)*gait.Day
	for deleted := 0; ; {
		start := time.Now()
		ids, err := c.Store.DeleteSessions(ctx, w, before, lot)
		deleted += len(ids)
		if err == nil && len(ids) > 0 && c.Deleted != nil {
			err = c.Deleted(ctx, w, ids)
		}
		if err != nil || len(ids) < lot {
			return deleted, err
		}
		if !pause.For(ctx, max(rest, time.Since(start))) {
			return deleted, ctx.Err()
		}
	}
}
