package risk

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gaithq/gait"
)

// A contract of its own keeps these tests from depending on package check.
var checks = []*gait.Check{
	{Key: "agent_behavior", Title: "Agent", Group: gait.RhythmGroup},
	{Key: "programmatic_typing", Title: "Typing", Group: gait.TextGroup},
	{Key: "teleporting_mouse", Title: "Teleport", Group: gait.PointerGroup},
	{Key: "no_corrections", Title: "Corrections", Group: gait.TextGroup},
	{Key: "all_pasted", Title: "Pasted", Group: gait.TextGroup, Fact: true},
	{Key: "jump_scrolling", Title: "Scrolling", Group: gait.ScrollGroup},
	{Key: "centered_clicks", Title: "Centred", Group: gait.PointerGroup},
	{Key: "programmatic_clicking", Title: "Clicking", Group: gait.PointerGroup},
	{Key: "external_input", Title: "External", Group: gait.TextGroup, Fact: true},
	{Key: "bot", Title: "Bot", Group: gait.EnvironmentGroup},
	{Key: "virtual_machine", Title: "VM", Group: gait.EnvironmentGroup, Fact: true},
	{Key: "software_renderer", Title: "Software", Group: gait.EnvironmentGroup, Fact: true},
	{Key: "vpn", Title: "VPN", Group: gait.NetworkGroup, Fact: true},
	{Key: "tor", Title: "Tor", Group: gait.NetworkGroup, Fact: true},
	{Key: "location_spoofing", Title: "Location", Group: gait.NetworkGroup, Fact: true},
}

// policy has weights of its own, so that these tests are about scoring and not about
// what was measured last.
func policy() Policy {
	p := Default()
	p.Weights = map[string]Weight{
		"bot":                   {Detected: 5.0, NotDetected: -0.2},
		"agent_behavior":        {Detected: 3.0, NotDetected: -0.3},
		"centered_clicks":       {Detected: 3.0, NotDetected: -0.3},
		"teleporting_mouse":     {Detected: 2.5, NotDetected: -0.3},
		"programmatic_clicking": {Detected: 2.5, NotDetected: -0.1},
		"programmatic_typing":   {Detected: 3.0, NotDetected: -0.3},
		"no_corrections":        {Detected: 1.0, NotDetected: -0.2},
		"jump_scrolling":        {Detected: 1.5, NotDetected: -0.1},
		"all_pasted":            {Detected: 0.8},
		"external_input":        {Detected: 0.5},
		"virtual_machine":       {Detected: 0.4},
		"software_renderer":     {Detected: 0.4},
		"vpn":                   {Detected: 0.4},
		"tor":                   {Detected: 0.6},
		"location_spoofing":     {Detected: 0.6},
	}
	return p
}

// TestDefault: the weights in use are of the checks, within limits, and say whether
// they were measured.
func TestDefault(t *testing.T) {
	for _, e := range Estimates() {
		if e.Detected > 5 || e.NotDetected < -0.3 {
			t.Errorf("%s: weights %v and %v", e.Check, e.Detected, e.NotDetected)
		}
		if e.Measured != (e.TPR != nil && e.FPR != nil && e.From != "" && e.Why == "") {
			t.Errorf("%s: measured %v of %v and %v, from %q", e.Check, e.Measured, e.TPR, e.FPR, e.From)
		}
	}
	for _, c := range checks {
		if _, ok := Default().Weights[c.Key]; !ok {
			t.Errorf("%s has no weight", c.Key)
		}
	}
	facts := ""
	for _, c := range checks {
		if c.Fact {
			facts += c.Key + "+ "
		}
	}
	if a := Assess(Default(), answers(facts)); a.Score >= 50 {
		t.Errorf("facts alone reach %d", a.Score)
	}
	for _, broken := range []string{"", "{}", `[{"check":""}]`, `[{"check":"a"},{"check":"a"}]`, `[{"check":"a","detected":-1}]`, `[{"check":"a","weight":1}]`} {
		if _, err := ReadEstimates([]byte(broken)); err == nil {
			t.Errorf("%s is read", broken)
		}
	}
}

// answers reads "bot+ vpn- …": + is Detected, - Not detected, the rest Unknown.
func answers(spec string) []gait.Answer {
	list := make([]gait.Answer, len(checks))
	for i, c := range checks {
		list[i] = gait.Answer{Check: c, Reason: "not seen"}
		for word := range strings.FieldsSeq(spec) {
			switch word {
			case c.Key + "+":
				list[i].Verdict = gait.Detected
			case c.Key + "-":
				list[i].Verdict = gait.NotDetected
			}
		}
	}
	return list
}

