package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store"
)

const (
	selectCounts = `
SELECT start, term, sessions, suspect, machine FROM counts
WHERE workspace = ? AND facet = ? AND span = ? AND start >= ? AND start < ? AND sessions > 0
ORDER BY start, sessions DESC, term`
	sumCounts = `
SELECT 0, term, sum(sessions), sum(suspect), sum(machine) FROM counts
WHERE workspace = ? AND facet = ? AND span = ? AND start >= ? AND start < ? AND sessions > 0
GROUP BY term ORDER BY 3 DESC, term LIMIT ?`

	userColumns = `
SELECT user_id, user_name, user_url, first, last, max_score, sessions, suspect, machine FROM users`
	userPlaces = `
WHERE workspace = ?1 AND last <= ?2 AND (last < ?2 OR user_id > ?3) AND last >= ?4 AND (last > ?4 OR user_id <= ?5)`
	latestUsers = `
ORDER BY last DESC, user_id LIMIT ?6`

	selectUsers = userColumns + userPlaces + hasText + latestUsers
	selectUser  = userColumns + userPlaces + hasText + ` AND user_id = ?8` + latestUsers
	hasText     = `
	AND (?7 = '%%' OR user_id LIKE ?7 ESCAPE '\' OR user_name LIKE ?7 ESCAPE '\' OR user_url LIKE ?7 ESCAPE '\')`
	reachUsers = `SELECT last, user_id FROM users` + userPlaces + latestUsers + ` OFFSET ?7`

	// selectPatterns reads nothing but the index of lists. To group what it says
	// takes SQLite more than twice as long as to hand it over.
	selectPatterns = `
SELECT verdicts, score, session FROM sessions WHERE workspace = ? AND started >= ? ORDER BY started DESC, session DESC`

	hasSession   = `SELECT 1 FROM sessions WHERE workspace = ? AND session = ?`
	labelSession = `UPDATE sessions SET label = ? WHERE workspace = ? AND session = ?`
	upsertLabel  = `INSERT OR REPLACE INTO labels (workspace, session, label, at, by, by_name) VALUES (?, ?, ?, ?, ?, ?)`
	deleteLabel  = `DELETE FROM labels WHERE workspace = ? AND session = ?`
	selectLabel  = `SELECT label, at, by, by_name FROM labels WHERE workspace = ? AND session = ?`

	selectAgain = `SELECT workspace, session FROM again ORDER BY id LIMIT ?`
	// selectVersions jumps from one version to the next instead of reading all rows.
	selectVersions = `
WITH RECURSIVE v (version) AS (
	SELECT max(policy_version) FROM sessions WHERE workspace = ?1
	UNION ALL SELECT (SELECT max(policy_version) FROM sessions WHERE workspace = ?1 AND policy_version < v.version)
	FROM v WHERE v.version IS NOT NULL)
SELECT version FROM v WHERE version IS NOT NULL AND version <> ?2`
	insertAgain = `
INSERT INTO again (workspace, session)
SELECT s.workspace, s.session FROM sessions AS s INDEXED BY sessions_by_policy
WHERE s.workspace = ?1 AND s.policy_version = ?2
	AND NOT EXISTS (SELECT 1 FROM again AS a WHERE a.workspace = s.workspace AND a.session = s.session)
	AND NOT EXISTS (SELECT 1 FROM stale AS a WHERE a.workspace = s.workspace AND a.session = s.session)
	AND EXISTS (SELECT 1 FROM batches AS b WHERE b.workspace = s.workspace AND b.session = s.session)
ORDER BY s.started DESC, s.session DESC LIMIT ?3`

	selectEnded = `
SELECT s.session FROM sessions AS s WHERE s.workspace = ?1 AND s.started < ?2 AND s.ended < ?2
	AND NOT EXISTS (SELECT 1 FROM stale AS a WHERE a.workspace = s.workspace AND a.session = s.session)
ORDER BY s.started, s.session LIMIT ?3`
	deleteBatches = `DELETE FROM batches WHERE workspace = ? AND session = ?`
	deleteSession = `DELETE FROM sessions WHERE workspace = ? AND session = ?`
	deleteCounts  = `
DELETE FROM counts WHERE workspace = ?1 AND facet = ?2 AND span = ?3 AND start < ?4 AND sessions = 0`
)

