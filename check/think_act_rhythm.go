package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

const (
	actsMin     = 4   // acts after a rest: fewer say nothing
	abruptShare = 0.8 // of acts
)

// thinkActRhythm finds the rhythm of a program that looks, thinks and acts:
// nothing moves for a second or more, and then the pointer is pressed somewhere
// else at once. Hands need time for the way.
var thinkActRhythm = &gait.Check{
	Key: "think_act_rhythm", Title: "Think-act rhythm", Group: gait.RhythmGroup,
	Judge: func(f *gait.Features) gait.Answer {
		p := &f.Tempo
		switch {
		case f.Touch || mobile(f):
			return unknown("a finger has no way that could be seen")
		case coarseTimer(f):
			return unknown(fmt.Sprintf("the browser's clock is coarser than %d ms", coarse))
		case p.Acts < actsMin:
			return unknown(fmt.Sprintf("%d of at least %d clicks after a rest, away from where the pointer rested", p.Acts, actsMin))
		}
		abrupt := share(p.Abrupt, p.Acts)
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: int(p.Acts),
			Summary: fmt.Sprintf("%d of %d clicks after a rest came within %d ms of the first movement", p.Abrupt, p.Acts, gait.AbruptTime),
			Measures: []gait.Measure{
				{Name: "abrupt_share", Value: abrupt, Threshold: abruptShare, Fires: ">="},
				{Name: "acts", Value: float64(p.Acts), Unit: "clicks", Threshold: actsMin, Fires: ">="},
				{Name: "rest_mean", Value: float64(p.Rests.Mean), Unit: "ms"},
				{Name: "rest_cv", Value: p.Rests.SD() / max(float64(p.Rests.Mean), 1)},
			},
		}
		if abrupt >= abruptShare {
			a.Verdict = gait.Detected
			a.First, a.Best = p.AbruptAt, p.AbruptAt
		}
		return a
	},
}
