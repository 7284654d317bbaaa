package session

import "github.com/gaithq/gait"

// keys follows the keyboard.
type keys struct {
	run      bool      // the key before was a character key of the same field
	pressed  gait.Tick // when it was pressed
	released gait.Tick // and released; 0 while it is held
	slot     int32     // where it was held
	target   int32

	// A burst of keys faster than fingers, which counts once Enter or Tab ends it.
	burst uint32

	// behind reports that a key went down since the last change of a field, at
	// the given time, so that the next change may be its work.
	behind   bool
	behindAt gait.Tick

	rhythm rhythm
}

// keyToChange is how long after its key a change of a field may come.
const keyToChange = 1000 * gait.TicksPerMillisecond

func (k *keys) lose() {
	k.rhythm = rhythm{}
	k.run = false
	k.burst = 0
	k.behind = false
}

func (s *State) keyDown(e *gait.Event) {
	if e.Flags&gait.Untrusted != 0 {
		return
	}
	k, f := &s.keys, &s.features.Typing
	class := gait.KeyClass(e.Code)
	switch class {
	case gait.KeyModifier:
		return
	case gait.KeyTab, gait.KeyArrow:
	default:
		k.behind, k.behindAt = true, e.T
	}
	if e.Flags&(gait.Repeat|gait.Composing) != 0 {
		k.run = false
		k.rhythm.rest()
		return
	}
	s.beat(e, class)
	if !class.Character() {
		if (class == gait.KeyEnter || class == gait.KeyTab) && k.burst >= minBurst && e.T-k.pressed < gait.ScanInterval*gait.TicksPerMillisecond {
			f.Scanned += k.burst
		}
		if class == gait.KeyErase {
			f.Erases++
		}
		k.run, k.burst = false, 0
		return
	}
	if f.Keys == 0 {
		f.First = s.moment(e.T)
	}
	f.Keys++
	f.Last = s.moment(e.T)
	s.interval(e)
	k.run, k.pressed, k.released, k.slot, k.target = true, e.T, 0, e.Slot, e.Target
}

// minBurst is the least number of keys that a scanner sends.
const minBurst = 6

// interval takes in the time since the character key before, if there was one in
// the same run.
func (s *State) interval(e *gait.Event) {
	k, f := &s.keys, &s.features.Typing
	gap := e.T - k.pressed
	if !k.run || k.target != e.Target || gap >= gait.RunBreak*gait.TicksPerMillisecond {
		k.burst = 1
		s.sketchKey(0, true)
		return
	}
	s.sketchKey(gap.Milliseconds(), false)
	f.Interval.Add(gap.Milliseconds())
	if gap < gait.ScanInterval*gait.TicksPerMillisecond {
		k.burst++
	} else {
		k.burst = 1
	}
	if k.released == 0 {
		f.Rollover++
		return
	}
	flight := (e.T - k.released).Milliseconds()
	f.Flight.Add(flight)
	if flight < gait.ShortDwell {
		f.Level++
	}
}

func (s *State) keyUp(e *gait.Event) {
	k, f := &s.keys, &s.features.Typing
	h := k.rhythm.keys[e.Slot]
	s.lift(e)
	if !h.down || !gait.KeyClass(h.class).Character() {
		return
	}
	dwell := (e.T - h.at).Milliseconds()
	f.Dwell.Add(dwell)
	if dwell < gait.ShortDwell {
		f.Short++
	}
	if k.run && k.slot == e.Slot && k.pressed == h.at {
		k.released = e.T
	}
}
