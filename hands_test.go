package gait

import (
	"math"
	"testing"
)

func TestTally(t *testing.T) {
	var tally Tally
	var spread Spread
	if tally.SD() != 0 {
		t.Error("nothing varies")
	}
	for _, v := range []float64{4.1, 5.2, 3.9, 6.6, 5.0} {
		tally.Add(v)
		spread.Add(v)
	}
	if math.Abs(tally.SD()-spread.SD()) > 1e-5 || math.Abs(float64(tally.Mean)-spread.Mean) > 1e-5 {
		t.Errorf("mean %v, deviation %v, want %v and %v", tally.Mean, tally.SD(), spread.Mean, spread.SD())
	}
}

func TestPair(t *testing.T) {
	f := func(xs, ys []float64, correlation float64) {
		t.Helper()
		var p Pair
		for i := range xs {
			p.Add(xs[i], ys[i])
		}
		if math.Abs(p.Correlation()-correlation) > 1e-5 {
			t.Errorf("%v, %v: correlation %v, want %v", xs, ys, p.Correlation(), correlation)
		}
	}
	f(nil, nil, 0)
	f([]float64{1, 1, 1}, []float64{1, 2, 3}, 0)
	f([]float64{1, 2, 3}, []float64{2, 2, 2}, 0)
	f([]float64{1, 2, 3}, []float64{2, 4, 6}, 1)
	f([]float64{1, 2, 3}, []float64{3, 2, 1}, -1)
	f([]float64{1, 2, 3, 4}, []float64{1, 3, 2, 4}, 0.8)
}

func TestRhythmBin(t *testing.T) {
	f := func(ms float64, want int) {
		t.Helper()
		if got := RhythmBin(math.Log(ms)); got != want {
			t.Errorf("%v ms: bin %d, want %d", ms, got, want)
		}
	}
	f(1, 0)
	f(5.1, 0)
	f(10.1, 3)
	f(160.1, 15)
	f(1999, RhythmBins-1)
	f(5000, RhythmBins-1)
}
