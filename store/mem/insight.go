package mem

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store"
)

// TermCounts implements gait.InsightStore. It counts the rows that are there.
func (s *Store) TermCounts(ctx context.Context, q gait.TermQuery) ([]gait.TermCount, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if err := store.CheckQuery(q); err != nil {
		return nil, err
	}
	since, until := store.SpanStart(q.Since, q.Span), store.SpanEnd(q.Until, q.Span)
	type key struct {
		start int64
		term  string
	}
	sums := map[key]gait.Count{}
	s.eachRow(q.Workspace, func(r *gait.SessionRow) {
		start := store.SpanStart(r.Started, q.Span)
		if start < since || start >= until {
			return
		}
		if q.Sum {
			start = 0
		}
		for _, t := range store.Terms(r) {
			if t.Facet == q.Facet {
				k := key{start, t.Term}
				sums[k] = plus(sums[k], store.CountOf(r.Score))
			}
		}
	})
	counts := []gait.TermCount{}
	for k, c := range sums {
		counts = append(counts, gait.TermCount{Term: k.term, Start: k.start, Count: c})
	}
	slices.SortFunc(counts, func(a, b gait.TermCount) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(a.Term, b.Term))
	})
	if q.Sum && q.Limit > 0 {
		counts = counts[:min(q.Limit, len(counts))]
	}
	return counts, nil
}

// CountSessions implements gait.InsightStore.
func (s *Store) CountSessions(ctx context.Context, q gait.SessionQuery) (int, error) {
	if err := s.lock(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	if q.Limit < 1 {
		return 0, errLimit()
	}
	if err := store.CheckVerdicts(q.Verdicts); err != nil {
		return 0, err
	}
	n := 0
	for _, x := range s.sessions {
		if x.row != nil && inReach(q, x.row) && selects(q, x.row) {
			n++
		}
	}
	return min(n, q.Limit), nil
}

func (s *Store) eachRow(w gait.WorkspaceID, visit func(*gait.SessionRow)) {
	for ref, x := range s.sessions {
		if ref.Workspace == w && x.row != nil {
			visit(x.row)
		}
	}
}

func plus(a, b gait.Count) gait.Count {
	return gait.Count{Sessions: a.Sessions + b.Sessions, Suspect: a.Suspect + b.Suspect, Machine: a.Machine + b.Machine}
}

// Users implements gait.InsightStore.
func (s *Store) Users(ctx context.Context, q gait.UserQuery) ([]gait.UserRow, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if q.Limit < 1 {
		return nil, errLimit()
	}
	list := slices.DeleteFunc(s.usersOf(q), func(u gait.UserRow) bool {
		return !(q.UserID == "" || u.UserID == q.UserID) || !containsFold(q.Text, u.UserID, u.UserName, u.UserURL)
	})
	return list[:min(q.Limit, len(list))], nil
}

// ReachUsers implements gait.InsightStore.
func (s *Store) ReachUsers(ctx context.Context, q gait.UserQuery, n int) (gait.UserPlace, error) {
	if err := s.lock(ctx); err != nil {
		return gait.UserPlace{}, err
	}
	defer s.mu.Unlock()
	if n < 1 {
		return gait.UserPlace{}, errLimit()
	}
	list := s.usersOf(q)
	if len(list) <= n {
		return gait.UserPlace{}, nil
	}
	return userPlace(&list[n-1]), nil
}

// usersOf returns the users between q's places, in the order of the list.
func (s *Store) usersOf(q gait.UserQuery) []gait.UserRow {
	users := map[string]*gait.UserRow{}
	newest := map[string]*gait.SessionRow{}
	s.eachRow(q.Workspace, func(r *gait.SessionRow) {
		if r.UserID == "" {
			return
		}
		u := users[r.UserID]
		if u == nil {
			u = &gait.UserRow{UserID: r.UserID, First: r.Started, Last: r.Started, MaxScore: r.Score}
			users[r.UserID] = u
		}
		u.First, u.Last, u.MaxScore = min(u.First, r.Started), max(u.Last, r.Started), max(u.MaxScore, r.Score)
		u.Count = plus(u.Count, store.CountOf(r.Score))
		if n := newest[r.UserID]; n == nil || newer(r, n) {
			newest[r.UserID], u.UserName, u.UserURL = r, r.UserName, r.UserURL
		}
	})
	list := []gait.UserRow{}
	for _, u := range users {
		at := userPlace(u)
		if (q.After == gait.UserPlace{} || latestFirst(q.After, at) < 0) && (q.Through == gait.UserPlace{} || latestFirst(at, q.Through) <= 0) {
			list = append(list, *u)
		}
	}
	slices.SortFunc(list, func(a, b gait.UserRow) int { return latestFirst(userPlace(&a), userPlace(&b)) })
	return list
}

func userPlace(u *gait.UserRow) gait.UserPlace {
	return gait.UserPlace{Last: u.Last, UserID: u.UserID}
}

func latestFirst(a, b gait.UserPlace) int {
	return cmp.Or(cmp.Compare(b.Last, a.Last), cmp.Compare(a.UserID, b.UserID))
}

func newer(a, b *gait.SessionRow) bool {
	return cmp.Or(cmp.Compare(a.Started, b.Started), bytes.Compare(a.Session[:], b.Session[:])) > 0
}

// Patterns implements gait.InsightStore.
func (s *Store) Patterns(ctx context.Context, w gait.WorkspaceID, since int64) ([]gait.Pattern, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	type key struct {
		verdicts string
		score    int
	}
	found := map[key]*gait.Pattern{}
	newest := map[key]*gait.SessionRow{}
	s.eachRow(w, func(r *gait.SessionRow) {
		if r.Started < since || r.Verdicts == "" {
			return
		}
		k := key{r.Verdicts, r.Score}
		p := found[k]
		if p == nil {
			p = &gait.Pattern{Verdicts: r.Verdicts, Score: r.Score}
			found[k] = p
		}
		p.Sessions++
		if n := newest[k]; n == nil || newer(r, n) {
			newest[k], p.Sample = r, r.Session
		}
	})
	list := []gait.Pattern{}
	for p := range maps.Values(found) {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b gait.Pattern) int {
		return cmp.Or(cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(a.Verdicts, b.Verdicts), cmp.Compare(a.Score, b.Score))
	})
	return list, nil
}

