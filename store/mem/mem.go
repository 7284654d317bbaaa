// Package mem is a storage engine that keeps everything in the memory of the
// process: for tests, demos and throwaway use. It is written to be obviously
// right rather than fast; nothing outlives Close.
package mem

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/gaithq/gait"
)

// DefaultMaxBytes bounds a store whose Config says nothing.
const DefaultMaxBytes = 256 << 20

// Config is what may be chosen. Its zero value works.
type Config struct {
	Limits   gait.SessionLimits
	MaxBytes int64 // of everything kept, about; 0 means DefaultMaxBytes
}

// Store implements gait.Store.
type Store struct {
	config Config

	mu         sync.Mutex
	closed     bool
	bytes      int64 // kept, about
	marks      int64 // given out
	sessions   map[gait.SessionRef]*session
	workspaces []gait.Workspace // the one with ID n is at n-1
	keys       map[[32]byte]gait.Key
	accounts   accounts
	settings   map[gait.WorkspaceID]gait.Settings
	policies   map[gait.WorkspaceID][]gait.PolicyVersion // the one with Version n is at n-1
}

var _ gait.Store = (*Store)(nil)

// session is what is known of one session. A session that has a row only, and
// no records, is never stale.
type session struct {
	records []gait.Record // ordered by page and sequence number
	bytes   int64         // of their data
	row     *gait.SessionRow
	mark    int64 // when it became stale, by Store.marks; 0 if it is not
	again   int64 // when it was marked to be derived again, likewise
	label   *gait.LabelOf
}

// New returns an empty store.
func New(c Config) *Store {
	c.MaxBytes = cmp.Or(c.MaxBytes, DefaultMaxBytes)
	return &Store{
		config:   c,
		sessions: map[gait.SessionRef]*session{},
		keys:     map[[32]byte]gait.Key{},
		accounts: newAccounts(),
		settings: map[gait.WorkspaceID]gait.Settings{},
		policies: map[gait.WorkspaceID][]gait.PolicyVersion{},
	}
}

// Ping fails with Unavailable once the store is closed or full.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	return s.fits(recordBytes)
}

// Close drops everything. Every later call but Close fails with Unavailable.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.sessions, s.workspaces, s.keys = nil, nil, nil
	s.accounts, s.settings, s.policies = accounts{}, nil, nil
	return nil
}

// lock takes the mutex, or fails without it.
func (s *Store) lock(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return gait.Wrap(err, gait.Unavailable, "the request was given up")
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return gait.Errorf(gait.Unavailable, "the store is closed")
	}
	return nil
}

// fits fails with Unavailable if n more bytes are too many.
func (s *Store) fits(n int64) error {
	if n > 0 && s.bytes+n > s.config.MaxBytes {
		return gait.Errorf(gait.Unavailable, "the store in memory is full")
	}
	return nil
}

// session returns what is kept under ref, an empty one if that is nothing.
func (s *Store) session(ref gait.SessionRef) *session {
	if x := s.sessions[ref]; x != nil {
		return x
	}
	return &session{}
}

// markStale puts x behind all others that are stale, unless it is among them.
func (s *Store) markStale(x *session) {
	if x.mark == 0 {
		s.marks++
		x.mark = s.marks
	}
}

// recordBytes is about what a record takes besides its data.
const recordBytes = 160

// Append implements gait.BatchStore.
func (s *Store) Append(ctx context.Context, r gait.Record) (gait.Receipt, error) {
	if err := s.lock(ctx); err != nil {
		return gait.Receipt{}, err
	}
	defer s.mu.Unlock()
	ref := gait.SessionRef{Workspace: r.Workspace, Session: r.Session}
	x := s.session(ref)
	if len(x.records) > 0 && x.records[0].Secret != r.Secret {
		return gait.Receipt{}, gait.Errorf(gait.Forbidden, "the session has another secret")
	}
	at, found := slices.BinarySearchFunc(x.records, r, byPageAndSeq)
	if found {
		return gait.Receipt{Duplicate: true, Batches: len(x.records)}, nil
	}
	if limit := s.config.Limits.Batches; limit > 0 && len(x.records)+1 > limit {
		return gait.Receipt{}, gait.Errorf(gait.TooLarge, "the session has %d batches, and no more fit", len(x.records))
	}
	if limit := s.config.Limits.Bytes; limit > 0 && x.bytes+int64(len(r.Data)) > limit {
		return gait.Receipt{}, gait.Errorf(gait.TooLarge, "the session has %d bytes, and %d more do not fit", x.bytes, len(r.Data))
	}
	size := recordBytes + int64(len(r.Data))
	if err := s.fits(size); err != nil {
		return gait.Receipt{}, err
	}
	s.bytes += size
	r.Data = slices.Clone(r.Data)
	x.records = slices.Insert(x.records, at, r)
	x.bytes += int64(len(r.Data))
	s.markStale(x)
	s.sessions[ref] = x
	return gait.Receipt{Batches: len(x.records)}, nil
}

func byPageAndSeq(a, b gait.Record) int {
	return cmp.Or(slices.Compare(a.Page[:], b.Page[:]), cmp.Compare(a.Seq, b.Seq))
}

// Batches implements gait.BatchStore. It yields what was stored when it was
// called, and without holding a lock: yield may call the store.
func (s *Store) Batches(ctx context.Context, w gait.WorkspaceID, id gait.SessionID, yield func(gait.Record) bool) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	records := slices.Clone(s.session(gait.SessionRef{Workspace: w, Session: id}).records)
	s.mu.Unlock()
	for _, r := range records {
		if err := ctx.Err(); err != nil {
			return gait.Wrap(err, gait.Unavailable, "the request was given up")
		}
		r.Data = slices.Clone(r.Data)
		if !yield(r) {
			return nil
		}
	}
	return nil
}

// CountBatches implements gait.BatchStore.
func (s *Store) CountBatches(ctx context.Context, w gait.WorkspaceID, id gait.SessionID) (int, error) {
	if err := s.lock(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	return len(s.session(gait.SessionRef{Workspace: w, Session: id}).records), nil
}
