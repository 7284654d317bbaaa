package native

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/risk"
)

// overview answers at a glance: how many came, how many of them were machines, who
// and where. All of it comes from counts that are kept; no session is looked at.
type overview struct {
	Since     int64         `json:"since"` // Unix ms, in whole hours
	Until     int64         `json:"until"`
	Span      string        `json:"span"` // of the steps of the series: hour or day
	Policy    overviewBands `json:"policy"`
	Now       totals        `json:"now"`
	Before    totals        `json:"before"` // the period of the same length before
	Series    []bandStep    `json:"series"`
	Live      liveCount     `json:"live"`
	Flags     []flagShare   `json:"flags"`
	Routes    []termShare   `json:"routes"`
	Tags      []termShare   `json:"tags"`
	Countries []termShare   `json:"countries"`
	Devices   []termShare   `json:"devices"`
	Browsers  []termShare   `json:"browsers"`
	Actors    []termShare   `json:"actors"`
}

type overviewBands struct {
	Bands risk.Bands `json:"bands"`
}

type totals struct {
	Sessions int   `json:"sessions"`
	Suspect  int   `json:"suspect"` // score of 50 or more
	Machine  int   `json:"machine"` // score of 70 or more
	Scores   []int `json:"scores"`  // sessions by score, from 0 to 100
}

// bandStep is how many sessions of each band there were in one step of a series.
type bandStep struct {
	At    int64  `json:"at"` // Unix ms
	Bands [4]int `json:"bands"`
}

type liveCount struct {
	Sessions int  `json:"sessions"`
	AtLeast  bool `json:"at_least"` // counting stopped there
}

type flagShare struct {
	Key      string `json:"key"`
	Title    string `json:"title"`
	Sessions int    `json:"sessions"`
	Before   int    `json:"before"`
}

// topTerms is how many terms of a facet an overview names.
const topTerms = 10

