package session

import (
	"testing"

	"github.com/gaithq/gait"
)

// described opens a page with a text field (1), an e-mail field (2) and a text
// area (3).
func described() *script {
	return new(script).
		after(1, gait.Event{Kind: gait.Describe, Target: 1, Code: int32(gait.TargetText)}).
		after(0, gait.Event{Kind: gait.Describe, Target: 2, Code: int32(gait.TargetText), N: int32(gait.PurposeEmail)}).
		after(0, gait.Event{Kind: gait.Describe, Target: 3, Code: int32(gait.TargetArea)})
}

func (s *script) key(gap, dwell float64, class gait.KeyClass, field int32) *script {
	s.after(gap, gait.Event{Kind: gait.KeyDown, Code: int32(class), Target: field})
	if class.Character() {
		s.after(1, gait.Event{Kind: gait.Input, Target: field, Code: int32(gait.InputInsert), N: 1})
	}
	return s.after(dwell-1, gait.Event{Kind: gait.KeyUp})
}

func TestTyping(t *testing.T) {
	s := described()
	s.key(500, 90, gait.KeyLetter, 1)  // first
	s.key(60, 110, gait.KeyLetter, 1)  // 150 ms after the press before, 60 after its release
	s.key(40, 3, gait.KeyErase, 1)     // ends the run
	s.key(50, 100, gait.KeyDigit, 1)   // first of a run
	s.key(2100, 100, gait.KeySpace, 1) // a pause ends the run
	s.key(50, 100, gait.KeyLetter, 3)  // another field
	s.after(40, gait.Event{Kind: gait.KeyDown, Code: int32(gait.KeyLetter), Target: 3, Flags: gait.Repeat})
	s.after(40, gait.Event{Kind: gait.KeyDown, Code: int32(gait.KeyLetter), Target: 3, Flags: gait.Untrusted})
	got := s.fold()
	ty := got.Typing
	if ty.Keys != 5 || ty.Erases != 1 || ty.Interval.N != 1 || ty.Flight.N != 1 || ty.Dwell.N != 5 {
		t.Errorf("typing = %+v", ty)
	}
	if ty.Interval.Mean != 150 || ty.Flight.Mean != 60 || ty.Dwell.Mean != 100 {
		t.Errorf("means: interval %v, flight %v, dwell %v; want 150, 60, 100", ty.Interval.Mean, ty.Flight.Mean, ty.Dwell.Mean)
	}
	if got.Fields.Typed != 5 || got.Fields.Inserted != 0 {
		t.Errorf("fields = %+v", got.Fields)
	}

	// Rollover: the second key goes down before the first is up.
	s = described().
		after(100, gait.Event{Kind: gait.KeyDown, Slot: 0, Target: 1}).
		after(80, gait.Event{Kind: gait.KeyDown, Slot: 1, Target: 1}).
		after(20, gait.Event{Kind: gait.KeyUp, Slot: 0}).
		after(70, gait.Event{Kind: gait.KeyUp, Slot: 1})
	if ty := s.fold().Typing; ty.Rollover != 1 || ty.Flight.N != 0 || ty.Dwell.Mean != 95 {
		t.Errorf("rollover: %+v", ty)
	}

	// A scanner: fast keys, then Enter.
	s = described()
	for range 12 {
		s.key(5, 4, gait.KeyDigit, 1)
	}
	s.key(5, 4, gait.KeyEnter, 1)
	if ty := s.fold().Typing; ty.Keys != 12 || ty.Scanned != 12 {
		t.Errorf("scanner: %d keys, %d scanned; want 12 and 12", ty.Keys, ty.Scanned)
	}
}

