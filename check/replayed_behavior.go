package check

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gaithq/gait"
)

// How much of a session has to be found again in one other session of the same
// workspace before it counts as replayed. People draw short ways and type common
// words alike now and then; not several in a row.
const (
	twinPathsMin  = 3
	twinRhythmMin = 2
	twinShare     = 0.5 // of what could be compared
)

// replayedBehavior finds movement or typing that was seen before, in another
// session of the workspace: a recording of a person, played again. The server
// looks for it and appends what it found as facts, see package twin.
var replayedBehavior = &gait.Check{
	Key: "replayed_behavior", Title: "Replayed behaviour", Group: gait.ReplayGroup,
	Judge: func(f *gait.Features) gait.Answer {
		if on, _ := f.Trait(gait.TwinOn); on != "on" {
			return unknown("the session was not compared with others")
		}
		paths, drawn := twin(f, gait.TwinPaths)
		rhythm, typed := twin(f, gait.TwinRhythm)
		drawn, typed = max(drawn, f.Sketched.Counts[gait.PathSketch]), max(typed, f.Sketched.Counts[gait.RhythmSketch])
		if drawn < twinPathsMin && typed < twinRhythmMin {
			return unknown(fmt.Sprintf("%d of at least %d pointer paths and %d of at least %d stretches of typing to compare with other sessions", drawn, twinPathsMin, typed, twinRhythmMin))
		}
		a := gait.Answer{
			Verdict: gait.NotDetected,
			Samples: int(drawn + typed),
			Summary: fmt.Sprintf("%d of %d pointer paths and %d of %d stretches of typing are like those of one other session", paths, drawn, rhythm, typed),
			Measures: []gait.Measure{
				{Name: "paths_seen_before", Value: float64(paths), Threshold: twinPathsMin, Fires: ">="},
				{Name: "paths_share", Value: share(paths, drawn), Threshold: twinShare, Fires: ">="},
				{Name: "rhythm_seen_before", Value: float64(rhythm), Threshold: twinRhythmMin, Fires: ">="},
				{Name: "rhythm_share", Value: share(rhythm, typed), Threshold: twinShare, Fires: ">="},
			},
		}
		if paths >= twinPathsMin && share(paths, drawn) >= twinShare ||
			rhythm >= twinRhythmMin && share(rhythm, typed) >= twinShare {
			a.Verdict = gait.Detected
			if other, ok := f.Trait(gait.TwinSession); ok {
				a.Summary += " (" + other + ")"
			}
			a.First, a.Best = f.Sketched.Twin, f.Sketched.Twin
		}
		return a
	},
}

// twin reads a fact such as 4/5: of five that could be compared, four were seen
// before.
func twin(f *gait.Features, name string) (seen, compared uint32) {
	v, _ := f.Trait(name)
	a, b, _ := strings.Cut(v, "/")
	n, err := strconv.ParseUint(a, 10, 32)
	of, failed := strconv.ParseUint(b, 10, 32)
	if err != nil || failed != nil || n > of {
		return 0, 0
	}
	return uint32(n), uint32(of)
}
