package calibrate

import (
	"math"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/risk"
)

var (
	centred = &gait.Check{Key: "centered_clicks", Group: gait.PointerGroup}
	typing  = &gait.Check{Key: "programmatic_typing", Group: gait.TextGroup}
	pasted  = &gait.Check{Key: "all_pasted", Group: gait.TextGroup, Fact: true}
	bot     = &gait.Check{Key: "bot", Group: gait.EnvironmentGroup, Device: true}
)

func policy() risk.Policy {
	p := risk.Default()
	p.Weights = map[string]risk.Weight{
		"centered_clicks": {Detected: 3}, "programmatic_typing": {Detected: 4}, "all_pasted": {Detected: 0.8}, "bot": {Detected: 5},
	}
	return p
}

// site makes n sessions of as many people; each of the numbers is every how many
// the check fires, 0 for never.
func site(n, everyCentred, everyTyping, everyBot int) []Session {
	word := func(i, every int) gait.Verdict {
		if every > 0 && i%every == 0 {
			return gait.Detected
		}
		return gait.NotDetected
	}
	var list []Session
	for i := range n {
		list = append(list, Session{
			ID: gait.SessionID{byte(i), byte(i >> 8)}, Started: int64(i), Browser: "Chrome 156",
			Answers: []gait.Answer{
				{Check: centred, Verdict: word(i, everyCentred)},
				{Check: typing, Verdict: word(i, everyTyping)},
				{Check: pasted, Verdict: word(i, 3)},
				{Check: bot, Verdict: word(i, everyBot)},
			},
		})
	}
	return list
}

// TestLabels: what somebody said of a session goes before what its browser says.
func TestLabels(t *testing.T) {
	sessions := site(1000, 5, 10, 50)
	for i := range sessions {
		switch {
		case i%100 == 0: // every check fires
			sessions[i].Label = gait.LabelMachine
		case i%50 == 0:
			sessions[i].Label = gait.LabelPerson
		case i%10 == 0:
			sessions[i].Label = gait.LabelUnsure
		}
	}
	p, err := Propose(sessions, policy(), Budget{Review: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	if p.Sessions != 1000 || p.Excluded != 0 || p.People != 990 {
		t.Errorf("%d sessions, %d excluded, %d people", p.Sessions, p.Excluded, p.People)
	}
	people, machines := p.Labelled.People, p.Labelled.Machines
	if people.Sessions != 10 || people.Before != 10 || machines.Sessions != 10 || machines.Before != 10 || machines.After > machines.Before {
		t.Errorf("labelled: people %+v, machines %+v", people, machines)
	}
}

func TestPropose(t *testing.T) {
	p, err := Propose(site(1000, 5, 10, 50), policy(), Budget{Review: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	// Every tenth fires both checks, of which every fifth is a bot by its own word.
	if p.Sessions != 1000 || p.Excluded != 20 || p.People != 980 {
		t.Errorf("%d sessions, %d excluded, %d people", p.Sessions, p.Excluded, p.People)
	}
	if p.Before.Review < 0.08 || p.After.Review > 0.01 || !p.Feasible {
		t.Errorf("before %+v, after %+v, feasible %v", p.Before, p.After, p.Feasible)
	}
	for _, k := range p.Checks {
		switch k.Key {
		case "centered_clicks": // one in five: an upper bound of about 21 % allows for 1.56
			if k.Proposed > 1.6 || k.Proposed < 1.4 || p.Policy.Weights[k.Key].Detected != k.Proposed {
				t.Errorf("%+v", k)
			}
		case "programmatic_typing":
			if k.Proposed > 2.4 || k.Proposed < 2.1 {
				t.Errorf("%+v", k)
			}
		default:
			if k.Proposed != k.Weight || k.Why == "" {
				t.Errorf("%+v", k)
			}
		}
	}
	if len(p.Flips) == 0 {
		t.Error("nobody flips")
	}
	for _, f := range p.Flips {
		if f.Before == f.After || f.To > f.From {
			t.Errorf("flip %+v", f)
		}
	}
	if p.Policy.Version != policy().Version+1 {
		t.Errorf("version %d", p.Policy.Version)
	}

	// Where checks fire as rarely as their weights say, nothing is proposed.
	p, err = Propose(site(20_000, 0, 0, 0), policy(), Budget{Review: 0.01})
	if err != nil || len(p.Flips) != 0 || p.Bands.Proposed != p.Bands.Review {
		t.Errorf("%v, %d flips, bands %+v", err, len(p.Flips), p.Bands)
	}
	if _, err := Propose(site(100, 0, 0, 0), policy(), Budget{Review: 0.01}); gait.CodeOf(err) != gait.Invalid {
		t.Errorf("100 people are enough: %v", err)
	}
	if _, err := Propose(site(1000, 0, 0, 0), policy(), Budget{}); gait.CodeOf(err) != gait.Invalid {
		t.Errorf("no budget is fine: %v", err)
	}
}

// TestPeopleCountOnce: one person with a hundred sessions is one person.
func TestPeopleCountOnce(t *testing.T) {
	list := site(1000, 0, 2, 0)
	for i := range list {
		if i%2 == 0 {
			list[i].Person = "the one"
		}
	}
	p, err := Propose(list, policy(), Budget{Review: 0.01})
	if err != nil || p.People != 501 {
		t.Fatalf("%v, %d people", err, p.People)
	}
	for _, k := range p.Checks {
		if k.Key == "programmatic_typing" && (k.Flagged != 1 || k.Seen != 501) {
			t.Errorf("%+v", k)
		}
	}
}

func TestDrifts(t *testing.T) {
	list := site(4000, 0, 100, 0)
	if moved := Drifts(list, 2000); len(moved) != 0 {
		t.Errorf("nothing moved, and it says %+v", moved)
	}
	// A release of one browser makes every click look centred.
	for i := range list {
		if i >= 2000 && i%4 == 0 {
			list[i].Browser = "Chrome 157"
			list[i].Answers[0].Verdict = gait.Detected
		}
	}
	moved := Drifts(list, 2000)
	if len(moved) != 1 || moved[0].Check != "centered_clicks" || moved[0].Browser != "Chrome 157" || moved[0].BrowserShare < 0.9 {
		t.Fatalf("%+v", moved)
	}
	if d := moved[0]; d.After != (Rate{500, 2000}) || d.Before != (Rate{0, 2000}) || d.P > 1e-6 {
		t.Errorf("%+v", d)
	}
	if moved := Drifts(nil, 0); moved != nil {
		t.Errorf("%+v", moved)
	}
}

// TestChance holds the approximation against numbers worked out by hand.
func TestChance(t *testing.T) {
	for _, c := range []struct {
		a, b Rate
		want float64
	}{
		{Rate{0, 0}, Rate{5, 10}, 1},
		{Rate{5, 10}, Rate{5, 10}, 1},
		{Rate{0, 100}, Rate{0, 100}, 1},
		// p = 0.15, sd = 0.0505, gap = 0.1 - 0.01, z = 1.782: 7.5 %.
		{Rate{10, 100}, Rate{20, 100}, 0.0747},
	} {
		if got := chance(c.a, c.b); math.Abs(got-c.want) > 0.001 {
			t.Errorf("%v and %v: %.4f, want %.4f", c.a, c.b, got, c.want)
		}
	}
}
