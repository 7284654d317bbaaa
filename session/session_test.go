package session

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gaithq/gait"
)

// drawBatches makes a session of a few pages whose batches overlap in time, have
// gaps, and come from clocks that are right, late or years off.
func drawBatches(t *rapid.T) []gait.Batch {
	const noon = int64(1_763_726_400_000)
	var all []gait.Batch
	pages := rapid.IntRange(1, 5).Draw(t, "pages")
	for p := range pages {
		wrong := rapid.SampledFrom([]int64{0, 0, 0, -3_600_000, 31_536_000_000, 30_000}).Draw(t, "clock")
		opened := noon + int64(p)*rapid.Int64Range(0, 5_000).Draw(t, "opened")
		at := gait.Tick(rapid.Int64Range(0, 10_000).Draw(t, "first"))
		batches := rapid.IntRange(1, 6).Draw(t, "batches")
		for seq := range batches {
			var events []gait.Event
			for range rapid.IntRange(1, 12).Draw(t, "events") {
				at += gait.Tick(rapid.Int64Range(0, 4_000).Draw(t, "dt"))
				events = append(events, drawEvent(t, at))
			}
			if rapid.IntRange(0, 5).Draw(t, "lost") == 0 && seq > 0 {
				continue
			}
			all = append(all, gait.Batch{
				Page: gait.PageID{byte(p + 1)}, Seq: uint32(seq),
				Origin: opened + wrong, Sent: at + 50, Events: events,
				Arrived: opened + int64(at)/10 + rapid.Int64Range(0, 20_000).Draw(t, "latency"),
			})
		}
	}
	return all
}

func drawEvent(t *rapid.T, at gait.Tick) gait.Event {
	e := gait.Event{Kind: gait.Kind(rapid.IntRange(1, gait.Kinds-1).Draw(t, "kind")), T: at}
	small := func(name string, hi int32) int32 { return rapid.Int32Range(0, hi).Draw(t, name) }
	switch e.Kind {
	case gait.Move, gait.Press, gait.Release, gait.Click:
		e.X, e.Y = small("x", 1200), small("y", 800)
		e.Flags = rapid.SampledFrom([]gait.Flags{0, 0, 0, gait.Untrusted, gait.Touch}).Draw(t, "flags")
		e.Target, e.OffX, e.OffY, e.BoxW, e.BoxH = small("target", 3), small("ox", 3000), small("oy", 400), 3000, 400
	case gait.KeyDown:
		e.Code, e.Slot, e.Target = small("class", gait.KeyClassMax), small("slot", gait.KeySlots-1), small("target", 3)
	case gait.KeyUp:
		e.Slot = small("slot", gait.KeySlots-1)
	case gait.Input:
		e.Code, e.Target, e.N = small("code", gait.InputMax), small("target", 3), small("n", 40)
	case gait.Paste:
		e.Target, e.N = small("target", 3), small("n", 40)
	case gait.Life:
		e.Code = small("code", gait.LifeMax)
	case gait.Describe:
		e.Target, e.Code, e.N = small("target", 3), small("code", gait.TargetMax), small("purpose", gait.PurposeMax)
	case gait.Trait, gait.Fact:
		e.Name, e.Text = fmt.Sprint("t", small("name", 60)), fmt.Sprint(small("value", 3))
	case gait.UserID, gait.Tags, gait.Log, gait.Open, gait.Navigate:
		e.Text = rapid.SampledFrom([]string{"", "a", "b,c", "https://example.org/x"}).Draw(t, "text")
	}
	return e
}

// TestAnyOrderEndsInOneState is the promise that everything leans on: however
// batches come in, one by one or after a restart, the features are the same.
func TestAnyOrderEndsInOneState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		batches := drawBatches(t)
		want := Rebuild(batches).Features()
		wantLog, _ := Log(batches)

		arrival := rapid.Permutation(batches).Draw(t, "arrival")
		state, folded := new(State), 0
		for i := range arrival {
			if !state.Add(&arrival[i]) {
				state = Rebuild(arrival[:i+1])
			}
			folded = i + 1
			// At every step the state is what a restart would make of it.
			if again := Rebuild(arrival[:folded]).Features(); !reflect.DeepEqual(state.Features(), again) {
				t.Fatalf("after %d batches: %+v\nrebuilt: %+v", folded, state.Features(), again)
			}
		}
		if got := state.Features(); !reflect.DeepEqual(got, want) {
			t.Fatalf("features differ with the order:\n%+v\n%+v", got, want)
		}
		if gotLog, _ := Log(arrival); !reflect.DeepEqual(gotLog, wantLog) {
			t.Fatalf("logs differ with the order:\n%v\n%v", gotLog, wantLog)
		}
	})
}

