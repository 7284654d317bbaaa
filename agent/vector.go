package agent

import (
	"math"

	"github.com/gaithq/gait"
)

// Feature is one number that a modality is judged by.
type Feature struct {
	Name  string // snake_case
	Words string // what it is

	// Way says which way the log-odds of a program may go as the value rises: up,
	// down or either. Where there is a reason that programs are on one side of
	// people, a person on the far other side is nothing to hold against them.
	Way int
}

// Modality is what hands are judged by one at a time: no recorded set holds all,
// and a model of a mixture would learn which recorder was used.
type Modality uint8

// The modalities.
const (
	Typing Modality = iota
	Pointing
	modalities
)

// Modalities returns all of them.
func Modalities() []Modality { return []Modality{Typing, Pointing} }

// String returns the modality's name in the weights.
func (m Modality) String() string {
	return [...]string{"typing", "pointing"}[m]
}

// Unit returns what evidence is counted in.
func (m Modality) Unit() string {
	return [...]string{"intervals within words", "pointer paths"}[m]
}

// Features returns what the modality is judged by, in the order of Vector.
func (m Modality) Features() []Feature {
	if m == Typing {
		return typingFeatures[:]
	}
	return pointingFeatures[:]
}

// Most is the length of the longest Vector.
const Most = 24

// Vector is a session in the features of a modality; NaN is what was not seen.
type Vector [Most]float64

// Evidence returns how much of a modality a session holds, in its unit.
func (m Modality) Evidence(f *gait.Features) int {
	if m == Typing {
		return int(f.Rhythm.Within.N)
	}
	return int(f.Strokes.N)
}

// Vector returns the session in the features of the modality.
func (m Modality) Vector(f *gait.Features) Vector {
	if m == Typing {
		return typingVector(&f.Rhythm)
	}
	return pointingVector(&f.Strokes)
}

var typingFeatures = [...]Feature{
	{"interval_spread", "how much the intervals between letters vary", -1},
	{"interval_skew", "which way the intervals lean", -1},
	{"long_intervals", "the share of intervals over twice the median", -1},
	{"very_long_intervals", "the share of intervals over four times the median", -1},
	{"short_intervals", "the share of intervals under half of the median", 0},
	{"commonest_interval", "the share of intervals at the commonest length", 1},
	{"word_start", "the wait before a word's first letter", -1},
	{"word_end", "the wait before the space", 0},
	{"interval_memory", "how like an interval is to the one before", 0},
	{"overlap", "how often letters overlap", -1},
	{"overlap_expected", "how often letters overlap for such holds and intervals", -1},
	{"hold", "how long letters are held", 0},
	{"hold_spread", "how much the holds vary", 0},
	{"hold_memory", "how like a hold is to the one before", -1},
	{"hold_and_interval", "how holds and intervals go together", 1},
	{"word_start_spread", "how much the waits before words vary", -1},
	{"space_hold", "how long spaces are held beside letters", 0},
	{"space_overlap", "how often spaces overlap letters", 0},
	{"second_letter", "the interval to a word's second letter", 0},
	{"word_opening", "how the wait before a word goes with the next interval", 0},
	{"interval_second", "how like an interval is to the one before the last", 0},
	{"before_correction", "the wait before a correction", -1},
	{"corrections", "how often letters were corrected", -1},
}

// Least counts from which a part of the typing says anything.
const (
	leastWords     = 3
	leastPairs     = 6
	leastErases    = 2
	leastIntervals = 6
	leastOverlap   = 0.04
)

func typingVector(r *gait.Rhythm) Vector {
	within, hold := float64(r.Within.Mean), float64(r.Hold.Mean)
	above, far, below, skew := bins(&r.Bins)
	over, expected := math.NaN(), math.NaN()
	holds := r.Hold.N >= leastIntervals && r.Within.N >= leastIntervals
	if holds {
		over = float64(r.Over) / float64(r.Within.N)
		sw, sh := r.Within.SD(), r.Hold.SD()
		spread := math.Sqrt(sw*sw + sh*sh + 0.01)
		expected = over - normal((hold-within)/spread)
	}
	return Vector{
		r.Within.SD(),
		skew,
		above,
		far,
		below,
		commonest(&r.Bins),
		given(r.Start.N >= leastWords, float64(r.Start.Mean)-within),
		given(r.Into.N >= leastWords, float64(r.Into.Mean)-within),
		given(r.Next.N >= leastPairs, shrunk(&r.Next)),
		over,
		expected,
		given(holds, hold),
		given(holds, r.Hold.SD()),
		given(r.Held.N >= leastPairs, shrunk(&r.Held)),
		given(r.Grip.N >= leastPairs, shrunk(&r.Grip)),
		given(r.Start.N > leastWords, r.Start.SD()),
		given(holds && r.Thumb.N >= leastWords, float64(r.Thumb.Mean)-hold),
		given(r.Into.N >= leastWords && over >= leastOverlap, shareOf(r.Ends, r.Into.N)-over),
		given(r.Opened.N > leastWords, float64(r.Opened.Y)-within),
		given(r.Opened.N >= leastPairs, shrunk(&r.Opened)),
		given(r.Second.N >= leastPairs, shrunk(&r.Second)),
		given(r.Before.N >= leastErases, float64(r.Before.Mean)-within),
		float64(r.Before.N) / float64(r.Before.N+r.Within.N),
	}
}

