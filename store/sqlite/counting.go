package sqlite

import (
	"cmp"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store"
)

const (
	selectListed = `
SELECT counted, started, score, verdicts, tags, routes, country, device, browser, actor, user_id, user_name, user_url
FROM sessions WHERE workspace = ? AND session = ?`

	addCount = `
UPDATE counts SET sessions = max(0, sessions + ?6), suspect = max(0, suspect + ?7), machine = max(0, machine + ?8)
WHERE workspace = ?1 AND facet = ?2 AND span = ?3 AND start = ?4 AND term = ?5`
	insertCount = `
INSERT INTO counts (workspace, facet, span, start, term, sessions, suspect, machine)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, max(0, ?7), max(0, ?8))`
	countTerms = `
SELECT count(*) FROM counts WHERE workspace = ? AND facet = ? AND span = ? AND start = ?`

	addUser = `
INSERT INTO users (workspace, user_id, user_name, user_url, first, last, max_score, sessions, suspect, machine)
VALUES (?1, ?2, '', '', 0, 0, 0, max(0, ?3), max(0, ?4), max(0, ?5))
ON CONFLICT DO UPDATE SET sessions = max(0, sessions + ?3), suspect = max(0, suspect + ?4), machine = max(0, machine + ?5)`
	// Each subquery reads one end of an index.
	refreshUser = `
UPDATE users SET
	first = (SELECT min(started) FROM sessions WHERE workspace = ?1 AND user_id <> '' AND user_id = ?2),
	last = (SELECT max(started) FROM sessions WHERE workspace = ?1 AND user_id <> '' AND user_id = ?2),
	max_score = (SELECT max(score) FROM sessions WHERE workspace = ?1 AND user_id <> '' AND user_id = ?2),
	(user_name, user_url) = (SELECT user_name, user_url FROM sessions
		WHERE workspace = ?1 AND user_id <> '' AND user_id = ?2 ORDER BY started DESC, session DESC LIMIT 1)
WHERE workspace = ?1 AND user_id = ?2
	AND EXISTS (SELECT 1 FROM sessions WHERE workspace = ?1 AND user_id <> '' AND user_id = ?2)`
	deleteUser = `DELETE FROM users WHERE workspace = ? AND user_id = ? AND sessions = 0`
)

// listed is what a row is listed and counted by. Lists are as their columns have them.
type listed struct {
	counted bool
	started int64
	score   int

	verdicts, tags, routes          string
	country, device, browser, actor string
	userID, userName, userURL       string
}

// nothing is of a session without a row.
var nothing = listed{tags: "[]", routes: "[]"}

// listed returns what a session's row has before it is stored anew.
func (t *tx) listed(ref gait.SessionRef) (l listed, found bool, err error) {
	var counted int
	err = t.get(selectListed, []any{int64(ref.Workspace), ref.Session[:]}, &counted, &l.started, &l.score,
		&l.verdicts, &l.tags, &l.routes, &l.country, &l.device, &l.browser, &l.actor, &l.userID, &l.userName, &l.userURL)
	if errors.Is(err, sql.ErrNoRows) {
		return nothing, false, nil
	}
	l.counted = counted != 0
	return l, err == nil, err
}

// terms returns what the row is counted by.
func (l listed) terms() ([]store.Term, error) {
	r := gait.SessionRow{
		Score: l.score, Verdicts: l.verdicts, Country: l.country, Device: l.device, Browser: l.browser, Actor: gait.Actor(l.actor),
	}
	var err error
	if r.Tags, err = decodeList([]byte(l.tags)); err != nil {
		return nil, err
	}
	if r.Routes, err = decodeList([]byte(l.routes)); err != nil {
		return nil, err
	}
	return store.Terms(&r), nil
}

// group is the terms of a facet in a span.
type group struct {
	workspace gait.WorkspaceID
	facet     gait.Facet
	span      int64
	start     int64
}

type termOf struct {
	group
	term string
}

type userOf struct {
	workspace gait.WorkspaceID
	id        string
}

// counting sums up what the rows of one commit change of counts, so that each is
// written once.
type counting struct {
	tx    *tx
	terms map[termOf]gait.Count
	users map[userOf]gait.Count
}