// TestInOrderNeedsNoRebuild keeps the fast path: what arrives in order is folded
// as it comes.
func TestInOrderNeedsNoRebuild(t *testing.T) {
	state := new(State)
	for p := range 3 * maxPages {
		for seq := range 3 {
			at := gait.Tick(seq * 10_000)
			b := gait.Batch{
				Page: gait.PageID{byte(p), byte(p >> 8)}, Seq: uint32(seq),
				Origin: 1_763_726_400_000 + int64(p)*10_000, Sent: at + 10, Arrived: 1_763_726_400_000 + int64(p)*10_000 + int64(seq)*1000,
				Events: []gait.Event{{Kind: gait.Move, T: at}},
			}
			if !state.Add(&b) {
				t.Fatalf("page %d, batch %d is refused", p, seq)
			}
		}
	}
	if f := state.Features(); f.Batches != 9*maxPages || f.Missing != 0 || f.Events != 9*maxPages {
		t.Errorf("folded %+v", f)
	}
	if len(state.pages) != maxPages {
		t.Errorf("%d pages are remembered, at most %d may be", len(state.pages), maxPages)
	}
}

// script builds one page's batch from events with relative times in ms.
type script struct {
	events []gait.Event
	at     gait.Tick
}

func (s *script) after(ms float64, e gait.Event) *script {
	s.at += gait.Tick(ms * gait.TicksPerMillisecond)
	e.T = s.at
	s.events = append(s.events, e)
	return s
}

func (s *script) fold() *gait.Features {
	b := gait.Batch{Page: gait.PageID{1}, Origin: 1_763_726_400_000, Sent: s.at + 10, Arrived: 1_763_726_400_000 + int64(s.at)/10, Events: s.events}
	return Rebuild([]gait.Batch{b}).Features()
}

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

func TestClocks(t *testing.T) {
	const noon = int64(1_763_726_400_000)
	one := func(origin, arrived int64) *gait.Features {
		return Rebuild([]gait.Batch{{
			Page: gait.PageID{1}, Origin: origin, Sent: 20_000, Arrived: arrived,
			Events: []gait.Event{{Kind: gait.Move, T: 10_000}, {Kind: gait.Move, T: 15_000}},
		}}).Features()
	}
	if f := one(noon, noon+2_000+900); f.Started != noon+1_000 || f.Ended != noon+1_500 {
		t.Errorf("a clock that agrees is kept: %d to %d", f.Started-noon, f.Ended-noon)
	}
	const year = 365 * 24 * 3600 * 1000
	if f := one(noon-year, noon+2_000); f.Started != noon+1_000 || f.Ended != noon+1_500 {
		t.Errorf("a clock that is a year off is aligned to the server's: %d to %d", f.Started-noon, f.Ended-noon)
	}
}

