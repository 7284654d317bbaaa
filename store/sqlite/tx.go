package sqlite

import (
	"context"
	"database/sql"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/gaithq/gait"
)

// session is what the writer remembers of one.
type session struct {
	secret  gait.SecretHash
	batches int // stored; the secret means something only if there are any
	bytes   int64
	stale   bool // known to be marked; if not, it may be marked all the same
}

// tx is a transaction of the writer. What it changes of sessions is staged
// beside the cache and enters it only after the commit, so that a rollback
// leaves the cache as it was.
type tx struct {
	stmts  statements
	cache  *simplelru.LRU[gait.SessionRef, session]
	staged map[gait.SessionRef]session
	groups map[group]int // terms of groups that were asked for room
}

// exec executes one of writeQueries.
func (t *tx) exec(query string, args ...any) (sql.Result, error) {
	return t.stmts[query].ExecContext(context.Background(), args...)
}

// all executes one of writeQueries and has every row scanned.
func (t *tx) all(query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := t.stmts[query].QueryContext(context.Background(), args...)
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

// get executes one of writeQueries and scans its only row.
func (t *tx) get(query string, args []any, into ...any) error {
	return t.stmts[query].QueryRowContext(context.Background(), args...).Scan(into...)
}

const measureSession = `
SELECT count(*), coalesce(sum(length(data)), 0), min(secret) FROM batches WHERE workspace = ? AND session = ?`

// session returns what is stored of a session, as this transaction sees it.
func (t *tx) session(ref gait.SessionRef) (session, error) {
	if x, ok := t.staged[ref]; ok {
		return x, nil
	}
	if x, ok := t.cache.Get(ref); ok {
		return x, nil
	}
	var x session
	var secret []byte
	err := t.get(measureSession, []any{int64(ref.Workspace), ref.Session[:]}, &x.batches, &x.bytes, &secret)
	copy(x.secret[:], secret)
	return x, err
}

// stage has what is known of a session remembered if the commit succeeds.
func (t *tx) stage(ref gait.SessionRef, x session) { t.staged[ref] = x }

// remember takes what was staged into the cache, after a commit.
func (t *tx) remember() {
	for ref, x := range t.staged {
		t.cache.Add(ref, x)
	}
	clear(t.staged)
}

// forget drops what was staged, after a rollback. A commit that failed late may
// have left more behind than it said, so the sessions it was about are read
// from the database when they are needed again.
func (t *tx) forget() {
	for ref := range t.staged {
		t.cache.Remove(ref)
	}
	clear(t.staged)
	clear(t.groups)
}
