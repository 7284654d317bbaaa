package main

import (
	"math"
	"slices"

	"github.com/gaithq/gait/agent"
)

// Fitting: a logistic regression on lines through a few points for each feature,
// kept smooth and small by penalties.

const (
	stiff    = 1e4 // on differences that go the wrong way
	rowTotal = 2000.0
)

// shares of the people's and the programs' values at which lines have their points.
var (
	personPoints  = []float64{0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99}
	programPoints = []float64{0.03, 0.97}
)

// penalties keep lines small and smooth.
type penalties struct {
	ridge  float64 // on every point's log-odds
	wiggle float64 // on second differences between neighbouring points
}

// penaltiesOf is stricter where few people were recorded.
func penaltiesOf(q agent.Modality) penalties {
	if q == agent.Typing {
		return penalties{ridge: 0.5, wiggle: 1}
	}
	return penalties{ridge: 1.5, wiggle: 3}
}

// fit fits one stage on rows that weigh as given.
func fit(q agent.Modality, rows []row, weight []float64) agent.Stage {
	features := q.Features()
	s := agent.Stage{Scale: 1, Lines: make([]agent.Line, len(features))}
	offset := make([]int, len(features)+1)
	for i, f := range features {
		at := points(rows, i)
		s.Lines[i] = agent.Line{Feature: f.Name, At: at, Odds: make([]float64, len(at))}
		offset[i+1] = offset[i] + len(at)
	}
	n := offset[len(features)] + 1 // the last is the intercept
	beta := make([]float64, n)
	h := make([][]float64, n)
	for i := range h {
		h[i] = make([]float64, n)
	}
	g := make([]float64, n)
	var place [2*agent.Most + 1]int
	var part [2*agent.Most + 1]float64
	for range 15 {
		for i := range h {
			clear(h[i])
		}
		clear(g)
		penalise(penaltiesOf(q), h, g, beta, s.Lines, offset, features)
		for r := range rows {
			m := 0
			eta := beta[n-1]
			for i := range s.Lines {
				j, w, ok := locate(s.Lines[i].At, rows[r].x[i])
				if !ok {
					continue
				}
				place[m], part[m] = offset[i]+j, 1-w
				m++
				if w > 0 {
					place[m], part[m] = offset[i]+j+1, w
					m++
				}
			}
			place[m], part[m] = n-1, 1
			m++
			for k := range m - 1 {
				eta += part[k] * beta[place[k]]
			}
			p := 1 / (1 + math.Exp(-eta))
			y := 1.0
			if rows[r].who.person {
				y = 0
			}
			gw, hw := weight[r]*(y-p), weight[r]*max(p*(1-p), 1e-6)
			for k := range m {
				g[place[k]] += gw * part[k]
				line, v := h[place[k]], hw*part[k]
				for l := range k + 1 {
					line[place[l]] += v * part[l]
				}
			}
		}
		// Only the lower triangle was filled, in the order of places, which rises.
		step := solve(h, g)
		big := 0.0
		for i, d := range step {
			beta[i] += d
			big = max(big, math.Abs(d))
		}
		if big < 1e-4 {
			break
		}
	}
	s.Intercept = round(beta[n-1])
	for i := range s.Lines {
		for j := range s.Lines[i].Odds {
			s.Lines[i].Odds[j] = round(beta[offset[i]+j])
		}
	}
	return s
}