// TermCounts implements gait.InsightStore.
func (s *Store) TermCounts(ctx context.Context, q gait.TermQuery) ([]gait.TermCount, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := store.CheckQuery(q); err != nil {
		return nil, err
	}
	args := []any{int64(q.Workspace), string(q.Facet), q.Span, store.SpanStart(q.Since, q.Span), store.SpanEnd(q.Until, q.Span)}
	query := selectCounts
	if q.Sum {
		limit := q.Limit
		if limit <= 0 {
			limit = math.MaxInt
		}
		query, args = sumCounts, append(args, limit)
	}
	counts := []gait.TermCount{}
	err = s.each(ctx, query, args, func(rows *sql.Rows) error {
		var c gait.TermCount
		err := rows.Scan(&c.Start, &c.Term, &c.Sessions, &c.Suspect, &c.Machine)
		counts = append(counts, c)
		return err
	})
	if err != nil {
		return nil, failure(err, "the counts cannot be read")
	}
	return counts, nil
}

// each has every row of one of readQueries scanned.
func (s *Store) each(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := s.read[query].QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Users implements gait.InsightStore.
func (s *Store) Users(ctx context.Context, q gait.UserQuery) ([]gait.UserRow, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if q.Limit < 1 {
		return nil, errLimit()
	}
	users := []gait.UserRow{}
	query, args := selectUsers, append(userBounds(q), q.Limit, contains(q.Text))
	if q.UserID != "" {
		query, args = selectUser, append(args, q.UserID)
	}
	err = s.each(ctx, query, args, func(rows *sql.Rows) error {
		var u gait.UserRow
		err := rows.Scan(&u.UserID, &u.UserName, &u.UserURL, &u.First, &u.Last, &u.MaxScore, &u.Sessions, &u.Suspect, &u.Machine)
		users = append(users, u)
		return err
	})
	if err != nil {
		return nil, failure(err, "the users cannot be read")
	}
	return users, nil
}

// ReachUsers implements gait.InsightStore.
func (s *Store) ReachUsers(ctx context.Context, q gait.UserQuery, n int) (gait.UserPlace, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.UserPlace{}, err
	}
	defer done()
	if n < 1 {
		return gait.UserPlace{}, errLimit()
	}
	var places []gait.UserPlace
	err = s.each(ctx, reachUsers, append(userBounds(q), 2, n-1), func(rows *sql.Rows) error {
		var p gait.UserPlace
		err := rows.Scan(&p.Last, &p.UserID)
		places = append(places, p)
		return err
	})
	if err != nil {
		return gait.UserPlace{}, failure(err, "the users cannot be read")
	}
	if len(places) < 2 {
		return gait.UserPlace{}, nil
	}
	return places[0], nil
}

// userBounds are the arguments of lists of users: ?1 to ?5.
func userBounds(q gait.UserQuery) []any {
	after, through := q.After, q.Through
	if (after == gait.UserPlace{}) {
		after.Last = math.MaxInt64
	}
	if (through == gait.UserPlace{}) {
		through = gait.UserPlace{Last: math.MinInt64, UserID: string(utf8.MaxRune)}
	}
	return []any{int64(q.Workspace), after.Last, after.UserID, through.Last, through.UserID}
}

// Patterns implements gait.InsightStore.
func (s *Store) Patterns(ctx context.Context, w gait.WorkspaceID, since int64) ([]gait.Pattern, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	patterns := []gait.Pattern{}
	places := map[string]int{} // in patterns, by score and verdicts
	var key []byte
	err = s.each(ctx, selectPatterns, []any{int64(w), since}, func(rows *sql.Rows) error {
		var verdicts, id sql.RawBytes
		var score int
		if err := rows.Scan(&verdicts, &score, &id); err != nil || len(verdicts) == 0 {
			return err
		}
		key = append(strconv.AppendInt(key[:0], int64(score), 10), verdicts...)
		at, ok := places[string(key)]
		if !ok {
			at = len(patterns)
			places[string(key)] = at
			p := gait.Pattern{Verdicts: string(verdicts), Score: score}
			copy(p.Sample[:], id) // the newest comes first
			patterns = append(patterns, p)
		}
		patterns[at].Sessions++
		return nil
	})
	if err != nil {
		return nil, failure(err, "the patterns cannot be read")
	}
	slices.SortFunc(patterns, func(a, b gait.Pattern) int {
		return cmp.Or(cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(a.Verdicts, b.Verdicts), cmp.Compare(a.Score, b.Score))
	})
	return patterns, nil
}