func newCounting(t *tx) *counting {
	return &counting{tx: t, terms: map[termOf]gait.Count{}, users: map[userOf]gait.Count{}}
}

// change takes in that a row's listed part becomes another.
func (y *counting) change(w gait.WorkspaceID, before, now listed) error {
	if before == now {
		return nil
	}
	if err := y.count(w, before, -1); err != nil {
		return err
	}
	return y.count(w, now, 1)
}

// count adds a row, or takes it away if sign is -1.
func (y *counting) count(w gait.WorkspaceID, l listed, sign int) error {
	if !l.counted {
		return nil
	}
	one := store.CountOf(l.score)
	one.Sessions, one.Suspect, one.Machine = sign*one.Sessions, sign*one.Suspect, sign*one.Machine
	terms, err := l.terms()
	if err != nil {
		return err
	}
	for _, span := range []int64{gait.Hour, gait.Day} {
		start := store.SpanStart(l.started, span)
		for _, t := range terms {
			k := termOf{group{w, t.Facet, span, start}, t.Term}
			y.terms[k] = plus(y.terms[k], one)
		}
	}
	if l.userID != "" {
		k := userOf{w, l.userID}
		y.users[k] = plus(y.users[k], one)
	}
	return nil
}

func plus(a, b gait.Count) gait.Count {
	return gait.Count{Sessions: a.Sessions + b.Sessions, Suspect: a.Suspect + b.Suspect, Machine: a.Machine + b.Machine}
}

// flush writes what has changed, after the rows.
func (y *counting) flush() error {
	changed := slices.SortedFunc(maps.Keys(y.terms), func(a, b termOf) int { // as the table has them
		return cmp.Or(cmp.Compare(a.workspace, b.workspace), cmp.Compare(a.facet, b.facet), cmp.Compare(a.span, b.span),
			cmp.Compare(a.start, b.start), cmp.Compare(a.term, b.term))
	})
	for _, k := range changed {
		if err := y.tx.addCount(k, y.terms[k]); err != nil {
			return err
		}
	}
	for k, by := range y.users {
		if err := y.tx.addUser(k, by); err != nil {
			return err
		}
	}
	return nil
}

// addCount adds to the count of a term. Terms for which there is no room are not
// counted, and as none is ever taken away for another, not subtracted either.
func (t *tx) addCount(k termOf, by gait.Count) error {
	if by == (gait.Count{}) {
		return nil
	}
	args := []any{int64(k.workspace), string(k.facet), k.span, k.start, k.term, by.Sessions, by.Suspect, by.Machine}
	result, err := t.exec(addCount, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 || by.Sessions <= 0 {
		return err
	}
	if store.Bounded(k.facet) {
		if room, err := t.room(k.group); err != nil || !room {
			return err
		}
	}
	_, err = t.exec(insertCount, args...)
	return err
}

// maxGroups bounds the groups whose size is remembered.
const maxGroups = 4096

// room says whether another term fits into a group, and takes the room.
func (t *tx) room(g group) (bool, error) {
	n, known := t.groups[g]
	if !known {
		if err := t.get(countTerms, []any{int64(g.workspace), string(g.facet), g.span, g.start}, &n); err != nil {
			return false, err
		}
		if len(t.groups) == maxGroups {
			clear(t.groups)
		}
	}
	if n >= gait.MaxTerms {
		t.groups[g] = n
		return false, nil
	}
	t.groups[g] = n + 1
	return true, nil
}

// addUser adds to the counts of a user, and reads the rest of their row anew.
func (t *tx) addUser(k userOf, by gait.Count) error {
	if by != (gait.Count{}) {
		if _, err := t.exec(addUser, int64(k.workspace), k.id, by.Sessions, by.Suspect, by.Machine); err != nil {
			return err
		}
	}
	if by.Sessions < 0 {
		result, err := t.exec(deleteUser, int64(k.workspace), k.id)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n > 0 {
			return err
		}
	}
	_, err := t.exec(refreshUser, int64(k.workspace), k.id)
	return err
}
