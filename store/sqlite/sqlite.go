// Package sqlite is the default storage engine: one SQLite file in the data
// folder, written by one goroutine that puts concurrent appends into one
// commit, and read by a pool of connections that cannot write.
//
// A commit is in the write-ahead log and synced before its callers hear of it,
// so what was accepted survives a killed process and a power cut.
package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gaithq/gait"
)

// Config is what may be chosen. Its zero value works.
type Config struct {
	Limits   gait.SessionLimits
	MaxGroup int // records and rows in one commit, about; 0 means 512
	Queue    int // writes that wait for the writer before callers wait to be queued; 0 means 1024
	Sessions int // whose secret and size are remembered between appends, 200 bytes each; 0 means 65,536
	Readers  int // connections for reading; 0 means 4
	CacheMB  int // of the writer's pages; each reader has an eighth of it; 0 means 64

	beside     bool             // OpenBeside
	fault      func(step) error // in tests: makes a step of the writer fail
	vfs        string           // in tests: SQLite's name of a file system that fails as planned
	checkpoint int              // in tests: pages of the log after which it is moved into the database
}

func (c Config) withDefaults() Config {
	c.MaxGroup = cmp.Or(c.MaxGroup, 512)
	c.Queue = cmp.Or(c.Queue, 1024)
	c.Sessions = cmp.Or(c.Sessions, 65_536)
	c.Readers = cmp.Or(c.Readers, 4)
	c.CacheMB = cmp.Or(c.CacheMB, 64)
	c.checkpoint = cmp.Or(c.checkpoint, 4096)
	if c.fault == nil {
		c.fault = func(step) error { return nil }
	}
	return c
}

// Store implements gait.Store.
type Store struct {
	path    string
	writer  *writer
	readers *sql.DB
	read    statements
	lock    *os.File

	mu     sync.RWMutex // held to write only by Close
	closed bool
	calls  sync.WaitGroup // under way

	closing  sync.Once
	closeErr error
}

var _ gait.Store = (*Store)(nil)

// Open opens the database at path and brings its tables up to date. It makes
// the file, for its owner only, and the folders above it if they are missing.
// It fails with Unavailable if another process has the database open or the
// disk refuses, and with Invalid if a newer version has written it.
func Open(ctx context.Context, path string, c Config) (_ *Store, err error) {
	c = c.withDefaults()
	if path, err = filepath.Abs(path); err != nil {
		return nil, gait.Wrap(err, gait.Invalid, "the database's path is not usable")
	}
	s := &Store{path: path}
	defer func() {
		if err != nil {
			s.release()
		}
	}()
	if err := createFile(path); err != nil {
		return nil, gait.Wrap(err, gait.Unavailable, "the database's file cannot be made")
	}
	if s.lock, err = lockFile(path + ".lock"); err != nil {
		return nil, err
	}
	if err := s.openTables(ctx, c); err != nil {
		return nil, err
	}
	return s, nil
}

// openTables opens what reads and writes the tables. If it fails, release closes
// what it opened.
func (s *Store) openTables(ctx context.Context, c Config) (err error) {
	if s.writer, err = openWriter(ctx, s.path, c); err != nil {
		return err
	}
	if s.readers, err = openPool(s.path, c.vfs, "ro", c.Readers, readerPragmas(c.CacheMB)); err != nil {
		return failure(err, "the database cannot be opened")
	}
	if s.read, err = prepare(ctx, s.readers, readQueries); err != nil {
		return failure(err, "the database cannot be read")
	}
	return nil
}

// readQueries are what the readers are asked.
var readQueries = []string{
	selectBatches, countBatches, selectStale, selectSessions, selectSessionsOfUser, selectSessionsOfTag,
	countArrived, reachSessions, reachUser, reachLabel, reachTag,
	selectWorkspaceByID, selectWorkspaceBySiteKey, selectWorkspaces, selectKey, selectKeys,
	selectAgain, selectCounts, sumCounts, selectUser, selectUsers, reachUsers, selectPatterns, selectLabel,
	selectSettings, selectPolicies,
	selectAccountByID, selectAccountByEmail, selectMemberships, selectMembers,
	selectInvitation, selectInvitations, selectPasskey, selectPasskeys, selectWebSession, selectAudit,
}

// Path returns the absolute path of the database's file. Beside it lie the
// write-ahead log (-wal), its index (-shm) and the lock (.lock).
func (s *Store) Path() string { return s.path }

// Doubted returns a channel that is closed when the store takes no more writes
// until it is opened anew: see writer.mind.
func (s *Store) Doubted() <-chan struct{} { return s.writer.doubts }

// Stats returns what the writer has done since Open.
func (s *Store) Stats() Stats { return s.writer.stats() }

// enter counts a call as under way until done is called. It fails with
// Unavailable if the store is closed or ctx is cancelled.
func (s *Store) enter(ctx context.Context) (done func(), err error) {
	if ctx.Err() != nil {
		return nil, givenUp(ctx)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, gait.Errorf(gait.Unavailable, "the store is closed")
	}
	s.calls.Add(1)
	return s.calls.Done, nil
}

// Ping reads, and commits a small write, so that it fails with Unavailable if
// the disk is full.
func (s *Store) Ping(ctx context.Context) error {
	done, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := s.readers.PingContext(ctx); err != nil {
		return failure(err, "the database cannot be read")
	}
	return s.writer.do(ctx, 1, func(t *tx) error {
		_, err := t.exec(beat, time.Now().UnixMilli())
		return err
	})
}

const beat = `INSERT INTO pulse (id, at) VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at`

// Close refuses new calls, waits for those under way, moves the write-ahead log
// into the database and releases the files. Closing again does nothing.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		s.calls.Wait()
		s.closeErr = s.release()
	})
	return s.closeErr
}

// release closes whatever Open has opened.
func (s *Store) release() error {
	var errs []error
	for _, stmt := range s.read {
		errs = append(errs, stmt.Close())
	}
	// Who closes last empties the log, if it may write.
	inDoubt := false
	if s.writer != nil {
		s.writer.drain()
		if inDoubt = s.writer.doubt != nil; inDoubt {
			errs = append(errs, s.writer.doubt, s.writer.close())
		}
	}
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil && !inDoubt {
		errs = append(errs, s.writer.close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close()) // which unlocks it
	}
	for _, err := range errs {
		if err != nil {
			return failure(err, "the database was not closed cleanly; nothing accepted is lost")
		}
	}
	return nil
}
