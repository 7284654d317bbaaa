package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

// cleanMin is how many character keys without one correction say something: of
// recorded essay writers about one in a hundred types so many clean (`make calibrate`
// prints others). Form answers are shorter, so the check is mostly silent there.
const cleanMin = 300

// noCorrections finds long typed text without one backspace, delete, undo or
// selection typed over.
var noCorrections = &gait.Check{
	Key: "no_corrections", Title: "No corrections", Group: gait.TextGroup,
	Judge: func(f *gait.Features) gait.Answer {
		t := &f.Typing
		keys := t.Keys - min(t.Keys, t.Scanned)
		fixes := t.Erases + t.Undos + t.Replaced
		switch {
		case t.Composed > 0:
			return unknown("an input method was in use, which corrects by itself")
		case f.Touch || mobile(f):
			return unknown("on-screen keyboards correct by themselves")
		case fixes == 0 && keys < cleanMin:
			return unknown(fmt.Sprintf("%d of at least %d character keys: many people type as much without a correction", keys, cleanMin))
		}
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: int(keys),
			Summary: fmt.Sprintf("%d %s in %d keys", fixes, plural(fixes, "correction", "corrections"), keys),
			Measures: []gait.Measure{
				{Name: "corrections", Value: float64(fixes), Threshold: 0, Fires: "<="},
				{Name: "keys", Value: float64(keys), Unit: "keys", Threshold: cleanMin, Fires: ">="},
			},
		}
		if fixes == 0 {
			a.Verdict = gait.Detected
			a.First, a.Best = t.First, t.Last
		}
		return a
	},
}
