package session

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/gaithq/gait"
)

// holds checks what is true of every trace.
func holds(fatalf func(string, ...any), batches []gait.Batch, r gait.Trace) {
	f := Rebuild(batches).Features()
	if r.Started != f.Started || r.Ended != f.Ended {
		fatalf("from %d to %d, want %d to %d", r.Started, r.Ended, f.Started, f.Ended)
	}
	if m := r.Moves; len(m.X) != len(m.T) || len(m.Y) != len(m.T) || len(m.P) != len(m.T) {
		fatalf("columns of moves differ in length")
	}
	if k := r.Keys; len(k.Class) != len(k.T) || len(k.Dwell) != len(k.T) || len(k.Field) != len(k.T) {
		fatalf("columns of keys differ in length")
	}
	if c := r.Scroll; len(c.Y) != len(c.T) || len(c.P) != len(c.T) || len(c.Jump) != len(c.T) {
		fatalf("columns of scrolling differ in length")
	}
	times := slices.Concat(r.Moves.T, r.Keys.T, r.Scroll.T, r.Wheel, r.Submits, r.Copies)
	for _, j := range r.Jumps {
		times = append(times, j.T)
	}
	for _, c := range r.Clicks {
		times = append(times, c.T)
	}
	for _, s := range r.Spans {
		if times = append(times, s.From, s.To); s.From > s.To {
			fatalf("a span from %d to %d", s.From, s.To)
		}
	}
	for _, t := range times {
		if t < 0 || t > r.Ended-r.Started {
			fatalf("something happens at %d of %d ms", t, r.Ended-r.Started)
		}
	}
	if r.Cut {
		return
	}
	jumps, scrolls, presses := 0, 0, 0
	for _, j := range r.Jumps {
		if j.Press {
			jumps++
		}
		if distance(j.X0, j.Y0, j.X1, j.Y1) < gait.JumpDistance {
			fatalf("a jump of %v", j)
		}
	}
	for _, jump := range r.Scroll.Jump {
		if jump {
			scrolls++
		}
	}
	for _, c := range r.Clicks {
		if c.Trusted && c.Pointer == "mouse" && c.W > 0 {
			presses++
		}
	}
	if jumps != int(f.Pointer.Jumped) || scrolls != int(f.Scroll.Jumps) {
		fatalf("%d jumps and %d of the page, the fold has %d and %d", jumps, scrolls, f.Pointer.Jumped, f.Scroll.Jumps)
	}
	if presses > int(f.Pointer.Presses) {
		fatalf("%d presses, the fold has %d", presses, f.Pointer.Presses)
	}
}

// TestTraceAgrees: what a trace shows as evidence is what the fold counts, in
// whatever order batches come.
func TestTraceAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batches := drawBatches(t)
		r := Trace(batches)
		holds(t.Fatalf, batches, r)
		shuffled := slices.Clone(batches)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)).Shuffle(len(shuffled), func(a, b int) {
			shuffled[a], shuffled[b] = shuffled[b], shuffled[a]
		})
		if again := Trace(shuffled); !reflect.DeepEqual(r, again) {
			t.Fatalf("another order gives\n%+v, not\n%+v", again, r)
		}
	})
}

// acted makes one batch of a page, ms apart from each other as said.
func acted(page byte, origin int64, events ...gait.Event) gait.Batch {
	for i := range events {
		events[i].T *= gait.TicksPerMillisecond
	}
	last := events[len(events)-1].T
	return gait.Batch{Page: gait.PageID{page}, Origin: origin, Sent: last, Arrived: origin + int64(last)/10, Events: events}
}

