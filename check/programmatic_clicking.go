package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

const (
	scriptedMin  = 2   // clicks made by scripts with nobody there
	unpushedMin  = 2   // clicks of a mouse that pressed nothing
	instantMin   = 3   // presses that took no time …
	instantShare = 0.8 // … of all presses
	clicksMin    = 2   // fewer say nothing
)

// programmaticClicking finds clicks that no pointing device made: made by a script
// while nobody did anything, without a press, or with a press that took no time.
// What a page's own scripts click in answer to a visitor is theirs, and clicks by
// keyboard and assistive technology have no press by nature.
var programmaticClicking = &gait.Check{
	Key: "programmatic_clicking", Title: "Programmatic clicking", Group: gait.PointerGroup,
	Judge: func(f *gait.Features) gait.Answer {
		c := &f.Clicks
		seen := c.Pointed + c.Keyed + c.Alone
		if seen < clicksMin {
			if c.Scripted > 0 {
				return unknown("only clicks that the page's own scripts made in answer to the visitor")
			}
			return unknown(fmt.Sprintf("%d of at least %d clicks", seen, clicksMin))
		}
		alone := gait.Measure{Name: "scripted_clicks", Value: float64(c.Alone), Unit: "clicks", Threshold: scriptedMin, Fires: ">="}
		unpushed := gait.Measure{Name: "clicks_without_press", Value: float64(c.Unpushed), Unit: "clicks", Threshold: unpushedMin, Fires: ">="}
		instant := gait.Measure{Name: "instant_presses", Value: share(c.Instant, c.Held.N), Threshold: instantShare, Fires: ">="}
		a := gait.Answer{
			Verdict:  gait.NotDetected,
			Samples:  int(seen),
			Summary:  fmt.Sprintf("%d clicks by pointer, %d by keyboard or assistive technology", c.Pointed, c.Keyed),
			Measures: []gait.Measure{alone, unpushed, instant},
		}
		var at gait.Moment
		switch {
		case c.Alone >= scriptedMin && c.Alone >= c.Pointed+c.Keyed:
			at = c.AloneAt
			a.Summary = fmt.Sprintf("%d of %d clicks were made by a script while nobody did anything", c.Alone, seen)
		case c.Unpushed >= unpushedMin && 2*c.Unpushed >= c.Pointed:
			at = c.UnpushAt
			a.Summary = fmt.Sprintf("%d of %d clicks came without a press", c.Unpushed, c.Pointed)
		case c.Instant >= instantMin && instant.Value >= instantShare && !coarseTimer(f):
			at = c.InstantAt
			a.Summary = fmt.Sprintf("%d of %d presses were released within %d ms", c.Instant, c.Held.N, gait.InstantPress)
		default:
			return a
		}
		a.Verdict, a.First, a.Best = gait.Detected, at, at
		return a
	},
}
