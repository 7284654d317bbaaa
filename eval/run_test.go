package eval

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/record"
	"github.com/gaithq/gait/session"
	"github.com/gaithq/gait/wire"
)

// runOf makes a recorded run of two pages, 1 s apart, whose batches are not in
// order.
func runOf(t *testing.T) (line []byte, run record.Run) {
	t.Helper()
	move := func(ms gait.Tick) gait.Event {
		return gait.Event{Kind: gait.Move, T: ms * gait.TicksPerMillisecond, X: int32(ms), Y: 5}
	}
	run = record.Run{
		Gait: record.Version, Set: "attack", Label: "plain", User: "typer-1", Session: "0123456789abcdef0123456789abcdef",
		Family: map[string]string{"input": "cdp"}, Seed: 1, At: "2026-11-22",
	}
	add := func(page string, seq uint32, origin int64, events ...gait.Event) {
		b := gait.Batch{Origin: origin, Sent: events[len(events)-1].T, Events: events}
		run.Parcels = append(run.Parcels, record.Parcel{
			Page: page, Seq: seq, Arrived: origin + int64(b.Sent)/gait.TicksPerMillisecond, Data: wire.Pack(nil, &b),
		})
	}
	const one, two = "00000000000000aa", "0000000000000001"
	add(two, 0, noon+1000, move(0), move(300), gait.Event{Kind: gait.Fact, T: 3000, Name: "header.user-agent", Text: "Browser/1"})
	add(one, 1, noon, move(600), move(900))
	add(one, 0, noon, move(100), move(500))
	line, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	return line, run
}

// TestReadRuns: a file may hold both kinds of line.
func TestReadRuns(t *testing.T) {
	line, _ := runOf(t)
	made, err := os.ReadFile("testdata/made-up.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var recs []Recording
	file := slices.Concat(line, []byte("\n\n"), made)
	if err := Read(bytes.NewReader(file), func(r Recording) error { recs = append(recs, r); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(recs) < 3 || recs[0].Run == nil || recs[1].Run != nil {
		t.Fatalf("%d recordings: %+v", len(recs), recs)
	}
	if r := recs[0]; r.Set != "attack" || r.Label != "plain" || r.Person != "typer-1" || r.Run.Family["input"] != "cdp" {
		t.Errorf("%+v", r)
	}
	bad := strings.Replace(string(line), `"plain"`, `"Plain"`, 1)
	if err := Read(strings.NewReader("\n"+bad), func(Recording) error { return nil }); err == nil || !strings.Contains(err.Error(), "line 2: recorded run: label") {
		t.Errorf("a label that is none: %v", err)
	}
}

// TestPlayRun: a recorded run's batches come as they arrived, and the limit counts
// from the session's first event, over pages.
func TestPlayRun(t *testing.T) {
	_, run := runOf(t)
	f := func(limitMS gait.Tick, want ...int32) {
		t.Helper()
		batches, err := Play(Recording{Run: &run}, limitMS*gait.TicksPerMillisecond)
		if err != nil {
			t.Fatal(err)
		}
		var have []int32
		facts := 0
		for _, b := range batches {
			if len(b.Events) == 0 {
				t.Errorf("limit %d: a batch without events", limitMS)
			}
			for i, e := range b.Events {
				if i > 0 && e.T < b.Events[i-1].T {
					t.Errorf("limit %d: %+v", limitMS, b.Events)
				}
				if e.Kind == gait.Fact {
					facts++
					continue
				}
				have = append(have, int32(b.Origin-noon)+e.X)
			}
		}
		if !slices.Equal(have, want) {
			t.Errorf("limit %d: %v, want %v", limitMS, have, want)
		}
		if reached := slices.Contains(want, 1000); reached != (facts == 1) {
			t.Errorf("limit %d: %d facts", limitMS, facts)
		}
		if s := session.Rebuild(batches).Features(); s.Missing != 0 {
			t.Errorf("limit %d: %d batches are missing", limitMS, s.Missing)
		}
	}
	f(0, 100, 500, 600, 900, 1000, 1300)
	f(1200, 100, 500, 600, 900, 1000, 1300)
	f(1000, 100, 500, 600, 900, 1000)
	f(800, 100, 500, 600, 900)
	f(500, 100, 500, 600)
	f(1, 100)

	run.Parcels[1].Data = run.Parcels[1].Data[:5]
	if _, err := Play(Recording{Run: &run}, 0); err == nil || !strings.Contains(err.Error(), "typer-1") {
		t.Errorf("a batch that is cut off: %v", err)
	}
}

func FuzzRuns(f *testing.F) {
	f.Add(int64(0), int64(50), []byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, limit, origin int64, data []byte) {
		run := record.Run{User: "u", Session: "0123456789abcdef0123456789abcdef", Parcels: []record.Parcel{
			{Page: "0000000000000001", Arrived: origin, Data: data},
			{Page: "0000000000000002", Data: wire.Pack(nil, &gait.Batch{Origin: max(origin, 0) % wire.MaxOrigin, Sent: 10, Events: []gait.Event{{Kind: gait.Move, T: 10}}})},
		}}
		if batches, err := Play(Recording{Run: &run}, gait.Tick(limit)); err == nil {
			session.Rebuild(batches)
		}
	})
}
