package eval

import "math"

// Interval returns the exact (Clopper-Pearson) 95 % interval of a share of which k
// of n were seen. Source: C. J. Clopper, E. S. Pearson, Biometrika 26 (1934).
func Interval(k, n int) (lo, hi float64) {
	if n == 0 {
		return 0, 1
	}
	const tail = 0.025
	if k > 0 {
		lo = solve(func(p float64) bool { return atLeast(k, n, p) < tail })
	}
	hi = 1
	if k < n {
		hi = solve(func(p float64) bool { return 1-atLeast(k+1, n, p) > tail })
	}
	return lo, hi
}

// solve finds where below turns false on the way from 0 to 1.
func solve(below func(p float64) bool) float64 {
	lo, hi := 0.0, 1.0
	for range 60 {
		if mid := (lo + hi) / 2; below(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// atLeast is the chance of k or more of n with the share p.
func atLeast(k, n int, p float64) float64 {
	if p <= 0 {
		return 0
	}
	if p >= 1 {
		return 1
	}
	// The shorter of both tails.
	from, to := k, n
	if k < n-k {
		from, to = 0, k-1
	}
	sum := 0.0
	for i := from; i <= to; i++ {
		sum += math.Exp(choose(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	sum = min(sum, 1)
	if from == 0 {
		return 1 - sum
	}
	return sum
}

// choose is the logarithm of the binomial coefficient.
func choose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
