package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gaithq/gait"
)

// Programs that move the pointer. A program has a motion generator, which names its
// family, and parameters drawn once; then it goes from target to target.

var motionKinds = []string{"straight", "eased", "bezier", "jerk", "windmouse", "spline", "lognormal"}

// spot is a place in CSS px, at a time in ms.
type spot struct{ x, y, t float64 }

// mover is one program that moves the pointer.
type mover struct {
	chance *rand.Rand
	path   func(from, to spot, size float64) []spot // the way without from, t from 0
	pause  func() float64                           // ms from the last move to the press
	think  func() float64                           // ms from the press to the next move
	noise  float64                                  // px
	frame  float64                                  // ms between frames that moves are put together in; 0 for none
	phase  float64
}

func newMover(c *rand.Rand, kind string) *mover {
	m := &mover{chance: c}
	if c.Float64() < 0.8 {
		m.frame = 1000 / []float64{60, 60, 60, 75, 100, 120, 144}[c.IntN(7)]
	} else {
		m.frame = 4
	}
	if c.Float64() < 0.5 {
		m.noise = logBetween(c, 0.2, 4)
	}
	m.phase = between(c, 0, m.frame)
	m.pause = waits(c, 1, 400)
	m.think = waits(c, 50, 3000)
	pace := m.pace()
	switch kind {
	case "straight":
		m.path = func(a, b spot, w float64) []spot {
			return along(pace(a, b, w), func(u float64) (float64, float64) { return line(a, b, u) }, linear)
		}
	case "eased":
		ease := easings[c.IntN(len(easings))]
		m.path = func(a, b spot, w float64) []spot {
			return along(pace(a, b, w), func(u float64) (float64, float64) { return line(a, b, u) }, ease)
		}
	case "bezier":
		m.path = m.bezier(pace)
	case "jerk":
		m.path = m.jerk(pace)
	case "windmouse":
		m.path = m.windmouse()
	case "spline":
		m.path = m.spline(pace)
	case "lognormal":
		m.path = m.lognormal()
	}
	return m
}

// waits draws a generator of waits between two bounds, ms.
func waits(c *rand.Rand, least, most float64) func() float64 {
	mid := logBetween(c, least, most)
	width := between(c, 0.1, 0.9)
	spread := between(c, 0.1, 0.7)
	switch c.IntN(4) {
	case 0:
		return func() float64 { return mid + c.ExpFloat64() }
	case 1:
		return func() float64 { return mid * (1 + width*between(c, -1, 1)) }
	case 2:
		return func() float64 { return max(mid*(1+spread*c.NormFloat64()), 1) }
	default:
		return func() float64 { return mid * math.Exp(spread*c.NormFloat64()) }
	}
}

// timing is when the steps of a path come, ms.
type timing []float64

// pace draws how a program times its steps: their number and the time between
// them, or the time of the whole.
func (m *mover) pace() func(a, b spot, size float64) timing {
	c := m.chance
	steps, step := logBetween(c, 12, 120), logBetween(c, 1, 20)
	jitter := between(c, 0, 0.6)
	whole, spread := logBetween(c, 150, 1200), between(c, 0, 0.4)
	slope, base := between(c, 60, 250), between(c, 50, 300)
	kind := c.IntN(4)
	return func(a, b spot, size float64) timing {
		dist := math.Hypot(b.x-a.x, b.y-a.y)
		n, gap := steps, step
		switch kind {
		case 0: // so many steps, as fast as they are answered
		case 1: // steps by distance
			n = max(steps*dist/600, 8)
		case 2: // a time for every way
			n, gap = whole*math.Exp(spread*c.NormFloat64())/step, step
		case 3: // Fitts's law
			n = (base + slope*math.Log2(1+dist/size)) * math.Exp(spread*c.NormFloat64()) / step
		}
		n = min(max(n, 6), 2000)
		list := make(timing, int(n))
		t := 0.0
		for i := range list {
			t += gap * max(1+jitter*c.NormFloat64(), 0.1)
			list[i] = t
		}
		return list
	}
}

func line(a, b spot, u float64) (x, y float64) { return a.x + u*(b.x-a.x), a.y + u*(b.y-a.y) }

func linear(u float64) float64 { return u }

