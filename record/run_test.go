package record

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/session"
	"github.com/gaithq/gait/wire"
)

const (
	sessionID = "0123456789abcdef0123456789abcdef"
	pageID    = "0123456789abcdef"
	noon      = 1_763_726_400_000
)

// packed is a small batch as the store keeps it.
func packed(events ...gait.Event) []byte {
	if len(events) == 0 {
		events = []gait.Event{
			{Kind: gait.Open, T: 10, X: 800, Y: 600, Text: "http://127.0.0.1/task/7"},
			{Kind: gait.Move, T: 500, X: 10, Y: 20},
			{Kind: gait.Fact, T: 500, Name: "header.user-agent", Text: "Browser/1"},
		}
	}
	return wire.Pack(nil, &gait.Batch{Origin: noon, Sent: events[len(events)-1].T, Events: events})
}

// good is a run that keeps every rule.
func good() Run {
	return Run{
		Gait: Version, Set: "attack", Label: "plain", User: "playwright-7", Session: sessionID,
		Family: map[string]string{"input": "cdp", "motion": "none"}, Seed: 7, Task: "7", At: "2026-11-22", Agent: "Chromium 156",
		Peers: map[string]string{"botd": "human"}, Marks: map[string]float64{"submit": 1200.5},
		Parcels: []Parcel{{Page: pageID, Seq: 0, Arrived: noon + 60, Data: packed()}},
	}
}

func TestRoundTrip(t *testing.T) {
	want := good()
	line, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !IsRun(line) || IsRun([]byte(`{"src":"a","ev":[]}`)) || IsRun([]byte(`"gait"`)) || IsRun([]byte(`{"gait"`)) {
		t.Error("a run is not told from other lines")
	}
	have, err := Read(line)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(have)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(line, again) {
		t.Errorf("reads\n%s\nwrites\n%s", line, again)
	}
	batches, err := have.Batches()
	if err != nil || len(batches) != 1 {
		t.Fatalf("%d batches, %v", len(batches), err)
	}
	b := batches[0]
	if b.Session.String() != sessionID || b.Page.String() != pageID || b.Arrived != noon+60 || b.Origin != noon || len(b.Events) != 3 || b.Events[2].Text != "Browser/1" {
		t.Errorf("%+v", b)
	}
}

