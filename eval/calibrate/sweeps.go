package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/eval"
	"github.com/gaithq/gait/risk"
)

// sweep is a threshold, and the values to try for it.
type sweep struct {
	eval.Gauge
	name   string // of the measure, and what it holds for
	check  string
	inUse  func() float64
	values []float64
}

// sweeps lists the thresholds that recorded people can speak about.
func sweeps() []sweep {
	checks := check.All()
	var list []sweep
	bands := []struct {
		from, to uint32 // intervals
		words    string
	}{{15, 40, "15 to 39 intervals"}, {40, 80, "40 to 79 intervals"}, {80, math.MaxUint32, "80 intervals and more"}}
	for _, b := range bands {
		within := func(t *gait.Typing) bool { return t.Interval.N >= b.from && t.Interval.N < b.to }
		list = append(list, sweep{
			name: "interval_cv, " + b.words, check: "programmatic_typing", inUse: inUse(checks, "programmatic_typing", "interval_cv", b.from),
			values: []float64{0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4},
			Gauge: rhythm(true, func(f *gait.Features) (float64, bool) {
				return f.Typing.Interval.CV(), within(&f.Typing)
			}),
		}, sweep{
			name: "interval_mode_share, " + b.words, check: "programmatic_typing", inUse: inUse(checks, "programmatic_typing", "interval_mode_share", b.from),
			values: []float64{0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1},
			Gauge: rhythm(false, func(f *gait.Features) (float64, bool) {
				return measure(checks, "programmatic_typing", "interval_mode_share", f).Value, within(&f.Typing)
			}),
		}, sweep{
			name: "interval_mean (ms), " + b.words, check: "programmatic_typing", inUse: inUse(checks, "programmatic_typing", "interval_mean", b.from),
			values: []float64{15, 20, 25, 30, 40, 50, 60, 70, 80},
			Gauge: rhythm(true, func(f *gait.Features) (float64, bool) {
				return f.Typing.Interval.Mean, within(&f.Typing)
			}),
		}, sweep{
			name: "level_flight_share, " + b.words, check: "programmatic_typing", inUse: inUse(checks, "programmatic_typing", "level_flight_share", b.from),
			values: []float64{0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1},
			Gauge: rhythm(false, func(f *gait.Features) (float64, bool) {
				return share(f.Typing.Level, f.Typing.Interval.N), within(&f.Typing)
			}),
		}, sweep{
			name: "interval_mean (ms) with no key over another, " + b.words, check: "programmatic_typing", inUse: inUse(checks, "programmatic_typing", "apart_mean", b.from),
			values: []float64{50, 60, 80, 100, 120, 140, 160, 180, 200},
			Gauge: rhythm(true, func(f *gait.Features) (float64, bool) {
				if 100*f.Typing.Rollover > f.Typing.Interval.N {
					return math.Inf(1), within(&f.Typing)
				}
				return f.Typing.Interval.Mean, within(&f.Typing)
			}),
		})
	}
	return append(list,
		sweep{
			name: "dwell_cv, 20 keys and more", check: "programmatic_typing", inUse: inUse(checks, "programmatic_typing", "dwell_cv", 40),
			values: []float64{0.02, 0.03, 0.05, 0.07, 0.08, 0.1, 0.12},
			Gauge: rhythm(true, func(f *gait.Features) (float64, bool) {
				return f.Typing.Dwell.CV(), f.Typing.Dwell.N >= 20
			}),
		},
		sweep{
			name: "dwell_mean (ms), 20 keys and more", check: "programmatic_typing", inUse: inUse(checks, "programmatic_typing", "dwell_mean", 40),
			values: []float64{5, 10, 15, 20, 25, 30, 40},
			Gauge: rhythm(true, func(f *gait.Features) (float64, bool) {
				return f.Typing.Dwell.Mean, f.Typing.Dwell.N >= 20
			}),
		},
		sweep{
			name: "short_dwell_share, 20 keys and more", check: "programmatic_typing", inUse: inUse(checks, "programmatic_typing", "short_dwell_share", 40),
			values: []float64{0.3, 0.5, 0.7, 0.9, 0.95, 1},
			Gauge: rhythm(false, func(f *gait.Features) (float64, bool) {
				return share(f.Typing.Short, f.Typing.Dwell.N), f.Typing.Dwell.N >= 20
			}),
		},
		sweep{
			name: "keys without a correction", check: "no_corrections", inUse: inUse(checks, "no_corrections", "keys", 400),
			values: []float64{100, 150, 200, 250, 300, 400, 600},
			Gauge: gauge(false, func(f *gait.Features) (float64, bool) {
				t := &f.Typing
				if t.Erases+t.Undos+t.Replaced > 0 {
					return 0, t.Keys > 0
				}
				return float64(t.Keys - min(t.Keys, t.Scanned)), t.Keys > 0
			}),
		},
		sweep{
			name: "jumped_share, 2 jumps and more", check: "teleporting_mouse", inUse: inUse(checks, "teleporting_mouse", "jumped_share", 40),
			values: []float64{0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1},
			Gauge: eval.Gauge{Read: func(f *gait.Features) (float64, bool) {
				p := &f.Pointer
				if p.Jumped < 2 {
					return 0, p.Reached >= 2
				}
				return share(p.Jumped, p.Reached), true
			}},
		},
	)
}

