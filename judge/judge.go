// Package judge answers for sessions. It keeps the ones that are live folded in
// memory, folds the others from the store when asked, runs the checks and the
// score over them, and keeps the derived rows that lists read up to date.
//
// Nothing here is truth: everything can be folded again from the batches.
package judge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/gaithq/gait"
	"github.com/gaithq/gait/check"
	"github.com/gaithq/gait/risk"
	"github.com/gaithq/gait/session"
	"github.com/gaithq/gait/wire"
)

// Store is what the judge needs of an engine.
type Store interface {
	gait.BatchStore
	gait.SessionStore
}

// Config sets a judge up. Its zero value works but for the Store.
type Config struct {
	Store  Store
	Logger *slog.Logger  // nil discards
	Now    gait.Now      // nil is time.Now
	Twins  Twins         // compares sessions with each other; nil compares none
	Policy *risk.Policy  // nil is risk.Default
	Live   int           // sessions kept folded in memory; 0 is 20,000
	Every  time.Duration // how often rows are brought up to date; 0 is one second
}

// Twins compares what sessions of a workspace have in common.
type Twins interface {
	// Compare takes in new sketches of a session, and returns facts about it where
	// they brought any to light.
	Compare(ref gait.SessionRef, fresh []gait.Sketch) []gait.Event
}

// Judge is safe for concurrent use.
type Judge struct {
	cfg    Config
	checks []*gait.Check
	beyond []*gait.Check
	policy risk.Policy
	live   *lru.Cache[gait.SessionRef, *folded]
	rows   sync.Mutex // held while rows are derived

	rebuilds atomic.Int64
}

// Live returns how many sessions are kept folded in memory.
func (j *Judge) Live() int { return j.live.Len() }

// Rebuilds returns how many times a session was folded again from what is stored.
func (j *Judge) Rebuilds() int64 { return j.rebuilds.Load() }

// rebuild folds a session from all of its batches.
func (j *Judge) rebuild(batches []gait.Batch) *session.State {
	j.rebuilds.Add(1)
	s := session.Rebuild(batches)
	s.Sketches() // compared when they were made
	return s
}

// folded is a session in memory. batches is how many of its records state holds;
// -1 says that they have to be read again.
type folded struct {
	sync.Mutex
	state   *session.State
	batches int
}

// New returns a judge. Run keeps its rows up to date.
func New(cfg Config) (*Judge, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Live == 0 {
		cfg.Live = 20_000
	}
	if cfg.Every == 0 {
		cfg.Every = time.Second
	}
	live, err := lru.New[gait.SessionRef, *folded](cfg.Live)
	if err != nil {
		return nil, fmt.Errorf("judge: %w", err)
	}
	j := &Judge{cfg: cfg, checks: check.Checks(), beyond: check.Beyond(), policy: risk.Default(), live: live}
	if cfg.Policy != nil {
		j.policy = *cfg.Policy
	}
	return j, nil
}

// Appended folds a batch that was just stored, so that whoever asks next need
// not read the session again, and returns facts that came to light by it, to be
// stored too. b is not kept.
func (j *Judge) Appended(w gait.WorkspaceID, b *gait.Batch, r gait.Receipt) []gait.Event {
	if r.Duplicate {
		return nil
	}
	ref := gait.SessionRef{Workspace: w, Session: b.Session}
	s, ok := j.live.Get(ref)
	if !ok {
		if r.Batches != 1 {
			return nil // read from the store when somebody asks
		}
		s = &folded{state: new(session.State)}
		if before, raced, _ := j.live.PeekOrAdd(ref, s); raced {
			s = before
		}
	}
	s.Lock()
	defer s.Unlock()
	if s.batches != r.Batches-1 || !s.state.Add(b) {
		s.batches, s.state = -1, nil
		return nil
	}
	s.batches = r.Batches
	fresh := s.state.Sketches()
	if j.cfg.Twins == nil || len(fresh) == 0 || keepsToItself(s.state.Features()) {
		return nil
	}
	return j.cfg.Twins.Compare(ref, fresh)
}

