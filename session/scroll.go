package session

import "github.com/gaithq/gait"

// scroll follows how the document is scrolled and what may have caused it.
type scroll struct {
	// The latest of each kind of cause.
	hands, excuse causeAt

	last          gait.Tick // of the last scroll event, if run
	width, height int32     // of the viewport, 0 if unknown
	y             int32     // position, if known
	known         bool
	run           bool // there was a scroll event
	blurred       bool // the window is not in front: find-in-page, a dialog
}

type causeAt struct {
	seen bool
	t    gait.Tick
}

func (c causeAt) within(t gait.Tick, ms gait.Tick) bool {
	return c.seen && t-c.t < ms*gait.TicksPerMillisecond
}

// How long after its cause a scroll may come, in ms. Smooth scrolling and momentum
// go on for a while; a page that was just opened is put where it was before.
const (
	handsTime  = 700
	excuseTime = 1500
)

// scrollbar is how close to the right edge, in CSS px, a pointer may be on its way to
// the scrollbar.
const scrollbar = 24

// open takes note of a new document: it begins at its top.
func (c *scroll) open(e *gait.Event) {
	c.known, c.y = true, 0
	c.width, c.height = e.X, e.Y
}

func (c *scroll) lose() {
	c.known, c.run = false, false
	c.hands, c.excuse = causeAt{}, causeAt{}
	c.blurred = false
}

// cause notes an event that may scroll the document, or excuses it.
func (c *scroll) cause(e *gait.Event) {
	if e.Flags&gait.Untrusted != 0 {
		return
	}
	now := causeAt{true, e.T}
	switch e.Kind {
	case gait.Wheel:
		c.hands = now
	case gait.KeyDown:
		switch gait.KeyClass(e.Code) {
		case gait.KeyArrow, gait.KeySpace:
			c.hands = now // arrows, Page keys, Home, End: may go far at once
			c.excuse = now
		case gait.KeyModifier:
		default:
			c.excuse = now // Tab moves the focus, Enter sends, typing brings the caret into view
		}
	case gait.Move, gait.Release:
		if e.Flags&gait.Touch != 0 {
			c.hands = now
		}
		if c.width > 0 && e.X > c.width-scrollbar {
			c.excuse = now
		}
	case gait.Press:
		if e.Flags&gait.Touch != 0 {
			c.hands = now
		}
		c.excuse = now
	case gait.Click, gait.Open, gait.Navigate, gait.Submit, gait.Resize:
		c.excuse = now
	case gait.Life:
		switch gait.LifeCode(e.Code) {
		case gait.WindowBlur, gait.BecameHidden:
			c.blurred = true
		case gait.WindowFocus, gait.BecameShown:
			c.blurred = false
			c.excuse = now
		case gait.PointerLeft, gait.PageShow:
			c.excuse = now
		}
	}
}

func (s *State) scrolled(e *gait.Event) {
	if e.Target >= 0 {
		return // an element's own scrolling has causes of its own
	}
	c, f := &s.scroll, &s.features.Scroll
	begins := !c.run || e.T-c.last > gait.GesturePause*gait.TicksPerMillisecond
	from, known := c.y, c.known
	c.known, c.run, c.last, c.y = true, true, e.T, e.Y
	if !begins {
		return
	}
	f.Gestures++
	excused := c.blurred || c.excuse.within(e.T, excuseTime) || e.Flags&(gait.Focusing|gait.Smooth|gait.Hidden) != 0
	switch {
	case c.hands.within(e.T, handsTime):
		return
	case excused || !known || c.height == 0:
		f.Excused++
		return
	}
	step := max(e.Y-from, from-e.Y)
	if float64(step) < gait.JumpScreens*float64(c.height) {
		return
	}
	at := s.moment(e.T)
	if f.Jumps++; f.Jumps == 1 {
		f.JumpAt = at
	}
	if step > f.Longest {
		f.Longest, f.LongAt = step, at
	}
}
