// Package replay keeps what pages record of a session, and shows it: the HTTP edge
// that takes chunks of events in, the answers that a player reads, the player's page,
// and the sweep that deletes what is old. Bodies live in a gait.BlobStore; nothing is
// judged by them.
package replay

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
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

	// Observe is told how each chunk's request ended; nil is nobody.
	Observe func(Outcome)

	SessionBytes int64 // of one session, as stored; 0 is any number
	Tracked      int   // sessions that are remembered; 0 is 20,000
	Concurrent   int   // chunks taken in at a time; 0 is 32
	// Patience is how long a chunk waits for its session's first batch; 0 is 1.5 s,
	// and less is not at all.
	Patience time.Duration
	Logger   *slog.Logger // nil discards
	Now      gait.Now     // nil is time.Now
}

// Workspaces finds who a page reports to.
type Workspaces interface {
	WorkspaceBySiteKey(ctx context.Context, siteKey string) (gait.Workspace, error)
	Workspaces(ctx context.Context) ([]gait.Workspace, error)
}

// Batches finds the secret that a session is bound to, and whether there is a session.
type Batches interface {
	Batches(ctx context.Context, w gait.WorkspaceID, s gait.SessionID, yield func(gait.Record) bool) error
	CountBatches(ctx context.Context, w gait.WorkspaceID, s gait.SessionID) (int, error)
}

// Replays takes replays in, answers with them and deletes them.
type Replays struct {
	cfg     Config
	slots   chan struct{} // taking a chunk in
	reading chan struct{} // reading a body
	waiting chan struct{} // waiting for a session's first batch
	deleted atomic.Int64  // chunks

	mu       sync.Mutex
	sites    map[string]site
	sessions *simplelru.LRU[gait.SessionRef, *session]
}

// readers is how many bodies are read at a time for each chunk that is taken in:
// with the usual 32, 512 bodies of at most 256 kB.
const readers = 16

// waiters is how many bodies wait for their session for each chunk that is taken in:
// with the usual 32, 128 of at most 256 kB.
const waiters = 4

// New returns replays over a store of blobs.
func New(c Config) *Replays {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Observe == nil {
		c.Observe = func(Outcome) {}
	}
	if c.Tracked == 0 {
		c.Tracked = 20_000
	}
	if c.Concurrent == 0 {
		c.Concurrent = 32
	}
	if c.Patience == 0 {
		c.Patience = patience
	}
	sessions, _ := simplelru.NewLRU[gait.SessionRef, *session](max(c.Tracked, 1), nil) // only a size below 1 is an error
	return &Replays{
		cfg: c, slots: make(chan struct{}, c.Concurrent), reading: make(chan struct{}, readers*c.Concurrent),
		waiting: make(chan struct{}, waiters*c.Concurrent),
		sites:   map[string]site{}, sessions: sessions,
	}
}

// Stats is what there is of replays.
type Stats struct {
	Stored  int64 // bytes
	Deleted int64 // chunks, since the process began
}

// Stats returns what there is of replays at the moment.
func (p *Replays) Stats() Stats { return Stats{p.cfg.Blobs.Used(), p.deleted.Load()} }

// Delete removes the replay of a session, which is no longer to be known. What it
// cannot remove, the next sweep does.
func (p *Replays) Delete(ctx context.Context, r gait.SessionRef) error {
	p.forget(r)
	n, err := p.cfg.Blobs.Delete(ctx, r)
	p.deleted.Add(int64(n))
	return err
}

// forget forgets what is remembered of a session: its next chunk has to find it anew.
func (p *Replays) forget(r gait.SessionRef) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions.Remove(r)
}
