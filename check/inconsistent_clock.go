package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

const (
	pacedMin  = 3 // batches whose times could be compared: fewer say nothing
	rushedMin = 3 // times that a page's clock ran ahead: one late batch before a punctual one looks like once
)

// inconsistentClock finds pages whose time runs faster than the server's, over and
// over: made-up or fast-forwarded sessions. A clock that is off, or stood still
// while the machine slept, is not held against anyone.
var inconsistentClock = &gait.Check{
	Key: "inconsistent_clock", Title: "Inconsistent clock", Group: gait.EnvironmentGroup, Device: true,
	Judge: func(f *gait.Features) gait.Answer {
		p := &f.Pace
		if p.Batches < pacedMin && p.Rushed < rushedMin {
			return unknown(fmt.Sprintf("%d of at least %d batches to compare with one before", p.Batches, pacedMin))
		}
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: int(p.Batches),
			Summary: "the page's time went by no faster than the server's",
			Measures: []gait.Measure{
				{Name: "times_ahead", Value: float64(p.Rushed), Threshold: rushedMin, Fires: ">="},
				{Name: "gained", Value: float64(p.Gain), Unit: "ms"},
			},
		}
		if p.Rushed >= rushedMin {
			a.Verdict = gait.Detected
			a.Summary = fmt.Sprintf("the page's time ran ahead of the server's %d times, by %.0f s in all", p.Rushed, float64(p.Gain)/1000)
			a.First, a.Best = p.At, p.At
		}
		return a
	},
}
