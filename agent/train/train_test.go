package main

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/agent"
)

func sample(t *testing.T, name string) []*subject {
	t.Helper()
	i := slices.IndexFunc(packs, func(p pack) bool { return p.name == name })
	list, err := people("testdata", packs[i])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func embedded(t *testing.T) *agent.Model {
	t.Helper()
	m, err := agent.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// atEnd judges a whole session.
func atEnd(t *testing.T, m *agent.Model, q agent.Modality, h hand) agent.Part {
	t.Helper()
	var last agent.Part
	found := false
	play(h, func(f *gait.Features) bool {
		if p, ok := m.Judge(q, f); ok {
			last, found = p, true
		}
		return true
	})
	if !found {
		t.Fatalf("%s: %d events are too little", q, len(h))
	}
	return last
}

// TestConfoundsDoNotDecide: other clocks, keyboards, mice and screens leave people
// people, and the programs that are caught, caught.
func TestConfoundsDoNotDecide(t *testing.T) {
	m := embedded(t)
	const machines = 12
	held := func(r float64) float64 { return min(max(r, -m.Limit), m.Limit+2) } // beyond it nothing changes
	f := func(q agent.Modality, s *subject, person bool) {
		t.Helper()
		plain := atEnd(t, m, q, s.hands[0]).Rarity
		wrong, moved := 0, 0.0
		for i := range machines {
			h := confound(seeded("machine", s.name, string(rune('a'+i))), kind[q], s.hands[0])
			r := atEnd(t, m, q, h).Rarity
			moved += math.Abs(held(r)-held(plain)) / machines
			wrong += one(r >= m.Limit == person)
		}
		if person && wrong > 0 {
			t.Errorf("%s: %s is called an agent on %d of %d machines", q, s.name, wrong, machines)
		}
		if !person && plain >= m.Limit+1 && wrong > machines/4 {
			t.Errorf("%s: %s is missed on %d of %d machines", q, s.name, wrong, machines)
		}
		if moved > 2 {
			t.Errorf("%s: another machine moves %s by %.1f on average", q, s.name, moved)
		}
	}
	for _, s := range sample(t, "klicke") {
		f(agent.Typing, s, true)
	}
	for _, s := range sample(t, "humanmove") {
		f(agent.Pointing, s, true)
	}
	for _, s := range typingPrograms(2, sample(t, "klicke")) {
		s.hands[0] = s.hands[0][:min(len(s.hands[0]), 600)]
		f(agent.Typing, s, false)
	}
	for _, s := range pointingPrograms(3) {
		f(agent.Pointing, s, false)
	}
}

// TestPeopleAltered: what training does to people's sessions, to stand for people
// unlike those recorded, leaves them people.
func TestPeopleAltered(t *testing.T) {
	m := embedded(t)
	for _, s := range sample(t, "klicke") {
		for i := range 6 {
			c := seeded("altered", s.name, string(rune('a'+i)))
			if r := atEnd(t, m, agent.Typing, spotless(fluent(c, s.hands[0]))).Rarity; r >= m.Limit {
				t.Errorf("%s, fluent and without corrections: %.1f", s.name, r)
			}
		}
	}
	for _, s := range sample(t, "humanmove") {
		for i := range 12 {
			c := seeded("altered", s.name, string(rune('a'+i)))
			if r := atEnd(t, m, agent.Pointing, otherHands(c, s.hands[0])).Rarity; r >= m.Limit {
				t.Errorf("%s with other hands: %.1f", s.name, r)
			}
		}
	}
}

// TestWorstProgramsAreCaught: the crudest programs of each kind are called agents.
func TestWorstProgramsAreCaught(t *testing.T) {
	m := embedded(t)
	c := seeded("crude")
	for range 5 {
		if r := atEnd(t, m, agent.Typing, newTypist(c, "constant", "instant", new(keyTimes)).write(150)).Rarity; r < m.Limit {
			t.Errorf("a constant typist: %.1f", r)
		}
		if r := atEnd(t, m, agent.Pointing, newMover(c, "straight").visit(60)).Rarity; r < m.Limit {
			t.Errorf("a straight mover: %.1f", r)
		}
	}
}

// TestTrainingRepeats: the same subjects give the same weights.
func TestTrainingRepeats(t *testing.T) {
	make := func() []byte {
		persons := sample(t, "klicke")
		for _, p := range persons {
			p.windows = 4
		}
		all := append(slices.Clone(persons), typingPrograms(3, persons)...)
		f := train(agent.Typing, rowsOf(agent.Typing, all), persons, everyone)
		b, err := encode(&agent.Model{Format: agent.Format, Limit: limit, Typing: f.stages})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := agent.Parse(b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	if !bytes.Equal(make(), make()) {
		t.Error("two trainings give different weights")
	}
}

// TestFitFinds: where one feature tells people from programs, its line says so, in
// the way that the feature allows.
func TestFitFinds(t *testing.T) {
	c := seeded("fit")
	var rows []row
	for i := range 400 {
		s := &subject{set: "a", person: i%2 == 0, fit: true}
		var x agent.Vector
		for j := range x {
			x[j] = c.NormFloat64()
		}
		if !s.person {
			x[0] -= 2 // interval_spread, which may only fall
		}
		rows = append(rows, row{who: s, x: x})
	}
	l := fit(agent.Typing, rows, weigh(rows)).Lines[0]
	if len(l.Odds) < 3 || l.Odds[0] < 1 || l.Odds[len(l.Odds)-1] > -1 {
		t.Errorf("the line of the feature that tells is %v at %v", l.Odds, l.At)
	}
	for j := 1; j < len(l.Odds); j++ {
		if l.Odds[j] > l.Odds[j-1]+0.01 {
			t.Errorf("the line rises: %v", l.Odds)
		}
	}
}

func TestSolve(t *testing.T) {
	h := [][]float64{{4, 0, 0}, {2, 5, 0}, {1, 3, 6}}
	x := solve(h, []float64{11, 21, 25})
	for i, want := range []float64{1, 2, 3} {
		if math.Abs(x[i]-want) > 1e-9 {
			t.Errorf("x is %v, want 1, 2, 3", x)
			break
		}
	}
}

// TestStudent compares with tables of Student's distribution.
func TestStudent(t *testing.T) {
	f := func(p, df, want float64) {
		t.Helper()
		if got := student(p, df); math.Abs(got-want) > 0.01 {
			t.Errorf("p %v, %v degrees of freedom: %.3f, want %.3f", p, df, got, want)
		}
	}
	f(0.025, 27, 2.052)
	f(0.005, 27, 2.771)
	f(0.001, 27, 3.421)
	f(0.0005, 20, 3.850)
}

// TestExcess: of people whose sums fall off exponentially, the rarity is their share.
func TestExcess(t *testing.T) {
	c := seeded("tail")
	var tops []float64
	for range 4000 {
		tops = append(tops, 2*c.ExpFloat64())
	}
	scale, shift := excess(tops)
	if at := (6 - shift) / scale; math.Abs(at-12) > 1 {
		t.Errorf("one in e⁶ is over %.2f, want about 12", at)
	}
}

func TestFewAreCautious(t *testing.T) {
	if scale, shift := few([]float64{1, 2}); scale*100+shift > limit {
		t.Error("two people flag somebody")
	}
	tops := []float64{-1, -0.5, 0, 0.5, 1, -0.8, 0.3, 0.9, -0.2, 0.1, 0.6, -0.6}
	scale, shift := few(tops)
	if at := (limit - shift) / scale; at < 2 {
		t.Errorf("people of -1 to 1 give a limit at %.2f", at)
	}
}

func TestReplaceNeedsMarks(t *testing.T) {
	if err := replace("testdata/README.md", nil); err == nil {
		t.Error("a file without marks was changed")
	}
}
