package main

import (
	"math"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/agent"
)

// Calibration. A stage's sum becomes the logarithm of how rare it is among people:
// at 5.8 one person in 330 ever has as much, at any moment of any session. It is read
// off the tail of the highest sums of people left out, where only the tail matters;
// a line fitted on everyone (Platt's) is fitted where nobody is near the limit.

const (
	// share is the part of people that a modality may ever flag.
	share = 0.003

	// scarce divides the share where few people tell what is rare. Twenty-eight are
	// few: at their own share, five of 72 people of a set that was never fitted on
	// were flagged in one of their sessions cut to a minute.
	scarce = 15

	// cuts is how many sessions cut out of a person's, and altered, count among
	// those in which they may be flagged, beside their own.
	cuts = 6

	// tailShare is the part of people whose highest sums give the tail, and
	// tailLeast how many of them there must be; else all give it.
	tailShare = 0.08
	tailLeast = 25
)

// limit is from where on a session is an agent's.
var limit = round(-math.Log(share))

// highest is the highest sum of each stage that a person ever reached; NaN for a
// stage that was never reached.
type highest []float64

// fitted is what training on some of the subjects gives.
type fitted struct {
	modality agent.Modality
	stages   []agent.Stage        // fitted on all of them, calibrated
	folds    [folds][]agent.Stage // without the people of one part
	left     map[*subject]highest // by the model that did not know the person
	rows     []row
}

// train fits and calibrates one modality on the subjects that keep lets pass.
func train(q agent.Modality, rows []row, persons []*subject, keep func(*subject) bool) *fitted {
	f := &fitted{modality: q, rows: rows, left: map[*subject]highest{}}
	f.stages = make([]agent.Stage, len(from[q]))
	for i := range f.folds {
		f.folds[i] = make([]agent.Stage, len(from[q]))
	}
	jobs := len(from[q]) * (folds + 1)
	parallel(jobs, func(job int) {
		stage, part := job/(folds+1), job%(folds+1)
		list := only(rows, stage, func(s *subject) bool { return keep(s) && s.fit && s.fold != part })
		s := fit(q, list, weigh(list))
		s.From = from[q][stage]
		if part == folds {
			f.stages[stage] = s
		} else {
			f.folds[part][stage] = s
		}
	})
	f.leaveOut(persons, keep)
	f.calibrate(f.stages, -1)
	for part := range f.folds {
		f.calibrate(f.folds[part], part)
	}
	return f
}

// leaveOut finds the highest sums of each person by the model that was fitted
// without them.
func (f *fitted) leaveOut(persons []*subject, keep func(*subject) bool) {
	list := make([]highest, len(persons))
	parallel(len(persons), func(i int) {
		if s := persons[i]; keep(s) && s.fit {
			list[i] = f.ever(s, f.folds[s.fold])
		}
	})
	for i, h := range list {
		if h != nil {
			f.left[persons[i]] = h
		}
	}
	for _, r := range f.rows {
		if h := f.left[r.who]; h != nil && r.cut < cuts {
			v := sum(&f.folds[r.who.fold][r.stage], &r.x)
			if math.IsNaN(h[r.stage]) || v > h[r.stage] {
				h[r.stage] = v
			}
		}
	}
}

// ever plays a person's sessions as they were and returns the highest sums.
func (f *fitted) ever(s *subject, stages []agent.Stage) highest {
	h := make(highest, len(stages))
	for i := range h {
		h[i] = math.NaN()
	}
	for _, events := range s.hands {
		before := 0
		play(events, func(g *gait.Features) bool {
			n := f.modality.Evidence(g)
			if k := stageOf(f.modality, n); k >= 0 && n > before {
				x := f.modality.Vector(g)
				if v := sum(&stages[k], &x); math.IsNaN(h[k]) || v > h[k] {
					h[k] = v
				}
			}
			before = n
			return true
		})
	}
	return h
}

// sum is what a stage makes of a vector.
func sum(s *agent.Stage, x *agent.Vector) float64 {
	var added agent.Vector
	return s.Rarity(x, &added)
}

// calibrate gives stages their scale and shift by everyone left out but the people
// of one part (-1 for none).
func (f *fitted) calibrate(stages []agent.Stage, without int) {
	var people []highest
	for s, h := range f.left {
		if s.fold != without {
			people = append(people, h)
		}
	}
	many := tailShare*float64(len(people)) >= tailLeast
	for k := range stages {
		stages[k].Scale, stages[k].Shift = 1, 0
		if !many {
			continue // too few for a tail of each
		}
		var tops []float64
		for _, h := range people {
			if !math.IsNaN(h[k]) {
				tops = append(tops, h[k])
			}
		}
		stages[k].Scale, stages[k].Shift = excess(tops)
	}
	// Whoever is flagged in one stage is often flagged in another, so the stages
	// share their budget by how often anyone is the first to be.
	var tops []float64
	for _, h := range people {
		tops = append(tops, h.rarest(stages))
	}
	scale, shift := few(tops)
	if many {
		scale, shift = excess(tops)
	}
	for k := range stages {
		stages[k].Scale = round(stages[k].Scale * scale)
		stages[k].Shift = round(stages[k].Shift*scale + shift)
	}
}

// rarest returns the highest of all stages, as they are calibrated.
func (h highest) rarest(stages []agent.Stage) float64 {
	top := math.Inf(-1)
	for k, v := range h {
		if !math.IsNaN(v) {
			top = max(top, stages[k].Shift+stages[k].Scale*v)
		}
	}
	return top
}

// excess returns the scale and shift that turn sums into the logarithm of their
// rarity, by the mean excess of the highest of many.
func excess(tops []float64) (scale, shift float64) {
	slices.Sort(tops)
	n := float64(len(tops))
	m := int(tailShare * n)
	if m == 0 {
		return 1, never
	}
	u := tops[len(tops)-m-1]
	mean := 0.0
	for _, v := range tops[len(tops)-m:] {
		mean += (v - u) / float64(m)
	}
	return 1 / mean, math.Log(n/float64(m)) - u/mean
}

// few does the same by Student's distribution, for one person more.
func few(tops []float64) (scale, shift float64) {
	if len(tops) < 3 {
		return 1, never
	}
	slices.Sort(tops)
	n := float64(len(tops))
	var s gait.Spread
	for _, v := range tops {
		s.Add(v)
	}
	at := func(p float64) float64 { return s.Mean + student(p, n-1)*s.SD()*math.Sqrt(1+1/n) }
	low, high := 0.02, share/scarce
	scale = math.Log(low/high) / (at(high) - at(low))
	return scale, limit - scale*at(high)
}

// never is the shift where nobody tells what is rare.
const never = -100

// student returns the value that Student's t is above with the chance p (by the
// expansion of Cornish and Fisher, good for ten degrees of freedom and more).
func student(p, df float64) float64 {
	z := math.Sqrt2 * math.Erfinv(1-2*p)
	z3, z5, z7 := z*z*z, math.Pow(z, 5), math.Pow(z, 7)
	return z + (z3+z)/(4*df) + (5*z5+16*z3+3*z)/(96*df*df) + (3*z7+19*z5+17*z3-15*z)/(384*df*df*df)
}
