package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gaithq/gait"
)

const day = gait.Day

// noon is the middle of some day, Unix ms.
const noon = 20_000*day + day/2

// counted makes a row that is counted by everything.
func counted(w, session int, started int64, score int, verdicts string) gait.SessionRow {
	r := row(w, session, 0)
	r.Started, r.Ended, r.LastArrival, r.Score, r.Verdicts = started, started+1000, started+1000, score, verdicts
	r.Country, r.Device, r.Browser, r.Actor = "DE", "desktop", "Firefox", gait.ActorPerson
	r.Routes, r.Tags = []string{"/", "/a"}, []string{"all"}
	return r
}

// terms returns counts as "term sessions/suspect/machine", and the start's days
// and hours since noon where spans were not summed.
func terms(t testing.TB, s gait.Store, q gait.TermQuery) string {
	t.Helper()
	counts, err := s.TermCounts(t.Context(), q)
	wantCode(t, err, "")
	var b strings.Builder
	for i, c := range counts {
		if i > 0 {
			b.WriteString(" ")
		}
		if !q.Sum {
			fmt.Fprintf(&b, "%dh:", (c.Start-noon+day/2)/gait.Hour)
		} else if c.Start != 0 {
			t.Errorf("a sum starts at %d", c.Start)
		}
		fmt.Fprintf(&b, "%s %d/%d/%d", c.Term, c.Sessions, c.Suspect, c.Machine)
	}
	return b.String()
}

func wantTerms(t testing.TB, s gait.Store, q gait.TermQuery, want string) {
	t.Helper()
	if got := terms(t, s, q); got != want {
		t.Fatalf("%+v: got\n%s, want\n%s", q, got, want)
	}
}

func testCounts(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	a := counted(1, 1, noon, 10, "DNU")
	b := counted(1, 2, noon+gait.Hour, 50, "DDN")
	b.Routes, b.Tags, b.Country, b.Actor = []string{"/b", "/"}, []string{"x", "all", "x"}, "", gait.ActorUndeclared
	c := counted(1, 3, noon+day, 70, "NNU")
	c.Device, c.Tags = "phone", nil
	extreme := row(1, 4, 0)
	extreme.Started, extreme.Score = -1, 1000
	foreign := counted(2, 1, noon, 99, "DDD")
	mustPut(t, s, a, b, c, foreign, extreme)
	s = reopen(t, o, s, gait.SessionLimits{})

	sum := func(f gait.Facet) gait.TermQuery {
		return gait.TermQuery{Workspace: 1, Facet: f, Since: noon - day/2, Until: noon + 2*day, Span: day, Sum: true}
	}
	for f, want := range map[gait.Facet]string{
		gait.FacetScore:   "10 1/0/0 50 1/1/0 70 1/1/1",
		gait.FacetFlag:    "agent_behavior 2/1/0 programmatic_typing 1/1/0",
		gait.FacetUnknown: "teleporting_mouse 2/1/1",
		gait.FacetRoute:   "/ 3/2/1 /a 2/1/1 /b 1/1/0",
		gait.FacetTag:     "all 2/1/0 x 1/1/0",
		gait.FacetCountry: "DE 2/1/1",
		gait.FacetDevice:  "desktop 2/1/0 phone 1/1/1",
		gait.FacetBrowser: "Firefox 3/2/1",
		gait.FacetActor:   "person 2/1/1 undeclared automation 1/1/0",
		"nonsense":        "",
	} {
		wantTerms(t, s, sum(f), want)
	}
	q := sum(gait.FacetRoute)
	q.Limit = 2
	wantTerms(t, s, q, "/ 3/2/1 /a 2/1/1")

	spans := sum(gait.FacetRoute)
	spans.Sum = false
	wantTerms(t, s, spans, "0h:/ 2/1/0 0h:/a 1/0/0 0h:/b 1/1/0 24h:/ 1/1/1 24h:/a 1/1/1")
	spans.Span = gait.Hour
	wantTerms(t, s, spans, "12h:/ 1/0/0 12h:/a 1/0/0 13h:/ 1/1/0 13h:/b 1/1/0 36h:/ 1/1/1 36h:/a 1/1/1")
	// Rounded to whole spans: outwards.
	spans.Since, spans.Until = noon+gait.Hour+5, noon+gait.Hour+6
	wantTerms(t, s, spans, "13h:/ 1/1/0 13h:/b 1/1/0")
	spans.Since, spans.Until = noon+gait.Hour, noon+gait.Hour
	wantTerms(t, s, spans, "")
	spans.Since, spans.Until = noon+gait.Hour+1, noon+gait.Hour
	wantTerms(t, s, spans, "")

	early := sum(gait.FacetScore)
	early.Since, early.Until = -5, 0
	wantTerms(t, s, early, "100 1/1/1")
	other := sum(gait.FacetScore)
	other.Workspace = 2
	wantTerms(t, s, other, "99 1/1/1")
	other.Workspace = 3
	wantTerms(t, s, other, "")
	_, err := s.TermCounts(t.Context(), gait.TermQuery{Workspace: 1, Facet: gait.FacetScore, Span: 5})
	wantCode(t, err, gait.Invalid)
}

