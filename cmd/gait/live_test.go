//go:build browser

package main

import (
	"encoding/json"
	"os/exec"
	"testing"
)

// TestBadgeAndProbes loads rt.js and the badge from a running server into a page of
// another site with a strict policy: the badge passes once a batch is acknowledged,
// and what the probes said has arrived.
func TestBadgeAndProbes(t *testing.T) {
	d := startDemo(t)
	cmd := exec.CommandContext(t.Context(), "node", "../../tracker/testdata/probes/live.mjs", d.URL, d.SiteKey)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %+v", err, err)
	}
	var got struct {
		Session, Badge string
		Problems       []string
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got.Badge != "card pass" {
		t.Errorf("the badge is %q", got.Badge)
	}
	for _, p := range got.Problems {
		t.Errorf("the page's console: %s", p)
	}
	e := d.evidence(t, got.Session)
	if e.Missing != 0 {
		t.Errorf("%d batches are missing", e.Missing)
	}
	// Only the probes look at what draws.
	for _, key := range []string{"software_renderer", "virtual_machine"} {
		c := e.Checks[key]
		t.Logf("%s: %s (%s%s)", key, c.Verdict, c.Summary, c.Reason)
		if c.Verdict != "Detected" && c.Verdict != "Not detected" {
			t.Errorf("%s is %s: %s", key, c.Verdict, c.Reason)
		}
	}
}
