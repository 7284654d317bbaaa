package session

import (
	"math"

	"github.com/gaithq/gait"
)

// sketches draws what can be compared with other sessions: strokes of the mouse
// and stretches of typing. Both begin where the behaviour itself has a break, so
// that a recording played again is cut in the same places.
type sketches struct {
	gaps [16]int16 // ms from key to key
	prev int16
	gap  uint8 // filled
	on   bool  // a stretch has begun

	moves       uint16    // of the stroke
	start, last gait.Tick // of the stroke

	fresh []gait.Sketch // not taken yet
}

// Bounds of sketches.
const (
	strokePause = 100 * gait.TicksPerMillisecond // a longer one between moves ends a stroke
	strokeMin   = 12                             // moves, and
	strokeReach = 100                            // CSS px from start to end: shorter ones look all alike
	strokeBow   = 0.04                           // the least that a path bends, as a share of its reach
	pauseFactor = 2                              // an interval so many times the one before …
	pauseMin    = 250                            // … and so many ms begins a stretch
	fastTyping  = 40                             // ms from key to key: below it scanners and expanders type, always alike
	maxFresh    = 32                             // sketches that wait to be taken
)

func (k *sketches) lose() {
	k.moves = 0
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

// sketchMove takes in a trusted move of the mouse, before the track does.
func (s *State) sketchMove(e *gait.Event) {
	k := &s.sketches
	if k.moves > 0 && e.T-k.last > strokePause {
		s.endStroke()
	}
	if k.moves == 0 {
		k.start = e.T
	}
	k.last = e.T
	k.moves = min(k.moves+1, math.MaxUint16-1)
}

// endStroke sketches the stroke, if it is one that can be told from others: the last
// part of it that the track holds.
func (s *State) endStroke() {
	k, t := &s.sketches, &s.pointer.track
	moves := k.moves
	k.moves = 0
	start := max(k.start, t.next-gait.Tick(t.n)*grid)
	took := min(k.last, t.next-grid) - start
	if moves < strokeMin || took < strokeLeast {
		return
	}
	fx, fy := t.at(start)
	tx, ty := t.at(start + took)
	dx, dy := tx-fx, ty-fy
	reach := math.Hypot(dx, dy)
	if reach < strokeReach {
		return
	}
	sk := gait.Sketch{Kind: gait.PathSketch, Took: int32(took / gait.TicksPerMillisecond)}
	dx, dy = dx/reach, dy/reach
	bow := 0.0
	const n = len(sk.Shape) / 2
	for j := range n {
		x, y := t.at(start + took*gait.Tick(j+1)/gait.Tick(n+1))
		x, y = x-fx, y-fy
		along, beside := (x*dx+y*dy)/reach, (y*dx-x*dy)/reach
		sk.Shape[j], sk.Shape[n+j] = thousandths(along), thousandths(beside)
		bow = max(bow, math.Abs(beside))
	}
	if bow >= strokeBow {
		s.sketched(sk)
	}
}

// strokeLeast is the shortest stroke, in ticks, of which the track holds enough.
const strokeLeast = 6 * grid

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
