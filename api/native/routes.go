// Package native is Gait's own API under /api/v1: what neither of the borrowed
// dialects has a word for. A key of either of them may use it.
package native

import (
	_ "embed"

	"github.com/gaithq/gait/api"
)

//go:embed openapi.json
var document []byte

// New returns the dialect with all its routes. It has no keys of its own.
func New(reports api.Reports) api.Dialect {
	d := dialect{reports}
	return api.Dialect{
		Envelope: api.Problem,
		Routes: []api.Route{
			{Path: "/api/v1/sessions/{id}/evidence", Handle: d.evidence},
		},
		Documents: []api.Document{{Path: "/openapi/native-v1.json", JSON: document}},
	}
}

type dialect struct{ reports api.Reports }

func (d dialect) evidence(c *api.Call) (any, error) {
	r, err := c.Report(d.reports, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return evidenceOf(&r), nil
}
