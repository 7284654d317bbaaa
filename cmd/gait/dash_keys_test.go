//go:build browser

package main

import (
	"fmt"
	"net/http"
	"testing"
)

// TestDashKeys makes a secret key, uses it and revokes it.
func TestDashKeys(t *testing.T) {
	t.Parallel() // two at a time: browsers mostly wait
	p, k := startFresh(t)
	if status, err := postBatch(http.DefaultClient, p.url, batchJSON(k.SiteKey, 1, 0)); status != 200 || err != nil {
		t.Fatalf("a batch: %d, %v", status, err)
	}
	var saw struct {
		RefusedAfter int `json:"refused_after_ms"`
		Audit        []string
	}
	scene(t, "keys", p.url, given{"token": p.setup, "session": fmt.Sprintf("%032x", 1)}, &saw)
	t.Logf("a revoked key was refused after %d ms", saw.RefusedAfter)
	for action, n := range map[string]int{"key.create by Ada": 2, "key.revoke by Ada": 1} {
		got := 0
		for _, entry := range saw.Audit {
			if entry == action {
				got++
			}
		}
		if got != n {
			t.Errorf("the audit log has %s %d times, want %d: %q", action, got, n, saw.Audit)
		}
	}
}
