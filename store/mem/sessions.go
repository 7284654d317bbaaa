package mem

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store"
)

// Stale implements gait.SessionStore.
func (s *Store) Stale(ctx context.Context, limit int) ([]gait.SessionRef, error) {
	return s.marked(ctx, limit, func(x *session) int64 { return x.mark })
}

// marked returns at most limit sessions that have a mark, lowest first.
func (s *Store) marked(ctx context.Context, limit int, mark func(*session) int64) ([]gait.SessionRef, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if limit < 1 {
		return nil, errLimit()
	}
	var refs []gait.SessionRef
	for ref, x := range s.sessions {
		if mark(x) > 0 {
			refs = append(refs, ref)
		}
	}
	slices.SortFunc(refs, func(a, b gait.SessionRef) int {
		return cmp.Compare(mark(s.sessions[a]), mark(s.sessions[b]))
	})
	return refs[:min(limit, len(refs))], nil
}

// PutSessions implements gait.SessionStore.
func (s *Store) PutSessions(ctx context.Context, rows []gait.SessionRow) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	last := map[gait.SessionRef]gait.SessionRow{} // a session named twice has its last row
	for _, row := range rows {
		last[row.SessionRef] = cloneRow(row)
	}
	var size int64
	for ref, row := range last {
		size += rowBytes(&row)
		if old := s.session(ref).row; old != nil {
			size -= rowBytes(old)
		}
	}
	if err := s.fits(size); err != nil {
		return err
	}
	s.bytes += size
	for _, row := range rows {
		x := s.session(row.SessionRef)
		row = last[row.SessionRef]
		row.Label = ""
		if x.label != nil {
			row.Label = x.label.Label
		}
		x.row, x.mark, x.again = &row, 0, 0
		if len(x.records) > 0 && len(x.records) != row.Batches {
			s.markStale(x)
		}
		s.sessions[row.SessionRef] = x
	}
	return nil
}

// Sessions implements gait.SessionStore.
func (s *Store) Sessions(ctx context.Context, q gait.SessionQuery) ([]gait.SessionRow, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if q.Limit < 1 {
		return nil, errLimit()
	}
	if err := store.CheckVerdicts(q.Verdicts); err != nil {
		return nil, err
	}
	var rows []gait.SessionRow
	for _, x := range s.sessions {
		if x.row != nil && inReach(q, x.row) && selects(q, x.row) {
			rows = append(rows, cloneRow(*x.row))
		}
	}
	slices.SortFunc(rows, func(a, b gait.SessionRow) int {
		return newestFirst(placeOf(&a), placeOf(&b))
	})
	return rows[:min(q.Limit, len(rows))], nil
}

// Reach implements gait.SessionStore.
func (s *Store) Reach(ctx context.Context, q gait.SessionQuery, n int) (gait.Cursor, error) {
	if err := s.lock(ctx); err != nil {
		return gait.Cursor{}, err
	}
	defer s.mu.Unlock()
	if n < 1 {
		return gait.Cursor{}, errLimit()
	}
	switch {
	case q.Tag != "":
		q.UserID, q.Label = "", ""
	case q.UserID != "":
		q.Label = ""
	}
	var places []gait.Cursor
	for _, x := range s.sessions {
		if x.row != nil && inReach(q, x.row) {
			places = append(places, placeOf(x.row))
		}
	}
	if len(places) <= n {
		return gait.Cursor{}, nil
	}
	slices.SortFunc(places, newestFirst)
	return places[n-1], nil
}

func placeOf(row *gait.SessionRow) gait.Cursor {
	return gait.Cursor{Started: row.Started, Session: row.Session}
}

// inReach reports whether a row is among those that a search has to look at.
func inReach(q gait.SessionQuery, row *gait.SessionRow) bool {
	return row.Workspace == q.Workspace &&
		(q.After == gait.Cursor{} || newestFirst(q.After, placeOf(row)) < 0) &&
		(q.Through == gait.Cursor{} || newestFirst(placeOf(row), q.Through) <= 0) &&
		(q.StartedSince == 0 || row.Started >= q.StartedSince) &&
		(q.StartedUntil == 0 || row.Started <= q.StartedUntil) &&
		(q.Tag == "" || slices.Contains(row.Tags, q.Tag)) &&
		(q.UserID == "" || row.UserID == q.UserID) &&
		(q.Label == "" || row.Label == q.Label)
}

// selects reports whether the other filters admit a row.
func selects(q gait.SessionQuery, row *gait.SessionRow) bool {
	return (q.ArrivedBefore == 0 || row.LastArrival < q.ArrivedBefore) &&
		(q.ArrivedSince == 0 || row.LastArrival >= q.ArrivedSince) &&
		(q.MinScore == 0 || row.Score >= q.MinScore) &&
		(q.MaxScore == 0 || row.Score <= q.MaxScore) &&
		hasVerdicts(row.Verdicts, q.Verdicts) &&
		(q.Route == "" || slices.Contains(row.Routes, q.Route)) &&
		(q.Country == "" || row.Country == q.Country) &&
		(q.Device == "" || row.Device == q.Device) &&
		(q.Browser == "" || row.Browser == q.Browser) &&
		(q.Actor == "" || row.Actor == q.Actor) &&
		(q.Text == "" || hasText(row, q.Text))
}

// hasVerdicts reports whether the letters of want, but for the dots, are those of have.
func hasVerdicts(have, want string) bool {
	for i := range len(want) {
		if want[i] != '.' && (i >= len(have) || have[i] != want[i]) {
			return false
		}
	}
	return true
}

func hasText(row *gait.SessionRow, text string) bool {
	return containsFold(text, append([]string{row.Session.String(), row.URL, row.UserID, row.UserName}, row.Tags...)...)
}

// containsFold reports whether any of the texts contains text, whatever the case
// of ASCII letters.
func containsFold(text string, in ...string) bool {
	text = lower(text)
	return slices.ContainsFunc(in, func(s string) bool { return strings.Contains(lower(s), text) })
}

// lower returns s with its ASCII letters in lower case.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func errLimit() error { return gait.Errorf(gait.Invalid, "a limit of at least 1 is needed") }

func newestFirst(a, b gait.Cursor) int {
	return -cmp.Or(cmp.Compare(a.Started, b.Started), bytes.Compare(a.Session[:], b.Session[:]))
}

// cloneRow returns a row that shares nothing with r.
func cloneRow(r gait.SessionRow) gait.SessionRow {
	r.Detected, r.Tags, r.Routes = cloneList(r.Detected), cloneList(r.Tags), cloneList(r.Routes)
	return r
}

// cloneList returns a copy of l, nil if it is empty.
func cloneList(l []string) []string {
	if len(l) == 0 {
		return nil
	}
	return slices.Clone(l)
}

// rowBytes is about what a row takes.
func rowBytes(r *gait.SessionRow) int64 {
	n := 384 + len(r.URL) + len(r.UserAgent) + len(r.UserID) + len(r.UserName) + len(r.UserURL)
	for _, l := range [][]string{r.Detected, r.Tags, r.Routes} {
		for _, s := range l {
			n += 16 + len(s)
		}
	}
	return int64(n)
}
