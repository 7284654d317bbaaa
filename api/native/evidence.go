package native

import (
	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/risk"
)

func (d dialect) evidence(c *api.Call) (any, error) {
	if p := read(c); p.err != nil {
		return nil, p.err
	}
	r, err := c.Report(d.Sessions, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	ctx, ref := c.Request.Context(), gait.SessionRef{Workspace: c.Workspace.ID, Session: r.Session}
	e := evidenceOf(&r)
	in, err := d.policyOf(ctx, ref.Workspace)
	if err != nil {
		return nil, err
	}
	e.Assessment.Band = bandOfReport(in.policy.Bands, &r)
	for _, m := range e.Checks {
		k := m.Value.(check)
		if rate, ok := d.People[m.Key]; ok && k.Contribution != nil {
			k.Contribution.People = &rate
		}
	}
	// What lists know of the session beside its report, once it has a row.
	switch row, err := d.rowOf(ctx, ref.Workspace, r.Session, r.Features.Started); {
	case err == nil:
		e.Country, e.Device, e.Browser, e.OS, e.Routes = row.Country, row.Device, row.Browser, row.OS, orEmpty(row.Routes)
	case gait.CodeOf(err) != gait.NotFound:
		return nil, err
	}
	if e.Label, err = d.labelOf(ctx, ref.Workspace, r.Session); err != nil {
		return nil, err
	}
	if e.Replay, err = d.hasReplay(ctx, ref); err != nil {
		return nil, err
	}
	return e, nil
}

func bandOfReport(b risk.Bands, r *gait.Report) string {
	if r.Assessment.Score < b.Review && !answered(r) {
		return bandUnknown
	}
	return bandNames[bandOf(b, r.Assessment.Score)]
}

// answered reports whether a check of behaviour could answer; see seen.
func answered(r *gait.Report) bool {
	for _, list := range [][]gait.Answer{r.Answers, r.Beyond} {
		for i := range list {
			if list[i].Check != nil && list[i].Check.Group.Behavioural() && list[i].Verdict != gait.Unknown {
				return true
			}
		}
	}
	return false
}
