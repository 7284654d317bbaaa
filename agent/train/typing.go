package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gaithq/gait"
)

// Programs that type. A program has an interval generator, which names its family,
// a generator of holds, and parameters drawn once; then it types text of its own.

// keyTimes are a person's own times, for programs that draw from them: ms.
type keyTimes struct {
	within, start, into, hold []float64
}

// typist is one program that types.
type typist struct {
	chance   *rand.Rand
	interval func(before, class gait.KeyClass) float64 // ms from press to press
	hold     func() float64                            // ms
	overlap  bool                                      // keys may be held over the next press
	flight   bool                                      // interval is from release to press
	typos    float64                                   // share of letters
	notice   func() float64                            // ms from a typo to the backspace
	noise    float64                                   // ms that a busy machine adds, on average
}

// intervalKinds are the families of typing programs.
var intervalKinds = []string{
	"constant", "uniform", "normal", "gamma", "lognormal", "pauses", "typos", "bursts", "marginal", "digraphs",
}

var holdKinds = []string{"instant", "constant", "uniform", "normal", "lognormal", "marginal"}

// between draws evenly, and logBetween evenly in the logarithm.
func between(c *rand.Rand, a, b float64) float64 { return a + (b-a)*c.Float64() }

func logBetween(c *rand.Rand, a, b float64) float64 {
	return math.Exp(between(c, math.Log(a), math.Log(b)))
}

func pick(c *rand.Rand, from []float64) float64 { return from[c.IntN(len(from))] }

// gamma draws from a gamma distribution of mean 1 and the shape k (Marsaglia and Tsang).
func gamma(c *rand.Rand, k float64) float64 {
	boost := 1.0
	shape := k
	if shape < 1 {
		boost = math.Pow(c.Float64(), 1/shape)
		shape++
	}
	d := shape - 1.0/3
	for {
		x := c.NormFloat64()
		v := 1 + x/math.Sqrt(9*d)
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(c.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return boost * d * v / k
		}
	}
}

// newTypist draws a program of a family. own are the times of the person that
// programs draw from.
func newTypist(c *rand.Rand, kind, hold string, own *keyTimes) *typist {
	t := &typist{chance: c, noise: logBetween(c, 0.1, 4), overlap: c.Float64() < 0.4, flight: c.Float64() < 0.5}
	median := logBetween(c, 35, 320)
	spread := between(c, 0.15, 0.8)
	lognormal := func(gait.KeyClass, gait.KeyClass) float64 { return median * math.Exp(spread*c.NormFloat64()) }
	width := between(c, 0.15, 1)
	uniform := func(gait.KeyClass, gait.KeyClass) float64 { return median * (1 + width*between(c, -1, 1)) }
	sd := between(c, 0.08, 0.6)
	least := between(c, 1, 0.5*median)
	normal := func(gait.KeyClass, gait.KeyClass) float64 { return max(median*(1+sd*c.NormFloat64()), least) }
	base := [](func(gait.KeyClass, gait.KeyClass) float64){lognormal, uniform, normal}[c.IntN(3)]
	switch kind {
	case "constant":
		t.interval = func(gait.KeyClass, gait.KeyClass) float64 { return median }
		t.noise = logBetween(c, 0.1, 15)
	case "uniform":
		t.interval = uniform
	case "normal":
		t.interval = normal
	case "gamma":
		shape := logBetween(c, 0.9, 9)
		floor := between(c, 5, 60)
		t.interval = func(gait.KeyClass, gait.KeyClass) float64 { return floor + median*gamma(c, shape) }
	case "lognormal":
		t.interval = lognormal
	case "pauses":
		pause := t.pauses(median)
		t.interval = func(a, b gait.KeyClass) float64 { return base(a, b) + pause(a, b) }
	case "typos":
		pause := func(gait.KeyClass, gait.KeyClass) float64 { return 0 }
		if c.Float64() < 0.6 {
			pause = t.pauses(median)
		}
		t.interval = func(a, b gait.KeyClass) float64 { return base(a, b) + pause(a, b) }
		t.typos = logBetween(c, 0.01, 0.08)
	case "bursts":
		// The pace itself drifts, or changes from word to word.
		drift, keep, pace := between(c, 0.1, 0.4), between(c, 0.5, 0.95), 0.0
		words := c.Float64() < 0.5
		t.interval = func(a, b gait.KeyClass) float64 {
			if !words || a == gait.KeySpace {
				pace = keep*pace + drift*c.NormFloat64()
			}
			return base(a, b) * math.Exp(pace)
		}
	case "marginal":
		all := slices.Concat(own.within, own.start, own.into)
		t.interval = func(gait.KeyClass, gait.KeyClass) float64 { return pick(c, all) }
		t.flight = false
	case "digraphs":
		t.interval = func(a, b gait.KeyClass) float64 {
			switch {
			case a == gait.KeySpace:
				return pick(c, own.start)
			case b == gait.KeySpace:
				return pick(c, own.into)
			}
			return pick(c, own.within)
		}
		t.flight = false
	}
	t.hold = holds(c, hold, own)
	after := logBetween(c, 50, 600)
	even := c.Float64() < 0.5
	t.notice = func() float64 {
		if even {
			return after
		}
		return after * between(c, 0.5, 1.5)
	}
	return t
}