// labelBytes is about what a label takes.
const labelBytes = 128

// PutLabel implements gait.InsightStore.
func (s *Store) PutLabel(ctx context.Context, w gait.WorkspaceID, l gait.LabelOf) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	x := s.session(gait.SessionRef{Workspace: w, Session: l.Session})
	if x.row == nil {
		return errNoSession()
	}
	var size int64
	if l.Label != "" {
		size += labelBytes
	}
	if x.label != nil {
		size -= labelBytes
	}
	if err := s.fits(size); err != nil {
		return err
	}
	s.bytes += size
	x.row.Label, x.label = l.Label, nil
	if l.Label != "" {
		x.label = &l
	}
	return nil
}

// LabelOf implements gait.InsightStore.
func (s *Store) LabelOf(ctx context.Context, w gait.WorkspaceID, id gait.SessionID) (gait.LabelOf, error) {
	if err := s.lock(ctx); err != nil {
		return gait.LabelOf{}, err
	}
	defer s.mu.Unlock()
	x := s.session(gait.SessionRef{Workspace: w, Session: id})
	if x.label == nil {
		return gait.LabelOf{}, gait.Errorf(gait.NotFound, "the session has no label")
	}
	return *x.label, nil
}

func errNoSession() error { return gait.Errorf(gait.NotFound, "no such session") }

// RestaleSessions implements gait.InsightStore.
func (s *Store) RestaleSessions(ctx context.Context, w gait.WorkspaceID, version, limit int) (int, error) {
	if err := s.lock(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	if limit < 1 {
		return 0, errLimit()
	}
	var found []*session
	for ref, x := range s.sessions {
		if ref.Workspace == w && x.row != nil && x.row.PolicyVersion != version && x.mark == 0 && x.again == 0 && len(x.records) > 0 {
			found = append(found, x)
		}
	}
	slices.SortFunc(found, func(a, b *session) int {
		if a.row.PolicyVersion != b.row.PolicyVersion {
			return cmp.Compare(b.row.PolicyVersion, a.row.PolicyVersion)
		}
		if newer(a.row, b.row) {
			return -1
		}
		return 1
	})
	found = found[:min(limit, len(found))]
	for _, x := range found {
		s.marks++
		x.again = s.marks
	}
	return len(found), nil
}

// Restaled implements gait.InsightStore.
func (s *Store) Restaled(ctx context.Context, limit int) ([]gait.SessionRef, error) {
	return s.marked(ctx, limit, func(x *session) int64 { return x.again })
}

// DeleteSessions implements gait.InsightStore.
func (s *Store) DeleteSessions(ctx context.Context, w gait.WorkspaceID, before int64, limit int) ([]gait.SessionID, error) {
	if err := s.lock(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if limit < 1 {
		return nil, errLimit()
	}
	var rows []*gait.SessionRow
	s.eachRow(w, func(r *gait.SessionRow) {
		if r.Started < before && r.Ended < before && s.sessions[r.SessionRef].mark == 0 {
			rows = append(rows, r)
		}
	})
	slices.SortFunc(rows, func(a, b *gait.SessionRow) int {
		if newer(a, b) {
			return 1
		}
		return -1
	})
	ids := []gait.SessionID{}
	for _, r := range rows[:min(limit, len(rows))] {
		ids = append(ids, r.Session)
		x := s.sessions[r.SessionRef]
		s.bytes -= rowBytes(r)
		for _, record := range x.records {
			s.bytes -= recordBytes + int64(len(record.Data))
		}
		if x.label != nil {
			s.bytes -= labelBytes
		}
		delete(s.sessions, r.SessionRef)
	}
	return ids, nil
}