func TestFields(t *testing.T) {
	input := func(field int32, code gait.InputCode, n int32, flags gait.Flags) gait.Event {
		return gait.Event{Kind: gait.Input, Target: field, Code: int32(code), N: n, Flags: flags}
	}
	f := func(name string, s *script, want gait.Fields) {
		t.Helper()
		got := s.fold().Fields
		got.PastedAt, got.InsertedAt, got.ScriptedAt, got.InsertBest = gait.Moment{}, gait.Moment{}, gait.Moment{}, gait.Moment{}
		if got != want {
			t.Errorf("%s: %+v\nwant %+v", name, got, want)
		}
	}
	f("filled", described().after(9, input(1, gait.InputInsert, 12, 0)).after(9, input(3, gait.InputInsert, 60, 0)),
		gait.Fields{Inserted: 72, Inserts: 2, Keyless: 72, KeylessFields: 2, InsertMax: 60})
	f("filled, an e-mail field", described().after(9, input(2, gait.InputInsert, 12, 0)),
		gait.Fields{Exempt: 12, Inserts: 1, Keyless: 12, KeylessFields: 1, InsertMax: 12})
	f("a field nobody described", described().after(9, input(9, gait.InputInsert, 12, 0)),
		gait.Fields{Exempt: 12, Inserts: 1, Keyless: 12, KeylessFields: 1, InsertMax: 12})
	f("pasted", described().after(9, gait.Event{Kind: gait.Paste, Target: 3, N: 40}).after(1, input(3, gait.InputPaste, 40, 0)),
		gait.Fields{Pasted: 40, Pastes: 1})
	f("pasted an address", described().after(9, gait.Event{Kind: gait.Paste, Target: 2, N: 40}).after(1, input(2, gait.InputPaste, 40, 0)),
		gait.Fields{Exempt: 40})
	f("autofilled", described().after(9, input(1, gait.InputInsert, 12, gait.Autofilled)).after(9, input(1, gait.InputUntyped, 5, 0)), gait.Fields{Other: 17})
	f("spell checked", described().after(9, input(1, gait.InputReplacement, 3, 0)), gait.Fields{Other: 3})
	f("an input method", described().after(9, input(1, gait.InputInsert, 2, gait.Composing)), gait.Fields{Other: 2})
	f("the page's own script", described().after(9, input(1, gait.InputUntyped, 20, gait.Untrusted)), gait.Fields{Scripted: 20})
	f("a key long before", described().key(9, 80, gait.KeyLetter, 1).after(1200, gait.Event{Kind: gait.KeyDown, Code: int32(gait.KeyOther)}).after(1500, input(1, gait.InputInsert, 20, 0)),
		gait.Fields{Typed: 1, KeyedAll: 1, Inserted: 20, Inserts: 1, Keyless: 20, KeylessFields: 1, InsertMax: 20})
}

func TestClipboard(t *testing.T) {
	life := func(c gait.LifeCode) gait.Event { return gait.Event{Kind: gait.Life, Code: int32(c)} }
	paste := func(field, n int32) gait.Event { return gait.Event{Kind: gait.Paste, Target: field, N: n} }
	f := func(name string, s *script, leaves, pastes, external uint32) {
		t.Helper()
		got := s.fold().Clipboard
		if got.Leaves != leaves || got.Pastes != pastes || got.External != external {
			t.Errorf("%s: %+v, want %d leaves, %d pastes, %d external", name, got, leaves, pastes, external)
		}
	}
	away := func(s *script) *script {
		return s.after(500, life(gait.WindowBlur)).after(0, life(gait.BecameHidden)).after(9000, life(gait.BecameShown)).after(1, life(gait.WindowFocus))
	}
	f("left, came back, pasted", away(described()).after(2000, paste(3, 80)), 1, 1, 1)
	f("long after coming back", away(described()).after(31_000, paste(3, 80)), 1, 1, 0)
	f("never left", described().after(2000, paste(3, 80)), 0, 1, 0)
	f("into an e-mail field", away(described()).after(2000, paste(2, 80)), 1, 0, 0)
	f("copied here before", away(described().after(100, gait.Event{Kind: gait.Copy, Target: 3, N: 80})).after(2000, paste(3, 80)), 1, 1, 0)
	f("something else was copied here", away(described().after(100, gait.Event{Kind: gait.Copy, Target: 3, N: 12})).after(2000, paste(3, 80)), 1, 1, 1)
}