// testCountsFollow changes what a row is counted by.
func testCountsFollow(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	want := func(f gait.Facet, want string) {
		t.Helper()
		for _, span := range []int64{gait.Hour, gait.Day} {
			wantTerms(t, s, gait.TermQuery{Workspace: 1, Facet: f, Since: 0, Until: noon + 9*day, Span: span, Sum: true}, want)
		}
	}
	a := counted(1, 1, noon, 10, "UU")
	mustPut(t, s, a)
	mustPut(t, s, a)
	want(gait.FacetUnknown, "agent_behavior 1/0/0 programmatic_typing 1/0/0")
	a.Verdicts, a.Score = "DU", 49
	mustPut(t, s, a)
	want(gait.FacetUnknown, "programmatic_typing 1/0/0")
	want(gait.FacetFlag, "agent_behavior 1/0/0")
	want(gait.FacetScore, "49 1/0/0")
	a.Score = 70
	mustPut(t, s, a)
	want(gait.FacetFlag, "agent_behavior 1/1/1")
	want(gait.FacetRoute, "/ 1/1/1 /a 1/1/1")
	a.Routes, a.Tags, a.Browser = []string{"/a", "/c"}, []string{"new"}, "Chrome"
	b := a
	b.SessionRef, b.Country = ref(1, 2), "FR"
	first := b
	first.Tags = []string{"gone"}
	mustPut(t, s, a, first, b) // the last row of a session counts
	want(gait.FacetRoute, "/a 2/2/2 /c 2/2/2")
	want(gait.FacetTag, "new 2/2/2")
	want(gait.FacetBrowser, "Chrome 2/2/2")
	want(gait.FacetCountry, "DE 1/1/1 FR 1/1/1")
	s = reopen(t, o, s, gait.SessionLimits{})
	a.Started += day // a batch came late, or a clock was aligned anew
	mustPut(t, s, a)
	want(gait.FacetScore, "70 2/2/2")
	wantTerms(t, s, gait.TermQuery{Workspace: 1, Facet: gait.FacetScore, Since: noon, Until: noon + 2*day, Span: day},
		"0h:70 1/1/1 24h:70 1/1/1")
	a.Country = ""
	mustPut(t, s, a)
	want(gait.FacetCountry, "FR 1/1/1")
}