// TestReadKeepsOldLines: what was written once stays readable.
func TestReadKeepsOldLines(t *testing.T) {
	line := `{"gait":1,"set":"people","label":"human","user":"p-1","sess":"` + sessionID + `","family":{"device":"mouse"},"task":"1,2,3","at":"2026-11-22",` +
		`"batches":[{"page":"` + pageID + `","seq":0,"arrived":1763726400060,"data":"` + base64.StdEncoding.EncodeToString(packed()) + `"}]}`
	r, err := Read([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	if r.Seed != 0 || r.Family["device"] != "mouse" || len(r.Parcels) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestReadRefuses(t *testing.T) {
	f := func(want string, change func(*Run)) {
		t.Helper()
		r := good()
		change(&r)
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Read(line)
		if gait.CodeOf(err) != gait.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	many := map[string]string{}
	for i := range maxEntries + 1 {
		many[fmt.Sprint(i)] = "x"
	}
	f("gait is 2", func(r *Run) { r.Gait = 2 })
	f("set is missing", func(r *Run) { r.Set = "" })
	f("user is missing", func(r *Run) { r.User = "" })
	f("user is no plain text", func(r *Run) { r.User = strings.Repeat("x", maxName+1) })
	f("user is no plain text", func(r *Run) { r.User = "a\nb" })
	f("label", func(r *Run) { r.Label = "" })
	f("label", func(r *Run) { r.Label = "Human" })
	f("label", func(r *Run) { r.Label = strings.Repeat("x", maxLabel+1) })
	f("sess is not a session's id", func(r *Run) { r.Session = "0123" })
	f("seed is", func(r *Run) { r.Seed = MaxSeed + 1 })
	f("task is no plain text", func(r *Run) { r.Task = "\u0007" })
	f("agent is no plain text", func(r *Run) { r.Agent = strings.Repeat("x", maxText+1) })
	f("at ", func(r *Run) { r.At = "22.11.2026" })
	f("family has", func(r *Run) { r.Family = many })
	f("family has", func(r *Run) { r.Family = map[string]string{"": "x"} })
	f("peers has", func(r *Run) { r.Peers = map[string]string{"botd": "\x00"} })
	f("marks has", func(r *Run) { r.Marks = map[string]float64{"submit": -1} })
	f("marks has", func(r *Run) { r.Marks = map[string]float64{"submit": 2 * maxMark} })
	f("batches is empty", func(r *Run) { r.Parcels = nil })
	f("batches has", func(r *Run) { r.Parcels = make([]Parcel, MaxBatches+1) })
	f("batches[0].page", func(r *Run) { r.Parcels[0].Page = "zz" })
	f("arrived at -1", func(r *Run) { r.Parcels[0].Arrived = -1 })
	f("has the number", func(r *Run) { r.Parcels[0].Seq = math.MaxUint32 })
	f("comes twice", func(r *Run) { r.Parcels = append(r.Parcels, r.Parcels[0]) })
	f("the limit is 64", func(r *Run) {
		r.Parcels = nil
		for i := range MaxPages + 1 {
			r.Parcels = append(r.Parcels, Parcel{Page: fmt.Sprintf("%016x", i), Data: packed()})
		}
	})
	f("bytes, the limit is", func(r *Run) { r.Parcels[0].Data = make([]byte, MaxBytes+1) })

	for _, line := range []string{"", "{", "[]", `{"gait":1} {}`, `{"gait":"1"}`, `{"gait":1,"batches":[{"data":"%%"}]}`} {
		if _, err := Read([]byte(line)); gait.CodeOf(err) != gait.Invalid {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestBatchesRefuses(t *testing.T) {
	f := func(what, want string, data []byte) {
		t.Helper()
		r := good()
		r.Parcels[0].Data = data
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		_, err := r.Batches()
		if gait.CodeOf(err) != gait.Invalid || !strings.Contains(err.Error(), "batches[0]") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	facts := []gait.Event{{Kind: gait.Move, T: 1}}
	for range maxFacts + 1 {
		facts = append(facts, gait.Event{Kind: gait.Fact, T: 1, Name: "ip.net", Text: "x"})
	}
	f("nothing", "ends too early", nil)
	f("another version", "newer than this program", []byte{9})
	f("half a batch", "ends too early", packed()[:12])
	f("too much", "left over", append(packed(), 0))
	f("no events", "is empty", wire.Pack(nil, &gait.Batch{Origin: noon}))
	f("only facts", "is empty", packed(gait.Event{Kind: gait.Fact, T: 1, Name: "ip.net", Text: "x"}))
	f("a code out of bounds", "code", packed(gait.Event{Kind: gait.KeyDown, T: 1, Code: 1000}))
	f("a slot out of bounds", "slot", packed(gait.Event{Kind: gait.KeyUp, T: 1, Slot: 99}))
	f("a text too long", "text", packed(gait.Event{Kind: gait.Open, T: 1, Text: strings.Repeat("x", 5000)}))
	f("too many facts", "more than", packed(facts...))
	f("a fact with a control character", "is not a fact", packed(gait.Event{Kind: gait.Move, T: 1}, gait.Event{Kind: gait.Fact, T: 1, Name: "a", Text: "\n"}))
}

// FuzzRead: whatever a line holds, reading it fails or gives batches that fold.
func FuzzRead(f *testing.F) {
	line, err := json.Marshal(good())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add([]byte(`{"gait":1}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := Read(line)
		if err != nil {
			if gait.CodeOf(err) != gait.Invalid {
				t.Errorf("code %q: %v", gait.CodeOf(err), err)
			}
			return
		}
		if _, err := json.Marshal(r); err != nil {
			t.Errorf("was read and cannot be written: %v", err)
		}
		if batches, err := r.Batches(); err == nil {
			session.Rebuild(batches)
		}
	})
}

// FuzzBatches is FuzzRead inside of the data, which base64 hides.
func FuzzBatches(f *testing.F) {
	f.Add(packed())
	f.Add(packed(gait.Event{Kind: gait.KeyDown, T: 1, Code: 3}, gait.Event{Kind: gait.Input, T: 2, Code: 1, N: 1}))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := good()
		r.Parcels[0].Data = data
		batches, err := r.Batches()
		if err != nil {
			return
		}
		session.Rebuild(batches)
		if r.Parcels[0].Data = wire.Pack(nil, &batches[0]); len(r.Parcels[0].Data) > len(data) {
			t.Errorf("%d bytes became %d", len(data), len(r.Parcels[0].Data))
		}
	})
}