func minimumJerk(u float64) float64 { return u * u * u * (10 - 15*u + 6*u*u) }

var easings = []func(float64) float64{
	func(u float64) float64 { return u * u * (3 - 2*u) },
	func(u float64) float64 { return (1 - math.Cos(math.Pi*u)) / 2 },
	func(u float64) float64 { return 1 - (1-u)*(1-u) },
	func(u float64) float64 { return 1 - (1-u)*(1-u)*(1-u) },
	func(u float64) float64 { return math.Sin(math.Pi * u / 2) },
	func(u float64) float64 {
		if u < 0.5 {
			return 4 * u * u * u
		}
		return 1 - 4*(1-u)*(1-u)*(1-u)
	},
	func(u float64) float64 {
		if u < 0.5 {
			return 2 * u * u
		}
		return 1 - 2*(1-u)*(1-u)
	},
}

// along walks a curve at the given times, its parameter bent by ease.
func along(when timing, curve func(u float64) (x, y float64), ease func(float64) float64) []spot {
	list := make([]spot, len(when))
	for i, t := range when {
		u := t / when[len(when)-1]
		x, y := curve(ease(u))
		list[i] = spot{x, y, t}
	}
	return list
}

// bezier goes along cubic curves, evenly in the parameter or eased, and beyond
// the target and back on long ways.
func (m *mover) bezier(pace func(a, b spot, size float64) timing) func(a, b spot, size float64) []spot {
	c := m.chance
	spread, over := logBetween(c, 0.05, 0.6), c.Float64() < 0.4
	sides, eased := c.Float64() < 0.5, c.Float64() < 0.4
	ease := linear
	if eased {
		ease = easings[c.IntN(len(easings))]
	}
	curve := func(a, b spot, size float64) []spot {
		side := 1.0
		if c.Float64() < 0.5 {
			side = -1
		}
		control := func() (x, y float64) {
			s := side
			if sides && c.Float64() < 0.5 {
				s = -s
			}
			u, v := c.Float64(), s*spread*c.Float64()
			x, y = line(a, b, u)
			return x - v*(b.y-a.y), y + v*(b.x-a.x)
		}
		x1, y1 := control()
		x2, y2 := control()
		return along(pace(a, b, size), func(u float64) (float64, float64) {
			w := 1 - u
			return w*w*w*a.x + 3*w*w*u*x1 + 3*w*u*u*x2 + u*u*u*b.x, w*w*w*a.y + 3*w*w*u*y1 + 3*w*u*u*y2 + u*u*u*b.y
		}, ease)
	}
	return func(a, b spot, size float64) []spot {
		if !over || math.Hypot(b.x-a.x, b.y-a.y) < 500 {
			return curve(a, b, size)
		}
		beyond := spot{x: b.x + 60*between(c, -1, 1), y: b.y + 60*between(c, -1, 1)}
		list := curve(a, beyond, size)
		return joinPaths(list, curve(beyond, b, size), 0)
	}
}

// joinPaths puts one path behind another, after a rest of some ms.
func joinPaths(first, second []spot, rest float64) []spot {
	end := first[len(first)-1].t + rest
	for _, s := range second {
		s.t += end
		first = append(first, s)
	}
	return first
}

// jerk moves with the least jerk along a bow, and often misses a little, rests and
// corrects; drift and tremor are drawn beside it.
func (m *mover) jerk(pace func(a, b spot, size float64) timing) func(a, b spot, size float64) []spot {
	c := m.chance
	bow, wave := 0.0, 0.0
	if c.Float64() < 0.7 {
		bow, wave = logBetween(c, 0.01, 0.2), logBetween(c, 0.002, 0.05)
	}
	misses, miss, rest := 0.0, logBetween(c, 0.01, 0.1), logBetween(c, 5, 200)
	if c.Float64() < 0.6 {
		misses = between(c, 0.3, 1)
	}
	stroke := func(a, b spot, size float64) []spot {
		k, l := bow*c.NormFloat64(), wave*c.NormFloat64()
		return along(pace(a, b, size), func(u float64) (float64, float64) {
			x, y := line(a, b, u)
			s := k*math.Sin(math.Pi*u) + l*math.Sin(2*math.Pi*u)
			return x - s*(b.y-a.y), y + s*(b.x-a.x)
		}, minimumJerk)
	}
	return func(a, b spot, size float64) []spot {
		if c.Float64() >= misses {
			return stroke(a, b, size)
		}
		x, y := line(a, b, 1+miss*c.NormFloat64())
		near := spot{x: x + 4*c.NormFloat64(), y: y + 4*c.NormFloat64()}
		first, second := stroke(a, near, size), stroke(near, b, size)
		quick := between(c, 100, 300) / max(second[len(second)-1].t, 1)
		for i := range second {
			second[i].t *= quick
		}
		return joinPaths(first, second, rest*between(c, 0.5, 1.5))
	}
}

