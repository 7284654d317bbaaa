//go:build browser

package main

import "testing"

// TestDashSpeed: the overview starts without a long task, the list and a session stay
// quick where there is very much, and nothing moves while views load.
func TestDashSpeed(t *testing.T) {
	d := startFullDemo(t)
	for _, part := range []string{"start", "list", "session", "shift"} {
		t.Run(part, func(t *testing.T) {
			var saw struct {
				Overviews     map[string]int
				List, Session int
				Rows          int
				Shifts        map[string]float64
				Starts        map[string]int
			}
			g := known.given("")
			g["scene"] = part
			scene(t, "speed", d.URL, g, &saw)
			switch part {
			case "start":
				t.Logf("the longest task of the overview's start took, by width, %v ms of a processor", saw.Overviews)
			case "list":
				t.Logf("the longest task took %d ms of a processor; %d rows in the document at most", saw.List, saw.Rows)
			case "session":
				t.Logf("the longest task took %d ms of a processor", saw.Session)
			case "shift":
				t.Logf("layout shifts %v; longest tasks at the start %v ms", saw.Shifts, saw.Starts)
			}
		})
	}
}
