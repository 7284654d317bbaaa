package mem

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/gaithq/gait"
)

// Stale implements gait.SessionStore.
func (s *Store) Stale(ctx context.Context, limit int) ([]gait.SessionRef, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if limit < 1 {
		return nil, gait.Errorf(gait.Invalid, "a limit of at least 1 is needed")
	}
	var refs []gait.SessionRef
	for ref, x := range s.sessions {
		if x.mark > 0 {
			refs = append(refs, ref)
		}
	}
	slices.SortFunc(refs, func(a, b gait.SessionRef) int {
		return cmp.Compare(s.sessions[a].mark, s.sessions[b].mark)
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
		x.row, x.mark = &row, 0
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
		return nil, gait.Errorf(gait.Invalid, "a limit of at least 1 is needed")
	}
	var rows []gait.SessionRow
	for _, x := range s.sessions {
		if x.row != nil && selects(q, x.row) {
			rows = append(rows, cloneRow(*x.row))
		}
	}
	slices.SortFunc(rows, func(a, b gait.SessionRow) int {
		return newestFirst(gait.Cursor{Started: a.Started, Session: a.Session}, gait.Cursor{Started: b.Started, Session: b.Session})
	})
	return rows[:min(q.Limit, len(rows))], nil
}

func selects(q gait.SessionQuery, row *gait.SessionRow) bool {
	place := gait.Cursor{Started: row.Started, Session: row.Session}
	return row.Workspace == q.Workspace &&
		(q.After == gait.Cursor{} || newestFirst(q.After, place) < 0) &&
		(q.ArrivedBefore == 0 || row.LastArrival < q.ArrivedBefore) &&
		(q.ArrivedSince == 0 || row.LastArrival >= q.ArrivedSince) &&
		(q.MinScore == 0 || row.Score >= q.MinScore) &&
		(q.StartedSince == 0 || row.Started >= q.StartedSince) &&
		(q.StartedUntil == 0 || row.Started <= q.StartedUntil) &&
		(q.UserID == "" || row.UserID == q.UserID) &&
		(q.Tag == "" || slices.Contains(row.Tags, q.Tag))
}

func newestFirst(a, b gait.Cursor) int {
	return -cmp.Or(cmp.Compare(a.Started, b.Started), bytes.Compare(a.Session[:], b.Session[:]))
}

// cloneRow returns a row that shares nothing with r.
func cloneRow(r gait.SessionRow) gait.SessionRow {
	r.Detected, r.Tags = cloneList(r.Detected), cloneList(r.Tags)
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
	n := 256 + len(r.URL) + len(r.UserAgent) + len(r.UserID) + len(r.UserName) + len(r.UserURL)
	for _, l := range [][]string{r.Detected, r.Tags} {
		for _, s := range l {
			n += 16 + len(s)
		}
	}
	return int64(n)
}
