package risk_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
)

// TestVerdictsAreEnough: what was written down scores as the answers did.
func TestVerdictsAreEnough(t *testing.T) {
	checks := check.All()
	p := risk.Default()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		answers := make([]gait.Answer, len(checks))
		unknown := rnd.IntN(5) // shares of the verdicts differ from run to run
		for i, c := range checks {
			answers[i] = gait.Answer{Check: c, Summary: "of which nothing depends", Samples: rnd.IntN(99)}
			if rnd.IntN(5) > unknown {
				answers[i].Verdict = gait.Verdict(1 + rnd.IntN(2))
			}
		}
		verdicts := risk.Verdicts(answers)
		want, got := risk.Assess(p, answers), risk.Assess(p, risk.Answers(checks, verdicts))
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s: got %+v, want %+v", verdicts, got, want)
		}
		if again := risk.Verdicts(risk.Answers(checks, verdicts)); again != verdicts {
			t.Fatalf("%s became %s", verdicts, again)
		}
	}
}

func TestAnswersOfOtherLengths(t *testing.T) {
	checks := check.All()
	for _, verdicts := range []string{"", "D", "DNUX.", "DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD"} {
		answers := risk.Answers(checks, verdicts)
		if len(answers) != len(checks) {
			t.Fatalf("%q: %d answers", verdicts, len(answers))
		}
		for i, a := range answers {
			want := gait.Unknown
			if i < len(verdicts) && verdicts[i] == 'D' {
				want = gait.Detected
			} else if i < len(verdicts) && verdicts[i] == 'N' {
				want = gait.NotDetected
			}
			if a.Check != checks[i] || a.Verdict != want {
				t.Errorf("%q: answer %d is %v", verdicts, i, a.Verdict)
			}
		}
	}
}
