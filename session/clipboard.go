package session

import "github.com/gaithq/gait"

// clipboard follows what a visitor takes along and brings back.
type clipboard struct {
	at     gait.Tick // the visitor came back then, if back
	copied [4]int32  // lengths of what was copied here last
	next   uint8
	away   bool // the tab or window is left
	back   bool // it was, and is no more
}

// left notes leaving and coming back. Both the tab and its window are left in one
// go as often as not: that counts once.
func (s *State) left(e *gait.Event) {
	c, f := &s.clipboard, &s.features.Clipboard
	switch gait.LifeCode(e.Code) {
	case gait.BecameHidden, gait.WindowBlur:
		if !c.away {
			c.away = true
			f.Leaves++
		}
	case gait.BecameShown, gait.WindowFocus:
		if c.away {
			c.away, c.back, c.at = false, true, e.T
		}
	}
}

func (s *State) copied(e *gait.Event) {
	c := &s.clipboard
	s.features.Clipboard.Copies++
	c.copied[c.next] = e.N
	c.next = (c.next + 1) % uint8(len(c.copied))
}

// brought looks at a paste into a field that is not exempt.
func (s *State) brought(e *gait.Event) {
	c, f := &s.clipboard, &s.features.Clipboard
	f.Pastes++
	if !c.back || e.T-c.at > gait.ReturnTime*gait.TicksPerMillisecond {
		return
	}
	for _, n := range c.copied {
		if n > 0 && n == e.N {
			return // copied on this page before
		}
	}
	if f.External++; f.External == 1 {
		f.ExternalAt = s.moment(e.T)
	}
}
