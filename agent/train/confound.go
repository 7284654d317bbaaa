package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gaithq/gait"
)

// What differs from recorder to recorder and says nothing about who moves: the
// clock's grain, the keyboard's and the mouse's rate, the screen's scale, where
// things begin. People and programs are put through the same chance of each, so
// that none of it can be learned.

// confound returns the session as another machine would have recorded it.
func confound(c *rand.Rand, m gait.Kind, h hand) hand {
	out := slices.Clone(h)
	if m == gait.KeyDown {
		confoundKeys(c, out)
		return out
	}
	return confoundMoves(c, out)
}

// confoundKeys changes when keys are seen: in steps of the keyboard's scan, then
// of the clock, with a delay that comes and goes.
func confoundKeys(c *rand.Rand, h hand) {
	scan := []float64{0, 0, 1, 4, 8}[c.IntN(5)]
	clock := []float64{0.1, 0.1, 1, 1, 2}[c.IntN(5)]
	late := []float64{0, 0.3, 1, 2}[c.IntN(4)]
	begin := between(c, 0, 20)
	var before gait.Tick
	for i := range h {
		t := h[i].T.Milliseconds() + begin
		if scan > 0 {
			t = math.Ceil(t/scan) * scan
		}
		t += late * c.ExpFloat64()
		t = math.Floor(t/clock) * clock
		h[i].T = max(ticks(t), before)
		before = h[i].T
	}
}

// confoundMoves changes the scale of the screen, where on it things happen, which
// way they go, and how often and how finely moves are seen.
func confoundMoves(c *rand.Rand, h hand) hand {
	scale := math.Exp(between(c, math.Log(0.6), math.Log(1.8)))
	clock := []float64{0.1, 0.1, 1, 1, 2}[c.IntN(5)]
	dx, dy := between(c, -300, 300), between(c, -300, 300)
	if c.Float64() < 0.5 {
		for i := range h {
			h[i].X = -h[i].X
		}
	}
	if c.Float64() < 0.5 {
		for i := range h {
			h[i].X, h[i].Y = h[i].Y, h[i].X
		}
	}
	if c.Float64() < 0.3 {
		h = finer(c, h)
	}
	skip := 0.0
	if c.Float64() < 0.3 {
		skip = between(c, 0, 0.1)
	}
	out := h[:0]
	for i, e := range h {
		e.X, e.Y = int32(math.Round(scale*float64(e.X)+dx)), int32(math.Round(scale*float64(e.Y)+dy))
		e.T = ticks(math.Floor(e.T.Milliseconds()/clock) * clock)
		if e.Kind == gait.Move && i+1 < len(h) && h[i+1].Kind == gait.Move && c.Float64() < skip {
			continue
		}
		out = append(out, e)
	}
	return out
}

// finer puts moves between the moves, on smooth curves, as a faster mouse would
// have sent them.
func finer(c *rand.Rand, h hand) hand {
	parts := 2 + c.IntN(3)
	var out hand
	for i, e := range h {
		if i > 1 && i+1 < len(h) && e.Kind == gait.Move && h[i-1].Kind == gait.Move && h[i-2].Kind == gait.Move && h[i+1].Kind == gait.Move &&
			e.T-h[i-1].T < ticks(40) && h[i-1].T-h[i-2].T < ticks(40) && h[i+1].T-e.T < ticks(40) {
			for k := 1; k < parts; k++ {
				w := float64(k) / float64(parts)
				mid := e
				mid.T = h[i-1].T + gait.Tick(w*float64(e.T-h[i-1].T))
				mid.X = int32(math.Round(smooth(w, float64(h[i-2].X), float64(h[i-1].X), float64(e.X), float64(h[i+1].X))))
				mid.Y = int32(math.Round(smooth(w, float64(h[i-2].Y), float64(h[i-1].Y), float64(e.Y), float64(h[i+1].Y))))
				out = append(out, mid)
			}
		}
		out = append(out, e)
	}
	return out
}

// smooth is a spline through four points, between the second and the third.
func smooth(w, p, q, r, s float64) float64 {
	return q + w*(r-p+w*(2*p-5*q+4*r-s+w*(3*(q-r)+s-p)))/2
}

