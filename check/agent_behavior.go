package check

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/agent"
)

// slowMean is from how many ms between keys on average typing is that of aids which
// press keys one by one: the model knows nobody who types so.
const slowMean = 400

const (
	drawnMin   = 3   // approaches: fewer say nothing; and at least as many ruled ones
	ruledShare = 0.8 // of approaches

	namedReasons = 4 // features of a modality that an answer shows
	saidReasons  = 3 // and those that its summary says
)

// agentBehavior asks the learned model of package agent whether typing and pointer
// are a program's, and beside it whether the pointer's ways were drawn as with a
// ruler. Scrolling and the rhythm of looking and acting are not in the model: nobody
// recorded people for them.
func agentBehavior() *gait.Check {
	model, err := agent.Embedded()
	return &gait.Check{
		Key: "agent_behavior", Title: "Agent-like behaviour", Group: gait.RhythmGroup,
		Judge: func(f *gait.Features) gait.Answer {
			if err != nil {
				return unknown(err.Error())
			}
			return behaves(model, f)
		},
	}
}

func behaves(m *agent.Model, f *gait.Features) gait.Answer {
	if f.Touch || mobile(f) {
		return unknown("only desktop sessions are judged")
	}
	parts, missing := modalities(m, f)
	ruled := ruler(&f.Pointer)
	switch {
	case ruled.Verdict == gait.Detected && (len(parts) == 0 || m.Together(parts) < m.Limit):
		return ruled
	case len(parts) == 0 && ruled.Verdict == gait.NotDetected:
		return ruled
	case len(parts) == 0:
		return unknown(strings.Join(missing, "; "))
	}
	rarity := m.Together(parts)
	a := gait.Answer{
		Verdict:  gait.NotDetected,
		Measures: []gait.Measure{{Name: "rarity", Value: rarity, Threshold: m.Limit, Fires: ">="}},
	}
	strongest, said := &parts[0], make([]string, len(parts))
	for i := range parts {
		p := &parts[i]
		if p.Rarity > strongest.Rarity {
			strongest = p
		}
		said[i] = fmt.Sprintf("%s (%d %s)", p.Modality, p.Evidence, p.Modality.Unit())
		a.Samples += p.Evidence
	}
	reasons := show(&a, parts, strongest)
	if ruled.Verdict == gait.Detected {
		a.Measures = append(a.Measures, ruled.Measures...)
	}
	if rarity < m.Limit {
		a.Summary = strings.Join(said, " and ") + " as people do it"
		return a
	}
	a.Verdict = gait.Detected
	a.Summary = fmt.Sprintf("%s as fewer than one person in %.0f does it: %s", strings.Join(said, " and "), math.Exp(m.Limit), reasons)
	switch strongest.Modality {
	case agent.Typing:
		a.First, a.Best = f.Typing.First, f.Typing.Last
	case agent.Pointing:
		a.First, a.Best = f.Strokes.First, f.Strokes.Last
	}
	return a
}

// modalities returns what the model says of each modality that can be judged, and
// for the others why not.
func modalities(m *agent.Model, f *gait.Features) (parts []agent.Part, missing []string) {
	if coarseTimer(f) {
		return nil, []string{fmt.Sprintf("the browser's clock is coarser than %d ms", coarse)}
	}
	for _, q := range agent.Modalities() {
		why := ""
		switch {
		case q == agent.Typing && f.Typing.Composed > 0:
			why = "an input method was in use"
		case q == agent.Typing && f.Typing.Interval.Mean >= slowMean:
			why = "the keys came as slowly as from an on-screen keyboard or a switch"
		case q == agent.Typing && 2*f.Typing.Scanned > f.Typing.Keys:
			why = "the keys came in bursts as from a barcode scanner or a security key"
		default:
			p, ok := m.Judge(q, f)
			if ok {
				parts = append(parts, p)
				continue
			}
			why = fmt.Sprintf("%d of at least %d %s", p.Evidence, m.Least(q), q.Unit())
		}
		missing = append(missing, why)
	}
	return parts, missing
}

// show adds to an answer what each modality came to and the features that moved it
// most, and returns in words those that speak for a program.
func show(a *gait.Answer, parts []agent.Part, strongest *agent.Part) string {
	var words []string
	for i := range parts {
		p := &parts[i]
		if len(parts) > 1 {
			a.Measures = append(a.Measures, gait.Measure{Name: p.Modality.String() + "_rarity", Value: p.Rarity})
		}
		features := p.Modality.Features()
		order := make([]int, 0, len(features))
		for j := range features {
			if p.Added[j] != 0 {
				order = append(order, j)
			}
		}
		slices.SortStableFunc(order, func(j, k int) int { return cmp.Compare(math.Abs(p.Added[k]), math.Abs(p.Added[j])) })
		for _, j := range order[:min(len(order), namedReasons)] {
			a.Measures = append(a.Measures,
				gait.Measure{Name: features[j].Name, Value: p.Vector[j]},
				gait.Measure{Name: features[j].Name + "_adds", Value: p.Added[j], Unit: "log-odds"})
			if p == strongest && p.Added[j] > 0 && len(words) < saidReasons {
				words = append(words, features[j].Words)
			}
		}
	}
	if len(words) == 0 {
		return "no single trait stands out"
	}
	return strings.Join(words, "; ")
}

// ruler finds approaches of the pointer drawn as with a ruler, in steps all alike.
// It needs no training and is right without it.
func ruler(p *gait.Pointer) gait.Answer {
	if p.Drawn < drawnMin {
		return unknown(fmt.Sprintf("%d of at least %d pointer paths long enough to tell", p.Drawn, drawnMin))
	}
	a := gait.Answer{
		Verdict: gait.NotDetected,
		Samples: int(p.Drawn),
		Summary: fmt.Sprintf("%d of %d pointer paths ran straight in even steps", p.Ruled, p.Drawn),
		Measures: []gait.Measure{
			{Name: "ruled_share", Value: share(p.Ruled, p.Drawn), Threshold: ruledShare, Fires: ">="},
			{Name: "ruled_paths", Value: float64(p.Ruled), Unit: "paths", Threshold: drawnMin, Fires: ">="},
		},
	}
	if p.Ruled >= drawnMin && share(p.Ruled, p.Drawn) >= ruledShare {
		a.Verdict = gait.Detected
		a.Measures = append(a.Measures, gait.Measure{Name: "evenest_path_cv", Value: float64(p.Evenest), Threshold: gait.EvenSteps, Fires: "<"})
		a.First, a.Best = p.RuledAt, p.EvenAt
	}
	return a
}