// gauge reads a number where keys say something.
func gauge(low bool, read func(*gait.Features) (float64, bool)) eval.Gauge {
	return eval.Gauge{Low: low, Read: func(f *gait.Features) (float64, bool) {
		if f.Touch || f.Typing.Composed > 0 {
			return 0, false
		}
		return read(f)
	}}
}

// rhythm reads a number where programmatic_typing judges the rhythm of keys.
func rhythm(low bool, read func(*gait.Features) (float64, bool)) eval.Gauge {
	return gauge(low, func(f *gait.Features) (float64, bool) {
		t := &f.Typing
		if t.Keys-min(t.Keys, t.Scanned) < 20 || t.Interval.N < 15 || 2*t.Scanned > t.Keys {
			return 0, false
		}
		return read(f)
	})
}

func share(k, n uint32) float64 {
	if n == 0 {
		return 0
	}
	return float64(k) / float64(n)
}

// inUse asks a check which threshold it compares a measure with, for a session of so
// many keys.
func inUse(checks []*gait.Check, key, name string, keys uint32) func() float64 {
	return func() float64 {
		f := new(gait.Features)
		f.Typing.Keys, f.Typing.Interval.N = max(keys, 20), max(keys, 15)
		f.Typing.Interval.Mean, f.Typing.Dwell.N, f.Typing.Flight.N = 150, 40, 40
		f.Pointer.Reached = 10
		return measure(checks, key, name, f).Threshold
	}
}

// measure asks a check for one number behind its answer.
func measure(checks []*gait.Check, key, name string, f *gait.Features) gait.Measure {
	for _, c := range checks {
		if c.Key != key {
			continue
		}
		for _, m := range c.Judge(f).Measures {
			if m.Name == name {
				return m
			}
		}
	}
	return gait.Measure{}
}

// writer collects tables.
type writer struct{ bytes.Buffer }

func (w *writer) table(rows []string) {
	t := tabwriter.NewWriter(&w.Buffer, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintln(t, "  "+r) // a bytes.Buffer takes everything
	}
	_ = t.Flush()
}

const columns = "people ever flagged\tthe same, in pieces\tevaluation only\tkinds of automation found\truns found"

