package session

import (
	"math"

	"github.com/gaithq/gait"
)

// pointer follows the mouse between presses.
type pointer struct {
	t        gait.Tick // when it came to x, y
	jumpedAt gait.Tick // when the jump was

	x, y  int32 // where it is
	fromX int32 // where the approach began: at the last press, or where the pointer was first seen
	fromY int32
	on    int32   // the target of the press before
	step  float32 // length of the step that led here
	jump  float32 // length of the isolated step that the approach may have consisted of, 0 for none
	path  float32 // length of the steps since the jump

	after   uint8 // steps since the jump
	known   bool  // the position is, because nothing happened since that could have moved it unseen
	pressed bool  // a press came before on this page …
	moved   bool  // … and the pointer moved since

	steps gait.Tally // lengths of the approach's steps, CSS px
	track track
}

const (
	// A step is isolated if the step before it was shorter than a tenth of it or
	// came more than restTicks earlier: hands speed up over several frames.
	isolation = 0.1
	restTicks = 100 * gait.TicksPerMillisecond

	// Up to settleSteps short steps may follow a jump before the press: tools
	// that jump sometimes twitch.
	settleSteps = 2

	// A step that the browser put together from more than maxCoalesced events
	// was a movement that the page was too busy to see.
	maxCoalesced = 2

	// movedPixels is how far a pointer goes before its next press counts as aimed anew.
	movedPixels = 3

	// minTarget is the least side, in tenths of a px, of a target on which the
	// centre can be told from the rest.
	minTarget = 160
)

func (p *pointer) lose() {
	p.known = false
	p.jump = 0
	p.steps = gait.Tally{}
	p.track.n = 0
}

func (s *State) move(e *gait.Event) {
	p, f := &s.pointer, &s.features.Pointer
	if e.Flags&gait.Untrusted != 0 {
		f.Untrusted++
		return
	}
	if !e.Flags.Mouse() {
		p.lose()
		return
	}
	s.sketchMove(e)
	if !p.known {
		p.begin(e)
		return
	}
	d := distance(p.x, p.y, e.X, e.Y)
	switch {
	case d >= gait.JumpDistance && e.N <= maxCoalesced && (e.T-p.t > restTicks || p.step < isolation*d):
		p.jump, p.jumpedAt, p.after, p.path = d, e.T, 0, 0
	case p.jump > 0:
		p.after++
		p.path += d
		if p.after > settleSteps || p.path > isolation*p.jump {
			p.jump = 0
		}
	}
	if distance(p.fromX, p.fromY, e.X, e.Y) >= movedPixels {
		p.moved = true
	}
	if d > 0 {
		p.steps.Add(float64(d))
	}
	p.track.step(p.x, p.y, p.t, e)
	p.x, p.y, p.t, p.step = e.X, e.Y, e.T, d
}

// begin takes the event's position as the first that is known.
func (p *pointer) begin(e *gait.Event) {
	p.known = true
	p.moved = true
	p.x, p.y, p.t, p.step = e.X, e.Y, e.T, 0
	p.fromX, p.fromY = e.X, e.Y
	p.jump = 0
	p.steps = gait.Tally{}
	p.track.begin(e)
}

func (s *State) press(e *gait.Event) {
	p, f := &s.pointer, &s.features.Pointer
	if e.Flags&gait.Untrusted != 0 {
		f.Untrusted++
		return
	}
	if !e.Flags.Mouse() {
		p.lose()
		return
	}
	f.Presses++
	s.endStroke()
	s.aim(e)
	if p.known && distance(p.fromX, p.fromY, e.X, e.Y) >= gait.JumpDistance {
		s.reach(e)
	}
	p.begin(e)
	p.pressed, p.moved, p.on = true, false, e.Target
}

// aim looks at where in its target a press landed.
func (s *State) aim(e *gait.Event) {
	p, f := &s.pointer, &s.features.Pointer
	if e.BoxW <= minTarget || e.BoxH <= minTarget {
		return
	}
	if p.pressed && !p.moved && p.on == e.Target {
		return // the second click of a double click tells nothing new
	}
	dx := math.Abs(float64(2*e.OffX-e.BoxW)) / 2
	dy := math.Abs(float64(2*e.OffY-e.BoxH)) / 2
	off := max(dx, dy) // tenths of a px
	i := 0
	for i < len(gait.OffsetEdges) && off > float64(gait.OffsetEdges[i]) {
		i++
	}
	f.Aimed++
	f.Offsets[i]++
	w, h := dx/float64(e.BoxW), dy/float64(e.BoxH)
	f.Spread += w*w + h*h
	if i > 0 {
		return
	}
	at := s.moment(e.T)
	if f.Offsets[0] == 1 {
		f.CentredAt = at
	}
	if px := float32(off / 10); f.Offsets[0] == 1 || px < f.CentredMin {
		f.CentredMin, f.CentredBest = px, at
	}
}

// reach looks at how a press was reached.
func (s *State) reach(e *gait.Event) {
	p, f := &s.pointer, &s.features.Pointer
	f.Reached++
	s.draw(e)
	s.stroke(e)
	jump, at := p.jump, p.jumpedAt
	if d := distance(p.x, p.y, e.X, e.Y); d >= gait.JumpDistance {
		jump, at = d, e.T // pressed somewhere without having moved there
	}
	if jump == 0 {
		return
	}
	f.Jumped++
	if f.Jumped == 1 {
		f.JumpedAt = s.moment(at)
	}
	if jump > f.Jump {
		f.Jump, f.JumpBest = jump, s.moment(at)
	}
}

// draw looks at the shape of the approach to a press.
func (s *State) draw(e *gait.Event) {
	p, f := &s.pointer, &s.features.Pointer
	if p.steps.N < gait.ApproachSteps {
		return
	}
	f.Drawn++
	path := float64(p.steps.Mean) * float64(p.steps.N)
	cv := p.steps.SD() / max(float64(p.steps.Mean), 1e-9)
	if cv >= gait.EvenSteps || path > gait.Straightness*float64(distance(p.fromX, p.fromY, p.x, p.y)) {
		return
	}
	at := s.moment(e.T)
	if f.Ruled++; f.Ruled == 1 {
		f.RuledAt = at
	}
	if f.Ruled == 1 || float32(cv) < f.Evenest {
		f.Evenest, f.EvenAt = float32(cv), at
	}
}

func distance(x0, y0, x1, y1 int32) float32 {
	return float32(math.Hypot(float64(x1-x0), float64(y1-y0)))
}