func testUsers(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	of := func(session int, user string, started int64, score int) gait.SessionRow {
		r := row(1, session, 0)
		r.UserID, r.UserName, r.UserURL = user, "Name "+user, "https://example.org/"+user
		r.Started, r.Score = started, score
		return r
	}
	user := func(id string, first, last int64, most, sessions, suspect, machine int) gait.UserRow {
		return gait.UserRow{
			UserID: id, UserName: "Name " + id, UserURL: "https://example.org/" + id, First: first, Last: last, MaxScore: most,
			Count: gait.Count{Sessions: sessions, Suspect: suspect, Machine: machine},
		}
	}
	users := func(w gait.WorkspaceID, text string, last int64, id string, limit int, want ...gait.UserRow) {
		t.Helper()
		got, err := s.Users(t.Context(), gait.UserQuery{Workspace: w, Text: text, After: gait.UserPlace{Last: last, UserID: id}, Limit: limit})
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("got\n%+v, %v; want\n%+v", got, err, want)
		}
	}
	newest := of(3, "zoë", 30, 20)
	foreign := of(1, "zoë", 5, 5)
	foreign.Workspace = 2
	mustPut(t, s, of(1, "zoë", 10, 80), of(2, "zoë", 20, 55), newest, of(4, "MAX", 30, 0), of(5, "a%b", 25, 1), row(1, 6, 0), foreign)
	s = reopen(t, o, s, gait.SessionLimits{})
	zoe, maximilian, percent := user("zoë", 10, 30, 80, 3, 2, 1), user("MAX", 30, 30, 0, 1, 0, 0), user("a%b", 25, 25, 1, 1, 0, 0)
	users(1, "", 0, "", 9, maximilian, zoe, percent)
	users(2, "", 0, "", 9, user("zoë", 5, 5, 5, 1, 0, 0))
	users(3, "", 0, "", 9)
	users(1, "", 0, "", 1, maximilian)
	users(1, "", 30, "MAX", 1, zoe)
	users(1, "", 30, "zoë", 9, percent)
	users(1, "", 25, "a%b", 9)
	users(1, "max", 0, "", 9, maximilian)
	users(1, "ZOë", 0, "", 9, zoe)
	users(1, "%", 0, "", 9, percent)
	users(1, "NAME", 30, "MAX", 9, zoe, percent)
	users(1, "example.org/a", 0, "", 9, percent)
	users(1, "nobody", 0, "", 9)
	_, err := s.Users(t.Context(), gait.UserQuery{Workspace: 1})
	wantCode(t, err, gait.Invalid)

	// What changes: the newest session's name, the highest score, whose it is.
	newest.UserName = "Renamed"
	mustPut(t, s, newest, of(1, "zoë", 10, 60))
	zoe.UserName, zoe.MaxScore, zoe.Machine = "Renamed", 60, 0
	users(1, "", 0, "", 9, maximilian, zoe, percent)
	users(1, "renamed", 0, "", 9, zoe)
	mustPut(t, s, of(3, "max", 40, 90), of(4, "", 30, 0))
	s = reopen(t, o, s, gait.SessionLimits{})
	users(1, "", 0, "", 9, user("max", 40, 40, 90, 1, 1, 1), percent, user("zoë", 10, 20, 60, 2, 2, 0))
}

func testPatterns(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	at := func(session int, started int64, score int, verdicts string) gait.SessionRow {
		return counted(1, session, started, score, verdicts)
	}
	foreign := at(1, 50, 1, "DN")
	foreign.Workspace = 2
	mustPut(t, s, at(1, 10, 5, "DN"), at(2, 40, 5, "DN"), at(3, 30, 5, "DN"), at(4, 30, 6, "DN"), at(5, 20, 5, "NN"), at(6, 20, 0, ""), foreign)
	s = reopen(t, o, s, gait.SessionLimits{})
	want := func(w gait.WorkspaceID, since int64, want ...gait.Pattern) {
		t.Helper()
		if got, err := s.Patterns(t.Context(), w, since); err != nil || !slices.Equal(got, want) {
			t.Fatalf("got\n%+v, %v; want\n%+v", got, err, want)
		}
	}
	six, none := gait.Pattern{Verdicts: "DN", Score: 6, Sessions: 1, Sample: sessionID(4)}, gait.Pattern{Verdicts: "NN", Score: 5, Sessions: 1, Sample: sessionID(5)}
	want(1, 0, gait.Pattern{Verdicts: "DN", Score: 5, Sessions: 3, Sample: sessionID(2)}, six, none)
	want(1, 30, gait.Pattern{Verdicts: "DN", Score: 5, Sessions: 2, Sample: sessionID(2)}, six)
	want(1, 41)
	want(2, 0, gait.Pattern{Verdicts: "DN", Score: 1, Sessions: 1, Sample: sessionID(1)})
	want(3, 0)
}

func testLabels(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	a, b := row(1, 1, 0), row(1, 2, 0)
	mustPut(t, s, a, b, row(2, 1, 0))
	label := func(session int, l gait.Label) gait.LabelOf {
		return gait.LabelOf{Session: sessionID(session), Label: l, At: 5, By: 6, ByName: "Zoë"}
	}
	wantLabel := func(w gait.WorkspaceID, session int, want gait.Label) {
		t.Helper()
		got, err := s.LabelOf(t.Context(), w, sessionID(session))
		if want == "" {
			wantCode(t, err, gait.NotFound)
		} else if err != nil || got != label(session, want) {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	wantCode(t, s.PutLabel(t.Context(), 1, label(1, gait.LabelMachine)), "")
	wantCode(t, s.PutLabel(t.Context(), 1, label(2, gait.LabelPerson)), "")
	wantCode(t, s.PutLabel(t.Context(), 1, label(3, gait.LabelPerson)), gait.NotFound)
	wantCode(t, s.PutLabel(t.Context(), 2, label(2, gait.LabelPerson)), gait.NotFound)
	wantLabel(1, 1, gait.LabelMachine)
	wantLabel(2, 1, "")
	wantLabel(1, 3, "")

	// A row that is derived anew keeps its label, whatever it says itself.
	a.Score, a.Label = 44, gait.LabelUnsure
	mustPut(t, s, a)
	a.Label, b.Label = gait.LabelMachine, gait.LabelPerson
	s = reopen(t, o, s, gait.SessionLimits{})
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9}), b, a)
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, Label: gait.LabelMachine}), a)
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, Label: gait.LabelUnsure}))

	wantCode(t, s.PutLabel(t.Context(), 1, label(1, gait.LabelUnsure)), "")
	wantLabel(1, 1, gait.LabelUnsure)
	wantCode(t, s.PutLabel(t.Context(), 1, label(1, "")), "")
	wantCode(t, s.PutLabel(t.Context(), 1, label(1, "")), "")
	wantLabel(1, 1, "")
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, Label: gait.LabelMachine}))
	a.Label = ""
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9}), b, a)
}