// PutLabel implements gait.InsightStore.
func (s *Store) PutLabel(ctx context.Context, w gait.WorkspaceID, l gait.LabelOf) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	return s.writer.do(ctx, 1, func(t *tx) error {
		var one int
		err := t.get(hasSession, []any{int64(w), l.Session[:]}, &one)
		if errors.Is(err, sql.ErrNoRows) {
			return gait.Errorf(gait.NotFound, "no such session")
		}
		if err != nil {
			return err
		}
		if _, err := t.exec(labelSession, string(l.Label), int64(w), l.Session[:]); err != nil {
			return err
		}
		if l.Label == "" {
			_, err = t.exec(deleteLabel, int64(w), l.Session[:])
		} else {
			_, err = t.exec(upsertLabel, int64(w), l.Session[:], string(l.Label), l.At, int64(l.By), l.ByName)
		}
		return err
	})
}

// LabelOf implements gait.InsightStore.
func (s *Store) LabelOf(ctx context.Context, w gait.WorkspaceID, id gait.SessionID) (gait.LabelOf, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.LabelOf{}, err
	}
	defer done()
	l := gait.LabelOf{Session: id}
	err = s.read[selectLabel].QueryRowContext(ctx, int64(w), id[:]).Scan(&l.Label, &l.At, &l.By, &l.ByName)
	if errors.Is(err, sql.ErrNoRows) {
		return gait.LabelOf{}, gait.Errorf(gait.NotFound, "the session has no label")
	}
	if err != nil {
		return gait.LabelOf{}, failure(err, "the label cannot be read")
	}
	return l, nil
}

// RestaleSessions implements gait.InsightStore.
func (s *Store) RestaleSessions(ctx context.Context, w gait.WorkspaceID, version, limit int) (int, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	if limit < 1 {
		return 0, errLimit()
	}
	marked := 0
	err = s.writer.do(ctx, limit, func(t *tx) error {
		marked = 0
		var versions []int
		err := t.all(selectVersions, []any{int64(w), version}, func(rows *sql.Rows) error {
			var v int
			err := rows.Scan(&v)
			versions = append(versions, v)
			return err
		})
		if err != nil {
			return err
		}
		for _, v := range versions {
			if marked == limit {
				break
			}
			result, err := t.exec(insertAgain, int64(w), v, limit-marked)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			marked += int(n)
		}
		return nil
	})
	return marked, err
}

// Restaled implements gait.InsightStore.
func (s *Store) Restaled(ctx context.Context, limit int) ([]gait.SessionRef, error) {
	return s.marked(ctx, selectAgain, limit)
}

// DeleteSessions implements gait.InsightStore.
func (s *Store) DeleteSessions(ctx context.Context, w gait.WorkspaceID, before int64, limit int) ([]gait.SessionID, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if limit < 1 {
		return nil, errLimit()
	}
	var ids []gait.SessionID
	err = s.writer.do(ctx, limit, func(t *tx) error {
		ids = []gait.SessionID{}
		err := t.all(selectEnded, []any{int64(w), before, limit}, func(rows *sql.Rows) error {
			var raw sql.RawBytes
			err := rows.Scan(&raw)
			var id gait.SessionID
			copy(id[:], raw)
			ids = append(ids, id)
			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		y := newCounting(t)
		for _, id := range ids {
			if err := t.erase(gait.SessionRef{Workspace: w, Session: id}, y); err != nil {
				return err
			}
		}
		if err := y.flush(); err != nil {
			return err
		}
		return t.prune(w, before)
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// erase deletes everything of a session.
func (t *tx) erase(ref gait.SessionRef, y *counting) error {
	before, _, err := t.listed(ref)
	if err != nil {
		return err
	}
	if err := t.tag(ref, before, nothing); err != nil {
		return err
	}
	if err := y.change(ref.Workspace, before, nothing); err != nil {
		return err
	}
	for _, query := range []string{deleteBatches, deleteSession, deleteStale, deleteAgain, deleteLabel} {
		if _, err := t.exec(query, int64(ref.Workspace), ref.Session[:]); err != nil {
			return err
		}
	}
	t.stage(ref, session{})
	return nil
}

// facets are all that sessions are counted by.
var facets = [...]gait.Facet{
	gait.FacetScore, gait.FacetFlag, gait.FacetUnknown, gait.FacetRoute, gait.FacetTag,
	gait.FacetCountry, gait.FacetDevice, gait.FacetBrowser, gait.FacetActor,
}

// prune deletes counts that have come to nothing, of spans that were over before
// a moment.
func (t *tx) prune(w gait.WorkspaceID, before int64) error {
	clear(t.groups)
	for _, span := range []int64{gait.Hour, gait.Day} {
		for _, f := range facets {
			if _, err := t.exec(deleteCounts, int64(w), string(f), span, store.SpanStart(before, span)); err != nil {
				return err
			}
		}
	}
	return nil
}
