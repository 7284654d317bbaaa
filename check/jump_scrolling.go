package check

import (
	"fmt"

	"github.com/gaithq/gait"
)

const (
	scrollsMin = 2   // gestures that nothing else explains: fewer say nothing; and at least as many jumps
	leapsShare = 0.5 // of these gestures
)

// jumpScrolling finds the page being put elsewhere at once, by about a screen or
// more, with no wheel, finger or key behind it. What a click, a focus, a route, a
// dialog, the scrollbar or the browser's own search may explain is not held
// against anyone.
var jumpScrolling = &gait.Check{
	Key: "jump_scrolling", Title: "Jump scrolling", Group: gait.ScrollGroup,
	Judge: func(f *gait.Features) gait.Answer {
		s := &f.Scroll
		plain := s.Gestures - min(s.Gestures, s.Excused)
		if motion, _ := f.Trait("motion"); motion == "reduce" {
			return unknown("the visitor asked for reduced motion, so pages jump where they would glide")
		}
		if plain < scrollsMin {
			return unknown(fmt.Sprintf("%d of at least %d scroll gestures that no click, focus or route explains", plain, scrollsMin))
		}
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: int(plain),
			Summary: fmt.Sprintf("%d of %d scroll gestures were jumps with no wheel, finger or key", s.Jumps, plain),
			Measures: []gait.Measure{
				{Name: "jumped_share", Value: share(s.Jumps, plain), Threshold: leapsShare, Fires: ">="},
				{Name: "jumps", Value: float64(s.Jumps), Unit: "gestures", Threshold: scrollsMin, Fires: ">="},
			},
		}
		if s.Jumps >= scrollsMin && share(s.Jumps, plain) >= leapsShare {
			a.Verdict = gait.Detected
			a.Measures = append(a.Measures, gait.Measure{Name: "longest_jump", Value: float64(s.Longest), Unit: "px"})
			a.First, a.Best = s.JumpAt, s.LongAt
		}
		return a
	},
}
