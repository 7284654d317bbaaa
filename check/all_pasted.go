package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

// allPasted states that text came in by pasting, or at once, and none by keys.
// It is a fact, not an accusation: people paste. Fields for credentials and
// addresses do not count, nor does what autofill and input methods bring.
var allPasted = fact(&gait.Check{
	Key: "all_pasted", Title: "All text pasted", Group: gait.TextGroup,
	Judge: func(f *gait.Features) gait.Answer {
		t := &f.Fields
		brought := t.Pasted + t.Inserted
		if t.Typed+brought == 0 {
			if t.Exempt+t.Other+t.Scripted > 0 {
				return unknown("text only in credential or address fields, or from autofill, an input method or the page itself")
			}
			return unknown("no text was entered")
		}
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: int(t.Typed + brought),
			Summary: fmt.Sprintf("%d characters typed, %d pasted, %d inserted at once", t.Typed, t.Pasted, t.Inserted),
			Measures: []gait.Measure{
				{Name: "typed", Value: float64(t.Typed), Unit: "characters", Threshold: 0, Fires: "<="},
				{Name: "pasted", Value: float64(t.Pasted), Unit: "characters"},
				{Name: "inserted", Value: float64(t.Inserted), Unit: "characters"},
			},
		}
		if brought > 0 && t.Typed == 0 {
			a.Verdict = gait.Detected
			a.First, a.Best = t.PastedAt, t.PastedAt
			if t.Pasted == 0 {
				a.First, a.Best = t.InsertedAt, t.InsertBest
			}
		}
		return a
	},
})