func (m *measured) print(w *writer) {
	fmt.Fprintf(w, "Thresholds: what each value would do alone. People count once; a kind of automation (input, motion, typing) counts\nby the share of its runs; intervals are exact, 95 %%. * marks the value in use.\n")
	for i, s := range m.sweeps {
		use := s.inUse()
		fmt.Fprintf(w, "\n%s: %s\n", s.check, s.name)
		rows := []string{"value\t" + columns}
		seen := func(o *eval.Outcome) bool { return o.Read[i].Seen }
		for _, v := range s.values {
			fires := func(o *eval.Outcome) bool {
				x := o.Read[i]
				return x.Seen && (s.Low && x.Value < v || !s.Low && x.Value >= v)
			}
			mark := ""
			if v == use {
				mark = "*"
			}
			rows = append(rows, fmt.Sprintf("%g%s\t%s", v, mark, m.row(m.people, m.pieces, m.runs, seen, fires)))
		}
		w.table(rows)
	}
	fmt.Fprintf(w, "\nteleporting_mouse: least length of a jump (px)\n")
	rows := []string{"value\t" + columns}
	at := index("teleporting_mouse")
	seen := func(o *eval.Outcome) bool { return o.Seen>>at&1 == 1 }
	fires := func(o *eval.Outcome) bool { return o.Flagged>>at&1 == 1 }
	for _, j := range m.jumps {
		mark := ""
		if j.distance == gait.JumpDistance {
			mark = "*"
		}
		rows = append(rows, fmt.Sprintf("%g%s\t%s", j.distance, mark, m.row(j.people, nil, j.runs, seen, fires)))
	}
	w.table(rows)
}

func index(key string) int {
	for i, c := range check.All() {
		if c.Key == key {
			return i
		}
	}
	return -1
}

// row counts those that fire among those that were seen.
func (m *measured) row(people, pieces, runs []*eval.Outcome, seen, fires func(*eval.Outcome) bool) string {
	onlyEvaluated := func(o *eval.Outcome) bool { return !forFitting(o) }
	found, n := 0, 0
	for _, o := range runs {
		if automation(o.Label) && seen(o) {
			n++
			if fires(o) {
				found++
			}
		}
	}
	return strings.Join([]string{
		ratio(byPerson(people, forFitting, seen, fires)), ratio(byPerson(pieces, forFitting, seen, fires)),
		ratio(byPerson(people, onlyEvaluated, seen, fires)), ratio(byKind(runs, seen, fires)), ratio(risk.Count{K: found, N: n}),
	}, "\t")
}

// byPerson counts the people of whom anything was seen, and those of them that any
// session of theirs flags.
func byPerson(list []*eval.Outcome, of, seen, fires func(*eval.Outcome) bool) risk.Count {
	people, flagged := map[string]bool{}, map[string]bool{}
	for _, o := range list {
		if !of(o) || !seen(o) {
			continue
		}
		who := o.Set + "\x00" + o.Person
		people[who] = true
		if fires(o) {
			flagged[who] = true
		}
	}
	return risk.Count{K: len(flagged), N: len(people)}
}

func ratio(c risk.Count) string {
	if c.N == 0 {
		return "-"
	}
	lo, hi := eval.Interval(c.K, c.N)
	return fmt.Sprintf("%d of %d (%.1f to %.1f %%)", c.K, c.N, 100*lo, 100*hi)
}

func printWeights(w *writer, before, after []risk.Estimate) {
	fmt.Fprintf(w, "\nWeights\n")
	rows := []string{"check\tDetected\tNot detected\tbefore\tautomation found\tpeople flagged\tfrom"}
	for _, e := range after {
		was := "-"
		for _, b := range before {
			if b.Check == e.Check {
				was = fmt.Sprintf("%g, %g", b.Detected, b.NotDetected)
			}
		}
		if !e.Measured {
			rows = append(rows, fmt.Sprintf("%s\t%g\t%g\t%s\t-\t-\tprovisional: %s", e.Check, e.Detected, e.NotDetected, was, e.Why))
			continue
		}
		rows = append(rows, fmt.Sprintf("%s\t%g\t%g\t%s\t%s\t%s\t%s", e.Check, e.Detected, e.NotDetected, was, ratio(*e.TPR), ratio(*e.FPR), e.From))
	}
	w.table(rows)
}
