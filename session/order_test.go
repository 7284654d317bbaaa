package session

import (
	"fmt"
	"reflect"
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
