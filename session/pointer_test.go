package session

import (
	"slices"
	"testing"

	"github.com/gaithq/gait"
)

func move(x, y int32) gait.Event { return gait.Event{Kind: gait.Move, X: x, Y: y} }

// press lands on a target of 300 by 40 px at the given offset in tenths of a px.
func press(x, y, target, offX, offY int32) gait.Event {
	return gait.Event{Kind: gait.Press, X: x, Y: y, Target: target, OffX: offX, OffY: offY, BoxW: 3000, BoxH: 400}
}

// glide moves the pointer as a hand does: many steps, slow at both ends.
func (s *script) glide(x0, y0, x1, y1 int32) *script {
	const steps = 20
	for i := 1; i <= steps; i++ {
		u := float64(i) / steps
		u = u * u * (3 - 2*u)
		s.after(16.7, move(x0+int32(u*float64(x1-x0)), y0+int32(u*float64(y1-y0))))
	}
	return s
}

func TestReach(t *testing.T) {
	f := func(name string, s *script, reached, jumped uint32) {
		t.Helper()
		p := s.fold().Pointer
		if p.Reached != reached || p.Jumped != jumped {
			t.Errorf("%s: %d reached, %d jumped; want %d and %d", name, p.Reached, p.Jumped, reached, jumped)
		}
	}
	// start puts the pointer somewhere and presses there, as any first click does.
	start := func() *script { return new(script).after(500, move(100, 100)).after(50, press(100, 100, 0, 10, 10)) }
	click := press(600, 400, 1, 900, 130)

	f("a glide", start().glide(100, 100, 600, 400).after(80, click), 1, 0)
	f("a jump", start().after(700, move(600, 400)).after(2, click), 1, 1)
	f("a jump and a twitch", start().after(700, move(598, 399)).after(5, move(600, 400)).after(2, click), 1, 1)
	f("a press without any move", start().after(700, click), 1, 1)
	f("a short way", start().after(700, move(120, 120)).after(2, press(120, 120, 1, 30, 30)), 0, 0)
	f("the first click of a page", new(script).after(500, move(600, 400)).after(2, click), 0, 0)
	f("a fast flick over three frames", start().after(300, move(115, 110)).after(16, move(290, 210)).after(16, move(500, 340)).after(16, move(590, 395)).after(16, move(600, 400)).after(90, click), 1, 0)
	f("movement the page was too busy to see", start().after(700, gait.Event{Kind: gait.Move, X: 600, Y: 400, N: 12}).after(2, click), 1, 0)
	f("a straight line in five big steps", start().after(700, move(200, 160)).after(4, move(300, 220)).after(4, move(400, 280)).after(4, move(500, 340)).after(4, move(600, 400)).after(2, click), 1, 0)
	for name, e := range map[string]gait.Event{
		"scroll":  {Kind: gait.Scroll, Y: 300},
		"resize":  {Kind: gait.Resize, X: 900, Y: 700},
		"blur":    {Kind: gait.Life, Code: int32(gait.WindowBlur)},
		"hidden":  {Kind: gait.Life, Code: int32(gait.BecameHidden)},
		"leaving": {Kind: gait.Life, Code: int32(gait.PointerLeft)},
		"return":  {Kind: gait.Life, Code: int32(gait.PointerEntered)},
		"touch":   {Kind: gait.Move, X: 10, Y: 10, Flags: gait.Touch},
	} {
		f("a jump after "+name, start().after(300, e).after(300, move(600, 400)).after(2, click), 0, 0)
	}
	f("a scripted pointer", start().after(700, gait.Event{Kind: gait.Move, X: 600, Y: 400, Flags: gait.Untrusted}).after(2, gait.Event{Kind: gait.Press, X: 600, Y: 400, Flags: gait.Untrusted}), 0, 0)
	f("a jump by touch", start().after(700, gait.Event{Kind: gait.Press, X: 600, Y: 400, Flags: gait.Touch}), 0, 0)

	// A lost batch between two clicks must not look like a jump.
	a := start()
	b := new(script)
	b.at = a.at
	b.after(900, move(600, 400)).after(2, click)
	f0 := gait.Batch{Page: gait.PageID{1}, Origin: 1_763_726_400_000, Sent: a.at, Arrived: 1_763_726_400_500, Events: a.events}
	f2 := gait.Batch{Page: gait.PageID{1}, Seq: 2, Origin: 1_763_726_400_000, Sent: b.at, Arrived: 1_763_726_401_500, Events: b.events}
	got := Rebuild([]gait.Batch{f0, f2}).Features()
	if got.Missing != 1 || got.Pointer.Reached != 0 {
		t.Errorf("over a gap: %d missing, %d reached; want 1 and 0", got.Missing, got.Pointer.Reached)
	}
}

