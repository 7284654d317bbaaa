//go:build browser

package main

import (
	"slices"
	"testing"
)

// TestDashPolicy moves a weight, sees whom it would flip, saves it and goes back.
func TestDashPolicy(t *testing.T) {
	t.Parallel() // two at a time: browsers mostly wait
	d := startFullDemo(t)
	var saw struct {
		Flips struct {
			Of              string
			Flips, Sessions int
		}
		Audit []string
	}
	scene(t, "policy", d.URL, nil, &saw)
	t.Logf("without %s %d of %d sessions change band", saw.Flips.Of, saw.Flips.Flips, saw.Flips.Sessions)
	for _, entry := range []string{"policy.save by Demo", "policy.restore by Demo"} {
		if !slices.Contains(saw.Audit, entry) {
			t.Errorf("the audit log lacks %q: %q", entry, saw.Audit)
		}
	}
}
