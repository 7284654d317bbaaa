package eval

import (
	"fmt"
	"strings"
)

// Goal is one thing that judging is held to, and how far it is met.
type Goal struct {
	Of   string  `json:"of"`   // whom it is about
	What string  `json:"what"` // what is counted
	Aim  string  `json:"aim"`  // "" where the number is only published
	K    int     `json:"k"`    // counted …
	N    int     `json:"n"`    // … of so many
	Lo   float64 `json:"lo"`   // exact 95 % interval of the share
	Hi   float64 `json:"hi"`
	Met  bool    `json:"met"`
}

// counting is how a goal counts the users of a label: people, or runs that were
// made from one seed.
type counting struct {
	what string
	any  func(*Outcome) bool // a user counts if one session is such …
	all  func(*Outcome) bool // … or if every one is
}

var (
	ever50   = counting{what: "ever at 50 or more", any: func(o *Outcome) bool { return o.Ever >= 50 }}
	ever70   = counting{what: "ever at 70 or more", any: func(o *Outcome) bool { return o.Ever >= 70 }}
	found70  = counting{what: "at 70 or more, as it ran", all: func(o *Outcome) bool { return o.Score >= 70 }}
	found50  = counting{what: "at 50 or more, as it ran", all: func(o *Outcome) bool { return o.Score >= 50 }}
	masked50 = counting{what: "at 50 or more, masked", all: func(o *Outcome) bool { return o.Masked >= 50 }}
)

// replays is what automation that replays recorded people counts as, whatever its
// label: nothing but its number is promised of it.
const replays = "replays"

// aims are the goals, by label. A share that only has to be published has no aim.
var aims = []struct {
	label, of string
	counting
	aim string
	met func(k, n int) bool
}{
	{"human", "people", ever50, "at most 1 %", func(k, n int) bool { return 100*k <= n }},
	{"human", "people", ever70, "none", func(k, _ int) bool { return k == 0 }},
	{"human-assistive", "assistive technology", ever50, "at most 1 %", func(k, n int) bool { return 100*k <= n }},
	{"human-assistive", "assistive technology", ever70, "none", func(k, _ int) bool { return k == 0 }},
	{"plain", "plain automation", found70, "all", func(k, n int) bool { return k == n }},
	{"plain", "plain automation", masked50, "all", func(k, n int) bool { return k == n }},
	{"hidden", "hidden automation", masked50, "at least 99 %", func(k, n int) bool { return 100*k >= 99*n }},
	{"agent", "AI agents", found50, "", nil},
	{"agent", "AI agents", masked50, "", nil},
	{"evasion", "evasions", found50, "", nil},
	{"evasion", "evasions", masked50, "", nil},
	{"os", "input of the operating system", found50, "", nil},
	{"os", "input of the operating system", masked50, "", nil},
	{replays, "automation that replays people", found50, "", nil},
	{replays, "automation that replays people", masked50, "", nil},
	{"silent", "no tracker", found50, "", nil},
}

// goals counts what the goals are about, over all sets: those that have outcomes.
func goals(outcomes []*Outcome) []Goal {
	byLabel := map[string][]*Outcome{}
	kind := func(o *Outcome) string {
		if !People(o.Label) && strings.Contains(o.Family, "/recorded") {
			return replays
		}
		return o.Label
	}
	for _, of := range group(outcomes, kind) {
		byLabel[of.key] = of.list
	}
	var list []Goal
	for _, a := range aims {
		users := group(byLabel[a.label], func(o *Outcome) string { return o.Set + "\x00" + o.Person })
		if len(users) == 0 {
			continue
		}
		g := Goal{Of: a.of, What: a.what, Aim: a.aim, N: len(users)}
		for _, u := range users {
			if a.any != nil {
				g.K += one(anyOf(u.list, a.any))
			} else {
				g.K += one(!anyOf(u.list, func(o *Outcome) bool { return !a.all(o) }))
			}
		}
		g.Lo, g.Hi = Interval(g.K, g.N)
		g.Met = a.met == nil || a.met(g.K, g.N)
		list = append(list, g)
	}
	return list
}

// String says a goal in one line.
func (g Goal) String() string {
	s := fmt.Sprintf("%s %s: %s", g.Of, g.What, ratio(g.K, g.N))
	switch {
	case g.Aim == "":
	case g.Met:
		s += "; aim: " + g.Aim + ", met"
	default:
		s += "; aim: " + g.Aim + ", MISSED"
	}
	return s
}
