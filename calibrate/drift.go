package calibrate

import (
	"cmp"
	"math"
	"slices"

	"github.com/gaithq/gait"
)

// Drift is a check whose rate moved.
type Drift struct {
	Check  string `json:"check"`
	Before Rate   `json:"before"`
	After  Rate   `json:"after"`

	// P is how likely so large a difference is by chance, of a check that did not
	// move: two-sided, of the normal approximation of two shares.
	P float64 `json:"p"`
	// Browser is the one in which most of the difference came about, and its share
	// of it.
	Browser      string  `json:"browser"`
	BrowserShare float64 `json:"browser_share"`
}

// Rate is how often a check said Detected, of the sessions it could judge.
type Rate struct {
	Detected int `json:"detected"`
	Of       int `json:"of"`
}

// Share is Detected in Of, 0 of none.
func (r Rate) Share() float64 {
	if r.Of == 0 {
		return 0
	}
	return float64(r.Detected) / float64(r.Of)
}

const (
	driftP   = 0.001 // of all checks together: each has its part of it (Bonferroni)
	driftMin = 0.005 // a smaller difference is nothing to be woken for
)

// Drifts compares how often each check fired before a moment (Unix ms) and since,
// and returns those that moved by more than chance explains, the least likely
// first. A browser's release is the usual reason.
func Drifts(sessions []Session, since int64) []Drift {
	if len(sessions) == 0 {
		return nil
	}
	var moved []Drift
	n := len(sessions[0].Answers)
	for i := range n {
		d := Drift{Check: sessions[0].Answers[i].Check.Key}
		browsers := map[string]*[2]Rate{}
		for _, s := range sessions {
			if len(s.Answers) != n || s.Answers[i].Verdict == gait.Unknown {
				continue
			}
			when, rate := 0, &d.Before
			if s.Started >= since {
				when, rate = 1, &d.After
			}
			b := browsers[s.Browser]
			if b == nil {
				b = new([2]Rate)
				browsers[s.Browser] = b
			}
			rate.Of++
			b[when].Of++
			if s.Answers[i].Verdict == gait.Detected {
				rate.Detected++
				b[when].Detected++
			}
		}
		if d.P = chance(d.Before, d.After); d.P < driftP/float64(n) && math.Abs(d.After.Share()-d.Before.Share()) >= driftMin {
			d.blame(browsers)
			moved = append(moved, d)
		}
	}
	slices.SortStableFunc(moved, func(a, b Drift) int { return cmp.Compare(a.P, b.P) })
	return moved
}

// blame finds the browser in which most of the difference came about: whose
// sessions since then fired most beyond what the rate before gives.
func (d *Drift) blame(browsers map[string]*[2]Rate) {
	total := float64(d.After.Detected) - d.Before.Share()*float64(d.After.Of)
	most := 0.0
	for name, b := range browsers {
		excess := float64(b[1].Detected) - d.Before.Share()*float64(b[1].Of)
		if part := excess / total; part > most || part == most && name < d.Browser {
			most, d.Browser, d.BrowserShare = part, name, part
		}
	}
}

// chance is the two-sided probability of two shares so far apart, if they were one.
func chance(a, b Rate) float64 {
	if a.Of == 0 || b.Of == 0 {
		return 1
	}
	p := float64(a.Detected+b.Detected) / float64(a.Of+b.Of)
	sd := math.Sqrt(p * (1 - p) * (1/float64(a.Of) + 1/float64(b.Of)))
	if sd == 0 {
		return 1
	}
	// Half a session less on either side: counts are whole (Yates' correction).
	gap := math.Abs(a.Share()-b.Share()) - (1/float64(a.Of)+1/float64(b.Of))/2
	return math.Erfc(math.Max(gap, 0) / sd / math.Sqrt2)
}
