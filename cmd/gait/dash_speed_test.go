//go:build browser

package main

import (
	"maps"
	"slices"
	"testing"
)

// longestTask is how long one task may keep a page of the dashboard from answering,
// in ms of the page's own thread.
const longestTask = 50

// rounds is how often a part is played before a long task is believed: a collection
// of garbage or a busy machine may fall into one round, what the page itself does
// falls into each.
const rounds = 3

// TestDashSpeed: the overview starts without a long task, the list and a session stay
// quick where there is very much, and nothing moves while views load.
func TestDashSpeed(t *testing.T) {
	d := startFullDemo(t)
	for _, part := range []string{"start", "list", "session", "shift"} {
		t.Run(part, func(t *testing.T) {
			g := known.given("")
			g["scene"] = part
			for round := 1; ; round++ {
				var saw struct {
					Tasks  map[string]int     // the longest of each, in ms of a processor
					Rows   int                // at most in the document
					Shifts map[string]float64 // of layout, by view and width
					Starts map[string]int     // the longest task by the clock, in ms, by view and width
				}
				scene(t, "speed", d.URL, g, &saw)
				t.Logf("round %d: %+v", round, saw)
				if part == "shift" || t.Failed() {
					return
				}
				switch most := slices.Max(slices.Collect(maps.Values(saw.Tasks))); {
				case most <= longestTask:
					return
				case round == rounds:
					t.Fatalf("a task took over %d ms in each of %d rounds", longestTask, rounds)
				}
			}
		})
	}
}
