package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

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
