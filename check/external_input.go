package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

// externalInput states that the visitor left the tab, came back and soon pasted
// what was not copied on this page. It is a fact, not an accusation: people look
// things up. Credential and address fields do not count.
var externalInput = fact(&gait.Check{
	Key: "external_input", Title: "External input", Group: gait.TextGroup,
	Judge: func(f *gait.Features) gait.Answer {
		c := &f.Clipboard
		switch {
		case c.Pastes == 0:
			return unknown("nothing was pasted outside of credential and address fields")
		case c.Leaves == 0:
			return unknown("the tab was never left")
		}
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: int(c.Pastes),
			Summary: fmt.Sprintf("%d of %d pastes came within %d s of returning to the tab", c.External, c.Pastes, gait.ReturnTime/1000),
			Measures: []gait.Measure{
				{Name: "external_pastes", Value: float64(c.External), Unit: "pastes", Threshold: 1, Fires: ">="},
				{Name: "leaves", Value: float64(c.Leaves)},
			},
		}
		if c.External > 0 {
			a.Verdict = gait.Detected
			a.First, a.Best = c.ExternalAt, c.ExternalAt
		}
		return a
	},
})
