package native

import (
	"context"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// Sessions judges and lists sessions.
type Sessions interface {
	api.Reports
	// Sessions lists rows, as fresh as they could be derived.
	Sessions(ctx context.Context, q gait.SessionQuery) ([]gait.SessionRow, error)
}

// hasReplay reports whether there is anything to play again of a session.
func (d dialect) hasReplay(ctx context.Context, s gait.SessionRef) (bool, error) {
	if d.HasReplay == nil {
		return false, nil
	}
	return d.HasReplay(ctx, s)
}

func (d dialect) sessions(c *api.Call) (any, error) {
	p := read(c, append([]string{"cursor", "limit"}, filters...)...)
	q := p.filter(d.Checks, c.Workspace.ID, c.Now)
	q.After = p.sessionPlace(c.Workspace.ID)
	limit := p.limit()
	if p.err != nil {
		return nil, p.err
	}
	rows, end, err := d.find(c.Request.Context(), q, limit)
	if err != nil {
		return nil, err
	}
	out := search[row]{}
	if (end != gait.Cursor{}) {
		out.to(sessionCursor(c.Workspace.ID, end), end.Started)
	}
	if out.Items, err = d.rows(c, rows); err != nil {
		return nil, err
	}
	return out, nil
}

// rows makes rows of what the store keeps, as the caller's workspace sees them.
func (d dialect) rows(c *api.Call, rows []gait.SessionRow) ([]row, error) {
	v, err := d.reader(c.Request.Context(), c.Workspace.ID, c.Now.UnixMilli())
	if err != nil {
		return nil, err
	}
	return d.through(c.Request.Context(), v, rows)
}

// through makes rows with a reader.
func (d dialect) through(ctx context.Context, v *reader, rows []gait.SessionRow) ([]row, error) {
	out := make([]row, len(rows))
	for i := range rows {
		out[i] = v.row(&rows[i])
		var err error
		if out[i].Replay, err = d.hasReplay(ctx, rows[i].SessionRef); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// reader returns what rows of a workspace are to be read by at the given time.
func (d dialect) reader(ctx context.Context, w gait.WorkspaceID, now int64) (*reader, error) {
	in, err := d.policyOf(ctx, w)
	if err != nil {
		return nil, err
	}
	settings, err := d.Store.Settings(ctx, w)
	if err != nil {
		return nil, err
	}
	return &reader{checks: d.Checks, bands: in.policy.Bands, settings: settings, now: now}, nil
}

// countMost is where counting sessions stops.
const countMost = 100_000

type sessionCount struct {
	Sessions int  `json:"sessions"`
	AtLeast  bool `json:"at_least"` // there may be more
}

func (d dialect) count(c *api.Call) (any, error) {
	p := read(c, filters...)
	q := p.filter(d.Checks, c.Workspace.ID, c.Now)
	if p.err != nil {
		return nil, p.err
	}
	n, more, err := d.countOf(c.Request.Context(), q, countMost)
	if err != nil {
		return nil, err
	}
	return sessionCount{Sessions: n, AtLeast: more}, nil
}

// rowOf returns the row of one session that started at the given moment (Unix ms).
// It fails with gait.NotFound if there is none.
func (d dialect) rowOf(ctx context.Context, w gait.WorkspaceID, id gait.SessionID, started int64) (gait.SessionRow, error) {
	// Lists come in falling order, so the row is the first behind the next higher id.
	after := gait.Cursor{Started: started, Session: id}
	for i := range slices.Backward(after.Session[:]) {
		after.Session[i]++
		if after.Session[i] != 0 {
			break
		}
	}
	if after.Session == (gait.SessionID{}) {
		after.Started++
	}
	rows, err := d.Sessions.Sessions(ctx, gait.SessionQuery{Workspace: w, After: after, Limit: 1})
	if err != nil {
		return gait.SessionRow{}, err
	}
	if len(rows) == 0 || rows[0].Session != id {
		return gait.SessionRow{}, api.ErrNoSession()
	}
	return rows[0], nil
}
