package storetest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"pgregory.net/rapid"

	"github.com/gaithq/gait"
)

// modelStart lies around the border of two days.
const modelStart = 3*gait.Day - 2*gait.Hour

// drawFurther draws what a row says beside what lists go by.
func (m *model) drawFurther(r *rapid.T, row *gait.SessionRow) {
	if rapid.Bool().Draw(r, "long ago") {
		row.Started += rapid.SampledFrom([]int64{0, gait.Hour, 3 * gait.Hour}).Draw(r, "hour") + modelStart
	}
	row.Ended = row.Started + rapid.Int64Range(0, gait.Hour).Draw(r, "lasts")
	row.Score = rapid.SampledFrom([]int{0, 1, 2, 3, 49, 50, 70, 100}).Draw(r, "score")
	row.PolicyVersion = rapid.IntRange(1, 3).Draw(r, "policy")
	row.Verdicts = rapid.StringMatching(`[DNU]{0,3}`).Draw(r, "verdicts")
	row.Country = rapid.SampledFrom(names).Draw(r, "country")
	row.Actor = gait.Actor(rapid.SampledFrom(names).Draw(r, "actor"))
	row.Routes = rapid.SliceOfN(rapid.SampledFrom([]string{"/", "/a", `/"`, "<"}), 0, 3).Draw(r, "routes")
	row.UserName = rapid.SampledFrom(names).Draw(r, "user's name")
}

func (m *model) drawFilters(r *rapid.T, q *gait.SessionQuery) {
	if rapid.Bool().Draw(r, "plain") {
		return
	}
	q.MaxScore = rapid.SampledFrom([]int{0, 0, 2, 50}).Draw(r, "most")
	q.Verdicts = rapid.StringMatching(`[DNU.]{0,2}`).Draw(r, "verdicts")
	q.Route = rapid.SampledFrom([]string{"", "", "/", `/"`, "<"}).Draw(r, "route")
	q.Country = rapid.SampledFrom(names).Draw(r, "country")
	q.Label = gait.Label(rapid.SampledFrom(names).Draw(r, "label"))
}

// further is what drawFilters draws.
func further(q gait.SessionQuery, row gait.SessionRow) bool {
	for i, letter := range q.Verdicts {
		if letter != '.' && (i >= len(row.Verdicts) || rune(row.Verdicts[i]) != letter) {
			return false
		}
	}
	return (q.MaxScore == 0 || row.Score <= q.MaxScore) && (q.Route == "" || slices.Contains(row.Routes, q.Route)) &&
		(q.Country == "" || row.Country == q.Country) && (q.Label == "" || row.Label == q.Label)
}

// of returns the rows of a workspace, newest first.
func (m *model) of(w gait.WorkspaceID) []gait.SessionRow {
	rows := slices.SortedFunc(maps.Values(m.rows), func(a, b gait.SessionRow) int {
		return cmp.Or(cmp.Compare(b.Started, a.Started), slices.Compare(b.Session[:], a.Session[:]))
	})
	return slices.DeleteFunc(rows, func(r gait.SessionRow) bool { return r.Workspace != w })
}

// addTo counts a row.
func addTo(c *gait.Count, score int) {
	c.Sessions++
	if score >= 50 {
		c.Suspect++
	}
	if score >= 70 {
		c.Machine++
	}
}

func termsOf(row gait.SessionRow, f gait.Facet) map[string]bool {
	found := map[string]bool{}
	switch f {
	case gait.FacetScore:
		found[strconv.Itoa(row.Score)] = true
	case gait.FacetRoute:
		for _, route := range row.Routes {
			found[route] = true
		}
	case gait.FacetTag:
		for _, tag := range row.Tags {
			found[tag] = true
		}
	case gait.FacetCountry:
		found[row.Country] = true
	case gait.FacetFlag, gait.FacetUnknown:
		for i, letter := range row.Verdicts {
			if letter == map[gait.Facet]rune{gait.FacetFlag: 'D', gait.FacetUnknown: 'U'}[f] {
				found[gait.VerdictKeys()[i]] = true
			}
		}
	}
	delete(found, "")
	return found
}

