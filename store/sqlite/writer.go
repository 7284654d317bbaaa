package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync/atomic"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/gaithq/gait"
)

// maxLog is the size in bytes beyond which the write-ahead log is cut by force,
// waiting for readers, instead of when it happens to be free.
const maxLog = 64 << 20

// step is a moment at which a test makes the writer fail.
type step string

// The steps.
const (
	beforeBegin  step = "begin"
	afterJob     step = "job"
	beforeCommit step = "commit"
	afterCommit  step = "committed"
)

// job is one write that waits for its turn.
type job struct {
	ctx    context.Context
	weight int // counted towards Config.MaxGroup
	// run does the work within the transaction of the whole group. If it
	// returns a *gait.Error it must not have changed anything: the job is
	// refused and the group goes on. Any other error fails the group.
	run  func(*tx) error
	done chan error // has room for the one answer
}

// Stats counts what a writer has done.
type Stats struct {
	Commits int64 // transactions committed
	Jobs    int64 // writes in them: appends, puts of rows, pings
	Failed  int64 // transactions rolled back
	Queued  int   // writes that wait now
}

// writer owns the one connection that writes, in one goroutine.
type writer struct {
	config  Config
	logPath string
	db      *sql.DB // of one connection
	queue   chan *job
	ended   chan struct{}
	doubts  chan struct{} // closed when doubt is set

	// Only the goroutine touches these.
	conn  *sql.Conn // nil after it failed
	tx    tx
	cache *simplelru.LRU[gait.SessionRef, session]
	cutAt int64 // size of the log at which to cut it
	doubt error // why nothing is written until the next Open; nil for all is well

	commits, jobs, failed atomic.Int64
}

// writeQueries are what the writer executes.
var writeQueries = []string{
	begin, commit, rollback, beat, measureLog, moveLog,
	insertBatch, selectBatch, measureSession,
	insertStale, deleteStale, deleteAgain, upsertSession, insertTag, deleteTag,
	selectListed, addCount, insertCount, countTerms, addUser, refreshUser, deleteUser,
	selectVersions, insertAgain, hasSession, upsertLabel, labelSession, deleteLabel,
	selectEnded, deleteBatches, deleteSession, deleteCounts,
	savepoint, rollbackTo, insertWorkspace, insertKey,
	hasWorkspace, hasKey, revokeKey, touchKey,
	upsertSettings, updateWorkspace, newestPolicy, insertPolicy,
	hasAccount, hasEmail, insertAccount, updateAccount,
	selectRole, countOtherOwners, upsertMembership, raiseMembership, deleteMembership,
	insertInvitation, selectInvitation, useInvitation, revokeInvitation,
	passkeyOwner, upsertPasskey, deletePasskey,
	upsertWebSession, deleteWebSession, deleteWebSessions, insertAudit,
}

const (
	begin    = `BEGIN IMMEDIATE`
	commit   = `COMMIT`
	rollback = `ROLLBACK`
)

// openWriter migrates the database at path and starts its writer.
func openWriter(ctx context.Context, path string, c Config) (*writer, error) {
	db, err := openPool(path, c.vfs, "rw", 1, writerPragmas(c.CacheMB))
	if err != nil {
		return nil, failure(err, "the database cannot be opened")
	}
	w := &writer{
		config:  c,
		logPath: path + "-wal",
		db:      db,
		queue:   make(chan *job, c.Queue),
		cutAt:   maxLog,
		ended:   make(chan struct{}),
		doubts:  make(chan struct{}),
	}
	upToDate := migrate
	if c.beside {
		upToDate = sameSchema
	}
	if err := upToDate(ctx, db); err != nil {
		if _, ok := errors.AsType[*gait.Error](err); !ok {
			// Whatever it says: a table that could not be read is "there already".
			err = gait.Wrap(err, gait.Unavailable, "the database cannot be brought up to date")
		}
		return nil, errors.Join(err, db.Close())
	}
	if w.cache, err = simplelru.NewLRU[gait.SessionRef, session](c.Sessions, nil); err != nil {
		return nil, errors.Join(gait.Wrap(err, gait.Invalid, "the number of remembered sessions is not usable"), db.Close())
	}
	w.tx = tx{cache: w.cache, staged: map[gait.SessionRef]session{}, groups: map[group]int{}}
	if err := w.connect(ctx); err != nil {
		return nil, errors.Join(failure(err, "the database cannot be written"), db.Close())
	}
	go w.loop()
	return w, nil
}

