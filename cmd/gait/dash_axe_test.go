//go:build browser

package main

import "testing"

// TestDashAxe looks at every view with axe, at two widths and in both themes.
func TestDashAxe(t *testing.T) {
	t.Parallel() // two at a time: browsers mostly wait
	d := startFullDemo(t)
	for name, width := range map[string]int{"wide": 1440, "narrow": 390} {
		t.Run(name, func(t *testing.T) {
			var saw struct{ Looks, Rules int }
			g := known.given("")
			g["width"] = width
			scene(t, "axe", d.URL, g, &saw)
			t.Logf("%d looks; %d rules held at once", saw.Looks, saw.Rules)
			if saw.Looks < 40 || saw.Rules < 20 {
				t.Error("some views were not looked at")
			}
		})
	}
}
