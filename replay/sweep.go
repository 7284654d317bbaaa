package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/internal/pause"
)

// sweepEvery is how often what is to go is looked for.
const sweepEvery = time.Hour

// Run deletes what is older than its workspace keeps it, and what belongs to no session,
// now and every hour, until ctx is over.
func (p *Replays) Run(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := p.Sweep(ctx); err != nil && ctx.Err() == nil {
			p.cfg.Logger.Error("old replays are not all deleted", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// day is what retention is counted in.
const day = 24 * time.Hour

// orphanAge is how old a chunk has to be to be deleted because its session is not
// there. A session's first batch is durable before its first chunk is taken in, so
// this leaves alone what is being taken in, and much more.
const orphanAge = time.Hour

const (
	// lot is after how many sessions a sweep rests, as the store has others to answer.
	lot = 100
	// rest is the least that it rests then; it is as long as the lot took, if that is longer.
	rest = 10 * time.Millisecond
)

// Sweep deletes what is older than its workspace keeps it, and what belongs to a
// session, or a workspace, that is not there any more: nothing has to remember what could
// not be deleted along with it. What fails in one workspace does not keep the others
// waiting.
func (p *Replays) Sweep(ctx context.Context) error {
	workspaces, err := p.cfg.Workspaces.Workspaces(ctx)
	if err != nil {
		return fmt.Errorf("list workspaces: %w", err)
	}
	now := p.cfg.Now()
	old := make(map[gait.WorkspaceID]time.Time, len(workspaces)) // the zero time where nothing ever is
	var failed []error
	for _, w := range workspaces {
		old[w.ID] = time.Time{}
		s, err := p.cfg.Settings(ctx, w.ID)
		if err != nil {
			failed = append(failed, fmt.Errorf("workspace %d: %w", w.ID, err))
		} else if s.ReplayDays > 0 {
			old[w.ID] = now.Add(-time.Duration(s.ReplayDays) * day)
		}
	}
	seen, begun, answers := 0, time.Now(), true
	n, err := p.cfg.Blobs.DeleteOld(ctx, func(r gait.SessionRef) (time.Time, error) {
		if seen++; seen%lot == 0 {
			if !pause.For(ctx, max(rest, time.Since(begun))) {
				return time.Time{}, ctx.Err()
			}
			begun = time.Now()
		}
		moment, known := old[r.Workspace]
		if known {
			if !answers {
				return moment, nil
			}
			batches, err := p.cfg.Batches.CountBatches(ctx, r.Workspace, r.Session)
			if err != nil {
				answers = false // what is old goes in any case
				failed = append(failed, fmt.Errorf("look for a session: %w", err))
			}
			if err != nil || batches > 0 {
				return moment, nil
			}
		}
		p.forget(r)
		return now.Add(-orphanAge), nil
	})
	p.deleted.Add(int64(n))
	if n > 0 {
		p.cfg.Logger.Info("deleted old replays", "chunks", n)
	}
	return errors.Join(append(failed, err)...)
}