func (m *model) count(r *rapid.T, s gait.Store) {
	when := func(label string) int64 {
		return rapid.SampledFrom([]int64{-1, 0, 1, gait.Hour, modelStart, modelStart + gait.Hour, modelStart + 2*gait.Hour, 9 * gait.Day}).Draw(r, label)
	}
	facets := []gait.Facet{gait.FacetScore, gait.FacetRoute, gait.FacetTag, gait.FacetCountry, gait.FacetFlag, gait.FacetUnknown}
	q := gait.TermQuery{
		Workspace: gait.WorkspaceID(m.workspace(r)),
		Facet:     rapid.SampledFrom(facets).Draw(r, "facet"),
		Since:     when("since"),
		Until:     when("until"),
		Span:      rapid.SampledFrom([]int64{gait.Hour, gait.Day}).Draw(r, "span"),
		Sum:       rapid.Bool().Draw(r, "sum"),
		Limit:     rapid.IntRange(0, 2).Draw(r, "limit"),
	}
	spanOf := func(at int64) int64 { return (at + 100*q.Span) / q.Span * q.Span } // 100 spans late, for those below 0
	counts := map[gait.TermCount]*gait.Count{}
	for _, row := range m.of(q.Workspace) {
		start := spanOf(row.Started)
		if start < spanOf(q.Since) || start >= q.Until+100*q.Span {
			continue
		}
		for term := range termsOf(row, q.Facet) {
			k := gait.TermCount{Term: term, Start: start - 100*q.Span}
			if q.Sum {
				k.Start = 0
			}
			if counts[k] == nil {
				counts[k] = &gait.Count{}
			}
			addTo(counts[k], row.Score)
		}
	}
	want := []gait.TermCount{}
	for k, c := range counts {
		k.Count = *c
		want = append(want, k)
	}
	slices.SortFunc(want, func(a, b gait.TermCount) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(a.Term, b.Term))
	})
	if q.Sum && q.Limit > 0 {
		want = want[:min(q.Limit, len(want))]
	}
	if got, err := s.TermCounts(context.Background(), q); err != nil || !slices.Equal(got, want) {
		r.Fatalf("%+v: got\n%+v, %v; want\n%+v", q, got, err, want)
	}
}

func (m *model) users(r *rapid.T, s gait.Store) {
	w := gait.WorkspaceID(m.workspace(r))
	want := []gait.UserRow{}
	for _, row := range m.of(w) {
		if row.UserID == "" {
			continue
		}
		i := slices.IndexFunc(want, func(u gait.UserRow) bool { return u.UserID == row.UserID })
		if i < 0 {
			i = len(want)
			want = append(want, gait.UserRow{
				UserID: row.UserID, UserName: row.UserName, UserURL: row.UserURL, First: row.Started, Last: row.Started, MaxScore: row.Score,
			})
		}
		u := &want[i]
		u.First, u.MaxScore = min(u.First, row.Started), max(u.MaxScore, row.Score)
		addTo(&u.Count, row.Score)
	}
	slices.SortFunc(want, func(a, b gait.UserRow) int {
		return cmp.Or(cmp.Compare(b.Last, a.Last), cmp.Compare(a.UserID, b.UserID))
	})
	var got []gait.UserRow
	for page := 0; page == 0 || len(got) == page; page++ { // one to a page
		q := gait.UserQuery{Workspace: w, Limit: 1}
		if page > 0 {
			q.After = gait.UserPlace{Last: got[page-1].Last, UserID: got[page-1].UserID}
		}
		next, err := s.Users(context.Background(), q)
		if err != nil {
			r.Fatal(err)
		}
		got = append(got, next...)
	}
	if !slices.Equal(got, want) {
		r.Fatalf("users: got\n%+v; want\n%+v", got, want)
	}
}

