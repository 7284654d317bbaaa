package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/store"
)

// The size of a trial's load.
const (
	trialWorkers  = 4
	trialSessions = 6 // of one worker
	trialBatches  = 5 // of one session
	trialHang     = 3 * time.Minute
)

// trialLimits leave room for what a trial appends, and for a little more.
var trialLimits = gait.SessionLimits{Batches: trialBatches + 3, Bytes: 20_000}

// promise is one of those that docs/durability.md makes.
type promise int

// The promises.
const (
	accepted   promise = iota // what was accepted is there
	once                      // nothing is there twice, or that nobody sent
	refused                   // what was refused can be sent again
	answered                  // a failure is Unavailable with its cause, in time
	readable                  // reads are right or Unavailable
	healed                    // when the fault is over, writes are taken again
	remembered                // secrets and limits are right
	found                     // sessions to be judged are found
	whole                     // the database's own check finds nothing
	promises
)

// tally counts how often a promise was checked and how often broken.
type tally struct{ checked, broken atomic.Int64 }

// trial is a store on a disk that fails, and what it was told and answered.
type trial struct {
	testing.TB
	disk   *disk
	store  *Store
	random *rand.Rand
	kept   *[promises]tally

	mu    sync.Mutex
	sent  map[batchName]bool
	acked map[batchName]bool

	refusals, late atomic.Int64 // appends refused; of them stored all the same
	restarts       int          // that the store asked for
}

type batchName struct{ session, seq int }

func newTrial(t testing.TB, seed uint64, kept *[promises]tally) *trial {
	dir := t.TempDir()
	x := &trial{
		TB: t, disk: newDisk(t, dir), random: rand.New(rand.NewPCG(seed, 1)), kept: kept,
		sent: map[batchName]bool{}, acked: map[batchName]bool{},
	}
	x.store = openLimited(t, filepath.Join(dir, "gait.db"), x.config(), trialLimits).(*Store)
	t.Cleanup(func() { _ = x.store.Close() }) // it is closed, unless the trial broke off
	return x
}

func (x *trial) config() Config {
	return Config{vfs: faultVFS, checkpoint: 8, Limits: trialLimits, Readers: 2, CacheMB: 1, Sessions: 16}
}

// check counts p as checked, and as broken if it does not hold.
func (x *trial) check(p promise, ok bool, format string, args ...any) {
	x.kept[p].checked.Add(1)
	if !ok && x.kept[p].broken.Add(1) <= 3 {
		x.Errorf(format, args...)
	}
}

// sure counts an error of a call that had no right to one.
func (x *trial) sure(p promise, err error, what string) bool {
	x.check(p, err == nil, "%s: %v", what, err)
	return err == nil
}

// failed checks an error that a fault may cause.
func (x *trial) failed(err error, what string) {
	e, ok := errors.AsType[*gait.Error](err)
	x.check(answered, ok && e.Code == gait.Unavailable && e.Err != nil, "%s: got %q: %v", what, gait.CodeOf(err), err)
}

// records are those made so far, by name.
var records sync.Map

// record is the one that has a name: everything of it follows from that.
func (n batchName) record() gait.Record {
	if r, ok := records.Load(n); ok {
		return r.(gait.Record)
	}
	r := gait.Record{Workspace: 1, Seq: uint32(n.seq), Arrived: int64(n.session)<<20 + int64(n.seq)}
	seed := rand.New(rand.NewPCG(uint64(n.session), uint64(n.seq)))
	copy(r.Session[:], fmt.Sprintf("session %08d", n.session))
	copy(r.Secret[:], fmt.Sprintf("secret of %d", n.session))
	copy(r.Page[:], "the page")
	r.Data = make([]byte, 50+seed.IntN(2500))
	for i := range r.Data {
		r.Data[i] = byte(seed.Uint32())
	}
	records.Store(n, r)
	return r
}

func sameAs(r, want gait.Record) bool {
	return bytes.Equal(r.Data, want.Data) && r.Workspace == want.Workspace && r.Session == want.Session &&
		r.Secret == want.Secret && r.Page == want.Page && r.Seq == want.Seq && r.Arrived == want.Arrived
}

