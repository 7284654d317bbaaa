package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/gaithq/gait"
)

// routesCounted returns how many routes are counted, and the sessions in all.
func routesCounted(t *testing.T, s *Store) (terms, sessions int) {
	t.Helper()
	counts, err := s.TermCounts(t.Context(), gait.TermQuery{Workspace: 1, Facet: gait.FacetRoute, Until: gait.Day, Span: gait.Hour, Sum: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		sessions += c.Sessions
	}
	return len(counts), sessions
}

// TestManyTerms: of a span's routes only so many are counted, and what is not
// counted is not subtracted either.
func TestManyTerms(t *testing.T) {
	fail := errors.New("of this test")
	failing := false
	c := Config{fault: func(at step) error {
		if failing && at == beforeCommit {
			return fail
		}
		return nil
	}}
	path := filepath.Join(t.TempDir(), "gait.db")
	s := openStore(t, path, c)
	const sessions, each = 130, 10
	row := func(n int) gait.SessionRow {
		r := gait.SessionRow{SessionRef: gait.SessionRef{Workspace: 1, Session: gait.SessionID{byte(n)}}, Started: 1, Ended: 1}
		for i := range each {
			r.Routes = append(r.Routes, fmt.Sprintf("/%d/%d", n, i))
		}
		return r
	}
	put := func(rows ...gait.SessionRow) {
		t.Helper()
		if err := s.PutSessions(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
	}
	want := func(terms, sessions int) {
		t.Helper()
		if a, b := routesCounted(t, s); a != terms || b != sessions {
			t.Fatalf("%d routes of %d sessions are counted, want %d of %d", a, b, terms, sessions)
		}
	}
	for n := range 50 {
		put(row(n))
	}
	want(500, 500)
	failing = true
	for n := 50; n < sessions; n++ { // none of which is stored
		if err := s.PutSessions(t.Context(), []gait.SessionRow{row(n)}); err == nil {
			t.Fatal("it does not fail")
		}
	}
	failing = false
	want(500, 500)
	for n := 50; n < sessions; n++ {
		put(row(n))
	}
	want(gait.MaxTerms, gait.MaxTerms)

	// The last ones have no place, and take none away.
	bare := row(sessions - 1)
	bare.Routes = nil
	put(bare)
	want(gait.MaxTerms, gait.MaxTerms)
	twin := row(0) // what has a place is counted on
	twin.Session = gait.SessionID{255}
	put(twin)
	want(gait.MaxTerms, gait.MaxTerms+each)

	// Another process finds the same.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, path, Config{})
	put(row(sessions - 1))
	want(gait.MaxTerms, gait.MaxTerms+each)
	for deleted := 1; deleted > 0; {
		ids, err := s.DeleteSessions(t.Context(), 1, gait.Day, 40)
		if err != nil {
			t.Fatal(err)
		}
		deleted = len(ids)
	}
	want(0, 0)
	var left int
	if err := s.readers.QueryRowContext(t.Context(), `SELECT count(*) FROM counts`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d counts of nothing are left, %v", left, err)
	}
	put(row(sessions - 1))
	want(each, each)
}

// TestUpgradedCounts: rows of an earlier version are counted from when they are
// derived again, once.
func TestUpgradedCounts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gait.db")
	firstSchema(t, path)
	s := openStore(t, path, Config{})
	marked, err := s.Restaled(t.Context(), 99)
	if err != nil || len(marked) != 40 || marked[0] != (gait.SessionRef{Workspace: 2, Session: gait.SessionID{39}}) {
		t.Fatalf("%d are marked, %v", len(marked), err)
	}
	q := gait.TermQuery{Workspace: 1, Facet: gait.FacetTag, Until: gait.Day, Span: gait.Day, Sum: true}
	if counts, err := s.TermCounts(t.Context(), q); err != nil || len(counts) != 0 {
		t.Fatalf("got %v, %v", counts, err)
	}
	rows, err := s.Sessions(t.Context(), gait.SessionQuery{Workspace: 1, Limit: 99, Tag: "all"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.PutSessions(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
	}
	counts, err := s.TermCounts(t.Context(), q)
	if err != nil || len(counts) == 0 || counts[0].Term != "all" || counts[0].Sessions != len(rows) {
		t.Errorf("got %v, %v", counts, err)
	}
	users, err := s.Users(t.Context(), gait.UserQuery{Workspace: 1, Limit: 99})
	if err != nil || len(users) != 5 {
		t.Errorf("got %v, %v", users, err)
	}
	if _, err := s.DeleteSessions(t.Context(), 1, gait.Day, 99); err != nil {
		t.Fatal(err)
	}
	if counts, err := s.TermCounts(t.Context(), q); err != nil || len(counts) != 0 {
		t.Errorf("after all are deleted: %v, %v", counts, err)
	}
}
