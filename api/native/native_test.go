package native

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

// TestNoNumbers: a mean of nothing is null and does not cost the whole answer.
func TestNoNumbers(t *testing.T) {
	r := gait.Report{
		Features: gait.Features{Started: 5, Ended: 3},
		Answers: []gait.Answer{{
			Check:    &gait.Check{Key: "x\"y"},
			Measures: []gait.Measure{{Name: "a", Value: math.NaN(), Threshold: math.Inf(1)}},
		}, {}},
		Assessment: gait.Assessment{Base: math.Inf(-1)},
	}
	b, err := Evidence(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"base_log_odds":null`, `"value":null`, `"threshold":null`, `"x\"y":{`, `"duration_ms":0`} {
		if !strings.Contains(string(b), part) || !json.Valid(b) {
			t.Errorf("no %s in %s", part, b)
		}
	}
}