// keepsToItself reports whether the visitor asked, by Global Privacy Control, not
// to be followed from one session to another.
func keepsToItself(f *gait.Features) bool {
	v, _ := f.Trait("gpc")
	return v == "true"
}

// Report returns everything that is known of a session, with every batch that
// was acknowledged before the call. It fails with NotFound where the workspace
// has no such session.
func (j *Judge) Report(ctx context.Context, w gait.WorkspaceID, id gait.SessionID) (gait.Report, error) {
	ref := gait.SessionRef{Workspace: w, Session: id}
	batches, err := read(ctx, j.cfg.Store, ref, j.unreadable)
	if err != nil {
		return gait.Report{}, err
	}
	if len(batches) == 0 {
		return gait.Report{}, gait.Errorf(gait.NotFound, "no session %s in this workspace", id)
	}
	return j.report(id, j.features(ref, batches), batches), nil
}

// report judges a session by its features and its batches.
func (j *Judge) report(id gait.SessionID, f gait.Features, batches []gait.Batch) gait.Report {
	r := gait.Report{Session: id, Features: f}
	r.Log, r.LogCut = session.Log(batches)
	r.Answers = check.Judge(j.checks, &r.Features)
	r.Beyond = check.Judge(j.beyond, &r.Features)
	r.Assessment = risk.Assess(j.policy, slices.Concat(r.Answers, r.Beyond))
	r.Presence = check.Presence(&r.Features)
	r.Actor, r.ActorReason = check.Actor(&r.Features, r.Answers, r.Assessment)
	r.Status = gait.StatusAt(r.Features.LastArrival, j.cfg.Now().UnixMilli())
	return r
}

// features returns a copy of a session's features, folded from batches unless
// memory holds the same already.
func (j *Judge) features(ref gait.SessionRef, batches []gait.Batch) gait.Features {
	s, ok := j.live.Get(ref)
	if !ok {
		s = &folded{batches: -1}
		if before, raced, _ := j.live.PeekOrAdd(ref, s); raced {
			s = before
		}
	}
	s.Lock()
	defer s.Unlock()
	if s.batches > len(batches) {
		// More was folded meanwhile than was read; answer for what was read.
		return copyOf(j.rebuild(batches).Features())
	}
	if s.batches != len(batches) {
		s.state, s.batches = j.rebuild(batches), len(batches)
	}
	return copyOf(s.state.Features())
}

// copyOf detaches features from the state that goes on changing them.
func copyOf(f *gait.Features) gait.Features {
	c := *f
	c.Traits = append([]gait.TraitValue(nil), f.Traits...)
	return c
}

// Batches is where batches are read from.
type Batches interface {
	Batches(ctx context.Context, w gait.WorkspaceID, s gait.SessionID, yield func(gait.Record) bool) error
}

// Fold returns the features of a stored session, for those who look at it beside a
// running server. Records that cannot be read are left out.
func Fold(ctx context.Context, from Batches, ref gait.SessionRef) (gait.Features, error) {
	batches, err := read(ctx, from, ref, func(gait.Record, error) {})
	if err != nil {
		return gait.Features{}, err
	}
	return *session.Rebuild(batches).Features(), nil
}

// unreadable says in the log that a record cannot be read.
func (j *Judge) unreadable(r gait.Record, err error) {
	j.cfg.Logger.Error("a stored batch cannot be read", "session", r.Session, "page", r.Page, "seq", r.Seq, "err", err)
}