// round keeps the weights short and the same on every machine.
func round(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// penalise adds the penalties to the curvature h and the gradient g.
func penalise(p penalties, h [][]float64, g, beta []float64, lines []agent.Line, offset []int, features []agent.Feature) {
	for i := range lines {
		k := len(lines[i].At)
		for j := 1; j < k; j++ {
			o := offset[i] + j
			d := beta[o] - beta[o-1]
			if float64(features[i].Way)*d >= 0 {
				continue
			}
			h[o][o] += stiff
			h[o-1][o-1] += stiff
			h[o][o-1] -= stiff
			g[o] -= stiff * d
			g[o-1] += stiff * d
		}
		for j := range k {
			o := offset[i] + j
			h[o][o] += p.ridge
			g[o] -= p.ridge * beta[o]
		}
		for j := 1; j+1 < k; j++ {
			o := offset[i] + j
			d := beta[o-1] - 2*beta[o] + beta[o+1]
			c := [3]float64{1, -2, 1}
			for a := range 3 {
				g[o-1+a] -= p.wiggle * d * c[a]
				for b := range a + 1 {
					h[o-1+a][o-1+b] += p.wiggle * c[a] * c[b]
				}
			}
		}
	}
	last := len(beta) - 1
	h[last][last] += 1e-6
}

// points returns where a feature's line bends: at shares of the people's values
// and near the ends of the programs', apart from each other.
func points(rows []row, feature int) []float64 {
	var people, programs []float64
	for i := range rows {
		v := rows[i].x[feature]
		if math.IsNaN(v) {
			continue
		}
		if rows[i].who.person {
			people = append(people, v)
		} else {
			programs = append(programs, v)
		}
	}
	if len(people) < 20 || len(programs) < 20 {
		return nil
	}
	slices.Sort(people)
	slices.Sort(programs)
	var list []float64
	for _, p := range personPoints {
		list = append(list, people[int(p*float64(len(people)-1))])
	}
	apart := (list[len(list)-1] - list[0]) / 25
	for _, p := range programPoints {
		list = append(list, programs[int(p*float64(len(programs)-1))])
	}
	slices.Sort(list)
	out := list[:0]
	for _, v := range list {
		v = round(v)
		if len(out) == 0 || v-out[len(out)-1] > max(apart, 1e-3) {
			out = append(out, v)
		}
	}
	return out
}

// locate returns the point before a value and how far it is on the way to the next.
func locate(at []float64, v float64) (i int, w float64, ok bool) {
	if len(at) == 0 || math.IsNaN(v) {
		return 0, 0, false
	}
	i, _ = slices.BinarySearch(at, v)
	switch i {
	case 0:
		return 0, 0, true
	case len(at):
		return len(at) - 1, 0, true
	}
	return i - 1, (v - at[i-1]) / (at[i] - at[i-1]), true
}

// solve returns x of hx = g for a positive definite h of which the lower triangle
// is given (Cholesky). It overwrites h.
func solve(h [][]float64, g []float64) []float64 {
	n := len(g)
	for j := range n {
		for k := range j {
			v := h[j][k]
			if v == 0 {
				continue
			}
			for i := j; i < n; i++ {
				h[i][j] -= h[i][k] * v
			}
		}
		d := math.Sqrt(max(h[j][j], 1e-9))
		h[j][j] = d
		for i := j + 1; i < n; i++ {
			h[i][j] /= d
		}
	}
	x := slices.Clone(g)
	for i := range n {
		for k := range i {
			x[i] -= h[i][k] * x[k]
		}
		x[i] /= h[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= h[k][i] * x[k]
		}
		x[i] /= h[i][i]
	}
	return x
}

// weigh gives people and programs the same weight in all, and within each every
// set or family by the root of its subjects, shared among a set's rows evenly by
// subject.
func weigh(rows []row) []float64 {
	perSubject := map[*subject]float64{}
	subjects := map[string]map[*subject]bool{}
	for i := range rows {
		s := rows[i].who
		perSubject[s]++
		if subjects[s.set] == nil {
			subjects[s.set] = map[*subject]bool{}
		}
		subjects[s.set][s] = true
	}
	var total [2]float64
	weight := make([]float64, len(rows))
	side := func(s *subject) int {
		if s.person {
			return 0
		}
		return 1
	}
	for i := range rows {
		s := rows[i].who
		weight[i] = 1 / perSubject[s] / math.Sqrt(float64(len(subjects[s.set])))
		total[side(s)] += weight[i]
	}
	for i := range rows {
		weight[i] *= rowTotal / 2 / total[side(rows[i].who)]
	}
	return weight
}
