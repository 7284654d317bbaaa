package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"

	"github.com/gaithq/gait"
)

const (
	insertStale = `INSERT INTO stale (workspace, session) VALUES (?, ?) ON CONFLICT DO NOTHING`
	deleteStale = `DELETE FROM stale WHERE workspace = ? AND session = ?`
	selectStale = `SELECT workspace, session FROM stale ORDER BY id LIMIT ?`

	upsertSession = `
INSERT INTO sessions (workspace, session, batches, started, ended, last_arrival, events,
	score, policy_version, detected, url, user_agent, user_id, user_name, user_url, tags)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET batches = excluded.batches, started = excluded.started, ended = excluded.ended,
	last_arrival = excluded.last_arrival, events = excluded.events, score = excluded.score,
	policy_version = excluded.policy_version, detected = excluded.detected, url = excluded.url,
	user_agent = excluded.user_agent, user_id = excluded.user_id, user_name = excluded.user_name,
	user_url = excluded.user_url, tags = excluded.tags`

	// The lists have every bound always: one that is not wanted is the smallest
	// or largest value there is, and a user or tag that is not wanted is empty.
	selectSessions = `SELECT ` + sessionColumns + `
FROM sessions AS s
WHERE s.workspace = ?1 AND (s.started, s.session) < (?2, ?3) AND s.started >= ?4` + sessionFilters + `
ORDER BY s.started DESC, s.session DESC LIMIT ?8`

	// The second condition is what makes the index of users usable, which leaves
	// out sessions without one.
	selectSessionsOfUser = `SELECT ` + sessionColumns + `
FROM sessions AS s
WHERE s.workspace = ?1 AND s.user_id <> '' AND s.user_id = ?9
	AND (s.started, s.session) < (?2, ?3) AND s.started >= ?4` + sessionFilters + `
ORDER BY s.started DESC, s.session DESC LIMIT ?8`

	selectSessionsOfTag = `SELECT ` + sessionColumns + `
FROM session_tags AS t CROSS JOIN sessions AS s ON s.workspace = t.workspace AND s.session = t.session
WHERE t.workspace = ?1 AND t.tag = ?10 AND (t.started, t.session) < (?2, ?3) AND t.started >= ?4` + sessionFilters + `
	AND (?9 = '' OR s.user_id = ?9)
ORDER BY t.started DESC, t.session DESC LIMIT ?8`

	sessionColumns = `s.session, s.batches, s.started, s.ended, s.last_arrival, s.events,
	s.score, s.policy_version, s.detected, s.url, s.user_agent, s.user_id, s.user_name, s.user_url, s.tags`
	sessionFilters = `
	AND s.last_arrival <= ?5 AND s.last_arrival >= ?6 AND s.score >= ?7`

	selectTags = `SELECT started, tags FROM sessions WHERE workspace = ? AND session = ?`
	insertTag  = `INSERT INTO session_tags (workspace, tag, started, session) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`
	deleteTag  = `DELETE FROM session_tags WHERE workspace = ? AND tag = ? AND started = ? AND session = ?`
)

// Stale implements gait.SessionStore.
func (s *Store) Stale(ctx context.Context, limit int) ([]gait.SessionRef, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if limit < 1 {
		return nil, gait.Errorf(gait.Invalid, "a limit of at least 1 is needed")
	}
	rows, err := s.read[selectStale].QueryContext(ctx, limit)
	if err != nil {
		return nil, failure(err, "the stale sessions cannot be read")
	}
	defer rows.Close()
	var refs []gait.SessionRef
	var id sql.RawBytes
	for rows.Next() {
		var ref gait.SessionRef
		if err := rows.Scan(&ref.Workspace, &id); err != nil {
			return nil, failure(err, "the stale sessions cannot be read")
		}
		copy(ref.Session[:], id)
		refs = append(refs, ref)
	}
	if err := rows.Err(); err != nil {
		return nil, failure(err, "the stale sessions cannot be read")
	}
	return refs, nil
}

