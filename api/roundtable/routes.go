// Package roundtable answers in the words of Roundtable's Proof-of-Human API,
// version 1, so that clients written for it need only another host name.
package roundtable

import (
	_ "embed"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

//go:embed openapi.json
var document []byte

// perMinute is how many requests one key may make in a minute. The contract
// names no limit; this one only stops a client that runs wild.
const perMinute = 60_000

// New returns the dialect with all its routes.
func New(reports api.Reports) api.Dialect {
	d := dialect{reports}
	return api.Dialect{
		Speaks:    gait.Roundtable,
		Envelope:  api.Problem,
		PerMinute: func(gait.Workspace) int { return perMinute },
		Routes: []api.Route{
			{Path: "/v1/sessions/{sessionId}/report", Handle: d.report},
			{Path: "/v1/sessions/report", Handle: d.report},
			{Path: "/v1/sessions/{sessionId}/events", Handle: d.events},
			{Path: "/v1/sessions/events", Handle: d.events},
		},
		DocumentPath: "/openapi/roundtable-v1.json",
		Document:     document,
	}
}

type dialect struct{ reports api.Reports }

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

// find reads the session id from the path or, on the routes that survey tools
// use, from the query, and has the session judged.
func (d dialect) find(c *api.Call) (gait.Report, error) {
	text := c.Request.PathValue("sessionId")
	if text == "" {
		q, err := c.Query()
		if err != nil {
			return gait.Report{}, err
		}
		if text = q.Get("sessionId"); text == "" {
			return gait.Report{}, errNoSessionID()
		}
	}
	return c.Report(d.reports, text)
}
