package session

import (
	"math"

	"github.com/gaithq/gait"
)

// track is where the pointer was in the last samples × gait.StrokeGrid, on a grid
// of time, so that a mouse of 1000 Hz and a screen of 60 Hz leave the same.
type track struct {
	points [samples]point
	n      uint8     // of points
	head   uint8     // where the next one goes
	next   gait.Tick // when
}

// point is a position in quarters of a CSS px.
type point struct{ x, y int16 }

const (
	samples = 64
	grid    = gait.StrokeGrid * gait.TicksPerMillisecond
	window  = samples * grid

	// still is how long, in samples, the pointer rests between two strokes.
	still = 10
)

func quarter(v float64) int16 {
	return int16(min(max(math.Round(4*v), math.MinInt16), math.MaxInt16))
}

func (t *track) push(x, y float64) {
	t.points[t.head] = point{quarter(x), quarter(y)}
	t.head = (t.head + 1) % samples
	t.n = min(t.n+1, samples)
	t.next += grid
}

// at returns where the pointer was at a moment that the track holds, in CSS px.
func (t *track) at(when gait.Tick) (x, y float64) {
	back := t.next - grid - when // before the last sample
	i := min(max(int(back/grid), 0), int(t.n)-1)
	j := min(i+1, int(t.n)-1)
	part := min(max(float64(back-gait.Tick(i)*grid)/float64(grid), 0), 1)
	p := t.points[(int(t.head)+2*samples-1-i)%samples]
	q := t.points[(int(t.head)+2*samples-1-j)%samples]
	px, py, qx, qy := float64(p.x), float64(p.y), float64(q.x), float64(q.y)
	return (px + part*(qx-px)) / 4, (py + part*(qy-py)) / 4
}

// begin starts over at the event's place.
func (t *track) begin(e *gait.Event) {
	t.n, t.head, t.next = 0, 0, e.T
	t.push(float64(e.X), float64(e.Y))
}

// step follows the pointer from where it was to where the event says. A pointer
// that was not heard of for longer than restTicks stayed where it was until just
// before.
func (t *track) step(x, y int32, at gait.Tick, e *gait.Event) {
	if t.n == 0 || e.T < t.next {
		return
	}
	x0, y0, x1, y1 := float64(x), float64(y), float64(e.X), float64(e.Y)
	if e.T-at > restTicks {
		at = e.T - grid
		if at-t.next >= window {
			t.next = at - window + grid
		}
		for t.next <= at {
			t.push(x0, y0)
		}
	}
	for t.next <= e.T {
		part := 1.0
		if e.T > at {
			part = max(float64(t.next-at)/float64(e.T-at), 0)
		}
		t.push(x0+part*(x1-x0), y0+part*(y1-y0))
	}
}

// stroke takes in the shape of the way to a press.
func (s *State) stroke(e *gait.Event) {
	p, f := &s.pointer, &s.features.Strokes
	t := &p.track
	if t.n == 0 || e.T < p.t || distance(p.x, p.y, e.X, e.Y) > movedPixels {
		return
	}
	// The way, latest first: from the end back to the last rest.
	var xs, ys [samples + 1]float64
	xs[0], ys[0] = float64(p.x), float64(p.y)
	n, resting := 1, 0
	for i := 1; i <= int(t.n); i++ {
		q := t.points[(int(t.head)+samples-i)%samples]
		xs[n], ys[n] = float64(q.x)/4, float64(q.y)/4
		if math.Hypot(xs[n]-xs[n-1], ys[n]-ys[n-1]) < restPixels {
			resting++
		} else {
			resting = 0
		}
		n++
		if resting >= still && math.Hypot(xs[n-1]-xs[0], ys[n-1]-ys[0]) >= gait.StrokeLeast {
			break
		}
	}
	n -= resting // and the rest itself is none of it
	if n < leastSamples {
		return
	}
	if !shape(f, xs[:n], ys[:n], (e.T - p.t).Milliseconds()) {
		return
	}
	if f.N == 1 {
		f.First = s.moment(e.T)
	}
	f.Last = s.moment(e.T)
}

const (
	restPixels   = 0.5 // a sample: less is rest
	leastSamples = 6
)

// shape takes in a way, given latest point first, that ended the given ms before
// the press, and reports whether it was long enough.
func shape(f *gait.Strokes, xs, ys []float64, pause float64) bool {
	n := len(xs) - 1 // steps
	x0, y0 := xs[n], ys[n]
	dx, dy := xs[0]-x0, ys[0]-y0
	dist := math.Hypot(dx, dy)
	if dist < gait.StrokeLeast {
		return false
	}
	var (
		way, squares, bow, rough float64
		high                     float64 // the highest speed, px a sample
		at                       int     // when, in samples from the start
		vx, vy                   float64
	)
	for i := n - 1; i >= 0; i-- {
		sx, sy := xs[i]-xs[i+1], ys[i]-ys[i+1]
		v := math.Hypot(sx, sy)
		way += v
		squares += v * v
		bow = max(bow, math.Abs((xs[i]-x0)*dy-(ys[i]-y0)*dx)/dist)
		rough += math.Hypot(sx-vx, sy-vy)
		vx, vy = sx, sy
		if v > high {
			high, at = v, n-1-i
		}
	}
	rough += math.Hypot(vx, vy)
	mean := way / float64(n)
	end := math.Hypot(xs[0]-xs[1], ys[0]-ys[1])
	if n > 1 {
		end = max(end, math.Hypot(xs[1]-xs[2], ys[1]-ys[2])) // the last sample may be a part of one
	}
	early, late, peaks := phases(xs, ys, way, high)
	f.N++
	f.Bent.Add(math.Log(way / dist))
	f.Bow.Add(math.Log(0.01 + bow/dist))
	f.Speed.Add(math.Sqrt(max(squares/float64(n)-mean*mean, 0)) / mean)
	f.Peak.Add((float64(at) + 0.5) / float64(n))
	f.Early.Add(early)
	f.Late.Add(late)
	f.Rough.Add(math.Log(rough / (2 * high)))
	f.Peaks.Add(float64(peaks))
	f.End.Add(end / high)
	f.Time.Add(math.Log(float64(n) * gait.StrokeGrid))
	f.Pause.Add(math.Log(10 + pause))
	return true
}

// A speed rose anew if it had fallen to less than fallen of the peak before, and
// then gained risen of the highest.
const (
	fallen = 0.7
	risen  = 0.15
)

// phases returns the shares of the time that the first and the last fifth of the
// way took, and how often the speed rose anew.
func phases(xs, ys []float64, way, high float64) (early, late float64, peaks int) {
	n := len(xs) - 1
	gone, peak, low := 0.0, 0.0, 0.0
	first, last := -1.0, -1.0
	for i := n - 1; i >= 0; i-- {
		v := math.Hypot(xs[i]-xs[i+1], ys[i]-ys[i+1])
		done := float64(n - 1 - i)
		if first < 0 && gone+v >= way/5 {
			first = done + (way/5-gone)/v
		}
		if last < 0 && gone+v >= way*4/5 {
			last = done + (way*4/5-gone)/v
		}
		gone += v
		switch {
		case low < fallen*peak && v-low >= risen*high:
			peaks++
			peak, low = v, v
		case v > peak:
			peak, low = v, v
		case v < low:
			low = v
		}
	}
	return first / float64(n), 1 - last/float64(n), peaks
}