// windmouse is drawn by gravity and wind.
func (m *mover) windmouse() func(a, b spot, size float64) []spot {
	c := m.chance
	gravity, wind := between(c, 4, 14), between(c, 1, 8)
	most, target := between(c, 5, 30), between(c, 5, 20)
	step, jitter := logBetween(c, 2, 16), between(c, 0, 0.5)
	return func(a, b spot, _ float64) []spot {
		var list []spot
		x, y, vx, vy, wx, wy, t := a.x, a.y, 0.0, 0.0, 0.0, 0.0, 0.0
		limit := most
		for range 1500 {
			dist := math.Hypot(b.x-x, b.y-y)
			if dist < 1 {
				break
			}
			gust := min(wind, dist)
			if dist >= target {
				wx = wx/math.Sqrt(3) + (2*c.Float64()-1)*gust/math.Sqrt(5)
				wy = wy/math.Sqrt(3) + (2*c.Float64()-1)*gust/math.Sqrt(5)
			} else {
				wx, wy = wx/math.Sqrt(3), wy/math.Sqrt(3)
				if limit < 3 {
					limit = 3 + 3*c.Float64()
				} else {
					limit /= math.Sqrt(5)
				}
			}
			vx += wx + gravity*(b.x-x)/dist
			vy += wy + gravity*(b.y-y)/dist
			if v := math.Hypot(vx, vy); v > limit {
				clip := limit/2 + c.Float64()*limit/2
				vx, vy = vx/v*clip, vy/v*clip
			}
			x, y = x+vx, y+vy
			t += step * max(1+jitter*c.NormFloat64(), 0.1)
			list = append(list, spot{x, y, t})
		}
		return append(list, spot{b.x, b.y, t + step})
	}
}

// spline goes through points beside the straight line, eased, and sometimes
// beyond the target, rests, and comes back.
func (m *mover) spline(pace func(a, b spot, size float64) timing) func(a, b spot, size float64) []spot {
	c := m.chance
	points, off := 1+c.IntN(4), logBetween(c, 0.01, 0.2)
	ease := append(easings, linear, minimumJerk)[c.IntN(len(easings)+2)]
	over, rest := between(c, 0, 0.8), between(c, 0, 150)
	curve := func(a, b spot, size float64) []spot {
		nodes := []spot{a, a}
		for i := range points {
			u, v := float64(i+1)/float64(points+1), off*c.NormFloat64()
			x, y := line(a, b, u)
			nodes = append(nodes, spot{x: x - v*(b.y-a.y), y: y + v*(b.x-a.x)})
		}
		nodes = append(nodes, b, b)
		return along(pace(a, b, size), func(u float64) (float64, float64) {
			at := u * float64(points+1)
			i := min(int(at), points)
			p, q, r, s, w := nodes[i], nodes[i+1], nodes[i+2], nodes[i+3], at-float64(i)
			f := func(p, q, r, s float64) float64 {
				return q + w*(r-p+w*(2*p-5*q+4*r-s+w*(3*(q-r)+s-p)))/2
			}
			return f(p.x, q.x, r.x, s.x), f(p.y, q.y, r.y, s.y)
		}, ease)
	}
	return func(a, b spot, size float64) []spot {
		if c.Float64() >= over {
			return curve(a, b, size)
		}
		u := 1 + between(c, 0.02, 0.12)
		x, y := line(a, b, u)
		beyond := spot{x: x, y: y}
		return joinPaths(curve(a, beyond, size), curve(beyond, b, size/4), rest)
	}
}

