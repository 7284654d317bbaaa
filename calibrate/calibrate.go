// Package calibrate looks at what the checks say of a site's own visitors, and
// proposes a policy that keeps false alarms within a budget there. Who of them were
// people is known of those alone that somebody labelled, so it takes all others for
// people but those whose browser says that it is automated: what it proposes is never
// bolder than the policy it began with.
package calibrate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/risk"
)

// Session is one stored session, judged.
type Session struct {
	ID      gait.SessionID
	Person  string     // the site's id of the user; "" counts the session as somebody
	Started int64      // Unix ms
	Browser string     // name and major version
	Label   gait.Label // what somebody who looked at it said
	Answers []gait.Answer
}

// Budget is what a site allows.
type Budget struct {
	Review float64 // the largest share of people who may come to manual review or beyond, 0 to 1
}

// Proposal is a policy and what it would change.
type Proposal struct {
	Sessions int `json:"sessions"`
	People   int `json:"people"`
	Excluded int `json:"excluded"` // sessions whose browser says that it is automated, and that nobody called a person's
	Labelled struct {
		People   Labelled `json:"people"`
		Machines Labelled `json:"machines"` // none of them counts among the people
	} `json:"labelled"`

	Checks []Check `json:"checks"`
	Bands  Bands   `json:"bands"`

	Before   Shares `json:"before"` // under the policy in use
	After    Shares `json:"after"`  // under the proposed one
	Feasible bool   `json:"feasible"`
	Flips    []Flip `json:"flips"` // sessions whose advice would change

	Policy risk.Policy `json:"-"`
}

// Labelled is what becomes of sessions that somebody labelled.
type Labelled struct {
	Sessions int `json:"sessions"`
	Before   int `json:"before"` // of these, in manual review or beyond under the policy in use
	After    int `json:"after"`  // under the proposed one
}

// Check is how a check does on the site.
type Check struct {
	Key      string  `json:"check"`
	Seen     int     `json:"seen"`    // people of whom it said anything
	Flagged  int     `json:"flagged"` // of these, people of whom it ever said Detected
	High     float64 `json:"high"`    // upper end of the 95 % interval of that share
	Weight   float64 `json:"weight"`
	Proposed float64 `json:"proposed"`
	Why      string  `json:"why"`
}

// Bands are the lowest scores that bring manual review.
type Bands struct {
	Review   int `json:"review"`
	Proposed int `json:"proposed"`
}

// Shares are of people.
type Shares struct {
	Review float64 `json:"review"` // who ever came to manual review or beyond
	Reject float64 `json:"reject"`
}

// Flip is a session whose advice would change.
type Flip struct {
	Session string      `json:"session"`
	Started int64       `json:"started"`
	From    int         `json:"from"` // score
	To      int         `json:"to"`
	Before  gait.Action `json:"before"`
	After   gait.Action `json:"after"`
}

// MinPeople is how many people a proposal needs: with fewer, the upper bound of a
// share of nothing is over 1 %.
const MinPeople = 300

// Propose looks at a site's sessions under the policy in use. It fails with Invalid
// where there are too few people, or the budget makes no sense.
func Propose(sessions []Session, in risk.Policy, b Budget) (Proposal, error) {
	if !(b.Review > 0 && b.Review < 1) {
		return Proposal{}, gait.Errorf(gait.Invalid, "the budget is a share between 0 and 1")
	}
	var p Proposal
	var people, machines []Session
	for _, s := range sessions {
		p.Sessions++
		switch {
		case s.Label == gait.LabelMachine:
			machines = append(machines, s)
		case s.Label != gait.LabelPerson && verdict(s.Answers, "bot") == gait.Detected:
			p.Excluded++
		default:
			people = append(people, s)
		}
	}
	p.People = len(byPerson(people, func(Session) bool { return true }))
	if p.People < MinPeople {
		return p, gait.Errorf(gait.Invalid, "%d people; it takes at least %d to say anything", p.People, MinPeople)
	}
	p.Policy = in
	p.Policy.Version++
	p.Policy.Weights = map[string]risk.Weight{}
	for key, w := range in.Weights {
		p.Policy.Weights[key] = w
	}
	p.checks(people, in)
	p.Before = shares(people, in)
	p.bands(people, in, b)
	p.After = shares(people, p.Policy)
	p.Feasible = p.After.Review <= b.Review
	p.Labelled.People = p.labelled(slices.DeleteFunc(slices.Clone(people), func(s Session) bool { return s.Label != gait.LabelPerson }), in)
	p.Labelled.Machines = p.labelled(machines, in)
	for _, s := range people {
		was, is := risk.Assess(in, s.Answers), risk.Assess(p.Policy, s.Answers)
		if was.Action != is.Action {
			p.Flips = append(p.Flips, Flip{s.ID.String(), s.Started, was.Score, is.Score, was.Action, is.Action})
		}
	}
	slices.SortFunc(p.Flips, func(a, b Flip) int {
		return cmp.Or(cmp.Compare(b.From-b.To, a.From-a.To), cmp.Compare(a.Session, b.Session))
	})
	return p, nil
}

