//go:build browser

package main

import (
	"encoding/json"
	"testing"
)

// TestTrace checks that the tool that measures the tracker's cost works. How good
// the numbers are is not for a test to say, on a machine that does other things.
func TestTrace(t *testing.T) {
	var got struct {
		Start struct {
			CPU float64 `json:"cpu_ms"`
			Aim float64 `json:"aim_ms"`
		}
		Moving struct {
			CPU     float64 `json:"cpu_percent"`
			Aim     float64 `json:"aim_percent"`
			Calls   int
			Moves   int
			Seconds float64
		}
		Batches int
	}
	out := play(t, "trace.mjs", "--seconds", "2", "--runs", "1")
	t.Logf("%s", out)
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	sane := func(what string, value, aim float64) {
		t.Helper()
		if aim <= 0 || value <= 0 || value >= 20*aim {
			t.Errorf("%s is %v, and the aim is %v", what, value, aim)
		}
	}
	sane("the start, in ms", got.Start.CPU, got.Start.Aim)
	sane("the share while moving, in percent", got.Moving.CPU, got.Moving.Aim)
	if got.Moving.Calls == 0 || got.Moving.Moves == 0 || got.Moving.Seconds < 2 || got.Batches == 0 {
		t.Errorf("nothing was measured: %s", out)
	}
}
