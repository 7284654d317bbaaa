package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

const (
	centredMin     = 3   // targets: fewer say nothing
	centredShare   = 0.6 // of presses within the first of gait.OffsetEdges
	centredAtLeast = 3   // and this many of them
)

// centredClicks finds presses in the very centre of their targets. Tools compute
// the centre of an element's box; hands scatter over a good part of it.
var centredClicks = &gait.Check{
	Key: "centered_clicks", Title: "Centred clicks", Group: gait.PointerGroup,
	Judge: func(f *gait.Features) gait.Answer {
		p := &f.Pointer
		if p.Aimed < centredMin {
			return unknown(fmt.Sprintf("%d of at least %d mouse clicks on targets larger than 16 px", p.Aimed, centredMin))
		}
		radius := float64(gait.OffsetEdges[0]) / 10
		exact := p.Offsets[0]
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: int(p.Aimed),
			Summary: fmt.Sprintf("%d of %d clicks within %g px of the centre of their targets", exact, p.Aimed, radius),
			Measures: []gait.Measure{
				{Name: "centred_share", Value: share(exact, p.Aimed), Threshold: centredShare, Fires: ">="},
				{Name: "centred_clicks", Value: float64(exact), Unit: "clicks", Threshold: centredAtLeast, Fires: ">="},
			},
		}
		if exact >= centredAtLeast && share(exact, p.Aimed) >= centredShare {
			a.Verdict = gait.Detected
			a.Measures = append(a.Measures, gait.Measure{Name: "closest", Value: float64(p.CentredMin), Unit: "px"})
			a.First, a.Best = p.CentredAt, p.CentredBest
		}
		return a
	},
}
