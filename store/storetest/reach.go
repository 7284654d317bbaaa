package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/gaithq/gait"
)

// testReach searches in parts, and wants the parts to be the whole.
func testReach(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	var rows []gait.SessionRow // newest first; several have the same start
	for n := 30; n > 0; n-- {
		r := counted(1, n, int64(1000+n/4), n, "DNU")
		if r.Tags = nil; n%3 == 0 {
			r.Tags = []string{"third", "other"}
		}
		if n%5 == 0 {
			r.UserID = "zoë"
		}
		if n%7 == 0 {
			r.Country, r.Routes = "NZ", []string{"/rare"}
		}
		rows = append(rows, r)
	}
	mustPut(t, s, append(slices.Clone(rows), counted(2, 50, 1002, 1, "D"))...)
	for _, n := range []int{28, 14} {
		wantCode(t, s.PutLabel(t.Context(), 1, gait.LabelOf{Session: sessionID(n), Label: gait.LabelMachine}), "")
	}
	s = reopen(t, o, s, gait.SessionLimits{})
	reach := func(q gait.SessionQuery, n int) gait.Cursor {
		t.Helper()
		q.Workspace = 1
		end, err := s.Reach(t.Context(), q, n)
		wantCode(t, err, "")
		return end
	}
	place := func(n int) gait.Cursor { return gait.Cursor{Started: int64(1000 + n/4), Session: sessionID(n)} }

	for _, c := range []struct {
		name string
		q    gait.SessionQuery
		n    int
		want gait.Cursor
	}{
		{"the first", gait.SessionQuery{}, 1, place(30)},
		{"some", gait.SessionQuery{}, 12, place(19)},
		{"all but one", gait.SessionQuery{}, 29, place(2)},
		{"all", gait.SessionQuery{}, 30, gait.Cursor{}},
		{"more", gait.SessionQuery{}, 1 << 30, gait.Cursor{}},
		{"behind", gait.SessionQuery{After: place(19)}, 2, place(17)},
		{"behind, to the end", gait.SessionQuery{After: place(3)}, 2, gait.Cursor{}},
		{"since", gait.SessionQuery{StartedSince: 1006}, 6, place(25)},
		{"since, to its end", gait.SessionQuery{StartedSince: 1006}, 7, gait.Cursor{}},
		{"until", gait.SessionQuery{StartedUntil: 1003}, 1, place(15)},
		{"through", gait.SessionQuery{Through: place(28)}, 2, place(29)},
		{"through, to its end", gait.SessionQuery{Through: place(28)}, 3, gait.Cursor{}},
		{"of a tag", gait.SessionQuery{Tag: "third"}, 3, place(24)},
		{"of a user", gait.SessionQuery{UserID: "zoë"}, 2, place(25)},
		{"of a label", gait.SessionQuery{Label: gait.LabelMachine}, 1, place(28)},
		{"of a tag before a user", gait.SessionQuery{Tag: "third", UserID: "zoë"}, 1, place(30)},
		{"of a user before a label", gait.SessionQuery{UserID: "zoë", Label: gait.LabelMachine}, 2, place(25)},
		{"of nobody", gait.SessionQuery{UserID: "nobody"}, 1, gait.Cursor{}},
		{"whatever is filtered", gait.SessionQuery{Country: "NZ", MinScore: 7, Text: "x", Route: "/", Verdicts: "U", ArrivedBefore: 2}, 2, place(29)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := reach(c.q, c.n); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	for _, q := range []gait.SessionQuery{
		{},
		{Country: "NZ"},
		{Route: "/rare"},
		{Tag: "third", Country: "NZ"},
		{UserID: "zoë", MinScore: 12},
		{Label: gait.LabelMachine, Route: "/rare"},
		{Text: "zoë"},
		{StartedSince: 1002, StartedUntil: 1006, Country: "NZ"},
		{Country: "XX"},
		{ArrivedSince: 2003},
		{ArrivedSince: 2003, Country: "NZ"},
		{ArrivedSince: 2003, ArrivedBefore: 2006, Tag: "third"},
	} {
		for _, n := range []int{1, 2, 7, 29, 30} {
			q.Workspace, q.Limit = 1, 99
			var got []gait.SessionRow
			count, part := 0, q
			for {
				part.Through = gait.Cursor{}
				part.Through = reach(part, n)
				found := list(t, s, part)
				got = append(got, found...)
				counted, err := s.CountSessions(t.Context(), part)
				wantCode(t, err, "")
				if count += counted; len(found) > n && q.ArrivedSince == 0 || counted != len(found) {
					t.Fatalf("%+v: %d rows and %d counted in a part of %d", part, len(found), counted, n)
				}
				if (part.Through == gait.Cursor{}) {
					break
				}
				part.After = part.Through
			}
			wantRows(t, got, list(t, s, q)...)
		}
	}
	for _, n := range []int{0, -1} {
		_, err := s.Reach(t.Context(), gait.SessionQuery{Workspace: 1}, n)
		wantCode(t, err, gait.Invalid)
		_, err = s.ReachUsers(t.Context(), gait.UserQuery{Workspace: 1}, n)
		wantCode(t, err, gait.Invalid)
	}
}

// testReachUsers is testReach for users.
func testReachUsers(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	for n := range 12 {
		r := counted(1, n, int64(1000-n/3), 5, "D")
		r.UserID, r.UserName = fmt.Sprintf("u%02d", n), []string{"Zoë", "Max"}[n%2]
		mustPut(t, s, r)
	}
	place := func(n int) gait.UserPlace {
		return gait.UserPlace{Last: int64(1000 - n/3), UserID: fmt.Sprintf("u%02d", n)}
	}
	for _, c := range []struct {
		q    gait.UserQuery
		n    int
		want gait.UserPlace
	}{
		{gait.UserQuery{}, 1, place(0)},
		{gait.UserQuery{Text: "nobody"}, 5, place(4)},
		{gait.UserQuery{}, 11, place(10)},
		{gait.UserQuery{}, 12, gait.UserPlace{}},
		{gait.UserQuery{After: place(4)}, 3, place(7)},
		{gait.UserQuery{After: place(4), Through: place(6)}, 1, place(5)},
		{gait.UserQuery{After: place(4), Through: place(6)}, 2, gait.UserPlace{}},
	} {
		c.q.Workspace = 1
		if got, err := s.ReachUsers(t.Context(), c.q, c.n); err != nil || got != c.want {
			t.Errorf("%+v: got %v, %v; want %v", c.q, got, err, c.want)
		}
	}
	for _, c := range []struct {
		q    gait.UserQuery
		want []int
	}{
		{gait.UserQuery{Through: place(3)}, []int{0, 1, 2, 3}},
		{gait.UserQuery{After: place(1), Through: place(4), Text: "zoë"}, []int{2, 4}},
		{gait.UserQuery{UserID: "u05"}, []int{5}},
		{gait.UserQuery{UserID: "u05", Text: "max"}, []int{5}},
		{gait.UserQuery{UserID: "u05", Text: "zoë"}, nil},
		{gait.UserQuery{UserID: "u05", Through: place(4)}, nil},
		{gait.UserQuery{UserID: "u05", After: place(5)}, nil},
		{gait.UserQuery{UserID: "U05"}, nil},
		{gait.UserQuery{UserID: "u0"}, nil},
	} {
		c.q.Workspace, c.q.Limit = 1, 99
		users, err := s.Users(t.Context(), c.q)
		if err != nil || !slices.EqualFunc(users, c.want, func(u gait.UserRow, n int) bool { return u.UserID == place(n).UserID }) {
			t.Errorf("%+v: got %v, %v; want %v", c.q, users, err, c.want)
		}
	}
}

// reach asks how far a search of q comes.
func (m *model) reach(r *rapid.T, s gait.Store, q gait.SessionQuery) {
	n := rapid.IntRange(1, 3).Draw(r, "rows")
	q.ArrivedSince = 0 // engines may find these in another way
	newestFirst := func(a, b gait.Cursor) bool {
		return a.Started > b.Started || a.Started == b.Started && slices.Compare(a.Session[:], b.Session[:]) > 0
	}
	var places []gait.Cursor
	for _, row := range m.of(q.Workspace) {
		at := gait.Cursor{Started: row.Started, Session: row.Session}
		if (q.After == gait.Cursor{} || newestFirst(q.After, at)) && (q.Through == gait.Cursor{} || !newestFirst(q.Through, at)) &&
			(q.StartedSince == 0 || row.Started >= q.StartedSince) && (q.StartedUntil == 0 || row.Started <= q.StartedUntil) &&
			(q.Tag == "" || slices.Contains(row.Tags, q.Tag)) && (q.Tag != "" || q.UserID == "" || row.UserID == q.UserID) &&
			(q.Tag != "" || q.UserID != "" || q.Label == "" || row.Label == q.Label) {
			places = append(places, at)
		}
	}
	want := gait.Cursor{}
	if len(places) > n {
		want = places[n-1]
	}
	if got, err := s.Reach(context.Background(), q, n); err != nil || got != want {
		r.Fatalf("%+v: %d rows reach to %v, %v; want %v", q, n, got, err, want)
	}
}