// pauses returns what a program adds before words, behind sentences and now and then.
func (t *typist) pauses(median float64) func(before, class gait.KeyClass) float64 {
	c := t.chance
	word, chance, think := median*between(c, 0.2, 3), between(c, 0.1, 1), between(c, 0, 0.04)
	end := c.Float64() < 0.3 // the pause comes with the space and not after it
	return func(before, class gait.KeyClass) float64 {
		extra := 0.0
		if (!end && before == gait.KeySpace || end && class == gait.KeySpace) && c.Float64() < chance {
			extra = word * between(c, 0.3, 1.7)
		}
		if c.Float64() < think {
			extra += between(c, 300, 1500)
		}
		return extra
	}
}

func holds(c *rand.Rand, kind string, own *keyTimes) func() float64 {
	mean := logBetween(c, 20, 160)
	spread := between(c, 0.08, 0.5)
	switch kind {
	case "instant":
		return func() float64 { return between(c, 0, 2) }
	case "constant":
		return func() float64 { return mean }
	case "uniform":
		width := between(c, 0.1, 0.9)
		return func() float64 { return mean * (1 + width*between(c, -1, 1)) }
	case "normal":
		return func() float64 { return max(mean*(1+spread*c.NormFloat64()), 5) }
	case "lognormal":
		return func() float64 { return mean * math.Exp(spread*c.NormFloat64()) }
	default:
		return func() float64 { return pick(c, own.hold) }
	}
}

// typed is a key with its times, ms.
type typed struct {
	class    gait.KeyClass
	down, up float64
	target   int32
}

// write types a text of so many letters, in fields of a form's lengths or in one.
func (t *typist) write(letters int) hand {
	c := t.chance
	var keys []typed
	clock, field, form := 0.0, int32(1), c.Float64() < 0.6
	fieldEnd := letters
	if form {
		fieldEnd = 4 + c.IntN(30)
	}
	before, up := gait.KeyOther, 0.0
	press := func(class gait.KeyClass, wait float64) {
		wait += t.noise * c.ExpFloat64()
		from := clock
		if t.flight {
			from = max(up, clock)
		}
		clock = from + max(wait, 0.1)
		hold := t.hold() + 0.3*t.noise*c.ExpFloat64()
		if n := len(keys); n > 0 && !t.overlap && keys[n-1].up > clock && keys[n-1].class != gait.KeyModifier {
			keys[n-1].up = max(clock-between(c, 0.5, 8), keys[n-1].down)
		}
		up = clock + hold
		keys = append(keys, typed{class, clock, up, field})
		before = class
	}
	word := 1 + c.IntN(9)
	for n := 0; n < letters; {
		if n >= fieldEnd {
			field, fieldEnd = field+1, n+4+c.IntN(40)
			clock, before = clock+between(c, 100, 1500), gait.KeyOther
		}
		class := gait.KeyLetter
		switch {
		case word == 0 && c.Float64() < 0.06:
			press(gait.KeyPunctuation, t.interval(before, gait.KeyPunctuation))
			class = gait.KeySpace
		case word == 0:
			class = gait.KeySpace
		case c.Float64() < 0.01:
			class = gait.KeyDigit
		}
		if class == gait.KeySpace {
			word = 1 + int(min(c.ExpFloat64()*4.2, 14))
		} else {
			word--
		}
		if class == gait.KeyLetter && c.Float64() < t.typos {
			press(gait.KeyLetter, t.interval(before, gait.KeyLetter))
			press(gait.KeyErase, t.notice())
			before = gait.KeyLetter
		}
		press(class, t.interval(before, class))
		n++
	}
	return keyEvents(keys)
}

