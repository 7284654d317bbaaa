//go:build browser

package main

import "testing"

// TestDashExport takes out what is listed.
func TestDashExport(t *testing.T) {
	t.Parallel() // two at a time: browsers mostly wait
	d := startFullDemo(t)
	var saw struct{ Exported int }
	scene(t, "export", d.URL, known.given(""), &saw)
	t.Logf("%d sessions were exported", saw.Exported)
}

// TestDashFilters sets each filter of the list.
func TestDashFilters(t *testing.T) {
	t.Parallel() // two at a time: browsers mostly wait
	d := startFullDemo(t)
	var saw struct {
		Sessions int
		Filters  map[string]int
	}
	scene(t, "filters", d.URL, known.given(""), &saw)
	t.Logf("of %d sessions: %v", saw.Sessions, saw.Filters)
	if len(saw.Filters) < 19 {
		t.Errorf("%d filters were tried", len(saw.Filters))
	}
}

// TestDashSearch looks for what few of very many sessions have.
func TestDashSearch(t *testing.T) {
	var saw struct{ Said string }
	scene(t, "search", startFullDemo(t).URL, nil, &saw)
	t.Logf("while it waits a screen reader hears %q", saw.Said)
}

// TestDashKeyboard goes through the dashboard without a pointer.
func TestDashKeyboard(t *testing.T) {
	scene(t, "keyboard", startFullDemo(t).URL, nil, nil)
}
