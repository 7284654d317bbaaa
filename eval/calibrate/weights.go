package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/risk"
)

// Limits of measured weights. The upper one keeps a single check, measured on few
// kinds of automation, from settling a session; what Not detected may take off is
// the rule of package risk.
const (
	mostDetected    = 4.0
	mostNotDetected = 0.3
)

// Fewer people or kinds of automation than these are no measurement.
const (
	leastPeople = 20
	leastKinds  = 5
)

// fitted are checks whose numbers were found on the same people and runs, so that what
// they say of those is no measurement. What their training measured on people and kinds
// that it left out is one: -heldout.
var fitted = []string{"agent_behavior"}

// estimates measures the weights. A check that cannot be measured, or of which so
// little is known that it may be worth anything, keeps the weight that it has.
func (m *measured) estimates(before []risk.Estimate) []risk.Estimate {
	var list []risk.Estimate
	for i, c := range check.All() {
		e := risk.Estimate{Check: c.Key}
		if at := slices.IndexFunc(before, func(b risk.Estimate) bool { return b.Check == c.Key }); at >= 0 {
			e.Detected, e.NotDetected = before[at].Detected, before[at].NotDetected
		}
		tpr, fpr, from := m.found(i), m.flagged(i), m.sources(i)
		if h, ok := m.heldOut[c.Key]; ok {
			tpr, fpr, from = h.tpr, h.fpr, "its training, on what was held out"
		} else if e.Why = m.unmeasurable(c, i); e.Why != "" {
			list = append(list, e)
			continue
		}
		found, foundMost := eval.Interval(tpr.K, tpr.N)
		flaggedLeast, flagged := eval.Interval(fpr.K, fpr.N)
		if found <= flagged && foundMost >= flaggedLeast {
			e.Why = fmt.Sprintf("it found %d of %d kinds and flagged %d of %d people, which neither speaks for it nor against it", tpr.K, tpr.N, fpr.K, fpr.N)
			list = append(list, e)
			continue
		}
		e.Measured, e.TPR, e.FPR, e.From = true, &tpr, &fpr, from
		e.Detected = round(min(max(math.Log(found/flagged), 0), mostDetected))
		e.NotDetected = round(max(min(math.Log((1-found)/(1-flagged)), 0), -mostNotDetected))
		list = append(list, e)
	}
	return list
}

// heldOut is what a check's own training measured on kinds of automation and on people
// that it had left out.
type heldOut struct{ tpr, fpr risk.Count }

// heldOuts are by check.
type heldOuts map[string]heldOut

func (h heldOuts) String() string { return "" }

// Set reads CHECK=FOUND/KINDS,FLAGGED/PEOPLE.
func (h heldOuts) Set(s string) error {
	key, counts, _ := strings.Cut(s, "=")
	var o heldOut
	if n, err := fmt.Sscanf(counts, "%d/%d,%d/%d", &o.tpr.K, &o.tpr.N, &o.fpr.K, &o.fpr.N); err != nil || n != 4 || index(key) < 0 {
		return fmt.Errorf("%q is not CHECK=FOUND/KINDS,FLAGGED/PEOPLE", s)
	}
	if o.tpr.K < 0 || o.tpr.K > o.tpr.N || o.fpr.K < 0 || o.fpr.K > o.fpr.N || o.tpr.N < leastKinds || o.fpr.N < leastPeople {
		return fmt.Errorf("%q: more were found than there are, or too few were looked at", s)
	}
	h[key] = o
	return nil
}

// unmeasurable says why a check cannot be measured, "" if it can.
func (m *measured) unmeasurable(c *gait.Check, i int) string {
	switch people, kinds := m.flagged(i).N, m.found(i).N; {
	case c.Fact:
		return "states a fact and accuses nobody"
	case !c.Group.Behavioural():
		return "no recorded people have a device or an address"
	case slices.Contains(fitted, c.Key):
		return "was fitted on these people"
	case people == 0:
		return "no recorded people have its signal"
	case people < leastPeople:
		return fmt.Sprintf("%d people of at least %d", people, leastPeople)
	case kinds < leastKinds:
		return fmt.Sprintf("%d kinds of automation of at least %d that it could judge", kinds, leastKinds)
	}
	return ""
}

// flagged counts the people that check i could judge, and those it ever flagged.
func (m *measured) flagged(i int) risk.Count {
	return byPerson(m.people, forFitting,
		func(o *eval.Outcome) bool { return o.Seen>>i&1 == 1 },
		func(o *eval.Outcome) bool { return o.Flagged>>i&1 == 1 })
}

// found counts the kinds of automation that check i could judge, and the sum of the
// shares of their runs of which it said Detected in the end, rounded down.
func (m *measured) found(i int) risk.Count {
	judged := func(o *eval.Outcome) bool { return o.Verdicts[i] != gait.Unknown }
	return byKind(m.runs, judged, func(o *eval.Outcome) bool { return o.Verdicts[i] == gait.Detected })
}

// byKind sums up shares of runs over the kinds of automation.
func byKind(runs []*eval.Outcome, judged, found func(*eval.Outcome) bool) risk.Count {
	type tally struct{ found, n int }
	kinds := map[string]*tally{}
	for _, o := range runs {
		if !automation(o.Label) || !judged(o) {
			continue
		}
		t := kinds[o.Family]
		if t == nil {
			t = new(tally)
			kinds[o.Family] = t
		}
		t.n++
		if found(o) {
			t.found++
		}
	}
	sum := 0.0
	for _, key := range slices.Sorted(maps.Keys(kinds)) {
		sum += float64(kinds[key].found) / float64(kinds[key].n)
	}
	return risk.Count{K: int(sum + 1e-9), N: len(kinds)}
}

// automation reports whether runs of a label were made by automation whose page had
// the tracker.
func automation(label string) bool { return !eval.People(label) && label != "silent" }

// sources names the sets behind a weight.
func (m *measured) sources(i int) string {
	sets := map[string]bool{}
	for _, o := range slices.Concat(m.people, m.runs) {
		if forFitting(o) && o.Seen>>i&1 == 1 && (o.Label == "human" || automation(o.Label)) {
			sets[o.Set] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(sets)), ", ")
}

func round(x float64) float64 { return math.Round(100*x) / 100 }

// encode writes the weights as JSON, one check a line.
func encode(list []risk.Estimate) ([]byte, error) {
	var b bytes.Buffer
	for i, e := range list {
		line, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		start, end := " ", ","
		if i == 0 {
			start = "["
		}
		if i == len(list)-1 {
			end = "]"
		}
		fmt.Fprintf(&b, "%s%s%s\n", start, line, end)
	}
	return b.Bytes(), nil
}
