package tracker

import "testing"

// What a page pays for the files beside rt.js.
const (
	probesBudget = 6144
	badgeBudget  = 3072
)

func TestModulesAreWithinTheirBudgets(t *testing.T) {
	f := func(name string, a Asset, budget int) {
		t.Helper()
		t.Logf("%s: %d bytes, %d gzipped, budget %d", name, len(a.Body), len(a.Gzip), budget)
		if len(a.Gzip) > budget {
			t.Errorf("%s is %d bytes gzipped, the budget is %d", name, len(a.Gzip), budget)
		}
		for i, b := range a.Body {
			if b >= 0x80 {
				t.Errorf("%s: byte %d is %#x, and pages have any encoding", name, i, b)
				break
			}
		}
	}
	f("probes.js", Probes(), probesBudget)
	f("badge.js", Badge(), badgeBudget)
}