func (m *model) group(r *rapid.T, s gait.Store) {
	w, since := gait.WorkspaceID(m.workspace(r)), rapid.SampledFrom([]int64{-5, 1, modelStart}).Draw(r, "since")
	want := []gait.Pattern{}
	for _, row := range m.of(w) {
		if row.Started < since || row.Verdicts == "" {
			continue
		}
		i := slices.IndexFunc(want, func(p gait.Pattern) bool { return p.Verdicts == row.Verdicts && p.Score == row.Score })
		if i < 0 {
			i = len(want)
			want = append(want, gait.Pattern{Verdicts: row.Verdicts, Score: row.Score, Sample: row.Session})
		}
		want[i].Sessions++
	}
	slices.SortFunc(want, func(a, b gait.Pattern) int {
		return cmp.Or(cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(a.Verdicts, b.Verdicts), cmp.Compare(a.Score, b.Score))
	})
	if got, err := s.Patterns(context.Background(), w, since); err != nil || !slices.Equal(got, want) {
		r.Fatalf("patterns: got\n%+v, %v; want\n%+v", got, err, want)
	}
}

func (m *model) label(r *rapid.T, s gait.Store) {
	at := ref(m.workspace(r), rapid.IntRange(0, 2).Draw(r, "session"))
	l := gait.LabelOf{Session: at.Session, Label: gait.Label(rapid.SampledFrom(names).Draw(r, "label"))}
	row, there := m.rows[at]
	want := gait.Code("")
	if there {
		row.Label = l.Label
		m.rows[at] = row
	} else {
		want = gait.NotFound
	}
	if err := s.PutLabel(context.Background(), at.Workspace, l); gait.CodeOf(err) != want {
		r.Fatalf("label %v: %v, want %q", at, err, want)
	}
}

func (m *model) mark(r *rapid.T, s gait.Store) {
	w, version := gait.WorkspaceID(m.workspace(r)), rapid.IntRange(1, 3).Draw(r, "version")
	limit := rapid.IntRange(1, 2).Draw(r, "limit")
	var found []gait.SessionRow
	for _, row := range m.of(w) {
		if row.PolicyVersion != version && !slices.Contains(m.stale, row.SessionRef) && !slices.Contains(m.again, row.SessionRef) &&
			len(m.session(int(w), int(row.Session[0]))) > 0 {
			found = append(found, row)
		}
	}
	slices.SortStableFunc(found, func(a, b gait.SessionRow) int { return cmp.Compare(b.PolicyVersion, a.PolicyVersion) })
	found = found[:min(limit, len(found))]
	for _, row := range found {
		m.again = append(m.again, row.SessionRef)
	}
	if n, err := s.RestaleSessions(context.Background(), w, version, limit); err != nil || n != len(found) {
		r.Fatalf("marked %d, %v; want %d", n, err, len(found))
	}
}

func (m *model) delete(r *rapid.T, s gait.Store) {
	w, limit := gait.WorkspaceID(m.workspace(r)), rapid.IntRange(1, 2).Draw(r, "limit")
	before := rapid.SampledFrom([]int64{0, 2, gait.Hour, modelStart + gait.Hour}).Draw(r, "before")
	want := []gait.SessionID{}
	for _, row := range slices.Backward(m.of(w)) {
		if row.Started < before && row.Ended < before && !slices.Contains(m.stale, row.SessionRef) && len(want) < limit {
			want = append(want, row.Session)
			delete(m.rows, row.SessionRef)
			maps.DeleteFunc(m.records, func(k key, _ gait.Record) bool {
				return gait.WorkspaceID(k.workspace) == w && sessionID(k.session) == row.Session
			})
			m.again = slices.DeleteFunc(m.again, func(o gait.SessionRef) bool { return o == row.SessionRef })
		}
	}
	if got, err := s.DeleteSessions(context.Background(), w, before, limit); err != nil || !slices.Equal(got, want) {
		r.Fatalf("deleted %v, %v; want %v", got, err, want)
	}
}