func testRestale(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	var rows []gait.SessionRow
	for i, version := range []int{1, 2, 1, 3, 2, 1} {
		mustAppend(t, s, record(1, i, 1, 0, ""))
		r := row(1, i, 1)
		r.PolicyVersion = version
		rows = append(rows, r)
	}
	mustAppend(t, s, record(2, 1, 1, 0, ""))
	mustPut(t, s, append(rows, row(2, 1, 1), row(1, 99, 0))...)
	wantStale(t, s)
	marked := func(want ...gait.SessionRef) {
		t.Helper()
		if got, err := s.Restaled(t.Context(), 99); err != nil || !slices.Equal(got, want) {
			t.Fatalf("got %v, %v; want %v", got, err, want)
		}
	}
	restale := func(version, limit, want int) {
		t.Helper()
		if n, err := s.RestaleSessions(t.Context(), 1, version, limit); err != nil || n != want {
			t.Fatalf("marked %d, %v; want %d", n, err, want)
		}
	}
	marked()
	restale(3, 3, 3) // of two versions, the later one first
	marked(ref(1, 4), ref(1, 1), ref(1, 5))
	mustAppend(t, s, record(1, 2, 1, 1, "")) // is stale by itself
	restale(3, 3, 1)
	s = reopen(t, o, s, gait.SessionLimits{})
	restale(3, 3, 0)
	marked(ref(1, 4), ref(1, 1), ref(1, 5), ref(1, 0))
	wantStale(t, s, ref(1, 2))
	for limit := 1; limit < 6; limit++ {
		if got, err := s.Restaled(t.Context(), limit); err != nil || len(got) != min(limit, 4) {
			t.Fatalf("got %v, %v", got, err)
		}
	}
	rows[1].PolicyVersion, rows[5].PolicyVersion = 3, 3
	mustPut(t, s, rows[1], rows[5])
	marked(ref(1, 4), ref(1, 0))
	mustPut(t, s, rows[4]) // by the policy of before: somebody was slow
	marked(ref(1, 0))
	restale(3, 9, 1)
	marked(ref(1, 0), ref(1, 4))
	mustAppend(t, s, record(1, 0, 1, 1, ""))
	wantStale(t, s, ref(1, 2), ref(1, 0))
	for _, err := range []error{
		func() error { _, err := s.RestaleSessions(t.Context(), 1, 1, 0); return err }(),
		func() error { _, err := s.Restaled(t.Context(), 0); return err }(),
	} {
		wantCode(t, err, gait.Invalid)
	}
}

// testDeleteStale: what was acknowledged since a row was made is not lost with it.
func testDeleteStale(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	mustAppend(t, s, record(1, 1, 1, 0, "x"))
	r := counted(1, 1, noon, 80, "DN")
	r.Batches = 1
	mustPut(t, s, r)
	mustAppend(t, s, record(1, 1, 1, 1, "just now"))
	del := func(want int) {
		t.Helper()
		if ids, err := s.DeleteSessions(t.Context(), 1, noon+day, 9); err != nil || len(ids) != want {
			t.Fatalf("deleted %v, %v; want %d", ids, err, want)
		}
	}
	del(0)
	r.Batches, r.Ended = 2, noon+2*day
	mustPut(t, s, r)
	del(0)
	r.Ended = noon + 1
	mustPut(t, s, r)
	del(1)
}

