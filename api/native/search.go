package native

import (
	"context"
	"time"

	"github.com/gaithq/gait"
)

// Reacher tells how far a search comes that looks at so much.
type Reacher interface {
	Reach(ctx context.Context, q gait.SessionQuery, n int) (gait.Cursor, error)
}

// A search looks for what few sessions have in steps, newest first, until it has
// filled a page or its time is over: whoever asked goes on from there. What a step
// takes depends on the filters and on what the disk has to be asked for; so the
// first is short, and the others are as long as the one before says the time allows.
const (
	firstStep   = 5000 // rows
	leastStep   = 1000 // of those behind the first
	longestStep = 50_000
	usualSearch = 200 * time.Millisecond // the time of one request
)

// steps are those of one request.
type steps struct {
	left time.Duration
	rows int // of the step under way, 0 before the first
	from time.Time
}

func (d dialect) steps() *steps { return &steps{left: d.Search} }

// next returns how many rows to look at next, 0 for no more.
func (s *steps) next() int {
	now := time.Now()
	if s.rows == 0 {
		s.rows, s.from = firstStep, now
		return s.rows
	}
	took := max(now.Sub(s.from), time.Microsecond)
	s.left -= took
	// Half of what the time seems to be enough for: older rows may be slower to read.
	n := float64(s.rows) * float64(s.left) / float64(took) / 2
	if n < leastStep || s.left < took/2 {
		return 0
	}
	s.rows, s.from = int(min(n, 2*float64(s.rows), longestStep)), now
	return s.rows
}

// search is a page of a list that may have been searched only in part.
type search[T any] struct {
	list[T]
	// SearchedSince is back to when everything that fits was listed, Unix ms; null once
	// that is the whole list.
	SearchedSince *int64 `json:"searched_since"`
}

// to says how far the search came.
func (s *search[T]) to(next string, since int64) { s.Next, s.SearchedSince = next, &since }

// dense reports whether every row that q's search looks at is one that it selects.
func dense(q gait.SessionQuery) bool {
	rest := gait.SessionQuery{
		Workspace: q.Workspace, After: q.After, Through: q.Through, Limit: q.Limit, StartedSince: q.StartedSince, StartedUntil: q.StartedUntil,
	}
	switch {
	case q.Tag != "":
		rest.Tag = q.Tag
	case q.UserID != "":
		rest.UserID = q.UserID
	case q.Label != "":
		rest.Label = q.Label
	}
	return q == rest
}

// stretches calls visit with q cut to one stretch of the list after the other, until
// it returns false, the list ends or the time is over. It returns where it stopped,
// which is the zero Cursor if that is the end of the list.
func (d dialect) stretches(ctx context.Context, q gait.SessionQuery, visit func(q gait.SessionQuery) (on bool, err error)) (gait.Cursor, error) {
	for s := d.steps(); ; {
		n := s.next()
		if n == 0 {
			return q.After, nil
		}
		end, err := d.Store.Reach(ctx, q, n)
		if err != nil {
			return end, err
		}
		part := q
		part.Through = end
		if on, err := visit(part); err != nil || !on || (end == gait.Cursor{}) {
			return end, err
		}
		q.After = end
	}
}

// find returns at most limit sessions that q selects and where the search for more
// goes on, which is the zero Cursor if there are no more.
func (d dialect) find(ctx context.Context, q gait.SessionQuery, limit int) (rows []gait.SessionRow, end gait.Cursor, err error) {
	look := func(q gait.SessionQuery) (bool, error) {
		q.Limit = limit + 1 - len(rows)
		found, err := d.Sessions.Sessions(ctx, q)
		rows = append(rows, found...)
		return len(rows) <= limit, err
	}
	if dense(q) {
		_, err = look(q)
	} else {
		end, err = d.stretches(ctx, q, look)
	}
	if err == nil && len(rows) > limit {
		rows = rows[:limit]
		end = gait.Cursor{Started: rows[limit-1].Started, Session: rows[limit-1].Session}
	}
	return rows, end, err
}

// countOf counts at most most sessions that q selects, and reports whether there may
// be more.
func (d dialect) countOf(ctx context.Context, q gait.SessionQuery, most int) (n int, more bool, err error) {
	count := func(q gait.SessionQuery) (bool, error) {
		q.Limit = most - n
		found, err := d.Store.CountSessions(ctx, q)
		n += found
		return n < most, err
	}
	var end gait.Cursor
	if dense(q) && q.Tag+q.UserID+string(q.Label) == "" { // one index has them all
		_, err = count(q)
	} else {
		end, err = d.stretches(ctx, q, count)
	}
	return n, n >= most || (end != gait.Cursor{}), err
}

// findUsers is find for users.
func (d dialect) findUsers(ctx context.Context, q gait.UserQuery, limit int) (users []gait.UserRow, end gait.UserPlace, err error) {
	for s := d.steps(); len(users) <= limit; q.After = end {
		n := s.next()
		if n == 0 {
			return users, end, nil
		}
		if q.Text != "" {
			if q.Through, err = d.Store.ReachUsers(ctx, q, n); err != nil {
				return nil, end, err
			}
		}
		q.Limit = limit + 1 - len(users)
		found, err := d.Store.Users(ctx, q)
		if err != nil {
			return nil, end, err
		}
		users = append(users, found...)
		end = q.Through
		q.Through = gait.UserPlace{}
		if (end == gait.UserPlace{}) {
			break
		}
	}
	if len(users) > limit {
		users = users[:limit]
		end = gait.UserPlace{Last: users[limit-1].Last, UserID: users[limit-1].UserID}
	}
	return users, end, nil
}