// fluent returns a person's typing as if the text had been before their eyes:
// waits over so many times the median give way to shorter ones of their own.
// People here compose; on forms they write what they know.
func fluent(c *rand.Rand, h hand) hand {
	limit := logBetween(c, 2, 12)
	var gaps []gait.Tick
	var before gait.Tick
	for _, e := range h {
		if e.Kind == gait.KeyDown {
			if written(e) {
				gaps = append(gaps, e.T-before)
			}
			before = e.T
		}
	}
	if len(gaps) == 0 {
		return h
	}
	sorted := slices.Clone(gaps)
	slices.Sort(sorted)
	most := gait.Tick(limit * float64(sorted[len(sorted)/2]))
	n, _ := slices.BinarySearch(sorted, most)
	out := slices.Clone(h)
	var cut gait.Tick
	before = 0
	for i, e := range out {
		if e.Kind == gait.KeyDown {
			if gap := e.T - before; gap > most && n > 0 && written(e) {
				cut += gap - sorted[n/4+c.IntN(n-n/4)]
			}
			before = e.T
		}
		out[i].T -= cut
	}
	slices.SortStableFunc(out, byTime)
	return out
}

// otherHands returns a person's moves as other hands with other devices might have
// made them: slower or faster, straighter or less, resting longer or shorter before
// they press. What is left is how the speed rises and falls. So few people were
// recorded that their pace and their precision would otherwise stand for everyone's.
func otherHands(c *rand.Rand, h hand) hand {
	slow, rest := logBetween(c, 0.65, 1.7), logBetween(c, 0.3, 3)
	straight := between(c, 0.1, 1.2)
	out := slices.Clone(h)
	first, at := 0, gait.Tick(0) // where the way to the next press begins, and when by the new clock
	for i := range h {
		if i > 0 {
			gap := float64(h[i].T - h[i-1].T)
			if h[i].Kind == gait.Press {
				gap *= rest
			} else {
				gap *= slow
			}
			at += gait.Tick(gap)
		}
		out[i].T = at
		if h[i].Kind != gait.Press && h[i].Kind != gait.Life {
			continue
		}
		straighten(out[first:i], straight)
		first = i
	}
	return out
}

// straighten draws a way towards the straight line between its ends: 1 leaves it,
// 0 would make a line of it.
func straighten(way hand, part float64) {
	n := len(way) - 1
	if n < 2 {
		return
	}
	x0, y0 := float64(way[0].X), float64(way[0].Y)
	dx, dy := float64(way[n].X)-x0, float64(way[n].Y)-y0
	d := dx*dx + dy*dy
	if d < gait.StrokeLeast*gait.StrokeLeast {
		return
	}
	for i := range way[1:n] {
		e := &way[1+i]
		off := ((float64(e.X)-x0)*dy - (float64(e.Y)-y0)*dx) / d * (1 - part)
		e.X = int32(math.Round(float64(e.X) - off*dy))
		e.Y = int32(math.Round(float64(e.Y) + off*dx))
	}
}

// written reports whether an event is a finger on a character.
func written(e gait.Event) bool {
	return e.Kind == gait.KeyDown && gait.KeyClass(e.Code).Character() && e.Flags&gait.Repeat == 0
}

// spotless returns a person's typing without its corrections: neither the
// backspaces nor what they took back, nor the time that it took. On forms people
// correct less than in essays.
func spotless(h hand) hand {
	type key struct {
		down, up gait.Event
		gap      gait.Tick
	}
	var keys []key
	var slots [gait.KeySlots]int
	var before gait.Tick
	for i := range slots {
		slots[i] = -1
	}
	gone := map[int]bool{}
	var list []int
	for _, e := range h {
		if e.Kind == gait.KeyUp {
			if i := slots[e.Slot]; i >= 0 {
				keys[i].up = e
			}
			slots[e.Slot] = -1
			continue
		}
		gap := e.T - before
		before = e.T
		keys = append(keys, key{down: e, gap: gap})
		n := len(keys) - 1
		slots[e.Slot] = n
		if gait.KeyClass(e.Code) == gait.KeyErase {
			gone[n] = true
			if len(list) > 0 {
				gone[list[len(list)-1]] = true
				list = list[:len(list)-1]
			}
			continue
		}
		list = append(list, n)
	}
	var out hand
	clock := gait.Tick(0)
	for i, k := range keys {
		if gone[i] || k.up.Kind != gait.KeyUp {
			continue
		}
		clock += k.gap
		hold := k.up.T - k.down.T
		k.down.T, k.up.T = clock, clock+hold
		out = append(out, k.down, k.up)
	}
	slices.SortStableFunc(out, byTime)
	return out
}