// labelled counts sessions that are reviewed.
func (p *Proposal) labelled(sessions []Session, in risk.Policy) Labelled {
	l := Labelled{Sessions: len(sessions)}
	for _, s := range sessions {
		if risk.Assess(in, s.Answers).Score >= in.Bands.Review {
			l.Before++
		}
		if risk.Assess(p.Policy, s.Answers).Score >= p.Policy.Bands.Review {
			l.After++
		}
	}
	return l
}

// checks lowers the weights of checks that fire more often on the site than their
// weight allows for.
func (p *Proposal) checks(people []Session, in risk.Policy) {
	for i := range people[0].Answers {
		c := people[0].Answers[i].Check
		k := Check{Key: c.Key, Weight: in.Weights[c.Key].Detected}
		k.Seen = len(byPerson(people, func(s Session) bool { return verdict(s.Answers, c.Key) != gait.Unknown }))
		k.Flagged = len(byPerson(people, func(s Session) bool { return verdict(s.Answers, c.Key) == gait.Detected }))
		k.Proposed = k.Weight
		_, k.High = eval.Interval(k.Flagged, k.Seen)
		switch {
		case c.Fact:
			k.Why = "states a fact, and accuses nobody"
		case c.Key == "bot":
			k.Why = "sessions that it speaks of were left out"
		case k.Seen < MinPeople:
			k.Why = fmt.Sprintf("could judge %d people; it takes %d", k.Seen, MinPeople)
		default:
			// Even if it found every machine, so many false alarms allow for no more.
			most := math.Max(0, -math.Log(k.High))
			if most < k.Weight {
				k.Proposed = math.Round(100*most) / 100
				k.Why = fmt.Sprintf("fires on %d of %d people here", k.Flagged, k.Seen)
				w := p.Policy.Weights[c.Key]
				w.Detected = k.Proposed
				p.Policy.Weights[c.Key] = w
			}
		}
		p.Checks = append(p.Checks, k)
	}
}

// bands raises the score that brings manual review until no more people come to it
// than the budget allows.
func (p *Proposal) bands(people []Session, in risk.Policy, b Budget) {
	highest := map[string]int{}
	for _, s := range people {
		highest[person(s)] = max(highest[person(s)], risk.Assess(p.Policy, s.Answers).Score)
	}
	over := func(score int) float64 {
		n := 0
		for _, h := range highest {
			if h >= score {
				n++
			}
		}
		return float64(n) / float64(len(highest))
	}
	p.Bands = Bands{Review: in.Bands.Review, Proposed: in.Bands.Review}
	for p.Bands.Proposed < 100 && over(p.Bands.Proposed) > b.Review {
		p.Bands.Proposed++
	}
	p.Policy.Bands.Review = p.Bands.Proposed
	p.Policy.Bands.Reject = max(p.Policy.Bands.Reject, p.Bands.Proposed)
}

func shares(people []Session, policy risk.Policy) Shares {
	all := float64(len(byPerson(people, func(Session) bool { return true })))
	over := func(score int) float64 {
		return float64(len(byPerson(people, func(s Session) bool { return risk.Assess(policy, s.Answers).Score >= score }))) / all
	}
	return Shares{over(policy.Bands.Review), over(policy.Bands.Reject)}
}

// byPerson returns the people with a session of which is true.
func byPerson(sessions []Session, is func(Session) bool) map[string]bool {
	found := map[string]bool{}
	for _, s := range sessions {
		if is(s) {
			found[person(s)] = true
		}
	}
	return found
}

func person(s Session) string { return cmp.Or(s.Person, s.ID.String()) }

func verdict(answers []gait.Answer, key string) gait.Verdict {
	for i := range answers {
		if answers[i].Check.Key == key {
			return answers[i].Verdict
		}
	}
	return gait.Unknown
}