// PutSessions implements gait.SessionStore.
func (s *Store) PutSessions(ctx context.Context, rows []gait.SessionRow) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	if len(rows) == 0 {
		return nil
	}
	stored := make([]storedRow, 0, len(rows)) // of rows, so that the caller may change them
	for i := range rows {
		r, err := storedRowOf(&rows[i])
		if err != nil {
			return err
		}
		stored = append(stored, r)
	}
	return s.writer.do(ctx, len(rows), func(t *tx) error {
		for i := range stored {
			if err := t.put(&stored[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// put stores a row with its tags, and marks its session.
func (t *tx) put(r *storedRow) error {
	if err := t.tag(r); err != nil {
		return err
	}
	if _, err := t.exec(upsertSession, r.values...); err != nil {
		return err
	}
	return t.mark(r.mark)
}

// tag makes the table of tags follow a row that is about to be stored. Mostly
// nothing changed, which the row before says.
func (t *tx) tag(r *storedRow) error {
	var started int64
	var before []byte
	err := t.get(selectTags, []any{int64(r.mark.Workspace), r.mark.Session[:]}, &started, &before)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case started == r.started && string(before) == r.tagsText:
		return nil
	default:
		old, err := decodeList(before)
		if err != nil {
			return err
		}
		for _, tag := range old {
			if _, err := t.exec(deleteTag, int64(r.mark.Workspace), tag, started, r.mark.Session[:]); err != nil {
				return err
			}
		}
	}
	for _, tag := range r.tags {
		if _, err := t.exec(insertTag, int64(r.mark.Workspace), tag, r.started, r.mark.Session[:]); err != nil {
			return err
		}
	}
	return nil
}

// mark is how many batches a session's row was derived from.
type mark struct {
	gait.SessionRef
	batches int
}

// mark takes a session off the stale ones if its row has seen all its batches,
// and otherwise puts it behind the others.
func (t *tx) mark(m mark) error {
	x, err := t.session(m.SessionRef)
	if err != nil {
		return err
	}
	if _, err := t.exec(deleteStale, int64(m.Workspace), m.Session[:]); err != nil {
		return err
	}
	x.stale = x.batches > 0 && x.batches != m.batches
	if x.stale {
		if _, err := t.exec(insertStale, int64(m.Workspace), m.Session[:]); err != nil {
			return err
		}
	}
	t.stage(m.SessionRef, x)
	return nil
}

// storedRow is a row as the tables have it.
type storedRow struct {
	mark     mark
	started  int64
	tags     []string
	tagsText string
	values   []any // the arguments of upsertSession
}

func storedRowOf(r *gait.SessionRow) (storedRow, error) {
	detected, err := encodeList(r.Detected)
	if err != nil {
		return storedRow{}, err
	}
	tagsText, err := encodeList(r.Tags)
	if err != nil {
		return storedRow{}, err
	}
	tags, err := decodeList([]byte(tagsText)) // what is read again when they change
	if err != nil {
		return storedRow{}, err
	}
	return storedRow{
		mark: mark{r.SessionRef, r.Batches}, started: r.Started, tags: tags, tagsText: tagsText,
		values: []any{
			int64(r.Workspace), bytes.Clone(r.Session[:]), r.Batches, r.Started, r.Ended, r.LastArrival, r.Events,
			r.Score, r.PolicyVersion, detected, r.URL, r.UserAgent, r.UserID, r.UserName, r.UserURL, tagsText,
		},
	}, nil
}

// Sessions implements gait.SessionStore.
func (s *Store) Sessions(ctx context.Context, q gait.SessionQuery) ([]gait.SessionRow, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if q.Limit < 1 {
		return nil, gait.Errorf(gait.Invalid, "a limit of at least 1 is needed")
	}
	started, session := place(q)
	arrivedUntil := int64(math.MaxInt64)
	if q.ArrivedBefore != 0 {
		arrivedUntil = q.ArrivedBefore - 1
	}
	args := []any{
		int64(q.Workspace), started, session, cmp.Or(q.StartedSince, math.MinInt64),
		arrivedUntil, cmp.Or(q.ArrivedSince, math.MinInt64), cmp.Or(q.MinScore, math.MinInt), q.Limit,
	}
	query := selectSessions
	switch {
	case q.Tag != "":
		query, args = selectSessionsOfTag, append(args, q.UserID, q.Tag)
	case q.UserID != "":
		query, args = selectSessionsOfUser, append(args, q.UserID)
	}
	rows, err := s.read[query].QueryContext(ctx, args...)
	if err != nil {
		return nil, failure(err, "the sessions cannot be read")
	}
	defer rows.Close()
	var found []gait.SessionRow
	for rows.Next() {
		r, err := scanSession(rows)
		if err != nil {
			return nil, failure(err, "the sessions cannot be read")
		}
		r.Workspace = q.Workspace
		found = append(found, r)
	}
	if err := rows.Err(); err != nil {
		return nil, failure(err, "the sessions cannot be read")
	}
	return found, nil
}

// place returns the start and the session that q's rows are all behind.
func place(q gait.SessionQuery) (started int64, session []byte) {
	until := cmp.Or(q.StartedUntil, math.MaxInt64)
	if (q.After == gait.Cursor{}) || q.After.Started > until {
		return until, bytes.Repeat([]byte{0xff}, len(gait.SessionID{})+1) // above every session
	}
	return q.After.Started, q.After.Session[:]
}

func scanSession(rows *sql.Rows) (gait.SessionRow, error) {
	var r gait.SessionRow
	var id, detected, tags sql.RawBytes
	err := rows.Scan(&id, &r.Batches, &r.Started, &r.Ended, &r.LastArrival, &r.Events,
		&r.Score, &r.PolicyVersion, &detected, &r.URL, &r.UserAgent, &r.UserID, &r.UserName, &r.UserURL, &tags)
	if err != nil {
		return r, err
	}
	copy(r.Session[:], id)
	if r.Detected, err = decodeList(detected); err != nil {
		return r, err
	}
	r.Tags, err = decodeList(tags)
	return r, err
}

// encodeList returns a list of strings as a column has it.
func encodeList(l []string) (string, error) {
	if len(l) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(l)
	if err != nil {
		return "", gait.Wrap(err, gait.Internal, "a list cannot be stored")
	}
	return string(b), nil
}

// decodeList reads what encodeList wrote; an empty list is nil.
func decodeList(b []byte) ([]string, error) {
	if string(b) == "[]" {
		return nil, nil
	}
	var l []string
	return l, json.Unmarshal(b, &l)
}
