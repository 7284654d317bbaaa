// Package agent is the learned model behind the check agent_behavior: how likely
// it is that the rhythm of typing and the shape of the pointer's ways are a
// program's and not a person's. It is a sum that one can read: every feature adds
// log-odds that are read off a line through a few points. README.md says how well
// it does and how it was made; agent/train makes weights.json.
package agent

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gaithq/gait"
)

//go:embed weights.json
var embedded []byte

// Model holds the weights.
type Model struct {
	Format int    `json:"format"`
	Made   string `json:"made"` // by which command

	// Sources is what it was made from, and under which licence.
	Sources []Source `json:"sources"`

	// Limit is from where on a session is an agent's.
	Limit float64 `json:"limit"`
	// Both is taken off the sum of both modalities: two chances to be odd.
	Both float64 `json:"both"`

	Typing   []Stage `json:"typing"`
	Pointing []Stage `json:"pointing"`
}

// Source is a set of recordings that went into the weights.
type Source struct {
	Set     string `json:"set"`
	Licence string `json:"licence"`
	People  int    `json:"people,omitempty"`
	Runs    int    `json:"runs,omitempty"`
}

// Stage is a modality's weights for a range of evidence: the more there is, the
// sharper it may judge.
type Stage struct {
	From      int     `json:"from"` // evidence, in the modality's unit; up to the next stage
	Intercept float64 `json:"intercept"`
	Lines     []Line  `json:"lines"`

	// Scale and Shift turn the sum of log-odds into the logarithm of how rare it is
	// among people, in which all stages and modalities mean the same.
	Scale float64 `json:"scale"`
	Shift float64 `json:"shift"`
}

// Line gives the log-odds of one feature: straight between points, level beyond.
type Line struct {
	Feature string    `json:"feature"`
	At      []float64 `json:"at"`
	Odds    []float64 `json:"odds"`
}

// Format is the version of weights that this package reads.
const Format = 1

// Embedded returns the weights that this package was built with.
func Embedded() (*Model, error) { return Parse(embedded) }

// Parse reads weights and refuses what could not be judged with.
func Parse(b []byte) (*Model, error) {
	var m Model
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("agent weights: %w", err)
	}
	if m.Format != Format {
		return nil, fmt.Errorf("agent weights: format %d, want %d", m.Format, Format)
	}
	if m.Limit <= 0 || m.Both < 0 {
		return nil, errors.New("agent weights: the limit is not positive, or both is negative")
	}
	for q := range modalities {
		stages := m.stages(q)
		for i := range stages {
			if i > 0 && stages[i].From <= stages[i-1].From || stages[i].From < 1 {
				return nil, fmt.Errorf("agent weights: %s: stages out of order", q)
			}
			if err := stages[i].valid(q); err != nil {
				return nil, fmt.Errorf("agent weights: %s from %d: %w", q, stages[i].From, err)
			}
		}
	}
	return &m, nil
}

func (s *Stage) valid(q Modality) error {
	if s.Scale <= 0 {
		return errors.New("scale is not positive")
	}
	features := q.Features()
	if len(s.Lines) != len(features) {
		return fmt.Errorf("%d lines for %d features", len(s.Lines), len(features))
	}
	for i, l := range s.Lines {
		if l.Feature != features[i].Name {
			return fmt.Errorf("line %d is %q, want %q", i, l.Feature, features[i].Name)
		}
		if len(l.At) != len(l.Odds) {
			return fmt.Errorf("%s: %d points, %d odds", l.Feature, len(l.At), len(l.Odds))
		}
		for j := 1; j < len(l.At); j++ {
			if l.At[j] <= l.At[j-1] {
				return fmt.Errorf("%s: points out of order", l.Feature)
			}
		}
	}
	return nil
}

func (m *Model) stages(q Modality) []Stage {
	if q == Typing {
		return m.Typing
	}
	return m.Pointing
}

// value returns what the line gives to a value; 0 for one that was not seen.
func (l *Line) value(v float64) float64 {
	n := len(l.At)
	if n == 0 || math.IsNaN(v) {
		return 0
	}
	i, _ := slices.BinarySearch(l.At, v)
	switch i {
	case 0:
		return l.Odds[0]
	case n:
		return l.Odds[n-1]
	}
	part := (v - l.At[i-1]) / (l.At[i] - l.At[i-1])
	return l.Odds[i-1] + part*(l.Odds[i]-l.Odds[i-1])
}

// Part is what one modality came to.
type Part struct {
	Modality Modality
	Evidence int

	// Rarity is the logarithm of how rare among people it is: at 5.8 one in 330
	// ever has as much.
	Rarity float64
	Vector Vector
	Added  Vector // what each feature added to Rarity
}

// Judge returns what the modality says of a session, and whether there was
// enough to say anything.
func (m *Model) Judge(q Modality, f *gait.Features) (Part, bool) {
	p := Part{Modality: q, Evidence: q.Evidence(f)}
	stages := m.stages(q)
	i := len(stages) - 1
	for i >= 0 && p.Evidence < stages[i].From {
		i--
	}
	if i < 0 {
		return p, false
	}
	p.Vector = q.Vector(f)
	p.Rarity = stages[i].Rarity(&p.Vector, &p.Added)
	return p, true
}

// Least returns how much evidence a modality needs.
func (m *Model) Least(q Modality) int {
	if s := m.stages(q); len(s) > 0 {
		return s[0].From
	}
	return math.MaxInt
}

// Rarity returns how rare a vector is, and what each feature added.
func (s *Stage) Rarity(x, added *Vector) float64 {
	sum := s.Intercept
	for i := range s.Lines {
		o := s.Lines[i].value(x[i])
		added[i] = s.Scale * o
		sum += o
	}
	return s.Shift + s.Scale*sum
}

// Together returns what the modalities that had enough to go by come to: the one
// that is rarer, or both if they are odd together. A person's hand on the mouse
// does not excuse a program's typing, nor the other way round.
func (m *Model) Together(parts []Part) float64 {
	best, sum := math.Inf(-1), 0.0
	for _, p := range parts {
		best = max(best, p.Rarity)
		sum += p.Rarity
	}
	if len(parts) > 1 {
		best = max(best, sum-m.Both)
	}
	return best
}
