package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

const (
	jumpsMin   = 2   // eligible presses: fewer say nothing; and at least as many jumps
	jumpsShare = 0.5 // of eligible presses reached by a jump
)

// teleportingMouse finds presses that the pointer came to without a way there:
// one isolated step of gait.JumpDistance or more and then the press. The first
// position after a page's start, a scroll, a resize, a blur or the pointer's
// return is not held against anyone, nor are touch and pen.
var teleportingMouse = &gait.Check{
	Key: "teleporting_mouse", Title: "Teleporting mouse", Group: gait.PointerGroup,
	Judge: func(f *gait.Features) gait.Answer {
		p := &f.Pointer
		if p.Reached < jumpsMin {
			return unknown(fmt.Sprintf("%d of at least %d mouse clicks that the pointer had to travel to", p.Reached, jumpsMin))
		}
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: int(p.Reached),
			Summary: fmt.Sprintf("%d of %d clicks reached in a single jump of %d px or more", p.Jumped, p.Reached, gait.JumpDistance),
			Measures: []gait.Measure{
				{Name: "jumped_share", Value: share(p.Jumped, p.Reached), Threshold: jumpsShare, Fires: ">="},
				{Name: "jumps", Value: float64(p.Jumped), Unit: "clicks", Threshold: jumpsMin, Fires: ">="},
			},
		}
		if p.Jumped >= jumpsMin && share(p.Jumped, p.Reached) >= jumpsShare {
			a.Verdict = gait.Detected
			a.Measures = append(a.Measures, gait.Measure{Name: "longest_jump", Value: float64(p.Jump), Unit: "px"})
			a.First, a.Best = p.JumpedAt, p.JumpBest
		}
		return a
	},
}
