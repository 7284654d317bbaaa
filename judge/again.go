package judge

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gaithq/gait"
)

// Bounds on deriving rows again.
const (
	againRows  = 50  // in one commit, while which lists wait
	againMarks = 500 // marked in one commit
)

// checkVersions has every workspace looked at whose rows may have been made by
// another policy than the one that holds, as after an upgrade.
func (j *Judge) checkVersions(ctx context.Context) error {
	if j.cfg.Policies == nil {
		return nil
	}
	all, err := j.cfg.Policies.Workspaces(ctx)
	if err != nil {
		return fmt.Errorf("list workspaces: %w", err)
	}
	j.book.mu.Lock()
	defer j.book.mu.Unlock()
	for _, w := range all {
		j.book.behind[w.ID] = true
	}
	return nil
}

// deriveAgain derives rows that are right for their batches and wrong for another
// reason: another policy, or columns that were not there before. It returns once
// none is left or the given time has passed.
func (j *Judge) deriveAgain(ctx context.Context, most time.Duration) error {
	for start := time.Now(); ctx.Err() == nil && time.Since(start) < most; {
		n, err := j.againRound(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if n, err = j.markBehind(ctx); err != nil || n == 0 {
			return err
		}
	}
	return nil
}

// againRound derives some rows and returns how many. Those who watch are told of
// sessions that are live; the others did not happen now.
func (j *Judge) againRound(ctx context.Context) (int, error) {
	j.rows.Lock()
	defer j.rows.Unlock()
	refs, err := j.cfg.Store.Restaled(ctx, againRows)
	if err != nil {
		return 0, fmt.Errorf("find sessions to derive again: %w", err)
	}
	rows, err := j.derive(ctx, refs)
	if err != nil {
		return 0, err
	}
	now := j.cfg.Now().UnixMilli()
	j.feed.tell(slices.DeleteFunc(rows, func(r gait.SessionRow) bool {
		return gait.StatusAt(r.LastArrival, now) != gait.Live
	}))
	return len(refs), nil
}

// anyBehind returns a workspace whose policy changed, if there is one.
func (j *Judge) anyBehind() (w gait.WorkspaceID, changes int, ok bool) {
	j.book.mu.Lock()
	defer j.book.mu.Unlock()
	for w := range j.book.behind {
		return w, j.book.changes, true
	}
	return 0, 0, false
}

// markBehind marks sessions of workspaces whose policy changed, and returns how many.
func (j *Judge) markBehind(ctx context.Context) (int, error) {
	for {
		w, changes, ok := j.anyBehind()
		if !ok {
			return 0, nil
		}
		r, err := j.rules(ctx, w)
		if err != nil {
			return 0, err
		}
		n, err := j.cfg.Store.RestaleSessions(ctx, w, r.row, againMarks)
		if err != nil {
			return 0, fmt.Errorf("mark sessions of workspace %d: %w", w, err)
		}
		if n > 0 {
			return n, nil
		}
		j.book.mu.Lock()
		if j.book.changes == changes {
			delete(j.book.behind, w)
		}
		j.book.mu.Unlock()
	}
}