// read returns all batches of a session, none for an unknown one. A record that
// cannot be read is left out, and told of.
func read(ctx context.Context, from Batches, ref gait.SessionRef, bad func(gait.Record, error)) ([]gait.Batch, error) {
	var batches []gait.Batch
	err := from.Batches(ctx, ref.Workspace, ref.Session, func(r gait.Record) bool {
		var b gait.Batch
		if err := wire.UnpackRecord(r, &b); err != nil {
			bad(r, err)
			return true
		}
		batches = append(batches, b)
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("read session %s: %w", ref.Session, err)
	}
	return batches, nil
}

// Sessions lists rows, after bringing those that are behind up to date as far as
// that can be done.
func (j *Judge) Sessions(ctx context.Context, q gait.SessionQuery) ([]gait.SessionRow, error) {
	if err := j.CatchUp(ctx); err != nil {
		j.cfg.Logger.Error("a list is shown with rows that are behind", "err", err)
	}
	return j.cfg.Store.Sessions(ctx, q)
}

// Run brings rows up to date until ctx ends.
func (j *Judge) Run(ctx context.Context) {
	tick := time.NewTicker(j.cfg.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := j.CatchUp(ctx); err != nil && !errors.Is(err, context.Canceled) {
			j.cfg.Logger.Error("session rows are behind", "err", err)
		}
	}
}

// A call of CatchUp derives at most catchUpRounds times catchUpRows rows, so
// that sessions which keep growing cannot hold it up for ever.
const (
	catchUpRows   = 500
	catchUpRounds = 20
)

// CatchUp derives the rows of sessions that grew since theirs was made.
func (j *Judge) CatchUp(ctx context.Context) error {
	j.rows.Lock()
	defer j.rows.Unlock()
	for range catchUpRounds {
		refs, err := j.cfg.Store.Stale(ctx, catchUpRows)
		if err != nil {
			return fmt.Errorf("find sessions that are behind: %w", err)
		}
		if len(refs) == 0 {
			return nil
		}
		rows := make([]gait.SessionRow, 0, len(refs))
		for _, ref := range refs {
			row, err := j.row(ctx, ref)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		if err := j.cfg.Store.PutSessions(ctx, rows); err != nil {
			return fmt.Errorf("store session rows: %w", err)
		}
		if len(refs) < catchUpRows {
			return nil
		}
	}
	return nil
}

// row derives a session's row from memory, or from the store where memory is
// behind.
func (j *Judge) row(ctx context.Context, ref gait.SessionRef) (gait.SessionRow, error) {
	stored, err := j.cfg.Store.CountBatches(ctx, ref.Workspace, ref.Session)
	if err != nil {
		return gait.SessionRow{}, fmt.Errorf("count batches of %s: %w", ref.Session, err)
	}
	if s, ok := j.live.Peek(ref); ok {
		s.Lock()
		if s.batches >= stored {
			f := copyOf(s.state.Features())
			n := s.batches
			s.Unlock()
			return j.rowOf(ref, &f, n), nil
		}
		s.Unlock()
	}
	batches, err := read(ctx, j.cfg.Store, ref, j.unreadable)
	if err != nil {
		return gait.SessionRow{}, err
	}
	f := copyOf(j.rebuild(batches).Features())
	// Records that cannot be read count: the row cannot get better than this.
	return j.rowOf(ref, &f, max(stored, len(batches))), nil
}

func (j *Judge) rowOf(ref gait.SessionRef, f *gait.Features, batches int) gait.SessionRow {
	answers := check.Judge(j.checks, f)
	a := risk.Assess(j.policy, slices.Concat(answers, check.Judge(j.beyond, f)))
	row := gait.SessionRow{
		SessionRef: ref, Batches: batches,
		Started: f.Started, Ended: f.Ended, LastArrival: f.LastArrival, Events: int(f.Events),
		Score: a.Score, PolicyVersion: a.PolicyVersion,
		URL: f.PageURL(), UserAgent: f.UserAgent(), UserID: f.UserID, UserName: f.UserName, UserURL: f.UserURL, Tags: f.Tags,
	}
	for _, ans := range answers {
		if ans.Verdict == gait.Detected {
			row.Detected = append(row.Detected, ans.Check.Key)
		}
	}
	return row
}