func TestTrace(t *testing.T) {
	const noon = int64(1_763_726_400_000)
	one := acted(
		1, noon,
		gait.Event{T: 100, Kind: gait.Open, X: 1280, Y: 720, Text: "https://example.org/a"},
		gait.Event{T: 101, Kind: gait.Describe, Target: 1, Code: int32(gait.TargetButton), Text: "Send"},
		gait.Event{T: 102, Kind: gait.Describe, Target: 2, Code: int32(gait.TargetText)},
		gait.Event{T: 103, Kind: gait.Describe, Target: 3, Code: int32(gait.TargetText), Text: "Name"},
		gait.Event{T: 200, Kind: gait.Move, X: 10, Y: 10},
		gait.Event{T: 210, Kind: gait.Move, X: 12, Y: 10},
		gait.Event{T: 900, Kind: gait.Move, X: 500, Y: 300},
		gait.Event{T: 910, Kind: gait.Press, X: 500, Y: 300, Target: 1, OffX: 400, OffY: 105, BoxW: 800, BoxH: 200},
		gait.Event{T: 950, Kind: gait.Release, X: 500, Y: 300},
		gait.Event{T: 951, Kind: gait.Click, X: 500, Y: 300, Target: 1, Code: 1},
		gait.Event{T: 960, Kind: gait.Move, X: 100, Y: 100, Flags: gait.Untrusted},
		gait.Event{T: 970, Kind: gait.Click, X: 5, Y: 6, Target: 2, Flags: gait.Untrusted | gait.NoPointer},
		gait.Event{T: 1000, Kind: gait.KeyDown, Code: int32(gait.KeyLetter), Slot: 1, Target: 2},
		gait.Event{T: 1001, Kind: gait.Input, Code: int32(gait.InputInsert), Target: 2, N: 1},
		gait.Event{T: 1080, Kind: gait.KeyDown, Code: int32(gait.KeyDigit), Slot: 2, Target: 2},
		gait.Event{T: 1081, Kind: gait.Input, Code: int32(gait.InputInsert), Target: 2, N: 1},
		gait.Event{T: 1090, Kind: gait.KeyUp, Slot: 1},
		gait.Event{T: 1100, Kind: gait.KeyDown, Code: int32(gait.KeyDigit), Slot: 2, Target: 2, Flags: gait.Repeat},
		gait.Event{T: 1200, Kind: gait.Paste, Target: 3, N: 9},
		gait.Event{T: 1201, Kind: gait.Input, Code: int32(gait.InputPaste), Target: 3, N: 9},
		gait.Event{T: 1300, Kind: gait.Life, Code: int32(gait.BecameHidden)},
		gait.Event{T: 1500, Kind: gait.Life, Code: int32(gait.BecameShown)},
		gait.Event{T: 1600, Kind: gait.Navigate, Code: int32(gait.NavHash), Text: "https://example.org/a"},
		gait.Event{T: 1700, Kind: gait.Navigate, Code: int32(gait.NavPush), Text: "https://example.org/b"},
		gait.Event{T: 1800, Kind: gait.Wheel, Y: 100},
		gait.Event{T: 1810, Kind: gait.Scroll, Y: 100, Target: -1},
		gait.Event{T: 1820, Kind: gait.Scroll, Y: 50, Target: 7},
		gait.Event{T: 1900, Kind: gait.Copy, N: 3, Target: 2},
		gait.Event{T: 1950, Kind: gait.Submit, Target: 4},
		gait.Event{T: 2000, Kind: gait.Life, Code: int32(gait.WindowBlur)},
	)
	two := acted(
		2, noon+3000,
		gait.Event{T: 0, Kind: gait.Open, X: 640, Y: 480, Text: "https://example.org/c"},
		gait.Event{T: 100, Kind: gait.Move, X: 1, Y: 2},
		gait.Event{T: 5000, Kind: gait.Move, X: 600, Y: 2}, // a jump, …
		gait.Event{T: 5010, Kind: gait.Move, X: 700, Y: 2}, // … no: it goes on
		gait.Event{T: 5900, Kind: gait.Press, X: 100, Y: 400, Flags: gait.Touch, Target: 9},
		gait.Event{T: 6000, Kind: gait.Edited, Target: 5},
	)
	facts := acted(9, noon, gait.Event{T: 1, Kind: gait.Fact, Name: "ip.country", Text: "DE"})
	r := Trace([]gait.Batch{two, facts, one})
	want := gait.Trace{
		Started: noon + 1, Ended: noon + 9000,
		Pages: []gait.TracePage{
			{Page: gait.PageID{9}, T: 0},
			{Page: gait.PageID{1}, T: 99, URL: "https://example.org/a", W: 1280, H: 720},
			{Page: gait.PageID{2}, T: 2999, URL: "https://example.org/c", W: 640, H: 480},
		},
		Views: []gait.TraceView{{T: 1699, P: 1, URL: "https://example.org/b"}},
		Moves: gait.TraceMoves{
			T: []int64{199, 209, 899, 3099, 7999, 8009}, X: []int32{10, 12, 500, 1, 600, 700}, Y: []int32{10, 10, 300, 2, 2, 2}, P: []int{1, 1, 1, 2, 2, 2},
		},
		Jumps: []gait.TraceJump{{T: 899, X0: 12, Y0: 10, X1: 500, Y1: 300, P: 1, Press: true}},
		Clicks: []gait.TraceClick{
			{T: 909, X: 500, Y: 300, P: 1, OffX: 40, OffY: 10.5, W: 80, H: 20, Target: "Send", Trusted: true, Pointer: "mouse", Held: 40, Click: true},
			{T: 969, X: 5, Y: 6, P: 1, Target: "a text field #1", Pointer: "none", Held: -1, Click: true},
			{T: 8899, X: 100, Y: 400, P: 2, Target: "an element #1", Trusted: true, Pointer: "touch", Held: -1},
		},
		Keys:    gait.TraceKeys{T: []int64{999, 1079}, Class: []gait.KeyClass{gait.KeyLetter, gait.KeyDigit}, Dwell: []int64{90, -1}, Field: []int{0, 0}},
		Fields:  []string{"a text field #1", "Name", "an element #2"},
		Inputs:  []gait.TraceInput{{T: 1000, Field: 0, How: "typed", N: 2}, {T: 1200, Field: 1, How: "pasted", N: 9}, {T: 8999, Field: 2, How: "edited"}},
		Scroll:  gait.TraceScroll{T: []int64{1809}, Y: []int32{100}, P: []int{1}, Jump: []bool{false}},
		Wheel:   []int64{1799},
		Spans:   []gait.TraceSpan{{Kind: "hidden", From: 1299, To: 1499}, {Kind: "blurred", From: 1999, To: 2999}},
		Submits: []int64{1949},
		Pastes:  []gait.TracePaste{{T: 1199, Field: 1, N: 9}},
		Copies:  []int64{1899},
	}
	got, fields := reflect.ValueOf(r), reflect.TypeOf(r)
	for i := range fields.NumField() {
		if g, w := got.Field(i).Interface(), reflect.ValueOf(want).Field(i).Interface(); !reflect.DeepEqual(g, w) {
			t.Errorf("%s:\n%+v, want\n%+v", fields.Field(i).Name, g, w)
		}
	}
}

