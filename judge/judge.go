// Package judge answers for sessions. It keeps the ones that are live folded in
// memory, folds the others from the store when asked, runs the checks and the
// score over them, and keeps the derived rows that lists read up to date.
//
// Nothing here is truth: everything can be folded again from the batches.
package judge

import (
	"context"
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
	RestaleSessions(ctx context.Context, w gait.WorkspaceID, version, limit int) (int, error)
	Restaled(ctx context.Context, limit int) ([]gait.SessionRef, error)
}

// Config sets a judge up. Its zero value works but for the Store.
type Config struct {
	Store  Store
	Logger *slog.Logger  // nil discards
	Now    gait.Now      // nil is time.Now
	Twins  Twins         // compares sessions with each other; nil compares none
	Policy *risk.Policy  // that workspaces start with; nil is risk.Default
	Live   int           // sessions kept folded in memory; 0 is 20,000
	Every  time.Duration // how often rows are brought up to date; 0 is one second

	// Policies has what workspaces chose for themselves; nil is nothing.
	Policies Policies
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
	book   rulebook
	feed   feed
	agents *lru.Cache[string, kind] // user agents that were read

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
	routes  routes
}

// agentsKept is how many user agents are remembered once they were read.
const agentsKept = 1024

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
	agents, err := lru.New[string, kind](agentsKept)
	if err != nil {
		return nil, fmt.Errorf("judge: %w", err)
	}
	j := &Judge{
		cfg: cfg, checks: check.Checks(), beyond: check.Beyond(), policy: risk.Default(), live: live, agents: agents,
		book: rulebook{known: map[gait.WorkspaceID]rules{}, behind: map[gait.WorkspaceID]bool{}},
		feed: feed{watchers: map[gait.WorkspaceID]map[chan []gait.SessionRow]struct{}{}},
	}
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
	if s.batches != r.Batches-1 {
		s.batches, s.state, s.routes = -1, nil, nil
		return nil
	}
	seen := pagesSeen(s.state.Features())
	if !s.state.Add(b) {
		s.batches, s.state, s.routes = -1, nil, nil
		return nil
	}
	s.batches = r.Batches
	if pagesSeen(s.state.Features()) != seen {
		s.routes.add(b)
	}
	fresh := s.state.Sketches()
	if j.cfg.Twins == nil || len(fresh) == 0 || keepsToItself(s.state.Features()) {
		return nil
	}
	return j.cfg.Twins.Compare(ref, fresh)
}

// pagesSeen counts what may have brought a session to another path.
func pagesSeen(f *gait.Features) uint32 { return f.Counts[gait.Open] + f.Counts[gait.Navigate] }

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
	rules, err := j.rules(ctx, w)
	if err != nil {
		return gait.Report{}, err
	}
	return j.report(id, j.features(ref, batches), batches, rules), nil
}

// report judges a session by its features and its batches.
func (j *Judge) report(id gait.SessionID, f gait.Features, batches []gait.Batch, rules rules) gait.Report {
	r := gait.Report{Session: id, Features: f}
	r.Log, r.LogCut = session.Log(batches)
	r.Answers = check.Judge(j.checks, &r.Features)
	r.Beyond = check.Judge(j.beyond, &r.Features)
	r.Assessment = risk.Assess(rules.policy, slices.Concat(r.Answers, r.Beyond))
	r.Presence = check.Presence(&r.Features)
	r.Actor, r.ActorReason = check.Actor(&r.Features, r.Answers, r.Assessment)
	rules.advise(&r)
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
		s.state, s.batches, s.routes = j.rebuild(batches), len(batches), routesOf(batches)
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
