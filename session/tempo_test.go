package session

import (
	"math"
	"testing"

	"github.com/gaithq/gait"
)

func TestActs(t *testing.T) {
	f := func(name string, s *script, acts, abrupt, hasty uint32) {
		t.Helper()
		p := s.fold().Tempo
		if p.Acts != acts || p.Abrupt != abrupt || p.Hasty != hasty {
			t.Errorf("%s: %d acts, %d abrupt, %d hasty; want %d, %d and %d", name, p.Acts, p.Abrupt, p.Hasty, acts, abrupt, hasty)
		}
	}
	release := func(x, y int32) gait.Event { return gait.Event{Kind: gait.Release, X: x, Y: y} }
	start := func() *script {
		return new(script).after(500, move(100, 100)).after(50, press(100, 100, 0, 10, 10)).after(60, release(100, 100))
	}
	click := press(600, 400, 1, 900, 130)

	f("a hand after a rest", start().after(2000, move(101, 100)).glide(100, 100, 600, 400).after(80, click), 1, 0, 0)
	f("a program after a rest", start().after(2000, move(600, 400)).after(2, click), 1, 1, 0)
	f("a press with no move", start().after(2000, click), 1, 1, 0)
	f("a hand that went there before the rest", start().glide(100, 100, 600, 400).after(2000, click), 0, 0, 0)
	f("no rest", start().after(400, move(600, 400)).after(2, click), 0, 0, 0)
	f("a window left meanwhile", start().after(900, gait.Event{Kind: gait.Life, Code: int32(gait.WindowBlur)}).after(2000, move(600, 400)).after(2, click), 0, 0, 0)
	f("the first thing on a page", new(script).after(5000, click), 0, 0, 0)
	f("a finger", start().after(2000, gait.Event{Kind: gait.Press, X: 600, Y: 400, Flags: gait.Touch}), 0, 0, 0)

	f("two presses at once, far from each other", start().after(20, click), 0, 0, 1)
	f("a double click", start().after(40, press(101, 100, 0, 10, 10)), 0, 0, 0)
	f("two presses with time between", start().after(200, move(600, 400)).after(5, click), 0, 0, 0)
}