func TestAim(t *testing.T) {
	f := func(name string, want []uint32, presses ...gait.Event) {
		t.Helper()
		s := new(script)
		for _, e := range presses {
			s.after(300, move(e.X, e.Y)).after(80, e)
		}
		p := s.fold().Pointer
		if got := p.Offsets[:]; !slices.Equal(got, want) {
			t.Errorf("%s: offsets %v, want %v", name, got, want)
		}
	}
	f("exact", []uint32{1, 0, 0, 0, 0, 0, 0, 0}, press(200, 100, 0, 1500, 200))
	f("half a px off", []uint32{1, 0, 0, 0, 0, 0, 0, 0}, press(200, 100, 0, 1505, 195))
	f("one px off", []uint32{0, 1, 0, 0, 0, 0, 0, 0}, press(200, 100, 0, 1510, 200))
	f("far off", []uint32{0, 0, 0, 0, 0, 0, 0, 1}, press(200, 100, 0, 300, 200))
	f("another target", []uint32{2, 0, 0, 0, 0, 0, 0, 0}, press(200, 100, 0, 1500, 200), press(200, 300, 1, 1500, 200))
	f("the same without moving", []uint32{1, 0, 0, 0, 0, 0, 0, 0}, press(200, 100, 0, 1500, 200), press(200, 100, 0, 1500, 200))
	small := press(200, 100, 0, 80, 80)
	small.BoxW, small.BoxH = 160, 160
	f("too small a target", []uint32{0, 0, 0, 0, 0, 0, 0, 0}, small)
	touched := press(200, 100, 0, 1500, 200)
	touched.Flags = gait.Touch
	f("a finger", []uint32{0, 0, 0, 0, 0, 0, 0, 0}, touched)
	scripted := press(200, 100, 0, 1500, 200)
	scripted.Flags = gait.Untrusted
	f("a script", []uint32{0, 0, 0, 0, 0, 0, 0, 0}, scripted)
}

func TestClicks(t *testing.T) {
	click := gait.Event{Kind: gait.Click, Code: 1}
	scripted := gait.Event{Kind: gait.Click, Flags: gait.Untrusted}
	keyed := gait.Event{Kind: gait.Click, Flags: gait.NoPointer}
	down := gait.Event{Kind: gait.Press}
	up := gait.Event{Kind: gait.Release}
	f := func(name string, s *script, want gait.Clicks) {
		t.Helper()
		got := s.fold().Clicks
		got.Held, got.AloneAt, got.UnpushAt, got.InstantAt = gait.Spread{}, gait.Moment{}, gait.Moment{}, gait.Moment{}
		if got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	f("by hand", new(script).after(9, down).after(80, up).after(0, click), gait.Clicks{Pointed: 1})
	f("a double click", new(script).after(9, down).after(80, up).after(0, click).after(90, down).after(70, up).after(0, click), gait.Clicks{Pointed: 2})
	f("by keyboard", new(script).after(9, keyed), gait.Clicks{Keyed: 1})
	f("the page's answer to a click", new(script).after(9, down).after(80, up).after(0, click).after(3, scripted), gait.Clicks{Pointed: 1, Scripted: 1})
	f("the page's answer to a key", new(script).after(9, keyed).after(0, scripted), gait.Clicks{Keyed: 1, Scripted: 1})
	f("by a script", new(script).after(2000, scripted).after(2000, scripted), gait.Clicks{Alone: 2})
	f("long after a click", new(script).after(9, down).after(80, up).after(0, click).after(1500, scripted), gait.Clicks{Pointed: 1, Alone: 1})
	f("without a press", new(script).after(9, down).after(80, up).after(0, click).after(500, click), gait.Clicks{Pointed: 2, Unpushed: 1})
	f("before anything was seen", new(script).after(9, click), gait.Clicks{Pointed: 1})
	f("in no time", new(script).after(9, down).after(0.4, up).after(0, click), gait.Clicks{Pointed: 1, Instant: 1})
}
