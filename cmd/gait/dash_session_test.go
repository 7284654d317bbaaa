//go:build browser

package main

import "testing"

// TestDashLive watches a session come in and grow, without loading anything again.
func TestDashLive(t *testing.T) {
	d := startFullDemo(t)
	var saw struct {
		ShownAfter int `json:"shown_after_ms"`
		Score      int
	}
	scene(t, "live", d.URL, nil, &saw)
	t.Logf("the session was there %d ms after its page was opened; its score is %d", saw.ShownAfter, saw.Score)
}

// TestDashReplay goes from evidence to the moment of the replay where it was seen.
func TestDashReplay(t *testing.T) {
	d := startDemo(t)
	var saw struct {
		Moment struct {
			Check string
			After float64 `json:"after_ms"`
		}
	}
	scene(t, "replay", d.URL, nil, &saw)
	t.Logf("%s, %.0f ms after the session began", saw.Moment.Check, saw.Moment.After)
}
