package native

import (
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
)

func (d dialect) tags(c *api.Call) (any, error) {
	sums, err := d.sums(c, gait.FacetTag)
	if err != nil {
		return nil, err
	}
	out := list[tagSum]{Items: make([]tagSum, len(sums))}
	for i, s := range sums {
		out.Items[i] = tagSum{s.term, s.sum}
	}
	return out, nil
}

func (d dialect) routes(c *api.Call) (any, error) {
	sums, err := d.sums(c, gait.FacetRoute)
	if err != nil {
		return nil, err
	}
	out := list[routeSum]{Items: make([]routeSum, len(sums))}
	for i, s := range sums {
		out.Items[i] = routeSum{s.term, s.sum}
	}
	return out, nil
}

// contains reports whether a text holds another, whatever the case.
func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// termDetail is one tag or route over time.
type termDetail struct {
	sum
	Series []termStep `json:"series"`
}

type termStep struct {
	At       int64 `json:"at"` // Unix ms
	Sessions int   `json:"sessions"`
	Suspect  int   `json:"suspect"`
}

func (d dialect) tag(c *api.Call) (any, error) {
	p := read(c, "since", "until")
	return d.detail(c, p, gait.FacetTag, c.PathValue("tag"))
}

func (d dialect) route(c *api.Call) (any, error) {
	p := read(c, "since", "until", "route")
	route := p.text("route")
	if route == "" {
		p.fail("route", "want the path of a page")
	}
	return d.detail(c, p, gait.FacetRoute, route)
}

// detail counts the sessions of one term. One that nobody knows has none.
func (d dialect) detail(c *api.Call, p *params, f gait.Facet, term string) (any, error) {
	t := p.period(c.Now.UnixMilli(), usualTerms)
	if p.err != nil {
		return nil, p.err
	}
	span := t.span()
	first := t.since - t.since%span
	out := termDetail{Series: []termStep{}}
	for at := first; at < t.until; at += span {
		out.Series = append(out.Series, termStep{At: at})
	}
	for _, q := range t.parts() {
		q.Workspace, q.Facet = c.Workspace.ID, f
		counts, err := d.Store.TermCounts(c.Request.Context(), q)
		if err != nil {
			return nil, err
		}
		for _, n := range counts {
			if n.Term != term {
				continue
			}
			step := &out.Series[(n.Start-first)/span]
			step.Sessions += n.Sessions
			step.Suspect += n.Suspect
			out.Sessions += n.Sessions
			out.Suspect += n.Suspect
			out.Machine += n.Machine
		}
	}
	return out, nil
}
