package main

import (
	"bytes"
	"io"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/wire"
)

// strokes is a session of a few curved strokes of the mouse, a little off by noise.
func strokes(id byte, origin time.Time, bow float64, noise int) []byte {
	b := gait.Batch{Session: gait.SessionID{id}, Page: gait.PageID{id}, Origin: origin.UnixMilli()}
	b.Events = append(b.Events, gait.Event{Kind: gait.Open, X: 1280, Y: 720, Text: "https://example.org/"})
	t := 100.0
	for n := range 5 {
		for i := 0; i <= 40; i++ {
			u := float64(i) / 40
			t += 16 + float64((i*7+n)%3*noise)
			b.Events = append(b.Events, gait.Event{
				Kind: gait.Move, T: gait.Tick(t * gait.TicksPerMillisecond),
				X: int32(200 + 600*u*u*(3-2*u)), Y: int32(300 + bow*float64(n+1)*math.Sin(math.Pi*math.Pow(u, 1+float64(n)/3))),
			})
		}
		t += 600
	}
	b.Sent = gait.Tick(t * gait.TicksPerMillisecond)
	return wire.Append(nil, "SITE", [16]byte{id}, &b)
}

// TestReplayIsFound: a session whose movement another one of the workspace showed
// before says so, from the page's batch to the evidence.
func TestReplayIsFound(t *testing.T) {
	r := serveHere(t, settings{})
	send := func(body []byte) {
		t.Helper()
		body = bytes.Replace(body, []byte("SITE"), []byte(r.keys.SiteKey), 1)
		w, err := http.Post(r.url()+"/v1/batch", "text/plain", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(w.Body)
		if cerr := w.Body.Close(); err != nil || cerr != nil || w.StatusCode != http.StatusOK {
			t.Fatalf("%d %s %v", w.StatusCode, answer, err)
		}
	}
	now := time.Now().Add(-time.Minute)
	send(strokes(1, now, 60, 0))
	send(strokes(2, now, -35, 0)) // another hand
	send(strokes(3, now, 60, 1))  // the first again

	for id, want := range map[byte]string{1: "Not detected", 2: "Not detected", 3: "Detected"} {
		var e struct {
			Batches  int
			Presence string
			Checks   map[string]struct{ Verdict, Summary string }
		}
		if status := get(t, r.url()+"/api/v1/sessions/"+gait.SessionID{id}.String()+"/evidence", r.keys.SecretKey, &e); status != 200 {
			t.Fatalf("evidence: %d", status)
		}
		if got := e.Checks["replayed_behavior"]; got.Verdict != want || e.Presence != "seen" {
			t.Errorf("session %d, %d batches, presence %q: %+v, want %s", id, e.Batches, e.Presence, got, want)
		}
	}
}
