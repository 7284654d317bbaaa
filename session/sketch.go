package session

import (
	"math"

	"github.com/gaithq/gait"
)

// sketches draws what can be compared with other sessions: strokes of the mouse
// and stretches of typing. Both begin where the behaviour itself has a break, so
// that a recording played again is cut in the same places.
type sketches struct {
	points []inked // of the stroke, thinned where it is long
	skip   uint8   // of this many points one is kept, as a power of two
	nth    uint8

	gaps [16]int16 // ms from key to key
	gap  uint8     // filled
	on   bool      // a stretch has begun
	prev int16

	fresh []gait.Sketch // not taken yet
}

type inked struct {
	x, y int32
	t    gait.Tick
}

// Bounds of sketches.
const (
	strokePause  = 100 * gait.TicksPerMillisecond // a longer one between moves ends a stroke
	strokePoints = 48                             // kept of a stroke
	strokeMin    = 12                             // points, and
	strokeReach  = 100                            // CSS px from start to end: shorter ones look all alike
	strokeBow    = 0.04                           // the least that a path bends, as a share of its reach
	pauseFactor  = 2                              // an interval so many times the one before …
	pauseMin     = 250                            // … and so many ms begins a stretch
	fastTyping   = 40                             // ms from key to key: below it scanners and expanders type, always alike
	maxFresh     = 32                             // sketches that wait to be taken
)

func (k *sketches) lose() {
	k.points = k.points[:0]
	k.on, k.gap = false, 0
}

// Sketches returns what was sketched since the last call. Up to maxFresh wait.
func (s *State) Sketches() []gait.Sketch {
	fresh := s.sketches.fresh
	s.sketches.fresh = nil
	return fresh
}

func (s *State) sketched(k gait.Sketch) {
	s.features.Sketched.Counts[k.Kind]++
	if len(s.sketches.fresh) < maxFresh {
		s.sketches.fresh = append(s.sketches.fresh, k)
	}
}

// sketchMove takes in a trusted move of the mouse.
func (s *State) sketchMove(e *gait.Event) {
	k := &s.sketches
	if n := len(k.points); n > 0 && e.T-k.points[n-1].t > strokePause*gait.Tick(1<<k.skip) {
		s.endStroke()
	}
	if len(k.points) == 0 {
		k.skip, k.nth = 0, 0
		if k.points == nil {
			k.points = make([]inked, 0, strokePoints)
		}
	} else if k.nth++; k.nth < 1<<k.skip {
		return
	}
	k.nth = 0
	if len(k.points) == strokePoints {
		for i := range strokePoints / 2 {
			k.points[i] = k.points[2*i]
		}
		k.points = k.points[:strokePoints/2]
		k.skip++
		if k.skip > 5 { // over a thousand moves without a rest: no stroke
			k.points = k.points[:0]
			return
		}
	}
	k.points = append(k.points, inked{e.X, e.Y, e.T})
}

// endStroke sketches the stroke, if it is one that can be told from others.
func (s *State) endStroke() {
	k := &s.sketches
	p := k.points
	k.points = p[:0]
	if len(p) < strokeMin {
		return
	}
	from, to := p[0], p[len(p)-1]
	dx, dy := float64(to.x-from.x), float64(to.y-from.y)
	reach := math.Hypot(dx, dy)
	took := to.t - from.t
	if reach < strokeReach || took <= 0 {
		return
	}
	sk := gait.Sketch{Kind: gait.PathSketch, Took: int32(took / gait.TicksPerMillisecond)}
	dx, dy = dx/reach, dy/reach
	bow := 0.0
	i := 0
	const n = len(sk.Shape) / 2
	for j := range n {
		t := from.t + took*gait.Tick(j+1)/gait.Tick(n+1)
		for i+2 < len(p) && p[i+1].t < t {
			i++
		}
		a, b := p[i], p[i+1]
		part := 0.0
		if b.t > a.t {
			part = float64(t-a.t) / float64(b.t-a.t)
		}
		x := float64(a.x-from.x) + part*float64(b.x-a.x)
		y := float64(a.y-from.y) + part*float64(b.y-a.y)
		along, beside := (x*dx+y*dy)/reach, (y*dx-x*dy)/reach
		sk.Shape[j], sk.Shape[n+j] = thousandths(along), thousandths(beside)
		bow = max(bow, math.Abs(beside))
	}
	if bow >= strokeBow {
		s.sketched(sk)
	}
}

func thousandths(x float64) int16 {
	return int16(math.Round(1000 * min(max(x, -30), 30)))
}

// sketchKey takes in an interval between two keys, in ms, first where a run begins.
func (s *State) sketchKey(ms float64, first bool) {
	k := &s.sketches
	gap := int16(min(ms, math.MaxInt16))
	switch {
	case first:
		k.on, k.gap, k.prev = true, 0, 0
		return
	case !k.on:
		k.on = gap >= pauseMin && k.prev > 0 && gap >= pauseFactor*k.prev
		k.gap = 0
	default:
		k.gaps[k.gap] = gap
		if k.gap++; int(k.gap) == len(k.gaps) {
			s.endStretch()
		}
	}
	k.prev = gap
}

func (s *State) endStretch() {
	k := &s.sketches
	k.on, k.gap = false, 0
	sk := gait.Sketch{Kind: gait.RhythmSketch, Shape: k.gaps}
	for _, gap := range k.gaps {
		sk.Took += int32(gap)
	}
	if sk.Took >= fastTyping*int32(len(k.gaps)) {
		s.sketched(sk)
	}
}