func testDelete(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{Batches: 2})
	var rows []gait.SessionRow
	for i := range 6 {
		mustAppend(t, s, record(1, i, 1, 0, "x"), record(1, i, 1, 1, "y"))
		r := counted(1, i, noon+int64(i)*gait.Hour, 80, "DN")
		r.Batches, r.UserID, r.PolicyVersion = 2, "zoë", 5
		rows = append(rows, r)
	}
	rows[5].Started = noon - gait.Hour // began first, goes on
	rows[5].Ended = noon + day
	foreign := counted(2, 1, noon, 80, "DN")
	foreign.UserID = "zoë"
	mustPut(t, s, append(rows, foreign)...)
	for i := range 6 {
		wantCode(t, s.PutLabel(t.Context(), 1, gait.LabelOf{Session: sessionID(i), Label: gait.LabelUnsure}), "")
	}
	mustAppendDuplicate := record(1, 0, 1, 0, "x")
	if got, err := s.Append(t.Context(), mustAppendDuplicate); err != nil || !got.Duplicate {
		t.Fatalf("got %+v, %v", got, err)
	}
	if n, err := s.RestaleSessions(t.Context(), 1, 6, 9); err != nil || n != 6 {
		t.Fatalf("marked %d, %v", n, err)
	}
	del := func(w gait.WorkspaceID, before int64, limit int, want ...int) {
		t.Helper()
		got, err := s.DeleteSessions(t.Context(), w, before, limit)
		wantCode(t, err, "")
		if !slices.EqualFunc(got, want, func(id gait.SessionID, n int) bool { return id == sessionID(n) }) {
			t.Fatalf("deleted %v, want %v", got, want)
		}
	}
	before := rows[4].Started
	del(3, before, 9)
	del(1, noon, 9)
	del(1, before, 3, 0, 1, 2)
	s = reopen(t, o, s, gait.SessionLimits{Batches: 2})
	del(1, before, 3, 3)
	del(1, before, 3)
	if _, err := s.DeleteSessions(t.Context(), 1, before, 0); gait.CodeOf(err) != gait.Invalid {
		t.Fatalf("without a limit: %v", err)
	}

	rows[4].Label, rows[5].Label = gait.LabelUnsure, gait.LabelUnsure
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9}), rows[4], rows[5])
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, Tag: "all"}), rows[4], rows[5])
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, UserID: "zoë"}), rows[4], rows[5])
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 1, Limit: 9, Label: gait.LabelUnsure}), rows[4], rows[5])
	wantRows(t, list(t, s, gait.SessionQuery{Workspace: 2, Limit: 9}), foreign)
	q := gait.TermQuery{Workspace: 1, Facet: gait.FacetRoute, Since: 0, Until: noon + 9*day, Span: day, Sum: true}
	wantTerms(t, s, q, "/ 2/2/2 /a 2/2/2")
	users, err := s.Users(t.Context(), gait.UserQuery{Workspace: 1, Limit: 9})
	if err != nil || len(users) != 1 || users[0].Sessions != 2 || users[0].First != rows[5].Started || users[0].Last != rows[4].Started {
		t.Fatalf("users are %+v, %v", users, err)
	}
	if marked, err := s.Restaled(t.Context(), 9); err != nil || len(marked) != 2 {
		t.Fatalf("marked are %v, %v", marked, err)
	}
	_, err = s.LabelOf(t.Context(), 1, sessionID(0))
	wantCode(t, err, gait.NotFound)
	for i := range 4 {
		wantBatches(t, s, 1, i)
	}
	// Nothing is left: anybody may begin it anew, in its whole size.
	again := record(1, 0, 1, 0, "again")
	again.Secret = secretHash(9)
	mustAppend(t, s, again)
	wantBatches(t, s, 1, 0, again)
	wantStale(t, s, ref(1, 0))

	del(1, noon+9*day, 9, 5, 4)
	wantTerms(t, s, q, "")
	if users, err := s.Users(t.Context(), gait.UserQuery{Workspace: 1, Limit: 9}); err != nil || len(users) != 0 {
		t.Fatalf("users are %+v, %v", users, err)
	}
	q.Workspace = 2
	wantTerms(t, s, q, "/ 1/1/1 /a 1/1/1")
}

