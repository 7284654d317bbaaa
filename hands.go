package gait

import "math"

// Rhythm is the finer rhythm of typing, for the model of package agent. All times
// are natural logarithms of ms, so that a person's pace is a shift and the rest
// is not. Keys of an input method, auto-repeats and secret fields are left out.
type Rhythm struct {
	Within Tally // from letter to letter
	Into   Tally // from a letter to the space behind its word
	Start  Tally // from a space to the letter after it
	Hold   Tally // letters held
	Thumb  Tally // spaces held
	Next   Pair  // successive intervals within a word
	Second Pair  // intervals within a word with one between them
	Opened Pair  // the interval that starts a word and the one after it
	Held   Pair  // holds of successive letters
	Grip   Pair  // how long a letter is held, and the interval from its press to the next letter's

	Before Tally // from a character to the backspace after it

	Over uint32 // intervals of Within that began the next letter before the last was released
	Ends uint32 // spaces of Into pressed before the letter was released

	// Bins counts the intervals of Within and Start, three bins an octave from RhythmFloor on.
	Bins [RhythmBins]uint16
}

// RhythmBins and RhythmFloor (ms) lay out Rhythm.Bins: up to 2 s.
const (
	RhythmBins  = 26
	RhythmFloor = 5
)

// RhythmBin returns the place in Rhythm.Bins of an interval given as logarithm of ms.
func RhythmBin(ln float64) int {
	const floor = 1.6094379124341003 // the logarithm of RhythmFloor
	return min(max(int((ln-floor)*(3/math.Ln2)), 0), RhythmBins-1)
}

// Strokes is the shape of the pointer's ways to presses, for the model of package
// agent. A way is looked at on a grid of StrokeGrid, whatever the mouse's rate,
// from the last rest before it, over StrokeLeast px or more. Every value but the
// times is a ratio, so that screens and scales do not matter.
type Strokes struct {
	N     uint32
	Bent  Tally // logarithm of way over distance
	Bow   Tally // logarithm of 0.01 + farthest from the straight line over distance
	Speed Tally // coefficient of variation of the speed
	Peak  Tally // when the speed was highest, as a share of the time
	Early Tally // share of the time spent on the first fifth of the way
	Late  Tally // share of the time spent on the last fifth of the way
	Rough Tally // logarithm of the changes of velocity over the two that a smooth stroke needs
	Peaks Tally // times the speed rose anew
	End   Tally // speed at the end, as a share of the highest
	Time  Tally // logarithm of ms
	Pause Tally // logarithm of 10 ms + rest before the press

	First, Last Moment // presses
}

// How strokes are looked at.
const (
	StrokeGrid  = 20 // ms
	StrokeLeast = 50 // CSS px
)

// Tally accumulates mean and variance as Spread does, in less space.
type Tally struct {
	N        uint32
	Mean, M2 float32
}

// Add takes in one value.
func (t *Tally) Add(x float64) {
	t.N++
	d := x - float64(t.Mean)
	mean := float64(t.Mean) + d/float64(t.N)
	t.Mean = float32(mean)
	t.M2 += float32(d * (x - mean))
}

// SD returns the sample standard deviation, 0 for fewer than two values.
func (t *Tally) SD() float64 {
	if t.N < 2 {
		return 0
	}
	return math.Sqrt(float64(t.M2) / float64(t.N-1))
}

// Pair accumulates how two values go together.
type Pair struct {
	N            uint32
	X, Y         float32 // means
	XX, YY, Both float32 // sums of squares and of products about them
}

// Add takes in one pair.
func (p *Pair) Add(x, y float64) {
	p.N++
	part := 1 / float64(p.N)
	dx, dy := x-float64(p.X), y-float64(p.Y)
	mx, my := float64(p.X)+part*dx, float64(p.Y)+part*dy
	p.X, p.Y = float32(mx), float32(my)
	p.XX += float32(dx * (x - mx))
	p.YY += float32(dy * (y - my))
	p.Both += float32(dx * (y - my))
}

// Correlation returns the coefficient of correlation, 0 where either value never changed.
func (p *Pair) Correlation() float64 {
	v := float64(p.XX) * float64(p.YY)
	if v <= 0 {
		return 0
	}
	return float64(p.Both) / math.Sqrt(v)
}
