// Command replays tells how often package twin finds what is there and what is not:
// people whose behaviour it takes for somebody else's, and recordings played again
// with noise that it finds.
//
//	go run ./internal/replays PACK…
//
// A recording counts as found by the thresholds of the check replayed_behavior.
// Sessions of one person are not held against each other.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/session"
	"github.com/gaithq/gait/twin"
)

func main() {
	jitter := flag.Float64("jitter", 4, "standard deviation, ms, of the noise on every time of a replay")
	seconds := flag.Int("seconds", 0, "play only the first seconds of each recording; 0 plays all")
	flag.Parse()
	for _, name := range flag.Args() {
		if err := measure(os.Stdout, name, *jitter, *seconds); err != nil {
			log.Fatal(err)
		}
	}
}

// measure prints a line for each set of a pack.
func measure(w io.Writer, name string, jitter float64, seconds int) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	limit := gait.Tick(seconds) * 1000 * gait.TicksPerMillisecond
	// All sketches of a set are kept: people are compared with everybody else.
	x := twin.New(twin.Config{Sketches: 1 << 20, Sessions: 1 << 16})
	replays := twin.New(twin.Config{Sketches: 1 << 20, Sessions: 1 << 16})
	replayed := beyond("replayed_behavior")
	noise := rand.New(rand.NewPCG(1, 2))
	var n, seen, flagged, found int
	persons := map[gait.SessionID]string{}
	err = eval.Read(f, func(rec eval.Recording) error {
		batches, err := eval.Play(rec, limit)
		if err != nil || len(batches) == 0 {
			return err
		}
		n++
		persons[batches[0].Session] = rec.Person
		of := func(f *gait.Features) string {
			other, _ := f.Trait(gait.TwinSession)
			id, err := gait.ParseSessionID(other)
			if err != nil {
				return ""
			}
			return persons[id]
		}
		was := play(x, batches)
		if a := replayed.Judge(was); a.Verdict != gait.Unknown {
			seen++
			if a.Verdict == gait.Detected && of(was) != rec.Person {
				flagged++
			}
			play(replays, batches)
			again := play(replays, replay(batches, jitter, noise))
			if replayed.Judge(again).Verdict == gait.Detected && of(again) == rec.Person {
				found++
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	low, high := eval.Interval(flagged, seen)
	_, _ = fmt.Fprintf(w, "%s: %d sessions, %d with enough to compare; taken for another's: %d (%.2f to %.2f %%); replays found: %d of %d\n",
		name, n, seen, flagged, 100*low, 100*high, found, seen)
	return nil
}

// play folds a session as the server does, and hands its sketches to the index.
func play(x *twin.Index, batches []gait.Batch) *gait.Features {
	var state session.State
	for i := range batches {
		b := &batches[i]
		if i == 0 {
			b.Events = append(slices.Clip(b.Events), gait.Event{Kind: gait.Fact, T: b.Events[len(b.Events)-1].T, Name: gait.TwinOn, Text: "on"})
		}
		state.Add(b)
		facts := x.Compare(gait.SessionRef{Workspace: 1, Session: b.Session}, state.Sketches())
		if len(facts) == 0 {
			continue
		}
		for i := range facts {
			facts[i].T = b.Sent
		}
		state.Add(&gait.Batch{Session: b.Session, Page: gait.PageID{0xff, byte(i >> 8), byte(i)}, Origin: b.Origin, Sent: b.Sent, Arrived: b.Arrived, Events: facts})
	}
	return state.Features()
}

// replay is the session again, under another name and a little off.
func replay(batches []gait.Batch, jitter float64, noise *rand.Rand) []gait.Batch {
	again := slices.Clone(batches)
	last := gait.Tick(0)
	for i := range again {
		b := &again[i]
		b.Session[0] ^= 0xff
		b.Events = slices.Clone(b.Events)
		for j := range b.Events {
			e := &b.Events[j]
			e.T = max(last, e.T+gait.Tick(jitter*gait.TicksPerMillisecond*noise.NormFloat64()))
			last = e.T
		}
		b.Sent = max(b.Sent, last)
	}
	return again
}

func beyond(key string) *gait.Check {
	list := check.Beyond()
	return list[slices.IndexFunc(list, func(c *gait.Check) bool { return c.Key == key })]
}
