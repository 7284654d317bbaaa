package judge

import (
	"context"

	"github.com/gaithq/gait"
)

// Reports judges the sessions of a list, in its order. A session that cannot be
// judged is left out, and said so in the log; the list fails only if ctx is over
// or none of them can be judged.
func (j *Judge) Reports(ctx context.Context, w gait.WorkspaceID, ids []gait.SessionID) ([]gait.Report, error) {
	reports := make([]gait.Report, 0, len(ids))
	var failed error
	for _, id := range ids {
		batches, err := read(ctx, j.cfg.Store, gait.SessionRef{Workspace: w, Session: id}, j.unreadable)
		if ctx.Err() != nil {
			return nil, gait.Wrap(context.Cause(ctx), gait.Unavailable, "the request was given up")
		}
		if err != nil {
			failed = err
			j.cfg.Logger.Error("a list is shown without a session that cannot be read", "session", id, "err", err)
			continue
		}
		if len(batches) == 0 {
			continue // nothing is left of it
		}
		reports = append(reports, j.report(id, j.glance(gait.SessionRef{Workspace: w, Session: id}, batches), batches))
	}
	if failed != nil && len(reports) == 0 {
		return nil, failed
	}
	return reports, nil
}

// glance is features, but keeps nothing: a list of old sessions must not push
// live ones out of memory.
func (j *Judge) glance(ref gait.SessionRef, batches []gait.Batch) gait.Features {
	if s, ok := j.live.Peek(ref); ok {
		s.Lock()
		defer s.Unlock()
		if s.batches == len(batches) {
			return copyOf(s.state.Features())
		}
	}
	return copyOf(j.rebuild(batches).Features())
}
