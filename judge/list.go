package judge

import (
	"context"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/session"
)

// Reports judges the sessions of a list, in its order. A session that cannot be
// judged is left out, and said so in the log; the list fails only if ctx is over
// or none of them can be judged.
func (j *Judge) Reports(ctx context.Context, w gait.WorkspaceID, ids []gait.SessionID) ([]gait.Report, error) {
	reports := make([]gait.Report, 0, len(ids))
	var failed error
	rules, err := j.rules(ctx, w)
	if err != nil {
		return nil, err
	}
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
		reports = append(reports, j.report(id, j.glance(gait.SessionRef{Workspace: w, Session: id}, batches), batches, rules))
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

// Trace draws a session: what happened in columns, and when the checks found their
// evidence. It fails as Report does.
func (j *Judge) Trace(ctx context.Context, w gait.WorkspaceID, id gait.SessionID) (gait.Trace, error) {
	ref := gait.SessionRef{Workspace: w, Session: id}
	batches, err := read(ctx, j.cfg.Store, ref, j.unreadable)
	if err != nil {
		return gait.Trace{}, err
	}
	if len(batches) == 0 {
		return gait.Trace{}, gait.Errorf(gait.NotFound, "no session %s in this workspace", id)
	}
	t := session.Trace(batches)
	f := j.glance(ref, batches)
	for _, a := range check.Judge(slices.Concat(j.checks, j.beyond), &f) {
		if a.Verdict != gait.Detected {
			continue
		}
		for _, m := range []gait.TraceMoment{{Which: "first", Moment: a.First}, {Which: "best", Moment: a.Best}} {
			if m.At != 0 {
				m.Check, m.T = a.Check.Key, m.At-t.Started
				t.Moments = append(t.Moments, m)
			}
		}
	}
	return t, nil
}
