package eval

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
)

// Result is what judging recordings came to.
type Result struct {
	Sets  []Set  `json:"sets"`
	Goals []Goal `json:"goals"`
}

// Set is one label of one set. All of it are counts but the quantiles.
type Set struct {
	Set   string `json:"set"`
	Label string `json:"label"`
	Tally

	Families []Family    `json:"families,omitempty"` // by input, motion and typing
	Browsers []Family    `json:"browsers,omitempty"` // by what drove which browser
	Peers    []PeerTally `json:"peers,omitempty"`
}

// Tally counts sessions, and people: all sessions of one user.
type Tally struct {
	N      int `json:"n"` // sessions
	People int `json:"people"`
	Counts
	Masked Counts `json:"masked"` // with the answers of device and network set to Unknown

	Checks map[string]Words `json:"checks"`

	// PeopleFlagged counts, for each check, the people of whom it said Detected at
	// any time of any session, and PeopleSeen those of whom it said anything.
	PeopleFlagged map[string]int `json:"people_flagged"`
	PeopleSeen    map[string]int `json:"people_seen"`

	After []After `json:"after"` // scores on the way
}

// Counts is how many reached which score. A score at any time is one after any
// batch.
type Counts struct {
	GE50   int `json:"ge50"` // sessions at 50 and more at the end
	GE70   int `json:"ge70"`
	Ever50 int `json:"ever50"` // at 50 and more at any time
	Ever70 int `json:"ever70"`

	// People with at least one such session.
	PeopleGE50   int `json:"people_ge50"`
	PeopleGE70   int `json:"people_ge70"`
	PeopleEver50 int `json:"people_ever50"`
	PeopleEver70 int `json:"people_ever70"`

	// People all of whose sessions are such: what counts for automation.
	AllGE50 int `json:"people_all_ge50"`
	AllGE70 int `json:"people_all_ge70"`

	Score Quantiles `json:"score"` // at the end
}

// Quantiles are of scores.
type Quantiles struct {
	P5  int `json:"p5"`
	P50 int `json:"p50"`
	P95 int `json:"p95"`
}

// Words counts what a check said at the end of sessions.
type Words struct {
	Detected    int `json:"detected"`
	NotDetected int `json:"not_detected"`
	Unknown     int `json:"unknown"`
}

// After counts the sessions that came to a moment, and their scores then.
type After struct {
	At         string `json:"at"` // "5s", "15s", "60s", "field1", "submit" or "end"
	N          int    `json:"n"`
	GE50       int    `json:"ge50"`
	GE70       int    `json:"ge70"`
	MaskedGE50 int    `json:"masked_ge50"`
	MaskedGE70 int    `json:"masked_ge70"`
}

// Family counts recorded runs of one kind.
type Family struct {
	Family string `json:"family"`
	Tally
	MaskedGE50   int `json:"masked_ge50"` // as in Masked
	MaskedGE70   int `json:"masked_ge70"`
	MaskedEver50 int `json:"masked_ever50"`

	Peers []PeerTally `json:"peers,omitempty"`
}

// PeerTally counts what another detector said in the same pages.
type PeerTally struct {
	Peer  string `json:"peer"`
	Bot   int    `json:"bot"`
	Human int    `json:"human"`
	Error int    `json:"error"`
}

// People reports whether a label is one of people.
func People(label string) bool { return label == "human" || strings.HasPrefix(label, "human-") }

func count(outcomes []*Outcome) Result {
	var r Result
	keys := check.All()
	for _, of := range group(outcomes, func(o *Outcome) string { return o.Set + "\x00" + o.Label }) {
		s := Set{Set: of.list[0].Set, Label: of.list[0].Label, Tally: tally(of.list, keys), Peers: peerTallies(of.list)}
		for _, f := range group(of.list, func(o *Outcome) string { return o.Family }) {
			if f.key != "" {
				s.Families = append(s.Families, newFamily(f.key, f.list, keys))
			}
		}
		for _, f := range group(of.list, func(o *Outcome) string { return o.Browser }) {
			if f.key != "" {
				s.Browsers = append(s.Browsers, newFamily(f.key, f.list, keys))
			}
		}
		r.Sets = append(r.Sets, s)
	}
	r.Goals = goals(outcomes)
	return r
}

func newFamily(key string, list []*Outcome, checks []*gait.Check) Family {
	t := tally(list, checks)
	return Family{key, t, t.Masked.GE50, t.Masked.GE70, t.Masked.Ever50, peerTallies(list)}
}

type grouped struct {
	key  string
	list []*Outcome
}

