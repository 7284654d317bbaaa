package session

import (
	"math"

	"github.com/gaithq/gait"
)

// rhythm follows the rhythm of keys within a run of one field.
type rhythm struct {
	run     bool
	class   gait.KeyClass // of the key before
	slot    int32
	target  int32
	pressed gait.Tick
	before  float32 // interval from letter to letter that led to it, 0 for none
	second  float32 // the one before that
	opened  float32 // interval from a space to the letter before, 0 for none

	hold float32 // of the letter released last, 0 for none
	keys [gait.KeySlots]struct {
		at    gait.Tick
		next  float32 // interval from its press to the next letter's, 0 for none yet
		class uint8   // gait.KeyClass
		down  bool
	}
}

// Times are taken as no shorter than shortest, so that no clock's grain makes the
// logarithm of a moment, and holds as no longer than longest.
const (
	shortest = 4 * gait.TicksPerMillisecond
	longest  = 1000 * gait.TicksPerMillisecond
)

func ln(t gait.Tick) float64 {
	return math.Log(max(t, shortest).Milliseconds())
}

// rest ends a run.
func (r *rhythm) rest() { r.run, r.before, r.second, r.opened = false, 0, 0, 0 }

// beat takes in a key that was pressed: no modifier, no repetition.
func (s *State) beat(e *gait.Event, class gait.KeyClass) {
	r := &s.keys.rhythm
	gap := e.T - r.pressed
	same := r.run && r.target == e.Target
	if same && gap < gait.RunBreak*gait.TicksPerMillisecond {
		s.between(ln(gap), class)
	} else {
		r.before, r.second, r.opened = 0, 0, 0
	}
	r.run = class.Character() || class == gait.KeyErase
	r.class, r.slot, r.target, r.pressed = class, e.Slot, e.Target, e.T
	k := &r.keys[e.Slot]
	k.class, k.down, k.at, k.next = uint8(class), true, e.T, 0
}

// between takes in the interval, as logarithm of ms, that led to a key of the class.
func (s *State) between(x float64, class gait.KeyClass) {
	r, f := &s.keys.rhythm, &s.features.Rhythm
	before, second, opened, from := r.before, r.second, r.opened, r.class
	r.before, r.second, r.opened = 0, 0, 0
	switch {
	case from == gait.KeyLetter && class == gait.KeyLetter:
		f.Within.Add(x)
		s.count(x)
		if before > 0 {
			f.Next.Add(float64(before), x)
		}
		if second > 0 {
			f.Second.Add(float64(second), x)
		}
		if opened > 0 {
			f.Opened.Add(float64(opened), x)
		}
		r.before, r.second = float32(x), before
		k := &r.keys[r.slot]
		if k.down {
			f.Over++
			k.next = float32(x)
		} else if r.hold > 0 {
			f.Grip.Add(float64(r.hold), x)
		}
	case from == gait.KeyLetter && class == gait.KeySpace:
		f.Into.Add(x)
		if r.keys[r.slot].down {
			f.Ends++
		}
	case from == gait.KeySpace && class == gait.KeyLetter:
		f.Start.Add(x)
		s.count(x)
		r.opened = float32(x)
	case from.Character() && class == gait.KeyErase:
		f.Before.Add(x)
	}
}

// count puts an interval into its bin. A full bin stays full.
func (s *State) count(x float64) {
	if b := &s.features.Rhythm.Bins[gait.RhythmBin(x)]; *b < math.MaxUint16 {
		*b++
	}
}

// lift takes in a key that was released.
func (s *State) lift(e *gait.Event) {
	r, f := &s.keys.rhythm, &s.features.Rhythm
	k := &r.keys[e.Slot]
	if !k.down {
		return
	}
	k.down = false
	x := ln(min(e.T-k.at, longest))
	if gait.KeyClass(k.class) == gait.KeySpace {
		f.Thumb.Add(x)
	}
	if gait.KeyClass(k.class) != gait.KeyLetter {
		return
	}
	f.Hold.Add(x)
	if r.hold > 0 {
		f.Held.Add(float64(r.hold), x)
	}
	if k.next > 0 {
		f.Grip.Add(x, float64(k.next))
	}
	r.hold = float32(x)
}
