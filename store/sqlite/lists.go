package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store"
)

const (
	// The lists have every bound always: one that is not wanted is the smallest
	// or largest value there is, and a user or tag that is not wanted is empty.
	fromSessions = `
FROM sessions AS s
WHERE s.workspace = ?1` + sessionPlaces
	newest = `
ORDER BY s.started DESC, s.session DESC LIMIT ?9`

	// The second condition is what makes the index of users usable, which leaves
	// out sessions without one.
	fromUser = `
FROM sessions AS s
WHERE s.workspace = ?1 AND s.user_id <> '' AND s.user_id = ?10` + sessionPlaces

	// Likewise for labels.
	fromLabel = `
FROM sessions AS s INDEXED BY sessions_by_label
WHERE s.workspace = ?1 AND s.label <> '' AND s.label = ?12` + sessionPlaces

	// The table of tags and the index of lists have the same order, so that one
	// goes along the other instead of looking for each session anew.
	fromTag = `
FROM session_tags AS t CROSS JOIN sessions AS s INDEXED BY sessions_by_start
	ON s.workspace = t.workspace AND s.started = t.started AND s.session = t.session
WHERE t.workspace = ?1 AND t.tag = ?11 AND (t.started, t.session) < (?2, ?3) AND (t.started, t.session) >= (?4, ?5)`
	newestOfTag = `
ORDER BY t.started DESC, t.session DESC LIMIT ?9`

	// Sorted once they are found: see fewArrived.
	fromArrived = `
FROM sessions AS s INDEXED BY sessions_by_arrival
WHERE s.workspace = ?1` + sessionPlaces

	countArrived = `
SELECT count(*) FROM (SELECT 1 FROM sessions AS s INDEXED BY sessions_by_arrival
WHERE s.workspace = ? AND s.last_arrival >= ? LIMIT ?)`

	// Those without further filters.
	selectSessions       = `SELECT ` + sessionColumns + fromSessions + sessionFilters + newest
	selectSessionsOfUser = `SELECT ` + sessionColumns + fromUser + sessionFilters + newest
	selectSessionsOfTag  = `SELECT ` + sessionColumns + fromTag + sessionFilters + ofUser + newestOfTag

	// Where a search comes to: the last two of the rows that it looks at.
	reachSessions = `SELECT s.started, s.session` + fromSessions + newest + offset
	reachUser     = `SELECT s.started, s.session` + fromUser + newest + offset
	reachLabel    = `SELECT s.started, s.session` + fromLabel + newest + offset
	reachTag      = `
SELECT t.started, t.session FROM session_tags AS t
WHERE t.workspace = ?1 AND t.tag = ?11 AND (t.started, t.session) < (?2, ?3) AND (t.started, t.session) >= (?4, ?5)` + newestOfTag + offset
	offset = ` OFFSET ?6`

	sessionPlaces = `
	AND (s.started, s.session) < (?2, ?3) AND (s.started, s.session) >= (?4, ?5)`
	sessionColumns = `s.session, s.batches, s.started, s.ended, s.last_arrival, s.events,
	s.score, s.policy_version, s.detected, s.url, s.user_agent, s.user_id, s.user_name, s.user_url, s.tags,
	s.masked, s.verdicts, s.actor, s.presence, s.country, s.device, s.browser, s.os, s.routes, s.label`
	sessionFilters = `
	AND s.last_arrival <= ?6 AND s.last_arrival >= ?7 AND s.score >= ?8`
	ofUser = `
	AND (?10 = '' OR s.user_id = ?10)`
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
	few, err := s.fewArrived(ctx, q, fewListed)
	if err != nil {
		return nil, failure(err, "the sessions cannot be read")
	}
	rows, err := s.list(ctx, q, few)
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

// How many sessions may have arrived lately so that a list, or a count, takes them
// first and what else is asked for then. Beyond that the newest are likely to be
// among them, and are found sooner in the order of the list.
const (
	fewListed  = 10_000
	fewCounted = 20_000
)

// fewArrived reports whether no more than most sessions came as late as q asks, and
// no other index says more.
func (s *Store) fewArrived(ctx context.Context, q gait.SessionQuery, most int) (bool, error) {
	if q.ArrivedSince == 0 || q.Tag != "" || q.UserID != "" || q.Label != "" {
		return false, nil
	}
	n := 0
	err := s.read[countArrived].QueryRowContext(ctx, int64(q.Workspace), q.ArrivedSince, most+1).Scan(&n)
	return n <= most, err
}

// list asks for what q selects, among those that arrived as late as q says if that are few.
func (s *Store) list(ctx context.Context, q gait.SessionQuery, few bool) (*sql.Rows, error) {
	query, args := selection(sessionColumns, q, few)
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
	few, err := s.fewArrived(ctx, q, fewCounted)
	if err != nil {
		return 0, failure(err, "the sessions cannot be counted")
	}
	query, args := selection("1", q, few)
	n := 0
	if err := s.readers.QueryRowContext(ctx, "SELECT count(*) FROM ("+query+")", args...).Scan(&n); err != nil {
		return 0, failure(err, "the sessions cannot be counted")
	}
	return n, nil
}

// Reach implements gait.SessionStore.
func (s *Store) Reach(ctx context.Context, q gait.SessionQuery, n int) (gait.Cursor, error) {
	done, err := s.enter(ctx)
	if err != nil {
		return gait.Cursor{}, err
	}
	defer done()
	if n < 1 {
		return gait.Cursor{}, errLimit()
	}
	if few, err := s.fewArrived(ctx, q, fewListed); err != nil {
		return gait.Cursor{}, failure(err, "the sessions cannot be read")
	} else if few {
		return gait.Cursor{}, nil
	}
	q.Limit = 2
	query, args := reachSessions, bounds(q)
	args[5] = n - 1
	switch {
	case q.Tag != "":
		query = reachTag
	case q.UserID != "":
		query = reachUser
	case q.Label != "":
		query = reachLabel
	}
	var places []gait.Cursor
	err = s.each(ctx, query, args[:parameters(query)], func(rows *sql.Rows) error {
		var c gait.Cursor
		var id sql.RawBytes
		err := rows.Scan(&c.Started, &id)
		copy(c.Session[:], id)
		places = append(places, c)
		return err
	})
	if err != nil {
		return gait.Cursor{}, failure(err, "the sessions cannot be read")
	}
	if len(places) < 2 {
		return gait.Cursor{}, nil
	}
	return places[0], nil
}

// bounds are the arguments of every list: ?1 to ?12.
func bounds(q gait.SessionQuery) []any {
	started, session := place(q)
	first, lowest := cmp.Or(q.StartedSince, math.MinInt64), []byte{}
	if (q.Through != gait.Cursor{}) && q.Through.Started >= first {
		first, lowest = q.Through.Started, q.Through.Session[:]
	}
	arrivedUntil := int64(math.MaxInt64)
	if q.ArrivedBefore != 0 {
		arrivedUntil = q.ArrivedBefore - 1
	}
	return []any{
		int64(q.Workspace), started, session, first, lowest,
		arrivedUntil, cmp.Or(q.ArrivedSince, math.MinInt64), cmp.Or(q.MinScore, math.MinInt), q.Limit,
		q.UserID, q.Tag, string(q.Label),
	}
}

// parameters returns how many of bounds a query has: it may not be given more.
func parameters(query string) int {
	n := 9
	for _, p := range []int{10, 11, 12} {
		if strings.Contains(query, "?"+strconv.Itoa(p)) {
			n = p
		}
	}
	return n
}

// selection returns the query for columns of what q selects, and its arguments.
func selection(columns string, q gait.SessionQuery, few bool) (query string, args []any) {
	from, order := fromSessions+sessionFilters, newest
	switch {
	case q.Tag != "":
		from, order = fromTag+sessionFilters+ofUser, newestOfTag
	case q.UserID != "":
		from = fromUser + sessionFilters
	case q.Label != "":
		from = fromLabel + sessionFilters
	case few:
		from = fromArrived + sessionFilters
	}
	args = bounds(q)
	further, filtered := filters(q, args)
	query = `SELECT ` + columns + from + further + order
	if further == "" {
		return query, args[:parameters(query)]
	}
	return query, filtered
}

// filters returns the conditions for what SessionQuery looks at row by row, with
// args, which are bounds, and their arguments behind them.
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
	if q.Tag != "" || q.UserID != "" { // else the list is that of the label
		equals("label", string(q.Label))
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