func TestLog(t *testing.T) {
	s := new(script).
		after(3, gait.Event{Kind: gait.Open, Text: "https://example.org/signup"}).
		after(0, gait.Event{Kind: gait.Describe, Target: 1, Code: int32(gait.TargetText)}).
		after(0, gait.Event{Kind: gait.Describe, Target: 2, Code: int32(gait.TargetButton), Text: "Create account"}).
		after(900, gait.Event{Kind: gait.Click, Target: 1}).
		after(50, gait.Event{Kind: gait.Input, Target: 1, Code: int32(gait.InputInsert), N: 1}).
		after(50, gait.Event{Kind: gait.Input, Target: 1, Code: int32(gait.InputInsert), N: 1}).
		after(50, gait.Event{Kind: gait.Life, Code: int32(gait.BecameHidden)}).
		after(0, gait.Event{Kind: gait.Life, Code: int32(gait.WindowBlur)}).
		after(5000, gait.Event{Kind: gait.Life, Code: int32(gait.BecameShown)}).
		after(50, gait.Event{Kind: gait.Paste, Target: 1, N: 40}).
		after(0, gait.Event{Kind: gait.Input, Target: 1, Code: int32(gait.InputPaste), N: 40}).
		after(50, gait.Event{Kind: gait.Click, Target: 2}).
		after(50, gait.Event{Kind: gait.Log, Text: "Signed in"}).
		after(50, gait.Event{Kind: gait.Navigate, Text: "https://example.org/welcome", Code: int32(gait.NavPush)}).
		after(50, gait.Event{Kind: gait.Navigate, Text: "https://example.org/welcome", Code: int32(gait.NavHash)}).
		after(50, gait.Event{Kind: gait.Copy, Target: 1, N: 1})
	b := gait.Batch{Page: gait.PageID{1}, Origin: 1_763_726_400_000, Sent: s.at, Arrived: 1_763_726_400_000 + int64(s.at)/10, Events: s.events}
	entries, cut := Log([]gait.Batch{b})
	want := []string{
		"Navigated to /signup", "Clicked a text field", "Typed in a text field", "Left the tab", "Came back to the tab",
		"Pasted 40 characters into a text field", `Clicked "Create account"`, "Signed in", "Navigated to /welcome", "Copied 1 character from a text field",
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Text)
	}
	if !slices.Equal(got, want) || cut != 0 {
		t.Errorf("log = %q (cut %d)\nwant %q", got, cut, want)
	}
	if entries[1].At != 1_763_726_400_903 {
		t.Errorf("the click was at %d", entries[1].At)
	}

	many := make([]gait.Event, MaxLog+10)
	for i := range many {
		many[i] = gait.Event{Kind: gait.Log, T: gait.Tick(i), Text: fmt.Sprint(i)}
	}
	b.Events = many
	entries, cut = Log([]gait.Batch{b})
	if len(entries) != MaxLog || cut != 10 || entries[0].Text != "0" || entries[MaxLog-1].Text != fmt.Sprint(MaxLog+9) {
		t.Errorf("%d entries, %d cut, from %q to %q", len(entries), cut, entries[0].Text, entries[len(entries)-1].Text)
	}
}

func TestSplitTags(t *testing.T) {
	if got := SplitTags(" a, b ,,a,ü/x"); !slices.Equal(got, []string{"a", "b", "ü/x"}) {
		t.Errorf("tags = %q", got)
	}
}

// busy is a batch of a page in full use: moves, a click, keys and changes.
func busy(seq uint32) gait.Batch {
	s := new(script)
	s.at = gait.Tick(seq) * 20_000
	for i := range 30 {
		s.after(16, move(int32(300+7*i), int32(200+3*i)))
	}
	s.after(40, press(503, 287, 1, 900, 130))
	for range 9 {
		s.key(80, 90, gait.KeyLetter, 1)
	}
	return gait.Batch{Page: gait.PageID{1}, Seq: seq, Origin: 1_763_726_400_000, Sent: s.at, Arrived: 1_763_726_400_000 + int64(s.at)/10, Events: s.events}
}

func TestFoldingAllocatesNothing(t *testing.T) {
	state := new(State)
	b := busy(0)
	state.Add(&b)
	seq := uint32(1)
	allocs := testing.AllocsPerRun(100, func() {
		b.Seq = seq
		seq++
		if !state.Add(&b) {
			t.Fatal("refused")
		}
	})
	if allocs != 0 {
		t.Errorf("folding a batch allocates %v times; nothing may: look for a slice that grows or a value that escapes", allocs)
	}
}

func BenchmarkFold(b *testing.B) {
	batch := busy(0)
	state := new(State)
	b.ReportAllocs()
	seq := uint32(0)
	for b.Loop() {
		batch.Seq = seq
		seq++
		if !state.Add(&batch) {
			b.Fatal("refused")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batch.Events)), "ns/event")
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