func TestAssess(t *testing.T) {
	const allFacts = "all_pasted+ external_input+ virtual_machine+ software_renderer+ vpn+ tor+ location_spoofing+"
	f := func(spec string, score, masked int, action gait.Action) {
		t.Helper()
		a := Assess(policy(), answers(spec))
		if a.Score != score || a.Masked != masked || a.Action != action {
			t.Errorf("%q: score %d, masked %d, %s; want %d, %d, %s", spec, a.Score, a.Masked, a.Action, score, masked, action)
		}
	}
	f("", 10, 10, gait.ActionUnknown)
	f("bot-", 8, 10, gait.ActionUnknown)
	f("centered_clicks-", 8, 8, gait.AutoAccept)
	f("bot- centered_clicks- teleporting_mouse- programmatic_typing- no_corrections- agent_behavior-", 4, 4, gait.AutoAccept)

	// Facts accuse nobody.
	f("vpn+", 14, 10, gait.ActionUnknown)
	f(allFacts, 40, 20, gait.AcceptMonitor)

	// One kind of behaviour is not enough, two are at most for review.
	f("centered_clicks+", 49, 49, gait.AcceptMonitor)
	f("centered_clicks+ teleporting_mouse+ programmatic_clicking+", 49, 49, gait.AcceptMonitor)
	f("centered_clicks+ "+allFacts, 49, 49, gait.AcceptMonitor)
	f("centered_clicks+ programmatic_typing+", 69, 69, gait.ManualReview)
	f("teleporting_mouse+ programmatic_typing+ jump_scrolling+", 69, 69, gait.ManualReview)
	f("agent_behavior+", 69, 69, gait.ManualReview)
	f("agent_behavior+ programmatic_typing+", 69, 69, gait.ManualReview)
	f("agent_behavior+ programmatic_typing+ centered_clicks+", 100, 100, gait.AutoReject)

	// A browser that says it is automated.
	f("bot+", 94, 10, gait.AutoReject)
	f("bot+ centered_clicks- teleporting_mouse- programmatic_typing-", 87, 4, gait.AutoReject)
	f("bot+ centered_clicks+ teleporting_mouse+ programmatic_typing+", 100, 69, gait.AutoReject)
}

func TestContributionsAddUp(t *testing.T) {
	all := func(t *rapid.T) []gait.Answer {
		list := answers("")
		for i := range list {
			list[i].Verdict = gait.Verdict(rapid.IntRange(0, 2).Draw(t, list[i].Check.Key))
		}
		return list
	}
	rapid.Check(t, func(t *rapid.T) {
		list := all(t)
		a := Assess(policy(), list)
		sum, off := a.Base, 0.0
		counted := map[gait.Group]int{}
		for i, c := range a.Contributions {
			if c.Check != checks[i].Key {
				t.Fatalf("contribution %d is of %s", i, c.Check)
			}
			sum += c.Applied
			switch {
			case c.Applied > 0:
				counted[c.Group]++
			case c.Applied < 0:
				off -= c.Applied
			}
			if list[i].Verdict == gait.Unknown && c.Applied != 0 {
				t.Fatalf("%s is Unknown and counts %v", c.Check, c.Applied)
			}
			if c.Applied != c.Weight && c.Note == "" {
				t.Fatalf("%s counts %v of %v and does not say why", c.Check, c.Applied, c.Weight)
			}
			if c.Applied < -0.3 {
				t.Fatalf("%s takes off %v", c.Check, -c.Applied)
			}
			if c.Measured {
				t.Fatalf("%s claims to be measured", c.Check)
			}
		}
		if math.Abs(sum-a.LogOdds) > 1e-9 || off > 1+1e-9 {
			t.Fatalf("contributions sum to %v, log-odds are %v; taken off: %v", sum, a.LogOdds, off)
		}
		for g, n := range counted {
			if n > 1 {
				t.Fatalf("%d members of the group %s count", n, g)
			}
		}
		if want := min(a.Cap, int(math.Round(100/(1+math.Exp(-sum))))); a.Score != want || a.Score < 0 || a.Score > 100 {
			t.Fatalf("score %d, want %d", a.Score, want)
		}
		// More evidence never lowers the score.
		for i := range list {
			if list[i].Verdict != gait.Detected {
				was := list[i].Verdict
				list[i].Verdict = gait.Detected
				if more := Assess(policy(), list); more.Score < a.Score {
					t.Fatalf("%s turns Detected and the score falls from %d to %d", list[i].Check.Key, a.Score, more.Score)
				}
				list[i].Verdict = was
			}
		}
	})
}

func TestExplain(t *testing.T) {
	f := func(spec, want string) {
		t.Helper()
		if got := Assess(policy(), answers(spec)).Explanation; got != want {
			t.Errorf("%q: %q, want %q", spec, got, want)
		}
	}
	f("", "Too little was seen to judge this session.")
	f("centered_clicks-", "No check was triggered.")
	f("all_pasted+ vpn+", "Pasted and VPN detected.")
	f("centered_clicks+ teleporting_mouse+", "Centred and Teleport detected; one kind of behavioural evidence alone stays at 49.")
	f("teleporting_mouse+ bot+ programmatic_typing+", "Bot, Typing and Teleport detected.")
}

func BenchmarkAssess(b *testing.B) {
	list := answers("bot- centered_clicks+ teleporting_mouse+ programmatic_typing- all_pasted+")
	p := policy()
	b.ReportAllocs()
	for b.Loop() {
		Assess(p, list)
	}
}
