package agent

import (
	"math"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

func TestEmbedded(t *testing.T) {
	m, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Sources) == 0 {
		t.Error("the weights do not say what they were made from")
	}
	for _, q := range Modalities() {
		if len(m.stages(q)) == 0 {
			t.Errorf("no weights for %s", q)
		}
		if n := len(q.Features()); n > Most {
			t.Errorf("%s has %d features, a vector holds %d", q, n, Most)
		}
		for i, f := range q.Features() {
			if f.Name == "" || f.Words == "" || f.Way < -1 || f.Way > 1 {
				t.Errorf("%s: feature %d: %+v", q, i, f)
			}
		}
		// The shapes are those that the features promise.
		for _, s := range m.stages(q) {
			for i, l := range s.Lines {
				for j := 1; j < len(l.Odds); j++ {
					if step := l.Odds[j] - l.Odds[j-1]; float64(q.Features()[i].Way)*step < -0.01 {
						t.Errorf("%s from %d: %s goes by %.3f against its way", q, s.From, l.Feature, step)
					}
				}
			}
		}
	}
}

// TestNothingIsNothing: an empty session has no vector that could be judged.
func TestNothingIsNothing(t *testing.T) {
	m, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range Modalities() {
		p, ok := m.Judge(q, new(gait.Features))
		if ok || p.Evidence != 0 || m.Least(q) < 3 {
			t.Errorf("%s: %v of %d, at least %d", q, ok, p.Evidence, m.Least(q))
		}
		for i, v := range q.Vector(new(gait.Features)) {
			if math.IsInf(v, 0) {
				t.Errorf("%s: feature %d of nothing is %v", q, i, v)
			}
		}
	}
	if !math.IsInf(m.Together(nil), -1) {
		t.Error("nothing is rare")
	}
}

const small = `{"format":1,"made":"x","sources":[],"limit":5,"both":2,"typing":[],"pointing":[]}`

func TestParseRefuses(t *testing.T) {
	f := func(weights, want string) {
		t.Helper()
		if _, err := Parse([]byte(weights)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %v, want %q", weights, err, want)
		}
	}
	with := func(stages string) string { return strings.Replace(small, `"typing":[]`, `"typing":[`+stages+`]`, 1) }
	lines := func(first string) string {
		list := []string{first}
		for _, f := range Typing.Features()[1:] {
			list = append(list, `{"feature":"`+f.Name+`","at":[],"odds":[]}`)
		}
		return strings.Join(list, ",")
	}
	f("", "agent weights")
	f("{", "agent weights")
	f(strings.Replace(small, `"format":1`, `"format":2`, 1), "format 2, want 1")
	f(strings.Replace(small, `"limit":5`, `"limit":0`, 1), "limit")
	f(strings.Replace(small, `"made"`, `"maid"`, 1), "maid")
	f(with(`{"from":0,"scale":1,"lines":[]}`), "out of order")
	f(with(`{"from":9,"scale":0,"lines":[]}`), "scale")
	f(with(`{"from":9,"scale":1,"lines":[]}`), "0 lines")
	f(with(`{"from":9,"scale":1,"lines":[`+lines(`{"feature":"other","at":[],"odds":[]}`)+`]}`), `"other", want "interval_spread"`)
	f(with(`{"from":9,"scale":1,"lines":[`+lines(`{"feature":"interval_spread","at":[1],"odds":[]}`)+`]}`), "1 points, 0 odds")
	f(with(`{"from":9,"scale":1,"lines":[`+lines(`{"feature":"interval_spread","at":[1,1],"odds":[0,1]}`)+`]}`), "points out of order")
	good := `{"from":9,"scale":1,"lines":[` + lines(`{"feature":"interval_spread","at":[1,2],"odds":[0,1]}`) + `]}`
	f(with(good+","+good), "out of order")
	if _, err := Parse([]byte(with(good))); err != nil {
		t.Error(err)
	}
}

func TestLine(t *testing.T) {
	l := Line{At: []float64{1, 2, 4}, Odds: []float64{-1, 0, 3}}
	f := func(v, want float64) {
		t.Helper()
		if got := l.value(v); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v gives %v, want %v", v, got, want)
		}
	}
	f(0, -1)
	f(1, -1)
	f(1.5, -0.5)
	f(2, 0)
	f(3, 1.5)
	f(4, 3)
	f(9, 3)
	f(math.NaN(), 0)
	if (&Line{}).value(3) != 0 {
		t.Error("a line without points gives something")
	}
}

func TestTogether(t *testing.T) {
	m := &Model{Limit: 5, Both: 2}
	f := func(want float64, rarities ...float64) {
		t.Helper()
		var parts []Part
		for _, r := range rarities {
			parts = append(parts, Part{Rarity: r})
		}
		if got := m.Together(parts); got != want {
			t.Errorf("%v together are %v, want %v", rarities, got, want)
		}
	}
	f(4, 4)
	f(6, 4, 4)
	f(6, 6, -9) // a person's hand does not excuse a program's
	f(3, 3, 1)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add(embedded)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			return
		}
		var g gait.Features
		g.Rhythm.Within.N, g.Strokes.N = 1<<20, 1<<20
		for _, q := range Modalities() {
			m.Judge(q, &g)
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	m, err := Embedded()
	if err != nil {
		b.Fatal(err)
	}
	var f gait.Features
	for i := range 200 {
		v := 4.5 + 0.3*math.Sin(float64(i))
		f.Rhythm.Within.Add(v)
		f.Rhythm.Next.Add(v, v+0.1)
		f.Rhythm.Hold.Add(v)
		f.Rhythm.Bins[i%20]++
		f.Strokes.Time.Add(v)
	}
	f.Strokes.N = 9
	b.ReportAllocs()
	for b.Loop() {
		for _, q := range Modalities() {
			if _, ok := m.Judge(q, &f); !ok {
				b.Fatal("too little")
			}
		}
	}
}
