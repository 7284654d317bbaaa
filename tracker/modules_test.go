package tracker

import (
	"bytes"
	"testing"

	"github.com/gaithq/gait/internal/asset"
)

// What a page pays for the files beside rt.js.
const (
	probesBudget = 6144
	badgeBudget  = 3072
	replayBudget = 30_000
)

func TestModulesAreWithinTheirBudgets(t *testing.T) {
	f := func(name string, a *asset.Asset, budget int) {
		t.Helper()
		t.Logf("%s: %d bytes, %d gzipped, budget %d", name, len(a.Body), len(a.Gzip()), budget)
		if len(a.Gzip()) > budget {
			t.Errorf("%s is %d bytes gzipped, the budget is %d", name, len(a.Gzip()), budget)
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
	f("replay.js", Replay(), replayBudget)
}

// As in rt.js: the server replaces them by those of the operator's choice.
func TestPathsOfReplayCanBeReplaced(t *testing.T) {
	f := func(path string, a *asset.Asset, want int) {
		t.Helper()
		if n := bytes.Count(a.Body, []byte(`"`+path+`"`)); n != want {
			t.Errorf("%s is there %d times, want %d", path, n, want)
		}
	}
	f("/v1/replay.js", Probes(), 1)
	f("/v1/replay", Probes(), 1)
	f("/v1/replay", Replay(), 1)
}