// lognormal moves in one to three strokes whose speed rises and falls as people's
// does: the hardest to tell.
func (m *mover) lognormal() func(a, b spot, size float64) []spot {
	c := m.chance
	spread := between(c, 0.25, 0.5)
	first := between(c, 0.85, 0.98)
	second := between(c, 0.1, 0.9)
	slope, base := between(c, 60, 200), between(c, 80, 300)
	bow := between(c, 0, 0.06)
	return func(a, b spot, size float64) []spot {
		dist := math.Hypot(b.x-a.x, b.y-a.y)
		long := (base + slope*math.Log2(1+dist/size)) * math.Exp(0.15*c.NormFloat64())
		share, k := 1.0, bow*c.NormFloat64()
		if c.Float64() < second {
			share = min(first+0.04*c.NormFloat64(), 1.08)
		}
		var list []spot
		for t := 4.0; t < 2*long; t += 4 {
			u := share*rise(t, long*0.35, spread) + (1-share)*rise(t-0.6*long, long*0.25, spread)
			x, y := line(a, b, u)
			s := k * math.Sin(math.Pi*min(u, 1))
			list = append(list, spot{x - s*(b.y-a.y), y + s*(b.x-a.x), t})
			if t > long && math.Abs(1-u)*dist < 1 {
				break
			}
		}
		return append(list, spot{b.x, b.y, list[len(list)-1].t + 4})
	}
}

// rise is the distribution function of a log-normal of the median.
func rise(t, median, spread float64) float64 {
	if t <= 0 {
		return 0
	}
	return math.Erfc(-math.Log(t/median)/spread/math.Sqrt2) / 2
}

// visit goes to so many targets and presses on each.
func (m *mover) visit(presses int) hand {
	c := m.chance
	width, height := between(c, 800, 1900), between(c, 500, 1000)
	at := spot{x: between(c, 0, width), y: between(c, 0, height)}
	clock := 0.0
	h := hand{moveEvent(at, 0)}
	column, form := between(c, 0.2, 0.8)*width, c.Float64() < 0.5
	for range presses {
		to := spot{x: between(c, 10, width), y: between(c, 10, height)}
		if form { // fields below each other, mostly
			to = spot{x: column + between(c, -80, 80), y: at.y + between(c, 55, 200)}
			if to.y > height {
				to = spot{x: column + between(c, -80, 80), y: between(c, 20, 200)}
			}
		}
		if math.Hypot(to.x-at.x, to.y-at.y) < 1.2*gait.StrokeLeast {
			continue
		}
		way := m.path(at, to, logBetween(c, 20, 200))
		h, clock = m.play(h, way, clock)
		clock += m.pause()
		last := h[len(h)-1]
		last.Kind, last.T = gait.Press, max(ticks(clock), last.T)
		h = append(h, last)
		clock += m.think()
		at = to
	}
	return h
}

// play appends the moves of a way as a page would see them: noise, frames, whole px.
func (m *mover) play(h hand, way []spot, clock float64) (hand, float64) {
	c := m.chance
	frame := -1.0
	for i, s := range way {
		t := clock + s.t
		if i < len(way)-1 {
			s.x, s.y = s.x+m.noise*c.NormFloat64(), s.y+m.noise*c.NormFloat64()
		}
		if f := math.Floor((t + m.phase) / m.frame); f == frame {
			h[len(h)-1] = moveEvent(s, t) // the page sees the last one of a frame
		} else {
			frame = f
			h = append(h, moveEvent(s, t))
		}
	}
	return h, clock + way[len(way)-1].t
}

func moveEvent(s spot, t float64) gait.Event {
	return gait.Event{Kind: gait.Move, T: ticks(t), X: int32(math.Round(s.x)), Y: int32(math.Round(s.y))}
}

// pointingPrograms draws programs of every family, so many of each.
func pointingPrograms(each int) []*subject {
	var list []*subject
	for _, kind := range motionKinds {
		for i := range each {
			name := fmt.Sprintf("%s-%d", kind, i)
			c := seeded("pointing", name)
			s := &subject{name: name, fit: true, windows: 3, set: kind, fold: int(c.Uint64() % folds)}
			s.hands = append(s.hands, newMover(c, kind).visit(60))
			list = append(list, s)
		}
	}
	return list
}
