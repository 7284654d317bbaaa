// Package roundtable answers in the words of Roundtable's Proof-of-Human API,
// versions 1 and 0.0, so that clients written for it need only another host name.
package roundtable

import (
	"context"
	_ "embed"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

// Sessions judges sessions and lists them.
type Sessions interface {
	api.Reports
	// Sessions lists rows, as fresh as they could be derived.
	Sessions(ctx context.Context, q gait.SessionQuery) ([]gait.SessionRow, error)
	// Reports judges the sessions of a list, in its order, but for those that
	// cannot be judged.
	Reports(ctx context.Context, w gait.WorkspaceID, ids []gait.SessionID) ([]gait.Report, error)
}

var (
	//go:embed openapi.json
	document []byte
	//go:embed openapi-v0.0.json
	oldDocument []byte
)

// perMinute is how many requests one key may make in a minute. The contract
// names no limit; this one only stops a client that runs wild.
const perMinute = 60_000

// listed is how many sessions a list holds: the newest.
const listed = 100

// New returns the dialect with all its routes, where nobody is recorded.
func New(sessions Sessions) api.Dialect {
	return WithReplays(sessions, func(context.Context, gait.WorkspaceID, gait.SessionID) (string, int) { return "", 0 })
}

// WithReplays returns the dialect with all its routes.
func WithReplays(sessions Sessions, replays Replays) api.Dialect {
	d := dialect{sessions, replays}
	return api.Dialect{
		Speaks:    gait.Roundtable,
		Envelope:  api.Problem,
		PerMinute: func(gait.Workspace) int { return perMinute },
		Routes: []api.Route{
			{Path: "/v1/sessions/{sessionId}/report", Handle: d.report},
			{Path: "/v1/sessions/report", Handle: d.report},
			{Path: "/v1/sessions/{sessionId}/events", Handle: d.events},
			{Path: "/v1/sessions/events", Handle: d.events},
			{Path: "/v1/users/{userId}/sessions", Handle: d.ofUser},
			{Path: "/v1/users/sessions", Handle: d.ofUser},
			{Path: "/v1/tags/{tag}/sessions", Handle: d.ofTag},
			{Path: "/v1/tags/sessions", Handle: d.ofTag},
			{Path: "/v0.0/sessions/{sessionId}/report", Handle: d.oldReport},
			{Path: "/v0.0/users/{userId}/sessions", Handle: d.oldOfUser},
		},
		Documents: []api.Document{
			{Path: "/openapi/roundtable-v1.json", JSON: document},
			{Path: "/openapi/roundtable-v0.0.json", JSON: oldDocument},
		},
	}
}

// Replays says where the replay of a session is shown and how many seconds it plays,
// "" if there is none.
type Replays func(ctx context.Context, w gait.WorkspaceID, s gait.SessionID) (url string, seconds int)

type dialect struct {
	sessions Sessions
	replays  Replays
}

func (d dialect) report(c *api.Call) (any, error) {
	r, err := d.find(c)
	if err != nil {
		return nil, err
	}
	return reportOf(&r), nil
}

func (d dialect) events(c *api.Call) (any, error) {
	r, err := d.find(c)
	if err != nil {
		return nil, err
	}
	return eventsOf(&r), nil
}

func (d dialect) ofUser(c *api.Call) (any, error) {
	user, err := named(c, "userId")
	if err != nil {
		return nil, err
	}
	reports, err := d.newest(c, gait.SessionQuery{UserID: user})
	if err != nil {
		return nil, err
	}
	return userSessions{UserID: user, Sessions: anonymous(reports)}, nil
}

func (d dialect) ofTag(c *api.Call) (any, error) {
	tag, err := named(c, "tag")
	if err != nil {
		return nil, err
	}
	reports, err := d.newest(c, gait.SessionQuery{Tag: tag})
	if err != nil {
		return nil, err
	}
	return tagSessions{Tag: tag, Sessions: anonymous(reports)}, nil
}

func (d dialect) oldReport(c *api.Call) (any, error) {
	r, err := d.find(c)
	if err != nil {
		return nil, err
	}
	old := oldReportOf(&r)
	old.SessionReplay = d.replayOf(c, r.Session)
	return old, nil
}

func (d dialect) oldOfUser(c *api.Call) (any, error) {
	user, err := named(c, "userId")
	if err != nil {
		return nil, err
	}
	reports, err := d.newest(c, gait.SessionQuery{UserID: user})
	if err != nil {
		return nil, err
	}
	sessions := make([]oldSession, len(reports))
	for i := range reports {
		sessions[i] = oldSessionOf(&reports[i])
		sessions[i].SessionReplay = d.replayOf(c, reports[i].Session)
	}
	return oldUserSessions{UserID: user, Sessions: sessions}, nil
}

// replayOf is nil for a session without a replay.
func (d dialect) replayOf(c *api.Call, id gait.SessionID) *oldReplay {
	url, seconds := d.replays(c.Request.Context(), c.Workspace.ID, id)
	if url == "" {
		return nil
	}
	return &oldReplay{url, seconds}
}

// newest judges the newest sessions that q selects. A user or tag that nobody
// knows has none.
func (d dialect) newest(c *api.Call, q gait.SessionQuery) ([]gait.Report, error) {
	ctx := c.Request.Context()
	q.Workspace, q.Limit = c.Workspace.ID, listed
	rows, err := d.sessions.Sessions(ctx, q)
	if err != nil {
		return nil, err
	}
	ids := make([]gait.SessionID, len(rows))
	for i := range rows {
		ids[i] = rows[i].Session
	}
	return d.sessions.Reports(ctx, c.Workspace.ID, ids)
}

// find has the session judged that the caller named.
func (d dialect) find(c *api.Call) (gait.Report, error) {
	session, err := named(c, "sessionId")
	if err != nil {
		return gait.Report{}, err
	}
	return c.Report(d.sessions, session)
}

// named reads a parameter from the path or, on the routes that survey tools
// use, from the query.
func named(c *api.Call, parameter string) (string, error) {
	if text := c.PathValue(parameter); text != "" {
		return text, nil
	}
	q, err := c.Query()
	if err != nil {
		return "", err
	}
	text := q.Get(parameter)
	if text == "" {
		return "", errMissing(parameter)
	}
	return text, nil
}
