// Package replay keeps what pages record of a session, and shows it: the HTTP edge
// that takes chunks of events in, the answers that a player reads, the player's page,
// and the sweep that deletes what is old. Bodies live in a gait.BlobStore; nothing is
// judged by them.
package replay

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/gaithq/gait"
)

// Path is where pages post chunks and ask whether they are recorded.
const Path = "/v1/replay"

// Config sets replay up. What is zero gets a default where one is named.
type Config struct {
	Blobs      gait.BlobStore
	Workspaces Workspaces
	Batches    Batches
	// Settings says whether pages of a workspace are recorded (Replay) and how long
	// that is kept (ReplayDays). Answers are kept for a few seconds.
	Settings func(context.Context, gait.WorkspaceID) (gait.Settings, error)
	// Caller finds out for which workspace a request may read replays. Its errors
	// are told by their codes.
	Caller func(*http.Request) (gait.WorkspaceID, error)

	SessionBytes int64        // of one session, as stored; 0 is any number
	Tracked      int          // sessions that are remembered; 0 is 20,000
	Concurrent   int          // chunks taken in at a time; 0 is 32
	Logger       *slog.Logger // nil discards
	Now          gait.Now     // nil is time.Now
}

// Workspaces finds who a page reports to.
type Workspaces interface {
	WorkspaceBySiteKey(ctx context.Context, siteKey string) (gait.Workspace, error)
	Workspaces(ctx context.Context) ([]gait.Workspace, error)
}

// Batches finds the secret that a session is bound to.
type Batches interface {
	Batches(ctx context.Context, w gait.WorkspaceID, s gait.SessionID, yield func(gait.Record) bool) error
}

// Replays takes replays in, answers with them and deletes them.
type Replays struct {
	cfg     Config
	slots   chan struct{} // taking a chunk in
	reading chan struct{} // reading a body

	mu       sync.Mutex
	sites    map[string]site
	sessions *simplelru.LRU[gait.SessionRef, *session]
}

// readers is how many bodies are read at a time for each chunk that is taken in:
// with the usual 32, 512 bodies of at most 256 kB.
const readers = 16

// New returns replays over a store of blobs.
func New(c Config) *Replays {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Tracked == 0 {
		c.Tracked = 20_000
	}
	if c.Concurrent == 0 {
		c.Concurrent = 32
	}
	sessions, _ := simplelru.NewLRU[gait.SessionRef, *session](max(c.Tracked, 1), nil) // only a size below 1 is an error
	return &Replays{
		cfg: c, slots: make(chan struct{}, c.Concurrent), reading: make(chan struct{}, readers*c.Concurrent),
		sites: map[string]site{}, sessions: sessions,
	}
}

// sweepEvery is how often what is old is looked for.
const sweepEvery = time.Hour

// Run deletes what is older than its workspace keeps it, now and every hour, until ctx
// is over.
func (p *Replays) Run(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := p.Sweep(ctx); err != nil && ctx.Err() == nil {
			p.cfg.Logger.Error("old replays are not deleted", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// day is what retention is counted in.
const day = 24 * time.Hour

// Sweep deletes what is older than its workspace keeps it. What fails in one workspace
// does not keep the others waiting.
func (p *Replays) Sweep(ctx context.Context) error {
	workspaces, err := p.cfg.Workspaces.Workspaces(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, w := range workspaces {
		s, err := p.cfg.Settings(ctx, w.ID)
		if err == nil && s.ReplayDays > 0 {
			var n int
			n, err = p.cfg.Blobs.DeleteBefore(ctx, w.ID, p.cfg.Now().Add(-time.Duration(s.ReplayDays)*day))
			if n > 0 {
				p.cfg.Logger.Info("deleted old replays", "workspace", w.Name, "chunks", n)
			}
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// Delete removes the replay of a session, which is no longer to be known.
func (p *Replays) Delete(ctx context.Context, r gait.SessionRef) error {
	if err := p.cfg.Blobs.Delete(ctx, r); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions.Remove(r)
	return nil
}
