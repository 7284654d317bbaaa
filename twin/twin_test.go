package twin

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gaithq/gait"
)

// hand makes sketches that no other seed makes.
func hand(seed uint64, kind gait.SketchKind, n int) []gait.Sketch {
	r := rand.New(rand.NewPCG(seed, uint64(kind)))
	list := make([]gait.Sketch, n)
	for i := range list {
		k := &list[i]
		k.Kind, k.Took = kind, int32(400+r.IntN(2000))
		for j := range k.Shape {
			switch {
			case kind == gait.RhythmSketch:
				k.Shape[j] = int16(60 + r.ExpFloat64()*150)
			case j < len(k.Shape)/2:
				k.Shape[j] = int16(1000*(j+1)/9 + r.IntN(240) - 120)
			default:
				k.Shape[j] = int16(r.IntN(400) - 200)
			}
		}
	}
	return list
}

// again is the same a little off.
func again(list []gait.Sketch, by int) []gait.Sketch {
	r := rand.New(rand.NewPCG(99, 99))
	out := make([]gait.Sketch, len(list))
	for i, k := range list {
		for j := range k.Shape {
			k.Shape[j] += int16(r.IntN(2*by+1) - by)
		}
		out[i] = k
	}
	return out
}

func ref(w gait.WorkspaceID, n int) gait.SessionRef {
	return gait.SessionRef{Workspace: w, Session: gait.SessionID{byte(n), byte(n >> 8), 1}}
}

func texts(facts []gait.Event) string {
	s := ""
	for _, f := range facts {
		if f.Kind != gait.Fact {
			return fmt.Sprintf("kind %d", f.Kind)
		}
		s += f.Name + "=" + f.Text + " "
	}
	return s
}

func TestCompare(t *testing.T) {
	x := New(Config{})
	for n := range 300 { // people
		for _, kind := range []gait.SketchKind{gait.PathSketch, gait.RhythmSketch} {
			if facts := x.Compare(ref(1, n), hand(uint64(n), kind, 10)); facts != nil {
				t.Fatalf("session %d is said to be like another: %s", n, texts(facts))
			}
		}
	}
	person := ref(1, 7).Session.String()
	paths, rhythm := hand(7, gait.PathSketch, 10), hand(7, gait.RhythmSketch, 10)

	if facts := x.Compare(ref(1, 1000), again(paths[:1], 8)); facts != nil {
		t.Errorf("one stroke alike says %s", texts(facts))
	}
	want := "twin.session=" + person + " twin.paths=3/3 twin.rhythm=0/0 "
	if got := texts(x.Compare(ref(1, 1000), again(paths[1:3], 8))); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if facts := x.Compare(ref(1, 1000), again(paths[3:4], 8)); facts != nil {
		t.Errorf("one more says %s", texts(facts))
	}
	want = "twin.session=" + person + " twin.paths=4/4 twin.rhythm=6/6 "
	if got := texts(x.Compare(ref(1, 1000), again(rhythm[:6], 8))); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if facts := x.Compare(ref(2, 1000), again(paths, 8)); facts != nil {
		t.Errorf("sessions of two workspaces are compared: %s", texts(facts))
	}
	if facts := x.Compare(ref(1, 7), again(paths, 8)); facts != nil && texts(facts)[:46] != "twin.session="+ref(1, 1000).Session.String()+" " {
		t.Errorf("a session is compared with itself: %s", texts(facts))
	}
}

// TestBounds: what is kept does not grow, and the oldest goes first.
func TestBounds(t *testing.T) {
	x := New(Config{Workspaces: 2, Sketches: 100, Sessions: 10})
	x.Compare(ref(9, 1), hand(1, gait.PathSketch, 5))
	for n := range 500 {
		x.Compare(ref(gait.WorkspaceID(n%2), n), hand(uint64(n), gait.PathSketch, 5))
	}
	if n := x.rooms.Len(); n != 2 {
		t.Errorf("%d workspaces are kept", n)
	}
	for _, r := range x.rooms.Values() {
		shelf := &r.shelves[gait.PathSketch]
		entries := 0
		for key, bucket := range shelf.buckets {
			if len(bucket) == 0 || len(bucket) > bucketWidth {
				t.Errorf("bucket %d has %d", key, len(bucket))
			}
			entries += len(bucket)
		}
		if len(shelf.kept) != 100 || entries > 100*bands || r.tallies.Len() > 10 {
			t.Errorf("%d sketches, %d entries, %d sessions are kept", len(shelf.kept), entries, r.tallies.Len())
		}
	}
	if facts := x.Compare(ref(499%2, 7000), hand(499, gait.PathSketch, 5)); facts == nil {
		t.Error("the newest session is forgotten")
	}
	if facts := x.Compare(ref(499%2, 7001), hand(3, gait.PathSketch, 5)); facts != nil {
		t.Errorf("the oldest session is remembered: %s", texts(facts))
	}
}

func BenchmarkCompare(b *testing.B) {
	x := New(Config{})
	for n := range 2000 {
		x.Compare(ref(1, n), hand(uint64(n), gait.PathSketch, 10))
	}
	b.ReportAllocs()
	n := 0
	list := hand(1_000_000, gait.PathSketch, 10)
	for b.Loop() {
		n++
		x.Compare(ref(1, 3000+n%100), list)
	}
}
