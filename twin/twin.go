// Package twin finds behaviour that was seen before: strokes of the mouse and
// stretches of typing that are, but for noise, those of another session of the same
// workspace. A recording of a person that is played again and again passes for a
// person each time; only beside each other do its sessions give it away.
//
// It compares sketches, see gait.Sketch. Candidates come from a locality-sensitive
// hash: which of two numbers of a shape is larger, for a fixed choice of pairs,
// survives noise; a few such bits together make a bucket (Charikar, "Similarity
// estimation techniques from rounding algorithms", STOC 2002, for the family of such
// hashes). A candidate counts once its shape agrees number by number.
//
// Memory is bounded: the oldest sketches and the sessions asked for longest ago are
// forgotten, and everything is with the process.
package twin

import (
	"strconv"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/gaithq/gait"
)

// Config bounds an Index. Its zero value works.
type Config struct {
	Workspaces int // whose sketches are kept; 0 means 64
	Sketches   int // kept of each kind, for each workspace; 0 means 16,384
	Sessions   int // whose likeness to others is counted, for each workspace; 0 means 4,096
}

// Index is safe for concurrent use.
type Index struct {
	cfg Config

	mu    sync.Mutex
	rooms *lru.LRU[gait.WorkspaceID, *room]
}

// room is one workspace's.
type room struct {
	shelves [gait.SketchKinds]shelf
	tallies *lru.LRU[gait.SessionID, *tally]
}

// tally is what one session has in common with others.
type tally struct {
	compared [gait.SketchKinds]uint32
	others   []likeness // at most maxOthers
	told     uint32     // sketches in common when it was said last
}

type likeness struct {
	session gait.SessionID
	alike   [gait.SketchKinds]uint32
}

func (l *likeness) sum() uint32 {
	n := uint32(0)
	for _, a := range l.alike {
		n += a
	}
	return n
}

const (
	maxOthers = 16 // sessions that one is compared with closely; more are as good as one
	tellFrom  = 2  // sketches in common before anything is said
)

// New returns an empty index.
func New(c Config) *Index {
	if c.Workspaces == 0 {
		c.Workspaces = 64
	}
	if c.Sketches == 0 {
		c.Sketches = 16_384
	}
	if c.Sessions == 0 {
		c.Sessions = 4_096
	}
	rooms, err := lru.NewLRU[gait.WorkspaceID, *room](c.Workspaces, nil)
	if err != nil {
		panic(err) // a negative bound
	}
	return &Index{cfg: c, rooms: rooms}
}

// Compare takes in new sketches of a session and returns what is worth saying
// about it anew: facts that name the other session most alike, and how much of this
// one was seen there. It returns nil where nothing new was found. Each time it
// speaks the session has half as much again in common, so that there is a handful
// of facts at most.
func (x *Index) Compare(ref gait.SessionRef, fresh []gait.Sketch) []gait.Event {
	x.mu.Lock()
	defer x.mu.Unlock()
	r := x.room(ref.Workspace)
	t, ok := r.tallies.Get(ref.Session)
	if !ok {
		t = new(tally)
		r.tallies.Add(ref.Session, t)
	}
	for i := range fresh {
		k := &fresh[i]
		t.compared[k.Kind]++
		shelf := &r.shelves[k.Kind]
		shelf.alike(k, ref.Session, func(other gait.SessionID) { t.note(other, k.Kind) })
		shelf.add(k, ref.Session)
	}
	return t.facts()
}

func (x *Index) room(w gait.WorkspaceID) *room {
	if r, ok := x.rooms.Get(w); ok {
		return r
	}
	tallies, err := lru.NewLRU[gait.SessionID, *tally](x.cfg.Sessions, nil)
	if err != nil {
		panic(err) // a negative bound
	}
	r := &room{tallies: tallies}
	for i := range r.shelves {
		r.shelves[i] = newShelf(gait.SketchKind(i), x.cfg.Sketches)
	}
	x.rooms.Add(w, r)
	return r
}

func (t *tally) note(other gait.SessionID, kind gait.SketchKind) {
	for i := range t.others {
		if t.others[i].session == other {
			t.others[i].alike[kind]++
			return
		}
	}
	if len(t.others) < maxOthers {
		l := likeness{session: other}
		l.alike[kind] = 1
		t.others = append(t.others, l)
	}
}

func (t *tally) facts() []gait.Event {
	var best *likeness
	for i := range t.others {
		if l := &t.others[i]; best == nil || l.sum() > best.sum() {
			best = l
		}
	}
	if best == nil || best.sum() < tellFrom || 2*best.sum() < 3*t.told {
		return nil
	}
	if best.sum() == t.told {
		return nil
	}
	t.told = best.sum()
	of := func(k gait.SketchKind) string {
		return strconv.FormatUint(uint64(best.alike[k]), 10) + "/" + strconv.FormatUint(uint64(t.compared[k]), 10)
	}
	return []gait.Event{
		{Kind: gait.Fact, Name: gait.TwinSession, Text: best.session.String()},
		{Kind: gait.Fact, Name: gait.TwinPaths, Text: of(gait.PathSketch)},
		{Kind: gait.Fact, Name: gait.TwinRhythm, Text: of(gait.RhythmSketch)},
	}
}
