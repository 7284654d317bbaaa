package session

import "github.com/gaithq/gait"

// clicks follows who clicks.
type clicks struct {
	at    gait.Tick // something trusted was seen then …
	since gait.Tick // a mouse button is held since then …

	trusted bool  // … if it was
	down    bool  // … if it is
	pushes  uint8 // presses that no click has come for
	watched bool  // the page was seen long enough to know that a press is missing
}

func (c *clicks) lose() { *c = clicks{} }

// touched notes something that only a person, or what passes for one, can cause.
func (c *clicks) touched(t gait.Tick) { c.trusted, c.at = true, t }

func (s *State) pushed(e *gait.Event) {
	c := &s.clicks
	if e.Flags&gait.Untrusted != 0 {
		return
	}
	c.touched(e.T)
	c.watched = true
	if c.pushes < 255 {
		c.pushes++
	}
	c.down, c.since = e.Flags.Mouse(), e.T
}

func (s *State) released(e *gait.Event) {
	c, f := &s.clicks, &s.features.Clicks
	if e.Flags&gait.Untrusted != 0 {
		return
	}
	c.touched(e.T)
	if !c.down || !e.Flags.Mouse() || e.Code < 0 {
		c.down = false
		return
	}
	c.down = false
	held := (e.T - c.since).Milliseconds()
	f.Held.Add(held)
	if held < gait.InstantPress {
		if f.Instant++; f.Instant == 1 {
			f.InstantAt = s.moment(e.T)
		}
	}
}

func (s *State) click(e *gait.Event) {
	c, f := &s.clicks, &s.features.Clicks
	switch {
	case e.Flags&gait.Untrusted != 0:
		if c.trusted && e.T-c.at < gait.ReactionTime*gait.TicksPerMillisecond {
			f.Scripted++
			return
		}
		if f.Alone++; f.Alone == 1 {
			f.AloneAt = s.moment(e.T)
		}
		return
	case e.Flags&gait.NoPointer != 0:
		f.Keyed++
	default:
		f.Pointed++
		if c.watched && c.pushes == 0 && e.Flags.Mouse() {
			if f.Unpushed++; f.Unpushed == 1 {
				f.UnpushAt = s.moment(e.T)
			}
		}
		c.pushes = 0
	}
	c.touched(e.T)
}
