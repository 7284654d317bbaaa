package twin

import "github.com/gaithq/gait"

// How near two sketches have to be. A replay comes through another machine's timers
// and frames: intervals shift by some milliseconds, points by part of a frame's way.
const (
	pathNear    = 60   // thousandths of the reach, for each number of a shape
	rhythmNear  = 25   // ms, or
	rhythmPart  = 0.12 // of the interval, whichever is more
	tookPart    = 0.20 // of the whole time
	mayDiffer   = 2    // numbers of a shape that need not agree
	bandBits    = 10   // of the hash in each band
	bands       = 5
	bucketWidth = 32 // sketches in a bucket, the newest
)

// pairs are the numbers of a shape that the hash compares.
type pairs [bands * bandBits][2]uint8

// pick chooses pairs within the first and within the second half of a shape, or
// across all of it, in a fixed order that spreads them.
func pick(kind gait.SketchKind) pairs {
	var p pairs
	const n = len(gait.Sketch{}.Shape)
	state := uint32(2463534242) + uint32(kind)
	next := func(n int) int { // xorshift (Marsaglia 2003): the same pairs in every process
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		return int(state>>8) % n
	}
	for i := range p {
		from, size := 0, n
		if kind == gait.PathSketch {
			size = n / 2
			from = (i % 2) * size
		}
		a := next(size)
		b := (a + 1 + next(size-1)) % size
		p[i] = [2]uint8{uint8(from + a), uint8(from + b)}
	}
	return p
}

// shelf keeps the newest sketches of one kind.
type shelf struct {
	kind    gait.SketchKind
	pairs   pairs
	size    int
	kept    []book // a ring once it is full
	next    int
	buckets map[uint32][]uint32 // from band and its bits to places in kept, newest last
}

type book struct {
	sketch  gait.Sketch
	session gait.SessionID
	keys    [bands]uint32
}

func newShelf(kind gait.SketchKind, size int) shelf {
	return shelf{kind: kind, pairs: pick(kind), size: size, buckets: map[uint32][]uint32{}}
}

// keys returns the buckets of a sketch.
func (s *shelf) keys(k *gait.Sketch) (keys [bands]uint32) {
	const n = len(k.Shape) / 2
	value := func(i uint8) int {
		v := int(k.Shape[i])
		if s.kind == gait.PathSketch && int(i) < n {
			return v - 1000*(int(i)+1)/(n+1) // ahead of an even pace, or behind it
		}
		return v
	}
	for band := range keys {
		key := uint32(band)
		for _, p := range s.pairs[band*bandBits : (band+1)*bandBits] {
			key <<= 1
			if value(p[0]) > value(p[1]) {
				key |= 1
			}
		}
		keys[band] = key
	}
	return keys
}

// alike calls yield with each other session that has a sketch near k, once.
func (s *shelf) alike(k *gait.Sketch, self gait.SessionID, yield func(gait.SessionID)) {
	var found [maxOthers]gait.SessionID
	n := 0
next:
	for _, key := range s.keys(k) {
		for _, place := range s.buckets[key] {
			b := &s.kept[place]
			if b.session == self || !near(k, &b.sketch) {
				continue
			}
			seen := false
			for _, f := range found[:n] {
				seen = seen || f == b.session
			}
			if seen {
				continue
			}
			found[n] = b.session
			n++
			yield(b.session)
			if n == len(found) {
				break next
			}
		}
	}
}

// add keeps a sketch, in place of the oldest once the shelf is full.
func (s *shelf) add(k *gait.Sketch, session gait.SessionID) {
	place := s.next
	if len(s.kept) < s.size {
		s.kept = append(s.kept, book{})
	} else {
		for _, key := range s.kept[place].keys {
			s.drop(key, uint32(place))
		}
	}
	s.next = (s.next + 1) % s.size
	b := &s.kept[place]
	*b = book{*k, session, s.keys(k)}
	for _, key := range b.keys {
		bucket := s.buckets[key]
		if len(bucket) == bucketWidth {
			bucket = append(bucket[:0], bucket[1:]...)
		}
		s.buckets[key] = append(bucket, uint32(place))
	}
}

// drop takes a place out of a bucket, if it is still there.
func (s *shelf) drop(key, place uint32) {
	bucket := s.buckets[key]
	for i, p := range bucket {
		if p == place {
			bucket = append(bucket[:i], bucket[i+1:]...)
			break
		}
	}
	if len(bucket) == 0 {
		delete(s.buckets, key)
		return
	}
	s.buckets[key] = bucket
}

// near reports whether two sketches of one kind show the same behaviour.
func near(a, b *gait.Sketch) bool {
	if d := abs(int(a.Took) - int(b.Took)); float64(d) > tookPart*float64(min(a.Took, b.Took)) {
		return false
	}
	differs := uint(0)
	for i := range a.Shape {
		x, y := int(a.Shape[i]), int(b.Shape[i])
		near := pathNear
		if a.Kind == gait.RhythmSketch {
			near = max(rhythmNear, int(rhythmPart*float64(min(x, y))))
		}
		if abs(x-y) > near {
			differs++
		}
	}
	return differs <= mayDiffer
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}
