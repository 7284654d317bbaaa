package native

import (
	"math"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/api"
	"github.com/gaithq/gait/risk"
)

// Evidence returns the body of the evidence route for a report, for those
// inside the server who show the same thing. Bands are those that are built in, and
// what only the store knows of the session is left empty.
func Evidence(r gait.Report) ([]byte, error) {
	b, err := api.Encode(evidenceOf(&r))
	if err != nil {
		return nil, gait.Wrap(err, gait.Internal, "the evidence cannot be written as JSON")
	}
	return b, nil
}

func evidenceOf(r *gait.Report) evidence {
	f, a := &r.Features, &r.Assessment
	e := evidence{
		SessionID:      r.Session.String(),
		Status:         string(r.Status),
		StartedAt:      api.Time(f.Started),
		LastSeenAt:     api.Time(f.LastArrival),
		DurationMS:     max(f.Ended-f.Started, 0),
		UserName:       f.UserName,
		UserURL:        f.UserURL,
		Tags:           append([]string{}, f.Tags...),
		Routes:         []string{},
		Traits:         traitsOf(f),
		URL:            f.PageURL(),
		Pages:          f.Pages,
		Events:         f.Events,
		Batches:        f.Batches,
		MissingBatches: f.Missing,
		TimeZone:       f.Zone(),
		UserAgent:      f.UserAgent(),
		MonitorOnly:    r.MonitorOnly,
		Presence:       string(r.Presence),
		Actor:          actor{string(r.Actor), r.ActorReason},
		Assessment: assessment{
			Score:             a.Score,
			MaskedScore:       a.Masked,
			RecommendedAction: string(a.Action),
			Explanation:       a.Explanation,
			BaseLogOdds:       number(a.Base),
			LogOdds:           number(a.LogOdds),
			Cap:               a.Cap,
			CapReason:         a.CapReason,
			Band:              bandOfReport(risk.Default().Bands, r),
			PolicyVersion:     a.PolicyVersion,
		},
	}
	if f.UserID != "" {
		e.UserID = &f.UserID
	}
	for _, list := range [][]gait.Answer{r.Answers, r.Beyond} {
		for i := range list {
			if list[i].Check != nil {
				e.Checks = append(e.Checks, api.Member{Key: list[i].Check.Key, Value: checkOf(&list[i], a.Contributions)})
			}
		}
	}
	return e
}

func checkOf(a *gait.Answer, contributions []gait.Contribution) check {
	c := check{
		Title:    a.Check.Title,
		Kind:     "biometric",
		Group:    string(a.Check.Group),
		Fact:     a.Check.Fact,
		Verdict:  a.Verdict.String(),
		Summary:  a.Summary,
		Reason:   a.Reason,
		Samples:  a.Samples,
		Measures: make([]measure, len(a.Measures)),
		First:    momentOf(a.First),
		Best:     momentOf(a.Best),
	}
	if a.Check.Device {
		c.Kind = "device"
	}
	for i, m := range a.Measures {
		c.Measures[i] = measure{m.Name, number(m.Value), m.Unit, number(m.Threshold), m.Fires}
	}
	for _, k := range contributions {
		if k.Check == a.Check.Key {
			c.Contribution = &contribution{Weight: number(k.Weight), Applied: number(k.Applied), Measured: k.Measured, Note: k.Note}
			break
		}
	}
	return c
}

// momentOf returns nil for a moment that never was.
func momentOf(m gait.Moment) *moment {
	if m.At == 0 {
		return nil
	}
	return &moment{m.Page.String(), m.T.Milliseconds(), api.Time(m.At)}
}

// number returns nil for what JSON has no number for.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// serverNames are what the names of the server's facts begin with; pages may not use them.
var serverNames = [...]string{"header.", "ip.", "geo.", "agent.", gait.TwinOn}

func traitsOf(f *gait.Features) []trait {
	list := make([]trait, len(f.Traits))
	for i, t := range f.Traits {
		list[i] = trait{Name: t.Name.Value(), Value: t.Value.Value()}
		for _, prefix := range serverNames {
			list[i].Fact = list[i].Fact || strings.HasPrefix(list[i].Name, prefix)
		}
	}
	return list
}
