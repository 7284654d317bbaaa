package store_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store"
)

func TestTerms(t *testing.T) {
	row := gait.SessionRow{
		Score: 120, Verdicts: "DNU" + strings.Repeat("?", 99),
		Routes: []string{"/a", "", "/", "/a"}, Tags: []string{"x", "x", "/a"}, Country: "DE", Device: "phone", Actor: gait.ActorPerson,
	}
	want := []store.Term{
		{Facet: gait.FacetScore, Term: "100"},
		{Facet: gait.FacetFlag, Term: "agent_behavior"},
		{Facet: gait.FacetUnknown, Term: "teleporting_mouse"},
		{Facet: gait.FacetRoute, Term: "/a"},
		{Facet: gait.FacetRoute, Term: "/"},
		{Facet: gait.FacetTag, Term: "x"},
		{Facet: gait.FacetTag, Term: "/a"},
		{Facet: gait.FacetCountry, Term: "DE"},
		{Facet: gait.FacetDevice, Term: "phone"},
		{Facet: gait.FacetActor, Term: "person"},
	}
	if got := store.Terms(&row); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := store.Terms(&gait.SessionRow{Score: math.MinInt}); !slices.Equal(got, []store.Term{{Facet: gait.FacetScore, Term: "0"}}) {
		t.Errorf("an empty row has %v", got)
	}
}

func TestCountOf(t *testing.T) {
	for score, want := range map[int]gait.Count{
		-1: {Sessions: 1}, 49: {Sessions: 1}, 50: {Sessions: 1, Suspect: 1}, 69: {Sessions: 1, Suspect: 1}, 70: {Sessions: 1, Suspect: 1, Machine: 1},
	} {
		if got := store.CountOf(score); got != want {
			t.Errorf("%d: got %+v, want %+v", score, got, want)
		}
	}
}

func TestSpans(t *testing.T) {
	for _, test := range []struct{ at, start, end int64 }{
		{0, 0, 0}, {1, 0, 10}, {9, 0, 10}, {10, 10, 10}, {11, 10, 20}, {-1, -10, 0}, {-10, -10, -10}, {-11, -20, -10},
	} {
		if start, end := store.SpanStart(test.at, 10), store.SpanEnd(test.at, 10); start != test.start || end != test.end {
			t.Errorf("%d: got %d and %d, want %d and %d", test.at, start, end, test.start, test.end)
		}
	}
}

func TestBounded(t *testing.T) {
	bounded := 0
	for _, f := range []gait.Facet{gait.FacetScore, gait.FacetFlag, gait.FacetUnknown, gait.FacetRoute, gait.FacetTag} {
		if store.Bounded(f) {
			bounded++
		}
	}
	if bounded != 2 {
		t.Errorf("%d of these facets are bounded, want routes and tags", bounded)
	}
}

func TestCheckVerdicts(t *testing.T) {
	for v, want := range map[string]gait.Code{
		"": "", "DNU.": "", strings.Repeat("D", store.MaxVerdicts): "",
		strings.Repeat("D", store.MaxVerdicts+1): gait.Invalid, "d": gait.Invalid, "*": gait.Invalid, "Ä": gait.Invalid,
	} {
		if got := gait.CodeOf(store.CheckVerdicts(v)); got != want {
			t.Errorf("%q: got %q", v, got)
		}
	}
}
