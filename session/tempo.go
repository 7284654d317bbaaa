package session

import "github.com/gaithq/gait"

// tempo follows when hands do something.
type tempo struct {
	last  gait.Tick // when any hand was seen, if seen
	begun gait.Tick // of the run
	rest  gait.Tick // before it
	at    gait.Tick // of the release that released tells of
	when  gait.Tick // text came with no key, if inserted

	x, y   int32 // where the pointer was when the run began, if known
	rx, ry int32 // where the release was
	into   int32 // which field the text went to

	seen     bool // any hand was
	known    bool // where the pointer was when the run began is
	judged   bool // the run had its first press
	released bool // a mouse button was, since nothing was lost
	lifted   bool // … and no key or text came since
	inserted bool // text came with no key
}

func (t *tempo) lose() { *t = tempo{} }

// pace takes in an event before anything else does.
func (s *State) pace(e *gait.Event) {
	if e.Flags&gait.Untrusted != 0 {
		return
	}
	f := &s.features.Tempo
	switch e.Kind {
	case gait.Submit:
		f.Submits++
		return
	case gait.Input:
		// A change may be the browser's own doing, as when it fills in what it
		// remembered, and a box that a script clicks changes as if a hand had: only
		// text shows hands.
		if e.Flags&gait.Autofilled != 0 {
			return
		}
		switch gait.InputCode(e.Code) {
		case gait.InputInsert:
			s.handOver(e)
			f.Hands = true
		case gait.InputDelete, gait.InputPaste, gait.InputDrop, gait.InputComposition, gait.InputHistory:
			f.Hands = true
		}
		return
	case gait.Move, gait.Press, gait.Release, gait.KeyDown, gait.Wheel, gait.Paste:
	default:
		return
	}
	f.Hands = true
	t, p := &s.tempo, &s.pointer
	if !t.seen || e.T-t.last >= gait.ActPause*gait.TicksPerMillisecond {
		t.rest = 0
		if t.seen {
			t.rest = e.T - t.last
		}
		t.begun, t.judged = e.T, false
		t.known, t.x, t.y = p.known && t.seen, p.x, p.y
	}
	t.seen, t.last = true, e.T
	if e.Kind == gait.KeyDown || e.Kind == gait.Paste {
		s.handOver(e)
	}
	if !e.Flags.Mouse() {
		return
	}
	switch e.Kind {
	case gait.Press:
		t.lifted = false
		s.act(e)
	case gait.Release:
		t.lifted = true
		t.released, t.at, t.rx, t.ry = true, e.T, e.X, e.Y
	}
}

// handOver looks at the first key or text after a click.
func (s *State) handOver(e *gait.Event) {
	t, f := &s.tempo, &s.features.Tempo
	after := e.T - t.at
	if !t.lifted || after >= gait.HandoverTime*gait.TicksPerMillisecond {
		return
	}
	t.lifted = false
	f.Handovers++
	if after < gait.SnapTime*gait.TicksPerMillisecond {
		f.Snaps++
		s.haste(e)
	}
}

// haste notes when hands were first faster than hands are.
func (s *State) haste(e *gait.Event) {
	if f := &s.features.Tempo; f.HasteAt.At == 0 {
		f.HasteAt = s.moment(e.T)
	}
}

// act looks at a press of a mouse: at how soon it came.
func (s *State) act(e *gait.Event) {
	t, f := &s.tempo, &s.features.Tempo
	if t.released && s.pointer.known && e.T-t.at < gait.HastyTime*gait.TicksPerMillisecond &&
		distance(t.rx, t.ry, e.X, e.Y) >= gait.HastyDistance {
		f.Hasty++
		s.haste(e)
	}
	if t.judged {
		return
	}
	t.judged = true
	// What moved unseen meanwhile (a scroll, a window left) is not known.
	if !t.known || (!s.pointer.known && e.T > t.begun) || distance(t.x, t.y, e.X, e.Y) < gait.JumpDistance {
		return
	}
	f.Acts++
	if e.T-t.begun >= gait.AbruptTime*gait.TicksPerMillisecond {
		return
	}
	f.Rests.Add(t.rest.Milliseconds())
	if f.Abrupt++; f.Abrupt == 1 {
		f.AbruptAt = s.moment(e.T)
	}
}

// hurry looks at text that came with no key: at whether several fields got theirs
// in one go.
func (s *State) hurry(e *gait.Event) {
	t, f := &s.tempo, &s.features.Tempo
	if t.inserted && t.into != e.Target && e.T-t.when < gait.RapidTime*gait.TicksPerMillisecond {
		f.Rapid++
		s.haste(e)
	}
	t.inserted, t.into, t.when = true, e.Target, e.T
}

// physics takes in a move of the mouse, and the counts that come after a press.
func (s *State) physics(e *gait.Event) {
	f := &s.features.Physics
	switch {
	case e.Flags&gait.Untrusted != 0 || !e.Flags.Mouse():
	case e.Kind == gait.Move:
		f.Moves++
		if e.N > 1 {
			f.Merged++
		}
	case e.Kind == gait.Raw && e.Code > 0:
		f.Samples++
		f.Updates += count(e.N)
		f.Sampled += count(e.Code)
		f.Last = s.moment(e.T)
	}
}

// clocks is a place in a page's time and in the server's, in ms.
type clocks struct {
	sent, arrived int64
}

// compare takes in when a batch was sent by its page's clock and when it came.
func (s *State) compare(p *page, b *gait.Batch, first bool) {
	f := &s.features.Pace
	now := clocks{int64(b.Sent) / gait.TicksPerMillisecond, b.Arrived}
	if first {
		p.mark = now
		return
	}
	f.Batches++
	passed := max(now.arrived-p.mark.arrived, 0)
	gain := now.sent - p.mark.sent - 2*passed
	switch {
	case gain >= gait.RushedGain:
		f.Gain += gain
		if f.Rushed++; f.Rushed == 1 {
			f.At = s.moment(b.Sent)
		}
		p.mark = now
	case gain < 0:
		p.mark = now
	}
}