func testSessionsFurtherFilters(t *testing.T, o Options) {
	s := open(t, o, gait.SessionLimits{})
	a := counted(1, 1, 100, 10, "DNU")
	a.URL, a.UserID, a.UserName, a.Tags = "https://example.org/Shop?", "u_1", "Zoë Example", []string{"beta", "x%y"}
	b := counted(1, 2, 200, 50, "DDN")
	b.Routes, b.Country, b.Device, b.Browser, b.Actor = []string{"/b", `/"q"`}, "FR", "phone", "Chrome", gait.ActorUnknown
	b.UserID = "u_1"
	c := counted(1, 3, 300, 90, "NDU")
	c.Routes, c.Tags, c.UserID = nil, nil, "B"
	bare := row(1, 4, 0)
	bare.Started = 400
	mustPut(t, s, a, b, c, bare, counted(2, 5, 100, 10, "DNU"))
	for _, test := range []struct {
		name string
		q    gait.SessionQuery
		want []gait.SessionRow
	}{
		{"max score", gait.SessionQuery{MaxScore: 50}, []gait.SessionRow{bare, b, a}},
		{"score from to", gait.SessionQuery{MinScore: 10, MaxScore: 50}, []gait.SessionRow{b, a}},
		{"verdict", gait.SessionQuery{Verdicts: ".D."}, []gait.SessionRow{c, b}},
		{"verdicts", gait.SessionQuery{Verdicts: "D.U"}, []gait.SessionRow{a}},
		{"verdicts beyond", gait.SessionQuery{Verdicts: "D..D"}, nil},
		{"dots", gait.SessionQuery{Verdicts: "....."}, []gait.SessionRow{bare, c, b, a}},
		{"route", gait.SessionQuery{Route: "/a"}, []gait.SessionRow{a}},
		{"route quoted", gait.SessionQuery{Route: `/"q"`}, []gait.SessionRow{b}},
		{"route part", gait.SessionQuery{Route: "/q"}, nil},
		{"country", gait.SessionQuery{Country: "DE"}, []gait.SessionRow{c, a}},
		{"device", gait.SessionQuery{Device: "phone"}, []gait.SessionRow{b}},
		{"browser", gait.SessionQuery{Browser: "Chrome"}, []gait.SessionRow{b}},
		{"browser's case", gait.SessionQuery{Browser: "chrome"}, nil},
		{"actor", gait.SessionQuery{Actor: gait.ActorPerson}, []gait.SessionRow{c, a}},
		{"text in URL", gait.SessionQuery{Text: "SHOP?"}, []gait.SessionRow{a}},
		{"text in user", gait.SessionQuery{Text: "U_1"}, []gait.SessionRow{b, a}},
		{"text in name", gait.SessionQuery{Text: "zoë ex"}, []gait.SessionRow{a}},
		{"text in tag", gait.SessionQuery{Text: "BET"}, []gait.SessionRow{a}},
		{"text in id", gait.SessionQuery{Text: "020202"}, []gait.SessionRow{b}},
		{"text is no pattern", gait.SessionQuery{Text: "%y"}, []gait.SessionRow{a}},
		{"text nowhere", gait.SessionQuery{Text: "b_ta"}, nil},
		{"of a user", gait.SessionQuery{UserID: "u_1", Device: "desktop"}, []gait.SessionRow{a}},
		{"of a tag", gait.SessionQuery{Tag: "all", Verdicts: "DD"}, []gait.SessionRow{b}},
		{"of both", gait.SessionQuery{Tag: "all", UserID: "u_1", Text: "/b"}, nil},
		{"all", gait.SessionQuery{
			MaxScore: 60, Verdicts: "D", Route: "/b", Country: "FR", Device: "phone", Browser: "Chrome", Actor: gait.ActorUnknown, Text: "u_1",
		}, []gait.SessionRow{b}},
		{"one wrong", gait.SessionQuery{
			MaxScore: 60, Verdicts: "D", Route: "/b", Country: "FR", Device: "phone", Browser: "Chrome", Actor: gait.ActorPerson, Text: "u_1",
		}, nil},
		{"behind", gait.SessionQuery{Country: "DE", After: gait.Cursor{Started: 300, Session: sessionID(3)}}, []gait.SessionRow{a}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.q.Workspace, test.q.Limit = 1, 9
			wantRows(t, list(t, s, test.q), test.want...)
			if len(test.want) > 1 {
				test.q.Limit = 1
				wantRows(t, list(t, s, test.q), test.want[0])
			}
		})
	}
	for _, v := range []string{"X", "D*", "[", strings.Repeat("D", 65)} {
		_, err := s.Sessions(t.Context(), gait.SessionQuery{Workspace: 1, Limit: 1, Verdicts: v})
		wantCode(t, err, gait.Invalid)
	}
}
