package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

// Input physics is judged on at least physicsMoves moves, of which at least
// sampledMin were counted beside the raw updates of the device.
const (
	physicsMoves = 60
	sampledMin   = 30
	mergedShare  = 0.01 // of moves put together from several updates: below it they came one by one
	updatesEven  = 0.02 // raw updates to a move: within this of one
)

// syntheticInput finds a mouse whose every update is one move, as programs send
// them. Slow mice, remote desktops and some touchpads do the same, so this
// corroborates and decides nothing.
var syntheticInput = fact(&gait.Check{
	Key: "synthetic_input", Title: "Synthetic input", Group: gait.PointerGroup,
	Judge: func(f *gait.Features) gait.Answer {
		p := &f.Physics
		switch {
		case p.Samples == 0:
			return unknown("the browser does not tell raw updates of the mouse, or no move was seen with them")
		case p.Moves < physicsMoves || p.Sampled < sampledMin:
			return unknown(fmt.Sprintf("%d of at least %d moves, %d of at least %d counted with their raw updates", p.Moves, physicsMoves, p.Sampled, sampledMin))
		}
		ratio := share(p.Updates, p.Sampled)
		merged := share(p.Merged, p.Moves)
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: int(p.Moves),
			Summary: fmt.Sprintf("%.2f raw updates to a move, %.0f %% of the moves put together from several", ratio, 100*merged),
			Measures: []gait.Measure{
				{Name: "updates_per_move", Value: ratio, Threshold: 1 + updatesEven, Fires: "<="},
				{Name: "merged_share", Value: merged, Threshold: mergedShare, Fires: "<"},
			},
		}
		if ratio <= 1+updatesEven && merged < mergedShare {
			a.Verdict = gait.Detected
			a.First, a.Best = p.Last, p.Last
		}
		return a
	},
})