// append sends one batch and remembers the answer.
func (x *trial) append(ctx context.Context, n batchName) {
	x.mu.Lock()
	x.sent[n] = true
	x.mu.Unlock()
	_, err := x.store.Append(ctx, n.record())
	if err != nil {
		x.refusals.Add(1)
		x.failed(err, "append")
		return
	}
	x.mu.Lock()
	x.acked[n] = true
	x.mu.Unlock()
}

// known returns copies of what was sent and what was acknowledged.
func (x *trial) known() (sent, acked map[batchName]bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	sent, acked = make(map[batchName]bool, len(x.sent)), make(map[batchName]bool, len(x.acked))
	for n := range x.sent {
		sent[n] = true
	}
	for n := range x.acked {
		acked[n] = true
	}
	return sent, acked
}

// load appends from some callers at a time, derives rows, and reads, until all
// is sent. first is the number of the first session.
func (x *trial) load(first int, patience time.Duration) {
	over := time.AfterFunc(trialHang, func() { panic("a trial hangs") })
	defer over.Stop()
	var writing, reading sync.WaitGroup
	for w := range trialWorkers {
		writing.Go(func() {
			for seq := range trialBatches {
				for s := range trialSessions {
					ctx, cancel := context.WithTimeout(context.Background(), patience)
					x.append(ctx, batchName{first + w*trialSessions + s, seq})
					cancel()
				}
			}
		})
	}
	stop := make(chan struct{})
	until := func(do func()) {
		reading.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
					do()
				}
			}
		})
	}
	until(func() { x.read(first) })
	until(func() {
		if err := x.derive(x.store); err != nil {
			x.failed(err, "derive")
		}
		if err := x.store.Ping(context.Background()); err != nil {
			x.failed(err, "ping")
		}
	})
	writing.Wait()
	close(stop)
	reading.Wait()
}

// read reads a session while it may be written, and workspaces.
func (x *trial) read(first int) {
	session := first + rand.IntN(trialWorkers*trialSessions)
	_, acked := x.known()
	have, err := x.stored(x.store, session)
	if err != nil {
		x.failed(err, "read")
		return
	}
	for seq := range trialBatches {
		n := batchName{session, seq}
		x.check(readable, !acked[n] || have[n], "a reader misses batch %v", n)
	}
	if _, err := x.store.WorkspaceByID(context.Background(), 99); gait.CodeOf(err) != gait.NotFound {
		x.failed(err, "look up")
	}
}

// stored returns which batches of a session are there, after comparing each
// with what was sent.
func (x *trial) stored(s *Store, session int) (map[batchName]bool, error) {
	ctx, have, id := context.Background(), map[batchName]bool{}, batchName{session, 0}.record().Session
	before, countErr := s.CountBatches(ctx, 1, id)
	err := s.Batches(ctx, 1, id, func(r gait.Record) bool {
		n := batchName{session, int(r.Seq)}
		x.check(once, !have[n], "batch %v is there twice", n)
		x.check(readable, sameAs(r, n.record()), "batch %v is not what was sent", n)
		have[n] = true
		return true
	})
	if err == nil && countErr == nil {
		x.check(readable, before <= len(have), "session %d has %d batches, after %d were counted", session, len(have), before)
	}
	return have, errors.Join(err, countErr)
}

// derive makes rows of stale sessions, as the judge does.
func (x *trial) derive(s *Store) error {
	refs, err := s.Stale(context.Background(), 10)
	if err != nil || len(refs) == 0 {
		return err
	}
	rows := make([]gait.SessionRow, len(refs))
	for i, ref := range refs {
		n, err := s.CountBatches(context.Background(), ref.Workspace, ref.Session)
		if err != nil {
			return err
		}
		rows[i] = gait.SessionRow{SessionRef: ref, Batches: n, Started: 1}
		if n > 1 { // something that is counted
			rows[i].Score, rows[i].Verdicts, rows[i].UserID = 20*n, "DNU"[:n%4], fmt.Sprint("user ", ref.Session[len(ref.Session)-1]%3)
			rows[i].Routes = []string{"/", fmt.Sprint("/", n)}
		}
	}
	return s.PutSessions(context.Background(), rows)
}