// group sorts outcomes by a key; within a key they keep their order.
func group(outcomes []*Outcome, by func(*Outcome) string) []grouped {
	m := map[string][]*Outcome{}
	for _, o := range outcomes {
		m[by(o)] = append(m[by(o)], o)
	}
	list := make([]grouped, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		list = append(list, grouped{key, m[key]})
	}
	return list
}

func tally(list []*Outcome, checks []*gait.Check) Tally {
	t := Tally{
		N: len(list), Checks: map[string]Words{}, PeopleFlagged: map[string]int{}, PeopleSeen: map[string]int{},
		Counts: counts(list, false), Masked: counts(list, true), After: after(list),
	}
	persons := group(list, func(o *Outcome) string { return o.Person })
	t.People = len(persons)
	for i, c := range checks {
		var w Words
		for _, o := range list {
			switch o.Verdicts[i] {
			case gait.Detected:
				w.Detected++
			case gait.NotDetected:
				w.NotDetected++
			default:
				w.Unknown++
			}
		}
		t.Checks[c.Key] = w
		for _, p := range persons {
			t.PeopleFlagged[c.Key] += one(anyOf(p.list, func(o *Outcome) bool { return o.Flagged>>i&1 == 1 }))
			t.PeopleSeen[c.Key] += one(anyOf(p.list, func(o *Outcome) bool { return o.Seen>>i&1 == 1 }))
		}
	}
	return t
}

func counts(list []*Outcome, masked bool) Counts {
	end := func(o *Outcome) int { return o.Score }
	ever := func(o *Outcome) int { return o.Ever }
	if masked {
		end = func(o *Outcome) int { return o.Masked }
		ever = func(o *Outcome) int { return o.EverMasked }
	}
	var (
		c      Counts
		scores []int
	)
	for _, o := range list {
		c.GE50 += one(end(o) >= 50)
		c.GE70 += one(end(o) >= 70)
		c.Ever50 += one(ever(o) >= 50)
		c.Ever70 += one(ever(o) >= 70)
		scores = append(scores, end(o))
	}
	for _, p := range group(list, func(o *Outcome) string { return o.Person }) {
		c.PeopleGE50 += one(anyOf(p.list, func(o *Outcome) bool { return end(o) >= 50 }))
		c.PeopleGE70 += one(anyOf(p.list, func(o *Outcome) bool { return end(o) >= 70 }))
		c.PeopleEver50 += one(anyOf(p.list, func(o *Outcome) bool { return ever(o) >= 50 }))
		c.PeopleEver70 += one(anyOf(p.list, func(o *Outcome) bool { return ever(o) >= 70 }))
		c.AllGE50 += one(!anyOf(p.list, func(o *Outcome) bool { return end(o) < 50 }))
		c.AllGE70 += one(!anyOf(p.list, func(o *Outcome) bool { return end(o) < 70 }))
	}
	slices.SortFunc(scores, cmp.Compare[int])
	c.Score = Quantiles{quantile(scores, 0.05), quantile(scores, 0.5), quantile(scores, 0.95)}
	return c
}

func after(list []*Outcome) []After {
	all := make([]After, len(moments))
	for m := range moments {
		a := &all[m]
		a.At = moments[m].name
		for _, o := range list {
			s := o.After[m]
			if !s.Came {
				continue
			}
			a.N++
			a.GE50 += one(s.Score >= 50)
			a.GE70 += one(s.Score >= 70)
			a.MaskedGE50 += one(s.Masked >= 50)
			a.MaskedGE70 += one(s.Masked >= 70)
		}
	}
	return all
}

func peerTallies(list []*Outcome) []PeerTally {
	m := map[string]*PeerTally{}
	for _, o := range list {
		for name, said := range o.Peers {
			p := m[name]
			if p == nil {
				p = &PeerTally{Peer: name}
				m[name] = p
			}
			p.Bot += one(saidBot(said))
			p.Human += one(said == "human")
			p.Error += one(!saidBot(said) && said != "human")
		}
	}
	var tallies []PeerTally
	for _, name := range slices.Sorted(maps.Keys(m)) {
		tallies = append(tallies, *m[name])
	}
	return tallies
}

func saidBot(said string) bool { return said == "bot" || strings.HasPrefix(said, "bot:") }

func anyOf(list []*Outcome, is func(*Outcome) bool) bool { return slices.ContainsFunc(list, is) }

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// quantile returns the smallest of the sorted values that has at least the share p
// of them at or below it.
func quantile(sorted []int, p float64) int {
	if len(sorted) == 0 {
		return 0
	}
	i := int(math.Ceil(p*float64(len(sorted)))) - 1
	return sorted[max(i, 0)]
}