func TestRapidFields(t *testing.T) {
	field := func(n int32, purpose gait.Purpose) gait.Event {
		return gait.Event{Kind: gait.Describe, Target: n, Code: int32(gait.TargetText), N: int32(purpose)}
	}
	text := func(n int32) gait.Event {
		return gait.Event{Kind: gait.Input, Target: n, Code: int32(gait.InputInsert), N: 12}
	}
	start := func(p gait.Purpose) *script {
		return new(script).after(0, field(1, p)).after(0, field(2, p)).after(0, field(3, p))
	}
	for name, c := range map[string]struct {
		s    *script
		want uint32
	}{
		"filled in one go":   {start(0).after(900, text(1)).after(10, text(2)).after(10, text(3)), 2},
		"dictated":           {start(0).after(900, text(1)).after(900, text(1)).after(2000, text(2)), 0},
		"bit by bit":         {start(0).after(900, text(1)).after(10, text(1)).after(10, text(1)), 0},
		"a password manager": {start(gait.PurposeUsername).after(900, text(1)).after(10, text(2)), 0},
	} {
		if got := c.s.fold().Tempo.Rapid; got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestHands(t *testing.T) {
	for name, c := range map[string]struct {
		e    gait.Event
		want bool
	}{
		"a move":            {move(1, 2), true},
		"a key":             {gait.Event{Kind: gait.KeyDown}, true},
		"text":              {gait.Event{Kind: gait.Input, Code: int32(gait.InputInsert), N: 3}, true},
		"a box":             {gait.Event{Kind: gait.Input, Code: int32(gait.InputChange)}, false},
		"autofill":          {gait.Event{Kind: gait.Input, Code: int32(gait.InputInsert), N: 3, Flags: gait.Autofilled}, false},
		"a script's change": {gait.Event{Kind: gait.Input, N: 3, Flags: gait.Untrusted}, false},
		"a script's press":  {gait.Event{Kind: gait.Press, Flags: gait.Untrusted}, false},
		"a scroll":          {gait.Event{Kind: gait.Scroll, Y: 9, Target: -1}, false},
		"a focus":           {gait.Event{Kind: gait.FieldFocus}, false},
	} {
		f := new(script).after(10, c.e).after(5, gait.Event{Kind: gait.Submit}).fold().Tempo
		if f.Hands != c.want || f.Submits != 1 {
			t.Errorf("%s: hands %v, %d forms sent", name, f.Hands, f.Submits)
		}
	}
}

// paced folds a page's batches, sent and received at the given seconds.
func paced(times ...[2]float64) gait.Pace {
	const noon = int64(1_763_726_400_000)
	var list []gait.Batch
	for i, at := range times {
		sent := gait.Tick(at[0] * 1000 * gait.TicksPerMillisecond)
		list = append(list, gait.Batch{
			Page: gait.PageID{1}, Seq: uint32(i), Origin: noon, Sent: sent, Arrived: noon + int64(at[1]*1000),
			Events: []gait.Event{{Kind: gait.Move, T: sent}},
		})
	}
	return Rebuild(list).Features().Pace
}

func TestPace(t *testing.T) {
	f := func(name string, want uint32, times ...[2]float64) {
		t.Helper()
		if got := paced(times...); got.Rushed != want || int(got.Batches) != len(times)-1 {
			t.Errorf("%s: %+v, want %d", name, got, want)
		}
	}
	f("punctual", 0, [2]float64{1, 1.1}, [2]float64{2, 2.1}, [2]float64{30, 30.1}, [2]float64{600, 600.2})
	f("a slow network", 0, [2]float64{1, 4}, [2]float64{2, 4.1}, [2]float64{3, 9}, [2]float64{4, 9.1})
	f("one beacon an hour late", 1, [2]float64{1, 1.1}, [2]float64{2, 3602}, [2]float64{3610, 3610.1}, [2]float64{3611, 3611.1})
	f("a machine that slept", 0, [2]float64{1, 1.1}, [2]float64{2, 3602}, [2]float64{3, 3603})
	var made [][2]float64
	for i := range 60 {
		made = append(made, [2]float64{float64(i), 10 + float64(i)/40})
	}
	f("a minute that took a second and a half", 9, made...)
}

// TestSketches: the same hand, drawn and typed again a little off, makes
// nearly the same sketches; and strokes that are all alike make none.
func TestSketches(t *testing.T) {
	hand := func(shift float64, dx int32) []gait.Sketch {
		s := new(script)
		for n := range 3 {
			s.after(700, move(dx, 0))
			for i := 1; i <= 30; i++ {
				u := float64(i) / 30
				s.after(16+shift*float64(i%3-1), move(dx+int32(400*u*u*(3-2*u)), int32(120*float64(n+1)*u*(1-u))))
			}
		}
		for i := range 40 {
			s.after(90+60*math.Abs(math.Sin(float64(i)))+shift*float64(i%3-1), gait.Event{Kind: gait.KeyDown, Target: 1})
			s.after(30, gait.Event{Kind: gait.KeyUp})
		}
		b := gait.Batch{Page: gait.PageID{1}, Origin: 1_763_726_400_000, Sent: s.at, Arrived: 1_763_726_400_000 + int64(s.at)/10, Events: s.events}
		var state State
		if !state.Add(&b) {
			t.Fatal("refused")
		}
		list := state.Sketches()
		if again := state.Sketches(); len(again) > 0 {
			t.Errorf("%d sketches are handed out twice", len(again))
		}
		counts := state.Features().Sketched.Counts
		if int(counts[gait.PathSketch]+counts[gait.RhythmSketch]) != len(list) {
			t.Errorf("counted %v, handed out %d", counts, len(list))
		}
		return list
	}
	a, b := hand(0, 0), hand(3, 250)
	if len(a) != 3 || len(a) != len(b) { // two strokes, as the last has no end yet, and one stretch
		t.Fatalf("%d and %d sketches", len(a), len(b))
	}
	for i := range a {
		if a[i].Kind != b[i].Kind {
			t.Fatalf("sketch %d: kinds %d and %d", i, a[i].Kind, b[i].Kind)
		}
		for j := range a[i].Shape {
			if d := a[i].Shape[j] - b[i].Shape[j]; d > 60 || d < -60 {
				t.Errorf("sketch %d: %v and %v", i, a[i].Shape, b[i].Shape)
				break
			}
		}
	}
	if n := new(script).after(500, move(0, 0)).glide(0, 0, 600, 400).after(90, press(600, 400, 1, 1, 1)).fold().Sketched.Counts[gait.PathSketch]; n != 0 {
		t.Errorf("a straight stroke makes %d sketches", n)
	}
}

func TestHandovers(t *testing.T) {
	release := gait.Event{Kind: gait.Release, X: 9, Y: 9}
	key := gait.Event{Kind: gait.KeyDown}
	fill := gait.Event{Kind: gait.Input, Code: int32(gait.InputInsert), N: 9}
	auto := fill
	auto.Flags = gait.Autofilled
	for name, c := range map[string]struct {
		s                *script
		handovers, snaps uint32
	}{
		"a program's key":        {new(script).after(9, release).after(3, key).after(3, key), 1, 1},
		"a program's text":       {new(script).after(9, release).after(20, fill).after(3, fill), 1, 1},
		"a program's paste":      {new(script).after(9, release).after(20, gait.Event{Kind: gait.Paste, N: 4}), 1, 1},
		"a hand on its way":      {new(script).after(9, release).after(300, key), 1, 0},
		"much later":             {new(script).after(9, release).after(5000, key), 0, 0},
		"the browser fills it":   {new(script).after(9, release).after(3, auto), 0, 0},
		"another click":          {new(script).after(9, release).after(9, press(9, 9, 0, 1, 1)).after(3, key), 0, 0},
		"keys without any click": {new(script).after(9, key).after(3, key), 0, 0},
	} {
		if f := c.s.fold().Tempo; f.Handovers != c.handovers || f.Snaps != c.snaps {
			t.Errorf("%s: %d handovers, %d snaps", name, f.Handovers, f.Snaps)
		}
	}
}