func (w *writer) connect(ctx context.Context) (err error) {
	if w.conn, err = w.db.Conn(ctx); err != nil {
		return err
	}
	if w.tx.stmts, err = prepare(ctx, w.conn, writeQueries); err != nil {
		w.disconnect()
	}
	return err
}

// disconnect throws the connection away, and with it an open transaction.
func (w *writer) disconnect() {
	for _, stmt := range w.tx.stmts {
		_ = stmt.Close()
	}
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	w.conn, w.tx.stmts = nil, nil
}

// do has run called in the writer's goroutine and returns once it is committed
// or refused. If ctx is cancelled first it returns, and run may still happen.
func (w *writer) do(ctx context.Context, weight int, run func(*tx) error) error {
	j := &job{ctx: ctx, weight: weight, run: run, done: make(chan error, 1)}
	select {
	case w.queue <- j:
	case <-ctx.Done():
		return givenUp(ctx)
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return givenUp(ctx)
	}
}

// loop commits what is queued, as many jobs at a time as are there.
func (w *writer) loop() {
	defer close(w.ended)
	var group []*job
	for j := range w.queue {
		group = append(group[:0], j)
		weight := j.weight
	fill:
		for weight < w.config.MaxGroup {
			select {
			case j, ok := <-w.queue:
				if !ok {
					break fill
				}
				group = append(group, j)
				weight += j.weight
			default:
				break fill
			}
		}
		w.commit(group)
		clear(group)
		w.tendLog()
	}
}

// commit runs a group in one transaction and answers each of its jobs.
func (w *writer) commit(group []*job) {
	refusals, err := w.transact(group)
	if err == nil {
		w.tx.remember()
		w.commits.Add(1)
		w.jobs.Add(int64(len(group)))
		for i, j := range group {
			j.done <- refusals[i]
		}
		return
	}
	w.tx.forget()
	w.failed.Add(1)
	if _, ok := err.(*gait.Error); !ok {
		err = gait.Wrap(err, gait.Unavailable, "the database does not take writes")
	}
	for _, j := range group {
		j.done <- err
	}
}

// transact runs a group in one transaction and returns the refusal of each of
// its jobs, nil for those that went through. If it returns an error, nothing of
// the group is stored.
func (w *writer) transact(group []*job) (refusals []error, err error) {
	if err := w.begin(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			// SQLite rolls some errors back by itself; then this one fails.
			_, _ = w.tx.exec(rollback)
		}
	}()
	refusals = make([]error, len(group))
	for i, j := range group {
		if j.ctx.Err() != nil {
			refusals[i] = givenUp(j.ctx)
			continue
		}
		err := j.run(&w.tx)
		if refusal, ok := err.(*gait.Error); ok {
			refusals[i] = refusal
		} else if err != nil {
			return nil, err
		}
		if err := w.config.fault(afterJob); err != nil {
			return nil, err
		}
	}
	if err := w.config.fault(beforeCommit); err != nil {
		return nil, err
	}
	if _, err := w.tx.exec(commit); err != nil {
		return nil, err
	}
	return refusals, w.config.fault(afterCommit)
}

// begin starts a transaction. A connection that cannot is replaced at the next
// call, which gets rid of whatever state it is in.
func (w *writer) begin() error {
	if w.doubt != nil {
		return w.doubt
	}
	if w.conn == nil {
		if err := w.connect(context.Background()); err != nil {
			return err
		}
	}
	err := w.config.fault(beforeBegin)
	switch {
	case err != nil:
	case w.config.beside:
		err = w.beginBeside()
	default:
		_, err = w.tx.exec(begin)
	}
	if err != nil {
		w.disconnect()
	}
	return err
}

// drain writes what is queued and moves the log. Nobody may call do any more.
func (w *writer) drain() {
	close(w.queue)
	<-w.ended
	if w.conn != nil && w.doubt == nil && !w.config.beside {
		w.checkpoint() // what it cannot move is in the log, for the next Open
	}
}

// close releases the connection, after drain.
func (w *writer) close() error {
	var errs []error
	if w.conn != nil {
		for _, stmt := range w.tx.stmts {
			errs = append(errs, stmt.Close())
		}
		errs = append(errs, w.conn.Close())
	}
	return errors.Join(append(errs, w.db.Close())...)
}

func (w *writer) stats() Stats {
	return Stats{Commits: w.commits.Load(), Jobs: w.jobs.Load(), Failed: w.failed.Load(), Queued: len(w.queue)}
}
