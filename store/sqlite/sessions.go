package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"

	"github.com/gaithq/gait"
)

const (
	insertStale = `INSERT INTO stale (workspace, session) VALUES (?, ?) ON CONFLICT DO NOTHING`
	deleteStale = `DELETE FROM stale WHERE workspace = ? AND session = ?`
	selectStale = `SELECT workspace, session FROM stale ORDER BY id LIMIT ?`

	deleteAgain = `DELETE FROM again WHERE workspace = ? AND session = ?`

	upsertSession = `
INSERT INTO sessions (workspace, session, batches, started, ended, last_arrival, events,
	score, policy_version, detected, url, user_agent, user_id, user_name, user_url, tags,
	masked, verdicts, actor, presence, country, device, browser, os, routes, counted)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
ON CONFLICT DO UPDATE SET batches = excluded.batches, started = excluded.started, ended = excluded.ended,
	last_arrival = excluded.last_arrival, events = excluded.events, score = excluded.score,
	policy_version = excluded.policy_version, detected = excluded.detected, url = excluded.url,
	user_agent = excluded.user_agent, user_id = excluded.user_id, user_name = excluded.user_name,
	user_url = excluded.user_url, tags = excluded.tags, masked = excluded.masked, verdicts = excluded.verdicts,
	actor = excluded.actor, presence = excluded.presence, country = excluded.country, device = excluded.device,
	browser = excluded.browser, os = excluded.os, routes = excluded.routes, counted = 1`

	insertTag = `INSERT INTO session_tags (workspace, tag, started, session) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`
	deleteTag = `DELETE FROM session_tags WHERE workspace = ? AND tag = ? AND started = ? AND session = ?`
)

// Stale implements gait.SessionStore.
func (s *Store) Stale(ctx context.Context, limit int) ([]gait.SessionRef, error) {
	return s.marked(ctx, selectStale, limit)
}

// marked returns at most limit sessions from a table of marks.
func (s *Store) marked(ctx context.Context, query string, limit int) ([]gait.SessionRef, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if limit < 1 {
		return nil, errLimit()
	}
	rows, err := s.read[query].QueryContext(ctx, limit)
	if err != nil {
		return nil, failure(err, "the sessions that are behind cannot be read")
	}
	defer rows.Close()
	var refs []gait.SessionRef
	var id sql.RawBytes
	for rows.Next() {
		var ref gait.SessionRef
		if err := rows.Scan(&ref.Workspace, &id); err != nil {
			return nil, failure(err, "the sessions that are behind cannot be read")
		}
		copy(ref.Session[:], id)
		refs = append(refs, ref)
	}
	if err := rows.Err(); err != nil {
		return nil, failure(err, "the sessions that are behind cannot be read")
	}
	return refs, nil
}

func errLimit() error { return gait.Errorf(gait.Invalid, "a limit of at least 1 is needed") }

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
		y := newCounting(t)
		for i := range stored {
			if err := t.put(&stored[i], y); err != nil {
				return err
			}
		}
		return y.flush()
	})
}

// put stores a row with its tags and has it counted, and marks its session.
func (t *tx) put(r *storedRow, y *counting) error {
	before, found, err := t.listed(r.mark.SessionRef)
	if err != nil {
		return err
	}
	if err := t.tag(r.mark.SessionRef, before, r.now); err != nil {
		return err
	}
	if err := y.change(r.mark.Workspace, before, r.now); err != nil {
		return err
	}
	if _, err := t.exec(upsertSession, r.values...); err != nil {
		return err
	}
	if found {
		if _, err := t.exec(deleteAgain, int64(r.mark.Workspace), r.mark.Session[:]); err != nil {
			return err
		}
	}
	return t.mark(r.mark)
}

// tag makes the table of tags follow a row that is stored or taken away. Mostly
// nothing changes.
func (t *tx) tag(ref gait.SessionRef, before, now listed) error {
	if before.started == now.started && before.tags == now.tags {
		return nil
	}
	for _, change := range []struct {
		query string
		of    listed
	}{{deleteTag, before}, {insertTag, now}} {
		tags, err := decodeList([]byte(change.of.tags))
		if err != nil {
			return err
		}
		for _, tag := range tags {
			if _, err := t.exec(change.query, int64(ref.Workspace), tag, change.of.started, ref.Session[:]); err != nil {
				return err
			}
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
	mark   mark
	now    listed
	values []any // the arguments of upsertSession
}

func storedRowOf(r *gait.SessionRow) (storedRow, error) {
	detected, err := encodeList(r.Detected)
	if err != nil {
		return storedRow{}, err
	}
	tags, err := encodeList(r.Tags)
	if err != nil {
		return storedRow{}, err
	}
	routes, err := encodeList(r.Routes)
	if err != nil {
		return storedRow{}, err
	}
	return storedRow{
		mark: mark{r.SessionRef, r.Batches},
		now: listed{
			counted: true, started: r.Started, score: r.Score, verdicts: r.Verdicts, tags: tags, routes: routes,
			country: r.Country, device: r.Device, browser: r.Browser, actor: string(r.Actor),
			userID: r.UserID, userName: r.UserName, userURL: r.UserURL,
		},
		values: []any{
			int64(r.Workspace), bytes.Clone(r.Session[:]), r.Batches, r.Started, r.Ended, r.LastArrival, r.Events,
			r.Score, r.PolicyVersion, detected, r.URL, r.UserAgent, r.UserID, r.UserName, r.UserURL, tags,
			r.Masked, r.Verdicts, string(r.Actor), string(r.Presence), r.Country, r.Device, r.Browser, r.OS, routes,
		},
	}, nil
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