func (d dialect) overview(c *api.Call) (any, error) {
	p := read(c, "since", "until")
	t := p.period(c.Now.UnixMilli(), usualPeriod)
	if p.err != nil {
		return nil, p.err
	}
	ctx, w := c.Request.Context(), c.Workspace.ID
	in, err := d.policyOf(ctx, w)
	if err != nil {
		return nil, err
	}
	out := overview{Since: t.since, Until: t.until, Span: "hour", Policy: overviewBands{in.policy.Bands}}
	if t.span() == gait.Day {
		out.Span = "day"
	}
	now, err := d.histogram(ctx, w, t, t.span())
	if err != nil {
		return nil, err
	}
	before, err := d.histogram(ctx, w, t.before(), t.span())
	if err != nil {
		return nil, err
	}
	out.Now, out.Before, out.Series = now.totals(), before.totals(), now.series(t, in.policy.Bands)
	if out.Live, err = d.liveOf(ctx, w, c.Now.UnixMilli()); err != nil {
		return nil, err
	}
	if out.Flags, err = d.flags(ctx, w, t); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		facet gait.Facet
		into  *[]termShare
	}{
		{gait.FacetRoute, &out.Routes},
		{gait.FacetTag, &out.Tags},
		{gait.FacetCountry, &out.Countries},
		{gait.FacetDevice, &out.Devices},
		{gait.FacetBrowser, &out.Browsers},
		{gait.FacetActor, &out.Actors},
	} {
		if *f.into, err = d.topOf(ctx, w, f.facet, t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (d dialect) topOf(ctx context.Context, w gait.WorkspaceID, f gait.Facet, t period) ([]termShare, error) {
	now, err := d.terms(ctx, w, f, t)
	if err != nil {
		return nil, err
	}
	before, err := d.terms(ctx, w, f, t.before())
	if err != nil {
		return nil, err
	}
	return top(now, before, topTerms), nil
}

func (d dialect) flags(ctx context.Context, w gait.WorkspaceID, t period) ([]flagShare, error) {
	terms, err := d.topOf(ctx, w, gait.FacetFlag, t)
	if err != nil {
		return nil, err
	}
	out := make([]flagShare, len(terms))
	for i, s := range terms {
		out[i] = flagShare{Key: s.Term, Title: d.titleOf(s.Term), Sessions: s.Sessions, Before: s.Before}
	}
	return out, nil
}

// titleOf returns the title of a check, or its key if there is no such check any more.
func (d dialect) titleOf(key string) string {
	if i := slices.IndexFunc(d.Checks, func(c *gait.Check) bool { return c.Key == key }); i >= 0 {
		return d.Checks[i].Title
	}
	return key
}

func (h *histogram) totals() totals {
	return totals{h.Sessions, h.Suspect, h.Machine, h.scores[:]}
}

// series sorts sessions into bands, step by step, with steps in which nobody came.
func (h *histogram) series(t period, b risk.Bands) []bandStep {
	span := t.span()
	steps := make([]bandStep, 0, (t.until-t.since)/span+2)
	for at := t.since - t.since%span; at < t.until; at += span {
		s := bandStep{At: at}
		if scores := h.steps[at]; scores != nil {
			for score, n := range scores {
				s.Bands[bandOf(b, score)] += n
			}
		}
		steps = append(steps, s)
	}
	return steps
}

// liveMost is where counting live sessions stops, and liveFor how long an answer
// serves everybody who looks at the workspace, in ms.
const (
	liveMost = 10_000
	liveFor  = 2000
)

// liveCounts remembers how many sessions of a workspace are live.
type liveCounts struct {
	mu    sync.Mutex
	known map[gait.WorkspaceID]timedCount
}

type timedCount struct {
	liveCount
	at int64 // Unix ms
}

// liveKnown is how many workspaces liveCounts remembers.
const liveKnown = 1000

// liveOf counts the sessions whose last batch came within gait.IdleTimeout.
func (d dialect) liveOf(ctx context.Context, w gait.WorkspaceID, now int64) (liveCount, error) {
	d.live.mu.Lock()
	last, ok := d.live.known[w]
	d.live.mu.Unlock()
	if ok && now-last.at < liveFor && now >= last.at {
		return last.liveCount, nil
	}
	n, err := d.Store.CountSessions(ctx, gait.SessionQuery{
		Workspace: w, ArrivedSince: now - gait.IdleTimeout.Milliseconds() + 1, Limit: liveMost,
	})
	if err != nil {
		return liveCount{}, err
	}
	fresh := timedCount{liveCount{n, n >= liveMost}, now}
	d.live.mu.Lock()
	defer d.live.mu.Unlock()
	if len(d.live.known) >= liveKnown {
		clear(d.live.known)
	}
	d.live.known[w] = fresh
	return fresh.liveCount, nil
}

// sum is a term with its counts.
type sum struct {
	Sessions int `json:"sessions"`
	Suspect  int `json:"suspect"`
	Machine  int `json:"machine"`
}

type tagSum struct {
	Tag string `json:"tag"`
	sum
}

type routeSum struct {
	Route string `json:"route"`
	sum
}

// mostTerms is how many terms a list of tags or routes names.
const mostTerms = 500

// usualTerms is the period of lists of tags and routes, ms.
const usualTerms = 30 * gait.Day

type termSum struct {
	term string
	sum
}

// sums lists the terms of a facet that contain what q says, most sessions first.
func (d dialect) sums(c *api.Call, f gait.Facet) ([]termSum, error) {
	p := read(c, "q", "since", "until")
	t := p.period(c.Now.UnixMilli(), usualTerms)
	text := p.text("q")
	if p.err != nil {
		return nil, p.err
	}
	terms, err := d.terms(c.Request.Context(), c.Workspace.ID, f, t)
	if err != nil {
		return nil, err
	}
	out := []termSum{}
	for term, n := range terms {
		if contains(term, text) && n.Sessions > 0 {
			out = append(out, termSum{term, sum{n.Sessions, n.Suspect, n.Machine}})
		}
	}
	slices.SortFunc(out, func(a, b termSum) int {
		return cmp.Or(b.Sessions-a.Sessions, cmp.Compare(a.term, b.term))
	})
	return out[:min(len(out), mostTerms)], nil
}
