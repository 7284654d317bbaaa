package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

const (
	drawnMin   = 3   // approaches: fewer say nothing; and at least as many ruled ones
	ruledShare = 0.8 // of approaches
)

// agentBehavior is to be a learned model over everything that hands do. Until it is
// trained it looks at one thing that needs no training: approaches of the pointer
// drawn as with a ruler, in steps all alike. It is silent about everything else.
var agentBehavior = &gait.Check{
	Key: "agent_behavior", Title: "Agent-like behaviour", Group: gait.RhythmGroup,
	Judge: func(f *gait.Features) gait.Answer {
		p := &f.Pointer
		switch {
		case f.Touch || mobile(f):
			return unknown("only desktop sessions are judged")
		case p.Drawn < drawnMin:
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
	},
}
