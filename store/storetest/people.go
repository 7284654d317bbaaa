package storetest

import (
	"slices"
	"testing"

	"github.com/gaithq/gait"
)

// odd are user ids and tags that a careless engine mixes up.
var odd = []string{
	"a", "A", "á", "a\u0301", " a", "a ", "a,b", "a/b", "a%2Fb", "a+b", "a.b", "..", "%", "_", "*", "'", `"`, `["a"]`,
	"日本語", "a\x00", "a\x00b", "0", "00", "1e3", "null",
}

func testSessionsOfUsersAndTags(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	var rows []gait.SessionRow
	for i, name := range odd {
		r := row(1, i+1, 0)
		r.UserID, r.UserName, r.UserURL = name, "Name of "+name, "https://example.org/"+name
		r.Tags = []string{"all", name, "last"}
		rows = append(rows, r)
	}
	plain := row(1, 200, 0) // of nobody, without tags
	foreign := row(2, 1, 0)
	foreign.UserID, foreign.Tags = "a", []string{"all", "a"}
	mustPut(t, s, append(slices.Clone(rows), plain, foreign)...)
	s = reopen(t, o, s, gait.SessionLimits{})

	for i, name := range odd {
		wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, UserID: name}), rows[i])
		wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, Tag: name}), rows[i])
		wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, Tag: "all", UserID: name}), rows[i])
		wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, Tag: name, UserID: "nobody"}))
	}
	for _, unknown := range []string{"nobody", "al", "a%", "%a%", "ALL"} {
		wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, UserID: unknown}))
		wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, Tag: unknown}))
	}
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 2, Limit: 9, UserID: "a"}), foreign)
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 2, Limit: 9, Tag: "all"}), foreign)
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 3, Limit: 9, UserID: "a"}))
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 3, Limit: 9, Tag: "a"}))

	slices.Reverse(rows) // newest first
	for _, limit := range []int{1, 4, len(rows), 99} {
		q := gait.SessionQuery{Workspace: 1, Limit: limit, Tag: "all"}
		var got []gait.SessionRow
		for {
			page := list(t, s, q)
			got = append(got, page...)
			if len(page) < limit {
				break
			}
			last := page[limit-1]
			q.After = gait.Cursor{Started: last.Started, Session: last.Session}
		}
		wantRows(t, got, rows...)
	}
}

// testSessionsMoved changes what lists go by: no list may show a session where
// it was before.
func testSessionsMoved(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	of := func(user, tag string, want ...gait.SessionRow) {
		t.Helper()
		wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, UserID: user, Tag: tag}), want...)
	}
	a, b := row(1, 1, 0), row(1, 2, 0)
	a.UserID, a.Tags = "zoë", []string{"x", "y", "x"}
	b.UserID, b.Tags = "zoë", []string{"y"}
	mustPut(t, s, a, b)
	of("zoë", "", b, a)
	of("", "x", a)
	of("", "y", b, a)

	a.Tags, a.UserID = []string{"z", "y"}, "max"
	mustPut(t, s, a)
	of("zoë", "", b)
	of("max", "", a)
	of("", "x")
	of("", "y", b, a)
	of("", "z", a)

	a.Started = 5000 // an earlier batch came late, or a clock was aligned anew
	mustPut(t, s, a)
	of("", "y", a, b)
	of("max", "", a)
	of("max", "y", a)

	a.Score = 44 // nothing that lists go by
	mustPut(t, s, a)
	of("", "y", a, b)

	a.Tags, a.UserID = nil, ""
	mustPut(t, s, a)
	s = reopen(t, o, s, gait.SessionLimits{})
	of("", "y", b)
	of("", "z")
	of("max", "")
	of("", "", a, b)

	c := row(1, 3, 0)
	first := c
	first.Tags, c.Tags = []string{"once"}, []string{"twice"}
	mustPut(t, s, first, c) // the last row of a session counts
	of("", "once")
	of("", "twice", c)
}
