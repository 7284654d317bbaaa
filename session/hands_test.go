package session

import (
	"math"
	"testing"

	"github.com/gaithq/gait"
)

func TestRhythm(t *testing.T) {
	s := new(script)
	before := 0.0
	key := func(interval, dwell float64, class gait.KeyClass) {
		s.after(interval-before, gait.Event{Kind: gait.KeyDown, Code: int32(class), Target: 1})
		s.after(dwell, gait.Event{Kind: gait.KeyUp})
		before = dwell
	}
	word := func(intervals ...float64) {
		key(250, 60, gait.KeySpace)
		for _, ms := range intervals {
			key(ms, 80, gait.KeyLetter)
		}
	}
	word(200, 100, 150)
	word(200, 100, 150, 120)
	key(300, 70, gait.KeyErase)
	key(110, 70, gait.KeyErase)
	key(220, 80, gait.KeyLetter)
	key(2500, 80, gait.KeyLetter)
	r := s.fold().Rhythm
	near := func(name string, got gait.Tally, n uint32, ms float64) {
		t.Helper()
		if got.N != n || math.Abs(math.Exp(float64(got.Mean))-ms) > 0.01 {
			t.Errorf("%s: %d of %.2f ms on average, want %d of %.2f", name, got.N, math.Exp(float64(got.Mean)), n, ms)
		}
	}
	near("within", r.Within, 5, math.Pow(100*150*100*150*120, 0.2))
	near("start", r.Start, 2, 200)
	near("into", r.Into, 1, 250)
	near("before", r.Before, 1, 300)
	near("hold", r.Hold, 9, 80)
	near("thumb", r.Thumb, 2, 60)
	if r.Next.N != 3 || r.Second.N != 1 || r.Opened.N != 2 || r.Over != 0 {
		t.Errorf("%d successive, %d with one between, %d behind a start, %d overlaps", r.Next.N, r.Second.N, r.Opened.N, r.Over)
	}
	bins := 0
	for _, n := range r.Bins {
		bins += int(n)
	}
	if bins != 7 {
		t.Errorf("%d intervals in bins, want 7", bins)
	}
}

// TestRhythmOverlap: holds count with the interval that they reach into, also if
// they end after the next key was pressed.
func TestRhythmOverlap(t *testing.T) {
	s := new(script)
	s.after(0, gait.Event{Kind: gait.KeyDown, Slot: 0, Target: 1})
	s.after(100, gait.Event{Kind: gait.KeyDown, Slot: 1, Target: 1})
	s.after(20, gait.Event{Kind: gait.KeyUp, Slot: 0})
	s.after(60, gait.Event{Kind: gait.KeyUp, Slot: 1})
	s.after(70, gait.Event{Kind: gait.KeyDown, Slot: 0, Target: 1})
	r := s.fold().Rhythm
	if r.Over != 1 || r.Grip.N != 2 || math.Abs(math.Exp(float64(r.Grip.X))-math.Sqrt(120*80)) > 0.01 {
		t.Errorf("%d overlaps, %d holds with intervals of %.2f ms", r.Over, r.Grip.N, math.Exp(float64(r.Grip.X)))
	}
}

// glideAt plays a smooth stroke of the pointer at a mouse's rate.
func glideAt(hz, scale float64) *gait.Features {
	s := new(script)
	at := func(u float64) (x, y int32) {
		u = u * u * u * (10 - 15*u + 6*u*u)
		return int32(math.Round(scale * (100 + 500*u))), int32(math.Round(scale * (100 + 200*u + 40*math.Sin(math.Pi*u))))
	}
	const took = 700.0
	x, y := at(0)
	s.after(0, move(x, y))
	for ms := 1000 / hz; ms <= took; ms += 1000 / hz {
		x, y = at(ms / took)
		s.after(1000/hz, move(x, y))
	}
	x, y = at(1)
	s.after(5, move(x, y))
	s.after(120, press(x, y, 1, 10, 10))
	return s.fold()
}

// TestStrokeWhateverTheMouse: neither the mouse's rate nor the screen's scale
// changes what is kept of a stroke.
func TestStrokeWhateverTheMouse(t *testing.T) {
	want := glideAt(250, 1).Strokes
	if want.N != 1 {
		t.Fatalf("%d strokes", want.N)
	}
	shape := func(s gait.Strokes) []float64 {
		var list []float64
		for _, v := range []gait.Tally{s.Bent, s.Bow, s.Speed, s.Peak, s.Early, s.Late, s.Rough, s.Peaks, s.End, s.Time, s.Pause} {
			list = append(list, float64(v.Mean))
		}
		return list
	}
	names := []string{"bent", "bow", "speed", "peak", "early", "late", "rough", "peaks", "end", "time", "pause"}
	f := func(hz, scale float64) {
		t.Helper()
		got := glideAt(hz, scale).Strokes
		if got.N != 1 {
			t.Fatalf("%v Hz, scale %v: %d strokes", hz, scale, got.N)
		}
		for i, v := range shape(got) {
			if w := shape(want)[i]; math.Abs(v-w) > 0.08 {
				t.Errorf("%v Hz, scale %v: %s is %.3f, want about %.3f", hz, scale, names[i], v, w)
			}
		}
	}
	f(60, 1)
	f(75, 1)
	f(144, 1)
	f(1000, 1)
	f(60, 0.5)
	f(125, 2)
}

// TestStrokeNeedsAWay: a short hop, a jump and a way that was lost sight of have
// no shape.
func TestStrokeNeedsAWay(t *testing.T) {
	f := func(name string, s *script) {
		t.Helper()
		if n := s.fold().Strokes.N; n != 0 {
			t.Errorf("%s: %d strokes", name, n)
		}
	}
	hop := new(script).after(0, move(100, 100))
	for i := range int32(20) {
		hop.after(16, move(100+i, 100))
	}
	f("a hop", hop.after(50, press(120, 100, 1, 0, 0)))
	f("a jump", new(script).after(0, move(100, 100)).after(16, move(600, 400)).after(50, press(600, 400, 1, 0, 0)))
	lost := new(script).glide(100, 100, 600, 400).after(10, gait.Event{Kind: gait.Scroll, Target: -1})
	f("a scroll", lost.after(50, press(600, 400, 1, 0, 0)))
}
