//go:build browser

package main

import (
	"slices"
	"testing"
)

// TestDashCloser goes from the overview to the moment that gave a machine away, and
// looks closer at its pictures.
func TestDashCloser(t *testing.T) {
	t.Parallel() // two at a time: browsers mostly wait
	var saw struct{ Targets []string }
	scene(t, "closer", startFullDemo(t).URL, nil, &saw)
	t.Logf("targets: %q", saw.Targets)
	if distinct := slices.Compact(slices.Sorted(slices.Values(saw.Targets))); len(saw.Targets) == 0 || len(distinct) != len(saw.Targets) {
		t.Error("targets are called the same")
	}
}
