// Package risk turns the answers of the checks into a score from 0 to 100 that
// can be read as a sum, and into the advice that goes with it.
//
// The score is round(100·σ(b + Σw)): b is the log-odds of the base rate, each w
// what a policy gives for an answer. Of a group of checks that see the same
// thing only the strongest Detected counts; Unknown adds nothing; Not detected
// takes off a little. How high the score may go depends on what kind of evidence
// there is: see ceiling.
package risk

import (
	"fmt"
	"math"
	"strings"

	"github.com/gaithq/gait"
)

// Policy holds the numbers of scoring.
type Policy struct {
	Version int
	Base    float64           // the score, 0 to 1, of a session of which nothing is known
	Weights map[string]Weight // by check key

	// Relief is the most that all Not detected together take off, in log-odds.
	Relief float64

	Caps  Caps
	Bands Bands
}

// Weight is what a check's answers are worth, in log-odds.
type Weight struct {
	Detected    float64
	NotDetected float64 // zero or less
	Measured    bool    // from measured error rates; otherwise provisional
}

// Caps are the highest scores that kinds of evidence allow.
type Caps struct {
	Facts int `json:"facts"` // facts, environment and network without bot
	One   int `json:"one"`   // one behavioural group
	Two   int `json:"two"`   // agent_behavior or replayed_behavior alone, or two behavioural groups
}

// Bands are the lowest scores of the advice above Auto-accept.
type Bands struct {
	Monitor int `json:"monitor"`
	Review  int `json:"review"`
	Reject  int `json:"reject"`
}

const (
	botKey    = "bot"
	agentKey  = "agent_behavior"
	replayKey = "replayed_behavior"
)

// Assess scores a session's answers under a policy.
func Assess(p Policy, answers []gait.Answer) gait.Assessment {
	a := score(p, answers, func(gait.Group) bool { return true })
	a.Masked = score(p, answers, gait.Group.Behavioural).Score
	a.Action = p.action(a.Score, answers)
	a.Explanation = explain(a, answers)
	a.PolicyVersion = p.Version
	return a
}

// score counts the answers of the groups that visible admits.
func score(p Policy, answers []gait.Answer, visible func(gait.Group) bool) gait.Assessment {
	a := gait.Assessment{Base: logit(p.Base), Contributions: make([]gait.Contribution, len(answers))}
	strongest := map[gait.Group]int{}
	for i, ans := range answers {
		c := ans.Check
		w := p.Weights[c.Key]
		k := gait.Contribution{Check: c.Key, Group: c.Group, Measured: w.Measured}
		switch {
		case !visible(c.Group):
		case ans.Verdict == gait.Detected:
			k.Weight = w.Detected
			if s, ok := strongest[c.Group]; !ok || w.Detected > a.Contributions[s].Weight {
				strongest[c.Group] = i
			}
		case ans.Verdict == gait.NotDetected:
			k.Weight = min(w.NotDetected, 0)
		}
		a.Contributions[i] = k
	}
	relief := 0.0
	for i := range a.Contributions {
		k := &a.Contributions[i]
		switch s, fired := strongest[k.Group]; {
		case k.Weight < 0:
			k.Applied = max(k.Weight, -p.Relief-relief)
			relief += k.Applied
			if k.Applied > k.Weight {
				k.Note = fmt.Sprintf("all Not detected together take off at most %.1f", p.Relief)
			}
		case fired && s == i:
			k.Applied = k.Weight
		case k.Weight > 0:
			k.Note = fmt.Sprintf("counted with %s, the strongest of the group", a.Contributions[s].Check)
		}
		a.LogOdds += k.Applied
	}
	a.LogOdds += a.Base
	a.Cap, a.CapReason = p.ceiling(answers, visible)
	a.Score = min(a.Cap, int(math.Round(100/(1+math.Exp(-a.LogOdds)))))
	return a
}

// ceiling returns the highest score that the kind of evidence allows, and why.
// Facts accuse nobody, and what has no weight counts for nothing, so neither lifts a
// ceiling.
func (p Policy) ceiling(answers []gait.Answer, visible func(gait.Group) bool) (int, string) {
	groups := map[gait.Group]bool{}
	bot, agent := false, false
	for _, ans := range answers {
		c := ans.Check
		if ans.Verdict != gait.Detected || c.Fact || !visible(c.Group) || p.Weights[c.Key].Detected <= 0 {
			continue
		}
		switch {
		case c.Key == botKey:
			bot = true
		case c.Key == agentKey, c.Key == replayKey:
			agent = true
		case c.Group.Behavioural():
			groups[c.Group] = true
		}
	}
	switch {
	case bot:
		return 100, "the browser is automated: no ceiling"
	case agent && len(groups) >= 2:
		return 100, "agent-like or replayed behaviour and two kinds of behavioural evidence: no ceiling"
	case agent || len(groups) >= 2:
		return p.Caps.Two, fmt.Sprintf("behaviour alone, however clear, stays at %d", p.Caps.Two)
	case len(groups) == 1:
		return p.Caps.One, fmt.Sprintf("one kind of behavioural evidence alone stays at %d", p.Caps.One)
	default:
		return p.Caps.Facts, fmt.Sprintf("facts about device, network and pasting alone stay at %d", p.Caps.Facts)
	}
}

// action advises on a score. As long as no check of behaviour could answer and
// nothing speaks against the session, nothing is known of it.
func (p Policy) action(score int, answers []gait.Answer) gait.Action {
	switch {
	case score >= p.Bands.Reject:
		return gait.AutoReject
	case score >= p.Bands.Review:
		return gait.ManualReview
	case !seen(answers):
		return gait.ActionUnknown
	case score >= p.Bands.Monitor:
		return gait.AcceptMonitor
	default:
		return gait.AutoAccept
	}
}

func seen(answers []gait.Answer) bool {
	for _, a := range answers {
		if a.Check.Group.Behavioural() && a.Verdict != gait.Unknown {
			return true
		}
	}
	return false
}

// explain names what counted, strongest first.
func explain(a gait.Assessment, answers []gait.Answer) string {
	var fired []int
	for i := range answers {
		if answers[i].Verdict == gait.Detected {
			j := len(fired)
			fired = append(fired, i)
			for j > 0 && a.Contributions[fired[j-1]].Applied < a.Contributions[i].Applied {
				fired[j], fired[j-1] = fired[j-1], fired[j]
				j--
			}
		}
	}
	if len(fired) == 0 {
		if a.Action == gait.ActionUnknown {
			return "Too little was seen to judge this session."
		}
		return "No check was triggered."
	}
	names := make([]string, len(fired))
	for i, j := range fired {
		names[i] = answers[j].Check.Title
	}
	text := strings.Join(names, ", ")
	if n := len(names); n > 1 {
		text = strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	text += " detected"
	if a.Score == a.Cap && a.Cap < 100 {
		text += "; " + a.CapReason
	}
	return text + "."
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }
