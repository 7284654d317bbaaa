//go:build browser

package main

import "testing"

// TestDashRoles: what viewers, other sites and strangers may not do, they cannot.
func TestDashRoles(t *testing.T) {
	t.Parallel() // two at a time: browsers mostly wait
	p, k := startFresh(t)
	known.post(t, p.url, k.SiteKey)
	var saw struct {
		Operations struct{ All, Changing int }
		Pressed    int
	}
	scene(t, "roles", p.url, known.given(p.setup), &saw)
	t.Logf("%d operations, %d of them change something; a viewer pressed %d buttons", saw.Operations.All, saw.Operations.Changing, saw.Pressed)
	if saw.Operations.Changing < 11 || saw.Pressed < 20 {
		t.Errorf("the document has %+v operations, and %d buttons were pressed", saw.Operations, saw.Pressed)
	}
}
