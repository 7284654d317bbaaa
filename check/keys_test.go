package check

import (
	"slices"
	"testing"

	"github.com/gaithq/gait"
)

// TestVerdictKeys: the letters of stored verdicts are read by a list at the root,
// which has to be this one.
func TestVerdictKeys(t *testing.T) {
	var keys []string
	for _, c := range All() {
		keys = append(keys, c.Key)
	}
	if want := gait.VerdictKeys(); !slices.Equal(keys, want) {
		t.Errorf("the checks are\n%q; gait.VerdictKeys has\n%q", keys, want)
	}
}
