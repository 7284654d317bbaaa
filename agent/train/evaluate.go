package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/agent"
	"github.com/gaithq/gait/eval"
)

// flagged is how many people of a set were ever called an agent.
type flagged struct {
	set, how string
	n, k     int
}

const wholeSessions = "whole sessions"

func (f flagged) row() string {
	lo, hi := eval.Interval(f.k, f.n)
	return fmt.Sprintf("| %s | %s | %d | %d | %.2f to %.2f %% |", f.set, f.how, f.k, f.n, 100*lo, 100*hi)
}

// peopleOut counts people by the models and limits that were made without them:
// in their sessions as they were, and with the sessions cut out and altered.
func (f *fitted) peopleOut(persons []*subject) []flagged {
	var list []flagged
	altered := map[*subject]bool{}
	for i := range f.rows {
		r := &f.rows[i]
		if r.who.person && r.who.fit && r.cut < cuts && sum(&f.folds[r.who.fold][r.stage], &r.x) >= limit {
			altered[r.who] = true
		}
	}
	for _, set := range setsOf(persons) {
		whole := flagged{set: set, how: wholeSessions}
		cut := flagged{set: set, how: "and six cut out, on other machines, fluent, without corrections"}
		if f.modality == agent.Pointing {
			cut.how = "and six cut out, on other machines, by other hands"
		}
		for _, s := range persons {
			if s.set != set || !s.fit {
				continue
			}
			whole.n++
			cut.n++
			ever := over(f.ever(s, f.folds[s.fold]))
			whole.k += one(ever)
			cut.k += one(ever || altered[s])
		}
		if whole.n > 0 {
			list = append(list, whole, cut)
		}
	}
	return list
}

// judged counts the people of a set by a model that never knew the set.
func (f *fitted) judged(persons []*subject, set, how string) flagged {
	c := flagged{set: set, how: how}
	var list []*subject
	for _, s := range persons {
		if s.set == set {
			list = append(list, s)
		}
	}
	ever := make([]bool, len(list))
	parallel(len(list), func(i int) { ever[i] = over(f.ever(list[i], f.stages)) })
	for _, e := range ever {
		c.n++
		c.k += one(e)
	}
	return c
}

func over(h highest) bool { return slices.ContainsFunc(h, func(v float64) bool { return v >= limit }) }

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func setsOf(list []*subject) []string {
	var sets []string
	for _, s := range list {
		if !slices.Contains(sets, s.set) {
			sets = append(sets, s.set)
		}
	}
	return sets
}

// marks are the amounts of evidence at which recall is told: keys, or paths.
var marks = map[agent.Modality][]int{agent.Typing: {20, 40, 80, 160, 320}, agent.Pointing: {3, 6, 12, 24}}

// recall is how many programs of a family were called agents at each mark, and how
// many got there.
type recall struct {
	family string
	hit, n []int
}

func (r recall) row() string {
	s := "| " + r.family + " |"
	for i := range r.n {
		if r.n[i] == 0 {
			s += " – |"
		} else {
			s += fmt.Sprintf(" %.0f %% |", 100*float64(r.hit[i])/float64(r.n[i]))
		}
	}
	return s
}

// recallOf plays the programs that is picks out, on other machines, and judges
// them at each mark.
func (f *fitted) recallOf(family string, programs []*subject, is func(*subject) bool) recall {
	q := f.modality
	r := recall{family: family, hit: make([]int, len(marks[q])), n: make([]int, len(marks[q]))}
	for _, s := range programs {
		if !is(s) {
			continue
		}
		h := confound(seeded("recall", s.name), kind[q], s.hands[0])
		k := 0
		play(h, func(g *gait.Features) bool {
			n := int(g.Strokes.N)
			if q == agent.Typing {
				n = int(g.Typing.Keys)
			}
			for k < len(marks[q]) && n >= marks[q][k] {
				r.n[k]++
				if stage := stageOf(q, q.Evidence(g)); stage >= 0 {
					x := q.Vector(g)
					r.hit[k] += one(sum(&f.stages[stage], &x) >= limit)
				}
				k++
			}
			return k < len(marks[q])
		})
	}
	return r
}

// both returns what to take off the sum of both modalities, so that nobody is flagged
// only for being a little odd in both: every typist is paired with every hand on a
// mouse, each at their highest. A share of pairs to spare would be a guess: the hands
// are too few to say where their tail ends. alone counts pairs that are over the limit by one
// of them, together those that only the sum flags.
func both(typing, pointing *fitted) (off float64, pairs, alone, together int) {
	a, b := typing.tops(), pointing.tops()
	for off = 0; ; off += 0.25 {
		alone, together = paired(a, b, off)
		if pairs = len(a) * len(b); together == 0 {
			return off, pairs, alone, together
		}
	}
}

// paired counts the pairs of people that are over the limit by one modality, and
// those that only both together flag after off is taken off their sum.
func paired(typing, pointing []float64, off float64) (alone, together int) {
	for _, x := range typing {
		for _, y := range pointing {
			switch {
			case x >= limit || y >= limit:
				alone++
			case x+y-off >= limit:
				together++
			}
		}
	}
	return alone, together
}

// tops returns how rare each person left out ever was.
func (f *fitted) tops() []float64 {
	var list []float64
	for s, h := range f.left {
		list = append(list, h.rarest(f.folds[s.fold]))
	}
	slices.Sort(list)
	return list
}

// strangers returns how rare each person whom nothing was fitted on ever was, in
// whole sessions.
func (f *fitted) strangers(persons []*subject) []float64 {
	var list []float64
	for _, s := range persons {
		if s.fit {
			continue
		}
		top := math.Inf(-1)
		for _, v := range f.ever(s, f.stages) {
			if !math.IsNaN(v) {
				top = max(top, v)
			}
		}
		list = append(list, top)
	}
	return list
}
