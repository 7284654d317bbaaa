package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

const (
	hastyMin = 2 // presses sooner than any hand
	rapidMin = 2 // fields filled right after another

	snapsMin   = 3   // keys or texts right after a click
	snapsShare = 0.8 // of those that followed a click
)

// impossibleTiming finds what no hand has the time for, however practised: presses
// far from each other with next to nothing between them, several fields that got
// their text in one go, and keys the moment that a button is released, again and
// again.
var impossibleTiming = &gait.Check{
	Key: "impossible_timing", Title: "Impossible timing", Group: gait.RhythmGroup,
	Judge: func(f *gait.Features) gait.Answer {
		p := &f.Tempo
		switch {
		case f.Touch || mobile(f):
			return unknown("several fingers can be in several places at once")
		case coarseTimer(f):
			return unknown(fmt.Sprintf("the browser's clock is coarser than %d ms", coarse))
		case f.Pointer.Presses < hastyMin && f.Fields.KeylessFields < rapidMin && p.Handovers < snapsMin:
			return unknown(fmt.Sprintf("%d of at least %d mouse presses, and no text without keys", f.Pointer.Presses, hastyMin))
		}
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: int(f.Pointer.Presses + f.Fields.KeylessFields),
			Summary: "nothing came sooner than hands can",
			Measures: []gait.Measure{
				{Name: "hasty_presses", Value: float64(p.Hasty), Unit: "clicks", Threshold: hastyMin, Fires: ">="},
				{Name: "rapid_fields", Value: float64(p.Rapid), Unit: "fields", Threshold: rapidMin, Fires: ">="},
				{Name: "snaps", Value: float64(p.Snaps), Unit: "clicks", Threshold: snapsMin, Fires: ">="},
				{Name: "snaps_share", Value: share(p.Snaps, p.Handovers), Threshold: snapsShare, Fires: ">="},
			},
		}
		found := func(text string) {
			if a.Verdict == gait.Detected {
				text = a.Summary + "; " + text
			}
			a.Verdict, a.Summary = gait.Detected, text
			a.First, a.Best = p.HasteAt, p.HasteAt
		}
		if p.Hasty >= hastyMin {
			found(fmt.Sprintf("%d presses at least %d px from the one before, less than %d ms after it", p.Hasty, gait.HastyDistance, gait.HastyTime))
		}
		if p.Rapid >= rapidMin {
			found(fmt.Sprintf("%d fields got text without a key less than %d ms after another", p.Rapid, gait.RapidTime))
		}
		if p.Snaps >= snapsMin && share(p.Snaps, p.Handovers) >= snapsShare {
			found(fmt.Sprintf("after %d of %d clicks a key or text came within %d ms", p.Snaps, p.Handovers, gait.SnapTime))
		}
		return a
	},
}
