package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store"
)

const (
	// The lists have every bound always: one that is not wanted is the smallest
	// or largest value there is, and a user or tag that is not wanted is empty.
	fromSessions = `SELECT ` + sessionColumns + `
FROM sessions AS s
WHERE s.workspace = ?1 AND (s.started, s.session) < (?2, ?3) AND s.started >= ?4` + sessionFilters
	newest = `
ORDER BY s.started DESC, s.session DESC LIMIT ?8`

	// The second condition is what makes the index of users usable, which leaves
	// out sessions without one.
	fromUser = `SELECT ` + sessionColumns + `
FROM sessions AS s
WHERE s.workspace = ?1 AND s.user_id <> '' AND s.user_id = ?9
	AND (s.started, s.session) < (?2, ?3) AND s.started >= ?4` + sessionFilters

	fromTag = `SELECT ` + sessionColumns + `
FROM session_tags AS t CROSS JOIN sessions AS s ON s.workspace = t.workspace AND s.session = t.session
WHERE t.workspace = ?1 AND t.tag = ?10 AND (t.started, t.session) < (?2, ?3) AND t.started >= ?4` + sessionFilters + `
	AND (?9 = '' OR s.user_id = ?9)`
	newestOfTag = `
ORDER BY t.started DESC, t.session DESC LIMIT ?8`

	// Those without further filters.
	selectSessions       = fromSessions + newest
	selectSessionsOfUser = fromUser + newest
	selectSessionsOfTag  = fromTag + newestOfTag

	sessionColumns = `s.session, s.batches, s.started, s.ended, s.last_arrival, s.events,
	s.score, s.policy_version, s.detected, s.url, s.user_agent, s.user_id, s.user_name, s.user_url, s.tags,
	s.masked, s.verdicts, s.actor, s.presence, s.country, s.device, s.browser, s.os, s.routes, s.label`
	sessionFilters = `
	AND s.last_arrival <= ?5 AND s.last_arrival >= ?6 AND s.score >= ?7`
)

// Sessions implements gait.SessionStore.
func (s *Store) Sessions(ctx context.Context, q gait.SessionQuery) ([]gait.SessionRow, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if q.Limit < 1 {
		return nil, errLimit()
	}
	if err := store.CheckVerdicts(q.Verdicts); err != nil {
		return nil, err
	}
	rows, err := s.list(ctx, q)
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

// list asks for what q selects.
func (s *Store) list(ctx context.Context, q gait.SessionQuery) (*sql.Rows, error) {
	query, args := selection(q)
	if r, ok := s.read[query]; ok {
		return r.QueryContext(ctx, args...)
	}
	return s.readers.QueryContext(ctx, query, args...)
}

// CountSessions implements gait.InsightStore.
func (s *Store) CountSessions(ctx context.Context, q gait.SessionQuery) (int, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	if q.Limit < 1 {
		return 0, errLimit()
	}
	if err := store.CheckVerdicts(q.Verdicts); err != nil {
		return 0, err
	}
	query, args := selection(q)
	query = "SELECT count(*) FROM (SELECT 1" + strings.TrimPrefix(query, "SELECT "+sessionColumns) + ")"
	n := 0
	if err := s.readers.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, failure(err, "the sessions cannot be counted")
	}
	return n, nil
}

// selection returns the query for what q selects, and its arguments.
func selection(q gait.SessionQuery) (query string, args []any) {
	started, session := place(q)
	arrivedUntil := int64(math.MaxInt64)
	if q.ArrivedBefore != 0 {
		arrivedUntil = q.ArrivedBefore - 1
	}
	args = []any{
		int64(q.Workspace), started, session, cmp.Or(q.StartedSince, math.MinInt64),
		arrivedUntil, cmp.Or(q.ArrivedSince, math.MinInt64), cmp.Or(q.MinScore, math.MinInt), q.Limit,
		q.UserID, q.Tag,
	}
	query, order, used := fromSessions, newest, 8
	switch {
	case q.Tag != "":
		query, order, used = fromTag, newestOfTag, 10
	case q.UserID != "":
		query, used = fromUser, 9
	}
	further, filtered := filters(q, args)
	if further == "" {
		return query + order, args[:used]
	}
	return query + further + order, filtered
}

// filters returns the conditions for what SessionQuery looks at row by row, with
// args and their arguments behind them.
func filters(q gait.SessionQuery, args []any) (string, []any) {
	var b strings.Builder
	where := func(condition string, arg any) {
		args = append(args, arg)
		fmt.Fprintf(&b, "\n\tAND "+condition, len(args))
	}
	equals := func(column, value string) {
		if value != "" {
			where("s."+column+" = ?%d", value)
		}
	}
	if q.MaxScore != 0 {
		where("s.score <= ?%d", q.MaxScore)
	}
	if v := strings.TrimRight(q.Verdicts, "."); v != "" {
		where("s.verdicts GLOB ?%d", strings.ReplaceAll(v, ".", "?")+"*")
	}
	equals("country", q.Country)
	equals("device", q.Device)
	equals("browser", q.Browser)
	equals("actor", string(q.Actor))
	if q.Label != "" {
		where("s.label <> '' AND s.label = ?%d", string(q.Label)) // as its index has it
	}
	if q.Route != "" {
		// The text of the list says cheaply of most rows that it is not in there.
		where("instr(s.routes, ?%d)", quoted(q.Route))
		where("EXISTS (SELECT 1 FROM json_each(s.routes) WHERE value = ?%d)", q.Route)
	}
	if q.Text != "" {
		where(`(s.url LIKE ?%[1]d ESCAPE '\' OR s.user_id LIKE ?%[1]d ESCAPE '\' OR s.user_name LIKE ?%[1]d ESCAPE '\'
		OR s.tags <> '[]' AND EXISTS (SELECT 1 FROM json_each(s.tags) WHERE value LIKE ?%[1]d ESCAPE '\')
		OR hex(s.session) LIKE ?%[1]d ESCAPE '\')`, contains(q.Text))
	}
	return b.String(), args
}

// quoted returns a string as it is in a list's column.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return "" // strings can always be written
	}
	return string(b)
}

// contains returns the pattern of what contains a text, for LIKE with a backslash
// as escape. SQLite takes ASCII letters for the same in either case.
func contains(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
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
	var id, detected, tags, routes sql.RawBytes
	err := rows.Scan(&id, &r.Batches, &r.Started, &r.Ended, &r.LastArrival, &r.Events,
		&r.Score, &r.PolicyVersion, &detected, &r.URL, &r.UserAgent, &r.UserID, &r.UserName, &r.UserURL, &tags,
		&r.Masked, &r.Verdicts, &r.Actor, &r.Presence, &r.Country, &r.Device, &r.Browser, &r.OS, &routes, &r.Label)
	if err != nil {
		return r, err
	}
	copy(r.Session[:], id)
	if r.Detected, err = decodeList(detected); err != nil {
		return r, err
	}
	if r.Routes, err = decodeList(routes); err != nil {
		return r, err
	}
	r.Tags, err = decodeList(tags)
	return r, err
}