func TestScroll(t *testing.T) {
	open := func() *script {
		return new(script).after(10, gait.Event{Kind: gait.Open, X: 1280, Y: 720, Text: "https://example.org/"}).after(5000, move(600, 300))
	}
	to := func(y int32) gait.Event { return gait.Event{Kind: gait.Scroll, Y: y, Target: -1} }
	f := func(name string, s *script, gestures, excused, jumps uint32) {
		t.Helper()
		got := s.fold().Scroll
		if got.Gestures != gestures || got.Excused != excused || got.Jumps != jumps {
			t.Errorf("%s: %+v, want %d gestures, %d excused, %d jumps", name, got, gestures, excused, jumps)
		}
	}
	f("jumps", open().after(10, to(900)).after(2000, to(1900)), 2, 0, 2)
	f("a glide", open().after(10, to(40)).after(16, to(300)).after(16, to(1100)), 1, 0, 0)
	f("the wheel", open().after(10, gait.Event{Kind: gait.Wheel, Y: 900}).after(20, to(900)), 1, 0, 0)
	f("a finger", open().after(10, gait.Event{Kind: gait.Move, X: 3, Y: 3, Flags: gait.Touch}).after(20, to(900)), 1, 0, 0)
	f("Page Down", open().after(10, gait.Event{Kind: gait.KeyDown, Code: int32(gait.KeyArrow)}).after(20, to(900)), 1, 0, 0)
	f("a click", open().after(10, gait.Event{Kind: gait.Press}).after(700, to(900)), 1, 1, 0)
	f("a route", open().after(10, gait.Event{Kind: gait.Navigate, Code: int32(gait.NavHash)}).after(20, to(900)), 1, 1, 0)
	f("a focus", open().after(10, gait.Event{Kind: gait.Scroll, Y: 900, Target: -1, Flags: gait.Focusing}), 1, 1, 0)
	f("the scrollbar", open().after(10, move(1275, 300)).after(600, to(900)), 1, 1, 0)
	f("find in page", open().after(10, gait.Event{Kind: gait.Life, Code: int32(gait.WindowBlur)}).after(3000, to(900)), 1, 1, 0)
	f("where the page was left", new(script).after(10, gait.Event{Kind: gait.Open, X: 1280, Y: 720}).after(400, to(2000)), 1, 1, 0)
	f("within an element", open().after(10, gait.Event{Kind: gait.Scroll, Y: 900, Target: 4}), 0, 0, 0)
	f("a little", open().after(10, to(300)).after(2000, to(700)), 2, 0, 0)
	f("an unknown viewport", new(script).after(3000, to(100)).after(3000, to(5000)), 2, 2, 0)
}

func TestDraw(t *testing.T) {
	ruled := func(steps int32) *script {
		s := new(script).after(500, move(100, 100)).after(50, press(100, 100, 0, 10, 10)).after(300, move(100, 100))
		for i := int32(1); i <= steps; i++ {
			s.after(8, move(100+i*400/steps, 100+i*200/steps))
		}
		return s.after(30, press(500, 300, 1, 900, 130))
	}
	f := func(name string, s *script, drawn, straight uint32) {
		t.Helper()
		if p := s.fold().Pointer; p.Drawn != drawn || p.Ruled != straight {
			t.Errorf("%s: %d drawn, %d ruled; want %d and %d", name, p.Drawn, p.Ruled, drawn, straight)
		}
	}
	f("as with a ruler", ruled(20), 1, 1)
	f("too few steps", ruled(5), 0, 0)
	f("a hand, straight", new(script).after(500, move(100, 100)).after(50, press(100, 100, 0, 10, 10)).glide(100, 100, 500, 300).after(80, press(500, 300, 1, 900, 130)), 1, 0)
	curve := new(script).after(500, move(100, 100)).after(50, press(100, 100, 0, 10, 10))
	for i := int32(1); i <= 20; i++ {
		curve.after(8, move(100+20*i, 100+i*i/2))
	}
	f("a curve in even steps", curve.after(30, press(500, 300, 1, 900, 130)), 1, 0)
}

func TestFactsHaveRoom(t *testing.T) {
	s := new(script)
	for i := range 3 * maxTraits {
		s.after(0, gait.Event{Kind: gait.Trait, Name: fmt.Sprint("junk", i), Text: "x"})
	}
	s.after(0, gait.Event{Kind: gait.Fact, Name: "ip.tor", Text: "yes"})
	f := s.fold()
	if v, ok := f.Trait("ip.tor"); !ok || v != "yes" || len(f.Traits) != maxTraits+1 {
		t.Errorf("%d traits, ip.tor = %q", len(f.Traits), v)
	}
}

func FuzzSplitTags(f *testing.F) {
	f.Add("a, b,,a")
	f.Add(" ,\x00,ü")
	f.Fuzz(func(t *testing.T, s string) {
		tags := SplitTags(s)
		if len(tags) > maxTags {
			t.Fatalf("%d tags", len(tags))
		}
		for i, tag := range tags {
			if tag == "" || tag != strings.TrimSpace(tag) || strings.Contains(tag, ",") || slices.Contains(tags[:i], tag) {
				t.Fatalf("%q gives %q", s, tags)
			}
		}
		if again := SplitTags(strings.Join(tags, ",")); !slices.Equal(again, tags) {
			t.Fatalf("%q gives %q, then %q", s, tags, again)
		}
	})
}