// compare holds a store against what it was told: all of acked and nothing but
// sent is there, and sessions whose row is behind are found.
func (x *trial) compare(s *Store, where string, sent, acked map[batchName]bool) {
	counts := map[gait.SessionID]int{}
	for _, session := range sessionsOf(sent) {
		have, err := x.stored(s, session)
		if !x.sure(readable, err, where) {
			continue
		}
		for n := range have {
			x.check(once, sent[n], "%s: batch %v is there and was not sent", where, n)
		}
		counts[batchName{session, 0}.record().Session] = len(have)
		for seq := range trialBatches {
			if n := (batchName{session, seq}); acked[n] {
				x.check(accepted, have[n], "%s: batch %v was accepted and is lost", where, n)
			}
		}
	}
	x.compareRows(s, where, counts)
}

// compareRows checks that a session is stale if its row is not of all batches.
func (x *trial) compareRows(s *Store, where string, counts map[gait.SessionID]int) {
	refs, err := s.Stale(context.Background(), 10_000)
	rows, err2 := s.Sessions(context.Background(), gait.SessionQuery{Workspace: 1, Limit: 10_000})
	if !x.sure(readable, errors.Join(err, err2), where) {
		return
	}
	stale, derived := map[gait.SessionID]bool{}, map[gait.SessionID]int{}
	for _, ref := range refs {
		stale[ref.Session] = true
	}
	for _, row := range rows {
		derived[row.Session] = row.Batches
	}
	for id, n := range counts {
		x.check(found, stale[id] == (derived[id] != n), "%s: %s has %d batches and a row of %d, stale is %v", where, id[:], n, derived[id], stale[id])
	}
}

func sessionsOf(names map[batchName]bool) []int {
	seen := map[int]bool{}
	var list []int
	for n := range names {
		if !seen[n.session] {
			seen[n.session] = true
			list = append(list, n.session)
		}
	}
	return list
}

// settle is what comes after a fault: what was refused is sent again, and then
// everything has to be right.
func (x *trial) settle() {
	x.disk.heal()
	_, err := x.store.Append(context.Background(), batchName{1 << 20, 0}.record())
	if err != nil && strings.Contains(err.Error(), "restart gait") {
		x.failed(err, "append")
		x.restart()
		_, err = x.store.Append(context.Background(), batchName{1 << 20, 0}.record())
	}
	x.check(healed, err == nil, "the first append after the fault: %v", err)
	x.sure(healed, x.store.Ping(context.Background()), "ping after the fault")
	sent, acked := x.known()
	x.compare(x.store, "after the fault", sent, acked)
	for n := range sent {
		if acked[n] {
			continue
		}
		receipt, err := x.store.Append(context.Background(), n.record())
		x.sure(refused, err, "send a batch again")
		if receipt.Duplicate {
			x.late.Add(1)
		}
	}
	x.mu.Lock()
	x.acked = sent
	x.mu.Unlock()
	x.compare(x.store, "after sending again", sent, sent)
	x.limits(sent)
	for x.sure(found, x.derive(x.store), "derive") {
		if left, err := x.store.Stale(context.Background(), 1); err != nil || len(left) == 0 {
			break
		}
	}
}

// restart does what a store asks for that cannot go on.
func (x *trial) restart() {
	x.restarts++
	sent, acked := x.known()
	x.compare(x.store, "before a restart", sent, acked)
	x.powerCut("a power cut before a restart")
	x.failed(x.store.Close(), "close")
	s, err := Open(context.Background(), x.store.Path(), x.config())
	if !x.sure(healed, err, "restart") {
		x.FailNow()
	}
	x.store = s
}