func shareOf(part, whole uint32) float64 { return float64(part) / float64(max(whole, 1)) }

func given(ok bool, v float64) float64 {
	if !ok {
		return math.NaN()
	}
	return v
}

// shrunk is a correlation drawn towards none as long as few pairs speak for it.
func shrunk(p *gait.Pair) float64 {
	return p.Correlation() * float64(p.N) / float64(p.N+10)
}

// normal is the standard normal distribution function.
func normal(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// bins reads the histogram of intervals: the shares above twice, above four times
// and below half of the median, and the skew of Kelly, between the tenths.
func bins(b *[gait.RhythmBins]uint16) (above, far, below, skew float64) {
	var c [gait.RhythmBins + 1]float64
	for i, n := range b {
		c[i+1] = c[i] + float64(n)
	}
	total := c[gait.RhythmBins]
	if total < leastIntervals {
		nan := math.NaN()
		return nan, nan, nan, nan
	}
	for i := range c {
		c[i] /= total
	}
	median := quantile(&c, 0.5)
	low, high := quantile(&c, 0.1), quantile(&c, 0.9)
	above, far, below = 1-reached(&c, median+3), 1-reached(&c, median+6), reached(&c, median-3)
	return above, far, below, (high + low - 2*median) / max(high-low, 1)
}

// quantile returns where, in bins, a cumulated histogram reaches the share p.
func quantile(c *[gait.RhythmBins + 1]float64, p float64) float64 {
	for i := 1; i < len(c); i++ {
		if c[i] >= p {
			return float64(i-1) + (p-c[i-1])/(c[i]-c[i-1])
		}
	}
	return gait.RhythmBins
}

// reached returns the share up to a place in bins.
func reached(c *[gait.RhythmBins + 1]float64, at float64) float64 {
	at = min(max(at, 0), gait.RhythmBins)
	i := min(int(at), gait.RhythmBins-1)
	return c[i] + (at-float64(i))*(c[i+1]-c[i])
}

// commonest returns the share of the two neighbouring bins that hold most.
func commonest(b *[gait.RhythmBins]uint16) float64 {
	total, best := 0, 0
	for i, n := range b {
		total += int(n)
		if i > 0 {
			best = max(best, int(n)+int(b[i-1]))
		}
	}
	if total < leastIntervals {
		return math.NaN()
	}
	return float64(best) / float64(total)
}

var pointingFeatures = [...]Feature{
	{"detour", "how much longer the paths are than straight lines", -1},
	{"bow", "how far the paths bend away from straight lines", -1},
	{"speed_spread", "how much the speed varies along a path", -1},
	{"peak", "when along a path the speed is highest", 0},
	{"early", "the time spent on the first fifth of a path", 0},
	{"late", "the time spent on the last fifth of a path", -1},
	{"rough", "how unsteady the speed and direction are", 0},
	{"new_starts", "how often the speed rises anew", 0},
	{"end_speed", "the speed at the end of a path", 1},
	{"time", "how long a path takes", -1},
	{"pause", "the rest before the press", -1},
	{"detour_range", "how much the detours differ from path to path", -1},
	{"bow_range", "how much the bends differ from path to path", -1},
	{"peak_range", "how much the moment of highest speed differs from path to path", -1},
	{"late_range", "how much the approach to the target differs from path to path", -1},
	{"rough_range", "how much the unsteadiness differs from path to path", -1},
	{"time_range", "how much the times differ from path to path", -1},
	{"pause_range", "how much the rests before presses differ", -1},
}

func pointingVector(s *gait.Strokes) Vector {
	return Vector{
		float64(s.Bent.Mean),
		float64(s.Bow.Mean),
		float64(s.Speed.Mean),
		float64(s.Peak.Mean),
		float64(s.Early.Mean),
		float64(s.Late.Mean),
		float64(s.Rough.Mean),
		float64(s.Peaks.Mean),
		float64(s.End.Mean),
		float64(s.Time.Mean),
		float64(s.Pause.Mean),
		s.Bent.SD(),
		s.Bow.SD(),
		s.Peak.SD(),
		s.Late.SD(),
		s.Rough.SD(),
		s.Time.SD(),
		s.Pause.SD(),
	}
}