// long makes a session of so many moves, a press every thousand.
func long(n int) []gait.Batch {
	var batches []gait.Batch
	var events []gait.Event
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range n {
		at := gait.Tick(i * 160)
		if i%1000 == 999 {
			events = append(events, gait.Event{Kind: gait.Press, T: at, X: int32(i % 1200), Y: 5, BoxW: 900, BoxH: 300})
		} else {
			events = append(events, gait.Event{Kind: gait.Move, T: at, X: int32(i % 1200), Y: rnd.Int32N(700)})
		}
		if len(events) == 500 || i == n-1 {
			batches = append(batches, gait.Batch{Page: gait.PageID{1}, Seq: uint32(len(batches)), Origin: 1e12, Sent: at, Arrived: 1e12 + int64(at)/10, Events: events})
			events = nil
		}
	}
	return batches
}

func entries(r gait.Trace) int {
	return len(r.Pages) + len(r.Views) + len(r.Moves.T) + len(r.Jumps) + len(r.Clicks) + len(r.Keys.T) + len(r.Fields) + len(r.Inputs) +
		len(r.Scroll.T) + len(r.Wheel) + len(r.Spans) + len(r.Submits) + len(r.Pastes) + len(r.Copies)
}

// TestTraceThins: presses and jumps stay, and of moves those at the ends of runs.
func TestTraceThins(t *testing.T) {
	short := Trace(long(gait.MaxTrace / 2))
	if short.Cut || len(short.Moves.T)+len(short.Clicks) != gait.MaxTrace/2 {
		t.Errorf("a short one has %d moves", len(short.Moves.T))
	}
	batches := long(3 * gait.MaxTrace)
	r := Trace(batches)
	holds(t.Fatalf, batches, r)
	if n := entries(r); !r.Cut || n > gait.MaxTrace || n < gait.MaxTrace*99/100 {
		t.Errorf("%d entries, cut %v", n, r.Cut)
	}
	if len(r.Clicks) != 3*gait.MaxTrace/1000 {
		t.Errorf("%d presses are left", len(r.Clicks))
	}
	if !slices.IsSorted(r.Moves.T) {
		t.Error("moves are out of order")
	}
	at := map[int64]bool{}
	for _, m := range r.Moves.T {
		at[m] = true
	}
	for _, c := range r.Clicks {
		for i := int64(1); i <= runEnds; i++ {
			if !at[c.T-16*i] {
				t.Fatalf("the move %d before a press is gone", i)
			}
		}
	}
}