// limits checks that the store knows the secret and the size of each session.
func (x *trial) limits(sent map[batchName]bool) {
	for i, session := range sessionsOf(sent) {
		r := batchName{session, trialBatches}.record()
		stranger := r
		stranger.Secret[31] = 1
		_, err := x.store.Append(context.Background(), stranger)
		x.check(remembered, gait.CodeOf(err) == gait.Forbidden, "a stranger appends: %v", err)
		if i%5 != 0 {
			continue
		}
		room := trialLimits.Bytes
		for seq := range trialBatches {
			room -= int64(len(batchName{session, seq}.record().Data))
		}
		r.Page[0]++
		r.Data = make([]byte, room+1)
		_, err = x.store.Append(context.Background(), r)
		x.check(remembered, gait.CodeOf(err) == gait.TooLarge, "a byte too many: %v", err)
	}
}

// reopen opens what is in dir on a disk that works and checks everything.
func (x *trial) reopen(dir, where string, sent, acked map[batchName]bool) {
	newDisk(x, dir)
	s, err := Open(context.Background(), filepath.Join(dir, "gait.db"), Config{vfs: faultVFS, CacheMB: 1, Readers: 1})
	if !x.sure(accepted, err, where) {
		return
	}
	defer func() { x.sure(whole, s.Close(), where) }()
	x.compare(s, where, sent, acked)
	x.integrity(s, where)
}

func (x *trial) integrity(s *Store, where string) {
	var result string
	err := s.readers.QueryRow(`PRAGMA integrity_check`).Scan(&result)
	if err == nil && result == "ok" {
		result, err = countedAs(s)
	}
	x.check(whole, err == nil && result == "ok", "%s: the database's check says %q, %v", where, result, err)
}

// countedAs says "ok" if counts and users are those of the rows, but for rows that
// an earlier version wrote and nobody has derived again.
func countedAs(s *Store) (string, error) {
	ctx := context.Background()
	rows, err := s.Sessions(ctx, gait.SessionQuery{Workspace: 1, Limit: 1 << 20})
	if err != nil {
		return "", err
	}
	terms, users := map[store.Term]gait.Count{}, map[string]gait.Count{}
	for i := range rows {
		var counted bool
		err := s.readers.QueryRowContext(ctx, `SELECT counted FROM sessions WHERE workspace = 1 AND session = ?`, rows[i].Session[:]).Scan(&counted)
		if err != nil {
			return "", err
		}
		if !counted {
			continue
		}
		one := store.CountOf(rows[i].Score)
		for _, t := range store.Terms(&rows[i]) {
			terms[t] = plus(terms[t], one)
		}
		if id := rows[i].UserID; id != "" {
			users[id] = plus(users[id], one)
		}
	}
	for _, f := range facets {
		for _, span := range []int64{gait.Hour, gait.Day} {
			counts, err := s.TermCounts(ctx, gait.TermQuery{Workspace: 1, Facet: f, Until: gait.Day, Span: span, Sum: true})
			if err != nil {
				return "", err
			}
			n := 0
			for t := range terms {
				if t.Facet == f {
					n++
				}
			}
			if n != len(counts) {
				return fmt.Sprintf("%d terms of %s are counted, there are %d", len(counts), f, n), nil
			}
			for _, c := range counts {
				if want := terms[store.Term{Facet: f, Term: c.Term}]; c.Count != want {
					return fmt.Sprintf("%s %s is counted as %+v, there are %+v", f, c.Term, c.Count, want), nil
				}
			}
		}
	}
	list, err := s.Users(ctx, gait.UserQuery{Workspace: 1, Limit: 1 << 20})
	if err != nil || len(list) != len(users) {
		return fmt.Sprintf("%d users, there are %d", len(list), len(users)), err
	}
	for _, u := range list {
		if u.Count != users[u.UserID] {
			return fmt.Sprintf("user %s is counted as %+v, there are %+v", u.UserID, u.Count, users[u.UserID]), nil
		}
	}
	return "ok", nil
}

// finish closes the store and opens it again.
func (x *trial) finish() {
	sent, acked := x.known()
	x.check(whole, x.store.Close() == nil, "close: %v", x.store.closeErr)
	x.reopen(x.disk.dir, "after opening again", sent, acked)
}
