package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"math"

	"github.com/gaithq/gait"
)

const (
	insertStale = `INSERT INTO stale (workspace, session) VALUES (?, ?) ON CONFLICT DO NOTHING`
	deleteStale = `DELETE FROM stale WHERE workspace = ? AND session = ?`
	selectStale = `SELECT workspace, session FROM stale ORDER BY id LIMIT ?`

	upsertSession = `
INSERT INTO sessions (workspace, session, batches, started, ended, last_arrival, events,
	score, policy_version, detected, url, user_agent, user_id, tags)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET batches = excluded.batches, started = excluded.started, ended = excluded.ended,
	last_arrival = excluded.last_arrival, events = excluded.events, score = excluded.score,
	policy_version = excluded.policy_version, detected = excluded.detected, url = excluded.url,
	user_agent = excluded.user_agent, user_id = excluded.user_id, tags = excluded.tags`

	// selectSessions has every bound always: one that is not wanted is the
	// smallest or largest value there is.
	selectSessions = `
SELECT session, batches, started, ended, last_arrival, events,
	score, policy_version, detected, url, user_agent, user_id, tags
FROM sessions
WHERE workspace = ? AND (started, session) < (?, ?) AND started >= ?
	AND last_arrival <= ? AND last_arrival >= ? AND score >= ?
ORDER BY started DESC, session DESC LIMIT ?`
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
	values := make([][]any, 0, len(rows)) // of rows, so that the caller may change them
	marks := make([]mark, 0, len(rows))
	for i := range rows {
		v, err := rowValues(&rows[i])
		if err != nil {
			return err
		}
		values = append(values, v)
		marks = append(marks, mark{rows[i].SessionRef, rows[i].Batches})
	}
	return s.writer.do(ctx, len(rows), func(t *tx) error {
		for i, v := range values {
			if _, err := t.exec(upsertSession, v...); err != nil {
				return err
			}
			if err := t.mark(marks[i]); err != nil {
				return err
			}
		}
		return nil
	})
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

// rowValues returns the arguments of upsertSession.
func rowValues(r *gait.SessionRow) ([]any, error) {
	detected, err := encodeList(r.Detected)
	if err != nil {
		return nil, err
	}
	tags, err := encodeList(r.Tags)
	if err != nil {
		return nil, err
	}
	return []any{
		int64(r.Workspace), bytes.Clone(r.Session[:]), r.Batches, r.Started, r.Ended, r.LastArrival, r.Events,
		r.Score, r.PolicyVersion, detected, r.URL, r.UserAgent, r.UserID, tags,
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
	rows, err := s.read[selectSessions].QueryContext(ctx, int64(q.Workspace), started, session,
		cmp.Or(q.StartedSince, math.MinInt64), arrivedUntil, cmp.Or(q.ArrivedSince, math.MinInt64),
		cmp.Or(q.MinScore, math.MinInt), q.Limit)
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
		&r.Score, &r.PolicyVersion, &detected, &r.URL, &r.UserAgent, &r.UserID, &tags)
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
