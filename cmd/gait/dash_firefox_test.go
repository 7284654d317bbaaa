//go:build browser

package main

import "testing"

// TestDashFirefox goes the main ways in Debian's Firefox.
func TestDashFirefox(t *testing.T) {
	t.Parallel() // two at a time: browsers mostly wait
	p, _ := startFresh(t)
	d := startFullDemo(t)
	var saw struct{ Listed, Drawn int }
	scene(t, "firefox", p.url, given{"token": p.setup, "demo": d.URL}, &saw)
	t.Logf("%d sessions listed, %d pictures drawn", saw.Listed, saw.Drawn)
}
