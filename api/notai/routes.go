// Package notai answers in the words of NotAI's public REST API, so that
// clients written for it need only another base URL.
package notai

import (
	"context"
	_ "embed"
	"net/http"
	"net/url"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// Sessions judges and lists sessions.
type Sessions interface {
	api.Reports
	// Sessions lists rows, as fresh as they could be derived.
	Sessions(ctx context.Context, q gait.SessionQuery) ([]gait.SessionRow, error)
}

//go:embed openapi.json
var document []byte

// New returns the dialect with all its routes.
func New(sessions Sessions) api.Dialect {
	d := dialect{sessions}
	return api.Dialect{
		Speaks:    gait.NotAI,
		Envelope:  envelope,
		PerMinute: func(w gait.Workspace) int { return tierOf(w).perMinute },
		Mark:      func(h http.Header, w gait.Workspace) { h.Set("X-Isnotai-Tier", tierOf(w).name) },
		Routes: []api.Route{
			{Path: "/v1/integration", Handle: d.integration},
			{Path: "/v1/sessions", Handle: d.list},
			{Path: "/v1/sessions/{sessionId}", Handle: d.session},
			{Path: "/v1/users/{userId}/sessions", Handle: d.ofUser},
		},
		Documents: []api.Document{{Path: "/openapi/v3.json", JSON: document}},
	}
}

type dialect struct{ sessions Sessions }

func (d dialect) session(c *api.Call) (any, error) {
	r, err := c.Report(d.sessions, c.PathValue("sessionId"))
	if err != nil {
		return nil, err
	}
	if r.Features.Started < c.Now.Add(-tierOf(c.Workspace).history).UnixMilli() {
		return nil, api.ErrNoSession() // not in the lists either
	}
	return one[session]{sessionOfReport(&r, c.Now)}, nil
}

// region is where a workspace's data is, in a word that is true anywhere.
const region = "self-hosted"

func (d dialect) integration(c *api.Call) (any, error) {
	w := &c.Workspace
	return one[integration]{integration{
		ID: w.IntegrationID, Name: w.Name, APIKeyMasked: c.Key.Hint,
		Tier: tierOf(*w).name, Region: region, CreatedAt: api.Time(w.Created),
	}}, nil
}

func (d dialect) list(c *api.Call) (any, error) {
	q, err := c.Query()
	if err != nil {
		return nil, err
	}
	query, possible, err := queryOf(q, c.Now, tierOf(c.Workspace))
	if err != nil {
		return nil, err
	}
	return d.page(c, q, query, possible)
}

// ofUser lists the sessions of one user, as far back as the tier's history goes.
// A user that nobody knows has none.
func (d dialect) ofUser(c *api.Call) (any, error) {
	q, err := c.Query()
	if err != nil {
		return nil, err
	}
	return d.page(c, q, gait.SessionQuery{
		UserID:       c.PathValue("userId"),
		StartedSince: c.Now.Add(-tierOf(c.Workspace).history).UnixMilli(),
	}, true)
}

// page answers with the page of sessions that q names, if any are possible.
func (d dialect) page(c *api.Call, q url.Values, query gait.SessionQuery, possible bool) (any, error) {
	p, err := pageOf(q, c.Workspace.ID, sessionsPerPage, tierOf(c.Workspace).pageMax)
	if err != nil {
		return nil, err
	}
	query.Workspace, query.After, query.Limit = c.Workspace.ID, p.after, p.limit+1
	var rows []gait.SessionRow
	if possible {
		if rows, err = d.sessions.Sessions(c.Request.Context(), query); err != nil {
			return nil, err
		}
	}
	more := len(rows) > p.limit
	rows = rows[:min(len(rows), p.limit)]
	out := list[session]{Data: make([]session, len(rows)), Pagination: pagination{Limit: p.limit, HasMore: more}}
	for i := range rows {
		out.Data[i] = sessionOfRow(&rows[i], c.Now)
	}
	if more {
		last := rows[len(rows)-1]
		next := cursorText(c.Workspace.ID, gait.Cursor{Started: last.Started, Session: last.Session})
		out.Pagination.NextCursor = &next
	}
	return out, nil
}
