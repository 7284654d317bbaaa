package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/agent"
	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/session"
)

// Between these lines of a file the tables go.
const (
	opening = "<!-- what `go run ./agent/train` printed -->\n"
	closing = "<!-- end -->\n"
)

// replace puts the tables into a file.
func replace(name string, tables []byte) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(b, []byte(opening))
	_, after, end := bytes.Cut(rest, []byte(closing))
	if !ok || !end {
		return errors.New(name + ": the marks for the tables are missing")
	}
	return os.WriteFile(name, slices.Concat(before, []byte(opening), tables, []byte(closing), after), 0o644)
}

// tables writes what a modality's model does to people and programs that it was
// not made from.
func (l *learned) tables(w io.Writer, quick bool) {
	title := map[agent.Modality]string{agent.Typing: "Typing", agent.Pointing: "Pointing"}[l.modality]
	fmt.Fprintf(w, "\n## %s: people\n\n| set | judged by a model | flagged | of | 95 %% |\n|---|---|---|---|---|\n", title)
	for _, f := range l.peopleOut(l.persons) {
		if f.how == wholeSessions {
			l.heldOut.flagged += f.k
			l.heldOut.people += f.n
		}
		f.how = "without the person: " + f.how
		fmt.Fprintln(w, f.row())
	}
	for _, set := range setsOf(l.persons) {
		out := func(s *subject) bool { return s.set != set && s.donor != set }
		left := 0
		for _, s := range l.persons {
			left += one(s.fit && out(s))
		}
		fitted := l.fitted
		how := "never fitted on the set"
		if l.persons[slices.IndexFunc(l.persons, func(s *subject) bool { return s.set == set })].fit {
			if quick || left < leastPeople {
				continue
			}
			fitted = train(l.modality, l.rows, l.persons, out)
			how = fmt.Sprintf("without the set, of %d people: whole sessions", left)
		}
		fmt.Fprintln(w, fitted.judged(l.persons, set, how).row())
	}
	unit := map[agent.Modality]string{agent.Typing: "keys", agent.Pointing: "paths"}[l.modality]
	head := "| family, left out |"
	if quick {
		head = "| family, learned from |"
	}
	rule := "|---|"
	for _, m := range marks[l.modality] {
		head += fmt.Sprintf(" %d %s |", m, unit)
		rule += "---|"
	}
	fmt.Fprintf(w, "\n## %s: programs\n\nShare called agents, by this modality alone.\n\n%s\n%s\n", title, head, rule)
	for _, family := range setsOf(l.programs) {
		fitted := l.fitted
		if !quick {
			fitted = train(l.modality, l.rows, l.persons, func(s *subject) bool { return s.person || s.set != family })
		}
		r := fitted.recallOf(family, l.programs, func(s *subject) bool { return s.set == family })
		l.heldOut.add(r, formMark[l.modality])
		fmt.Fprintln(w, r.row())
	}
	if l.modality == agent.Typing {
		for _, hold := range holdKinds {
			fitted := l.fitted
			if !quick {
				fitted = train(l.modality, l.rows, l.persons, func(s *subject) bool { return s.person || s.also != hold })
			}
			r := fitted.recallOf("holds: "+hold, l.programs, func(s *subject) bool { return s.also == hold })
			l.heldOut.add(r, formMark[l.modality])
			fmt.Fprintln(w, r.row())
		}
	}
	for _, family := range setsOf(l.recorded) {
		if !slices.ContainsFunc(l.rows, func(r row) bool { return r.who.set == family }) {
			continue // too short to be learned from
		}
		fitted := l.fitted
		if !quick {
			fitted = train(l.modality, l.rows, l.persons, func(s *subject) bool { return s.person || s.set != family })
		}
		fmt.Fprintln(w, fitted.recallOf(family, l.recorded, func(s *subject) bool { return s.set == family }).row())
	}
}

// heldOut sums up what was left out: the kinds of made-up programs found with the
// evidence of one form, each by the share of it that was, and the people flagged.
type heldOut struct {
	found           float64
	kinds           int
	flagged, people int
}

// formMark is which of marks is about what a form of three fields gives.
var formMark = map[agent.Modality]int{agent.Typing: 2, agent.Pointing: 1}

func (h *heldOut) add(r recall, mark int) {
	if r.n[mark] > 0 {
		h.found += float64(r.hit[mark]) / float64(r.n[mark])
		h.kinds++
	}
}

// worth writes what the check is worth, for the command that makes weights.
func worth(w io.Writer, typing, pointing *heldOut) {
	found, kinds := int(typing.found+pointing.found), typing.kinds+pointing.kinds
	flagged, people := typing.flagged+pointing.flagged, typing.people+pointing.people
	fmt.Fprintf(w, "\n## What it is worth\n\nOf the kinds of made-up programs, each left out and counted by the share found at %d keys or %d paths, and of the people, "+
		"each left out, in whole sessions, as `make calibrate` takes them: `HELDOUT=agent_behavior=%d/%d,%d/%d`.\n",
		marks[agent.Typing][formMark[agent.Typing]], marks[agent.Pointing][formMark[agent.Pointing]], found, kinds, flagged, people)
}

// leastPeople is how many must be left to fit and to draw a limit from.
const leastPeople = 20

// runTables writes what the finished model says of the recorded runs, at their end.
func runTables(w io.Writer, m *agent.Model, runs []*run) {
	if len(runs) == 0 {
		return
	}
	type key struct{ label, motion, typing string }
	type count struct{ n, typing, pointing, hit int }
	counts := map[key]*count{}
	var keys []key
	for _, r := range runs {
		k := key{r.label, r.motion, r.typing}
		c := counts[k]
		if c == nil {
			c = new(count)
			counts[k], keys = c, append(keys, k)
		}
		c.n++
		parts := judgeRun(m, r)
		for _, p := range parts {
			if p.Modality == agent.Typing {
				c.typing++
			} else {
				c.pointing++
			}
		}
		c.hit += one(m.Together(parts) >= m.Limit)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return slices.Compare([]string{a.label, a.motion, a.typing}, []string{b.label, b.motion, b.typing})
	})
	fmt.Fprint(w, "\n## Recorded runs, by the finished model\n\nAt the end of each run. Families that were learned from are in it; the tables above leave them out.\n\n"+
		"| label | motion | typing | runs | enough typing | enough paths | called agents | 95 % |\n|---|---|---|---|---|---|---|---|\n")
	for _, k := range keys {
		c := counts[k]
		lo, hi := eval.Interval(c.hit, c.n)
		fmt.Fprintf(w, "| %s | %s | %s | %d | %d | %d | %d | %.0f to %.0f %% |\n", k.label, k.motion, k.typing, c.n, c.typing, c.pointing, c.hit, 100*lo, 100*hi)
	}
}

func judgeRun(m *agent.Model, r *run) []agent.Part {
	var s session.State
	s.Add(&gait.Batch{Events: r.events})
	var parts []agent.Part
	for _, q := range []agent.Modality{agent.Typing, agent.Pointing} {
		if p, ok := m.Judge(q, s.Features()); ok {
			parts = append(parts, p)
		}
	}
	return parts
}