// keyEvents turns keys into events, each key in the lowest slot that is free.
func keyEvents(keys []typed) hand {
	var h hand
	var free [gait.KeySlots]float64
	for _, k := range keys {
		slot := 0
		for slot < len(free)-1 && free[slot] > k.down {
			slot++
		}
		free[slot] = k.up
		h = append(h,
			gait.Event{Kind: gait.KeyDown, T: ticks(k.down), Code: int32(k.class), Slot: int32(slot), Target: k.target},
			gait.Event{Kind: gait.KeyUp, T: ticks(k.up), Slot: int32(slot)})
	}
	slices.SortStableFunc(h, byTime)
	return h
}

func byTime(a, b gait.Event) int { return int(min(max(a.T-b.T, -1), 1)) }

// timesOf reads a person's times off their sessions.
func timesOf(s *subject) *keyTimes {
	own := new(keyTimes)
	for _, h := range s.hands {
		var down [gait.KeySlots]gait.Event
		before, at := gait.KeyOther, gait.Tick(0)
		for _, e := range h {
			if e.Kind == gait.KeyUp {
				if d := down[e.Slot]; d.Kind == gait.KeyDown && gait.KeyClass(d.Code) == gait.KeyLetter {
					own.hold = append(own.hold, (e.T - d.T).Milliseconds())
				}
				down[e.Slot] = gait.Event{}
				continue
			}
			class := gait.KeyClass(e.Code)
			if class == gait.KeyModifier || e.Flags&gait.Repeat != 0 {
				continue
			}
			down[e.Slot] = e
			if ms := (e.T - at).Milliseconds(); ms < gait.RunBreak {
				switch {
				case before == gait.KeyLetter && class == gait.KeyLetter:
					own.within = append(own.within, ms)
				case before == gait.KeyLetter && class == gait.KeySpace:
					own.into = append(own.into, ms)
				case before == gait.KeySpace && class == gait.KeyLetter:
					own.start = append(own.start, ms)
				}
			}
			before, at = class, e.T
		}
	}
	return own
}

// typingPrograms draws programs of every family, so many of each. Those that draw
// from a person's times take the people in turn, and share their fold.
func typingPrograms(each int, persons []*subject) []*subject {
	var list []*subject
	var donors []*subject
	var times []*keyTimes
	for _, p := range persons {
		if own := timesOf(p); len(own.within) > 200 && len(own.start) > 40 && len(own.into) > 40 && len(own.hold) > 200 {
			donors, times = append(donors, p), append(times, own)
		}
	}
	for _, kind := range intervalKinds {
		for i := range each {
			name := fmt.Sprintf("%s-%d", kind, i)
			c := seeded("typing", name)
			donor := c.IntN(len(donors))
			hold := holdKinds[i%len(holdKinds)]
			t := newTypist(c, kind, hold, times[donor])
			s := &subject{name: name, fit: true, windows: 3, set: kind, also: hold, fold: donors[donor].fold}
			if kind == "marginal" || kind == "digraphs" || hold == "marginal" {
				s.donor = donors[donor].set
			}
			s.hands = append(s.hands, t.write(1500))
			list = append(list, s)
		}
	}
	return list
}