// TestTraceBounded has far too much of everything.
func TestTraceBounded(t *testing.T) {
	var batches []gait.Batch
	kinds := []gait.Event{
		{Kind: gait.Press},
		{Kind: gait.Click, Flags: gait.NoPointer},
		{Kind: gait.KeyDown},
		{Kind: gait.Input, Code: int32(gait.InputChange)},
		{Kind: gait.Scroll, Target: -1},
		{Kind: gait.Wheel},
		{Kind: gait.Submit},
		{Kind: gait.Paste},
		{Kind: gait.Copy},
		{Kind: gait.Navigate, Text: "https://example.org/"},
		{Kind: gait.Move},
		{Kind: gait.Life, Code: int32(gait.BecameHidden)},
		{Kind: gait.Life, Code: int32(gait.BecameShown)},
	}
	for page := range maxTracePages + 5 {
		b := gait.Batch{Page: gait.PageID{byte(page), byte(page >> 8)}, Origin: 1e12 + int64(page)*1000, Arrived: 1e12 + int64(page)*1000}
		for i := range 40 * len(kinds) {
			e := kinds[i%len(kinds)]
			e.T = gait.Tick(i)
			if e.Target == 0 {
				e.Target = int32(i)
			}
			e.X = int32(100 * (i % 2))
			b.Events = append(b.Events, e)
		}
		batches = append(batches, b)
	}
	r := Trace(batches)
	if n := entries(r); !r.Cut || n > gait.MaxTrace || len(r.Pages) != maxTracePages {
		t.Errorf("%d entries of %d pages, cut %v", n, len(r.Pages), r.Cut)
	}
	last := r.Clicks[len(r.Clicks)-1]
	if len(r.Clicks) != maxColumn || last.P != maxTracePages-1 || r.Clicks[0].P != 0 {
		t.Errorf("%d clicks to page %d", len(r.Clicks), last.P)
	}
}

func BenchmarkTrace(b *testing.B) {
	batches := long(100_000)
	b.ReportAllocs()
	for b.Loop() {
		Trace(batches)
	}
}
