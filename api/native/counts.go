package native

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/gaithq/gait"
)

// Counts answers how many sessions there are. Those by terms are kept with the
// rows, so that nobody has to go through these.
type Counts interface {
	TermCounts(ctx context.Context, q gait.TermQuery) ([]gait.TermCount, error)
	CountSessions(ctx context.Context, q gait.SessionQuery) (int, error)
}

// period is a stretch of time in whole hours, Unix ms, until exclusive.
type period struct{ since, until int64 }

// Bounds on a period.
const (
	usualPeriod = gait.Day
	hourly      = 3 * gait.Day   // up to here, series have a value an hour
	longest     = 731 * gait.Day // two years
)

// period reads since and until, by default the last usual ms. Both are rounded to
// hours, outwards, since counts are kept by the hour.
func (p *params) period(now, usual int64) period {
	until := p.moment("until")
	if until == 0 {
		until = now
	}
	since := p.moment("since")
	if since == 0 {
		since = max(until-usual, 0)
	}
	t := period{since - since%gait.Hour, until}
	if rest := until % gait.Hour; rest > 0 {
		t.until += gait.Hour - rest
	}
	switch {
	case since >= until:
		p.fail("since", "want a moment before until")
	case t.until-t.since > longest+2*gait.Hour:
		p.fail("since", "want at most %d days", longest/gait.Day)
	}
	return t
}

// before is the period of the same length before.
func (t period) before() period { return period{2*t.since - t.until, t.since} }

// span is the length of the steps of a series over the period.
func (t period) span() int64 {
	if t.until-t.since <= hourly {
		return gait.Hour
	}
	return gait.Day
}

// parts cuts a period into what can be asked for: whole days, and hours where the
// period begins or ends within a day. Short periods are hours only.
func (t period) parts() []gait.TermQuery {
	first, last := t.since, t.until
	if rest := first % gait.Day; rest > 0 {
		first += gait.Day - rest
	}
	last -= last % gait.Day
	if t.span() == gait.Hour || first >= last {
		return []gait.TermQuery{{Since: t.since, Until: t.until, Span: gait.Hour}}
	}
	var parts []gait.TermQuery
	if t.since < first {
		parts = append(parts, gait.TermQuery{Since: t.since, Until: first, Span: gait.Hour})
	}
	parts = append(parts, gait.TermQuery{Since: first, Until: last, Span: gait.Day})
	if last < t.until {
		parts = append(parts, gait.TermQuery{Since: last, Until: t.until, Span: gait.Hour})
	}
	return parts
}

// terms sums the counts of each term of a facet over a period.
func (d dialect) terms(ctx context.Context, w gait.WorkspaceID, f gait.Facet, t period) (map[string]gait.Count, error) {
	sums := map[string]gait.Count{}
	for _, q := range t.parts() {
		q.Workspace, q.Facet, q.Sum = w, f, true
		counts, err := d.Store.TermCounts(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, c := range counts {
			sum := sums[c.Term]
			sum.Sessions += c.Sessions
			sum.Suspect += c.Suspect
			sum.Machine += c.Machine
			sums[c.Term] = sum
		}
	}
	return sums, nil
}

// histogram counts sessions by score, over time and in all.
type histogram struct {
	gait.Count
	scores [101]int
	steps  map[int64]*[101]int // by the start of the step, Unix ms
}

// histogram counts the sessions of a period, in steps of span.
func (d dialect) histogram(ctx context.Context, w gait.WorkspaceID, t period, span int64) (*histogram, error) {
	h := &histogram{steps: map[int64]*[101]int{}}
	for _, q := range t.parts() {
		q.Workspace, q.Facet = w, gait.FacetScore
		counts, err := d.Store.TermCounts(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, c := range counts {
			score, err := strconv.Atoi(c.Term)
			if err != nil || score < 0 || score > 100 {
				continue // not a score
			}
			at := c.Start - c.Start%span
			if h.steps[at] == nil {
				h.steps[at] = new([101]int)
			}
			h.steps[at][score] += c.Sessions
			h.scores[score] += c.Sessions
			h.Sessions += c.Sessions
			h.Suspect += c.Suspect
			h.Machine += c.Machine
		}
	}
	return h, nil
}

// termShare is a term with its counts now and before.
type termShare struct {
	Term     string `json:"term"`
	Sessions int    `json:"sessions"`
	Suspect  int    `json:"suspect"`
	Before   int    `json:"before"`
}

// top returns the terms with the most sessions, at most n.
func top(now, before map[string]gait.Count, n int) []termShare {
	list := make([]termShare, 0, len(now))
	for term, c := range now {
		list = append(list, termShare{term, c.Sessions, c.Suspect, before[term].Sessions})
	}
	slices.SortFunc(list, func(a, b termShare) int {
		return cmp.Or(b.Sessions-a.Sessions, cmp.Compare(a.Term, b.Term))
	})
	return list[:min(len(list), n)]
}
